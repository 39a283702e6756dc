"""The batch encoder must give segno's symbols, module by module; independent readers and encoders must agree."""

from __future__ import annotations

import os
import random

import numpy as np
import pytest
import qrcode
import segno
import zxingcpp
from numpy.typing import NDArray

from doorplate.errors import InputError
from doorplate.plates.code import new_code
from doorplate.plates.symbol import (
    QUIET_MODULES,
    SymbolBatch,
    matrix,
    mode_of,
    module_mm,
    side_modules,
    symbol_batch,
    terminal,
    version_for,
)

HOSTS = ["https://m.cn", "https://menpai.example", "https://mp.example.gov.cn", "https://menpai.xianyang.shaanxi.gov.cn"]
CODES = int(os.environ.get("DOORPLATE_SYMBOL_CODES", "300"))  # 10,000 in benchmarks/press.py --full


def codes(count: int, seed: int) -> list[str]:
    rng = random.Random(seed)
    return [new_code(rng) for _ in range(count)]


def read(modules: NDArray[np.bool_]) -> str:
    raster = np.kron(np.pad(~modules, QUIET_MODULES, constant_values=True), np.ones((4, 4), np.bool_)).astype(np.uint8) * 255
    found = zxingcpp.read_barcodes(raster)
    assert len(found) == 1
    return str(found[0].text)


def check_against_segno(host: str, level: str, count: int) -> None:
    prefix = f"{host}/d/"
    batch = SymbolBatch(prefix, len(prefix) + 13, level)
    drawn = codes(count, len(host))
    for code, symbol in zip(drawn, batch.encode(drawn), strict=True):
        assert np.array_equal(symbol, matrix(prefix + code, level)), code


@pytest.mark.parametrize("host", HOSTS)
def test_a_batch_equals_segno_with_its_choice_of_mask(host: str) -> None:
    check_against_segno(host, "Q", 50)


@pytest.mark.parametrize("level", ["L", "M", "H"])
def test_the_other_levels_too(level: str) -> None:
    check_against_segno("https://menpai.example", level, 25)


@pytest.mark.parametrize("host_length", [75, 95, 100])
def test_versions_with_version_information_too(host_length: int) -> None:
    """From version 7 on the mask is chosen with the version areas light."""
    check_against_segno("https://" + "a" * (host_length - 8), "Q", 25)


@pytest.mark.parametrize("path", ["/D/", "/D", "/"])
@pytest.mark.parametrize("host", HOSTS)
def test_a_url_in_capitals_is_encoded_in_alphanumeric_mode_like_segno_s(host: str, path: str) -> None:
    """The code's pairs of characters fall differently after prefixes of even and of odd length."""
    prefix = host.upper() + path
    batch, drawn = SymbolBatch(prefix, len(prefix) + 13), codes(25, len(prefix))
    assert batch.mode == "alphanumeric"
    for code, symbol in zip(drawn, batch.encode(drawn), strict=True):
        chosen = segno.make_qr(prefix + code, error="Q", mode="alphanumeric", boost_error=False)
        assert np.array_equal(symbol, np.array([list(row) for row in chosen.matrix], np.bool_)), code
        assert read(symbol) == prefix + code


def test_capitals_save_a_version() -> None:
    assert version_for(38) == 4
    assert version_for(38, mode="alphanumeric") == 3
    assert mode_of("HTTPS://MENPAI.EXAMPLE/D/J6VNGGH6BCFNN") == "alphanumeric"
    assert mode_of("https://menpai.example/d/J6VNGGH6BCFNN") == "byte"
    assert module_mm(40, 38, mode="alphanumeric") > module_mm(40, 38)


@pytest.mark.slow
@pytest.mark.parametrize("upper", [False, True])
@pytest.mark.parametrize("host", HOSTS[:3])
def test_random_codes_over_three_host_lengths_in_both_modes(host: str, upper: bool) -> None:
    prefix = f"{host}/d/".upper() if upper else f"{host}/d/"
    drawn = codes(-(-CODES // 6), 7)
    for code, symbol in zip(drawn, SymbolBatch(prefix, len(prefix) + 13).encode(drawn), strict=True):
        assert np.array_equal(symbol, matrix(prefix + code)), code


@pytest.mark.slow
@pytest.mark.parametrize("host", HOSTS)
def test_thousands_of_codes_equal_segno(host: str) -> None:
    check_against_segno(host, "Q", 1000)


def test_many_masks_are_chosen_so_the_choice_is_really_tested() -> None:
    prefix = "https://menpai.example/d/"
    masks = {segno.make_qr(prefix + code, error="Q", mode="byte", boost_error=False).mask for code in codes(100, 1)}
    assert len(masks) >= 5


def test_zxing_reads_what_the_batch_encodes() -> None:
    prefix = "https://mp.example.gov.cn/d/"
    drawn = codes(60, 9)
    assert [read(s) for s in symbol_batch(prefix, len(prefix) + 13).encode(drawn)] == [prefix + code for code in drawn]


def test_qrcode_an_independent_encoder_says_the_same() -> None:
    """Padding may differ between encoders, so what is compared is what a reader makes of their symbols."""
    for code in codes(10, 4):
        url = f"https://menpai.example/d/{code}"
        other = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_Q, border=0)
        other.add_data(url, optimize=0)
        other.make(fit=True)
        modules = np.array(other.modules, np.bool_)
        assert modules.shape == matrix(url).shape
        assert read(modules) == read(matrix(url)) == url


def test_the_terminal_shows_a_symbol_that_reads() -> None:
    url = "http://127.0.0.1:8000/d/J6VNGGH6BCFNN"
    lines = terminal(url).splitlines()
    upper = {"█": (1, 1), "▀": (1, 0), "▄": (0, 1), " ": (0, 0)}
    light = np.array([[upper[c][half] for c in line] for line in lines for half in (0, 1)], np.uint8)
    found = zxingcpp.read_barcodes(np.kron(light, np.ones((4, 4), np.uint8)) * 255)
    assert [f.text for f in found] == [url]


def test_a_single_code_and_none_at_all() -> None:
    batch = symbol_batch("https://menpai.example/d/", 38)
    assert batch.encode([]).shape == (0, 33, 33)
    assert batch.encode(["J6VNGGH6BCFNN"]).shape == (1, 33, 33)
    assert batch.encode(["J6VNGGH6BCFNN"]).dtype == np.bool_


def test_chunks_do_not_change_the_result() -> None:
    batch = symbol_batch("https://menpai.example/d/", 38)
    drawn = codes(1030, 2)
    assert np.array_equal(batch.encode(drawn)[1020:], batch.encode(drawn[1020:]))


@pytest.mark.parametrize("wrong", ["J6VN", "J6VNGGH6BCFNNN", "J6VNGGH6BCFNI", "j6vnggh6bcfnn", "幸" * 13])
def test_codes_of_another_form_are_not_encoded(wrong: str) -> None:
    with pytest.raises(ValueError):
        symbol_batch("https://menpai.example/d/", 38).encode([wrong])


def test_module_sizes_of_the_small_gate_plate() -> None:
    """standards.md: 35-43 characters need version 4 at Q, 0.98 mm a module in a 40 mm field with its quiet zone."""
    assert version_for(35) == version_for(43) == 4
    assert side_modules(38) == 33
    assert round(module_mm(40, 38), 2) == 0.98


def test_a_url_no_symbol_of_ours_can_hold_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        matrix("https://menpai.example/d/" + "X" * 200)
    assert caught.value.code == "symbol.too_long"
