"""What encoding needs is kept on disk: the same symbols without asking segno again, and never somebody else's."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from doorplate.plates import symbol
from doorplate.plates.code import new_codes
from doorplate.plates.symbol import SymbolBatch, symbol_batch
from print_jobs.encoders import ready_encoder

PREFIX = "https://menpai.example/d/"
LENGTH = len(PREFIX) + 13
CODES = new_codes(random.Random(3), 50)


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(symbol, "_kept", {})


def no_segno(*_: object, **__: object) -> None:
    raise AssertionError("segno was asked")


@pytest.mark.parametrize("prefix", [PREFIX, "HTTPS://MENPAI.EXAMPLE/D/"])
def test_kept_once_it_is_read_again_and_gives_the_same_symbols(prefix: str, tmp_path: Path,
                                                               monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = SymbolBatch(prefix, LENGTH).encode(CODES)
    ready_encoder(prefix, LENGTH, "Q", tmp_path)
    symbol._kept.clear()
    monkeypatch.setattr(symbol, "_segno", no_segno)
    ready_encoder(prefix, LENGTH, "Q", tmp_path)
    assert np.array_equal(symbol_batch(prefix, LENGTH).encode(CODES), wanted)


@pytest.mark.parametrize("damage", [
    lambda data: b"", lambda data: data[:100], lambda data: data[:-8], lambda data: data[:40] + b"x" + data[41:]])
def test_a_damaged_file_is_made_again(damage, tmp_path: Path) -> None:
    ready_encoder(PREFIX, LENGTH, "Q", tmp_path)
    (kept,) = tmp_path.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(damage(whole))
    symbol._kept.clear()
    ready_encoder(PREFIX, LENGTH, "Q", tmp_path)
    assert kept.read_bytes() == whole


def test_another_link_has_a_file_of_its_own(tmp_path: Path) -> None:
    for prefix in (PREFIX, "https://mp.example.gov.cn/d/"):
        ready_encoder(prefix, len(prefix) + 13, "Q", tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


def test_drawings_of_another_encoder_are_refused() -> None:
    other = SymbolBatch("https://a-much-longer-host.example.gov.cn/d/", 57).drawings
    for drawings in (other, SymbolBatch(PREFIX, LENGTH).drawings[:-1], np.vstack([SymbolBatch(PREFIX, LENGTH).drawings] * 2)):
        with pytest.raises(ValueError, match="drawings"):
            SymbolBatch(PREFIX, LENGTH, "Q", drawings)


def test_without_a_cache_nothing_is_kept(tmp_path: Path) -> None:
    ready_encoder(PREFIX, LENGTH, "Q", None)
    assert list(tmp_path.iterdir()) == []
