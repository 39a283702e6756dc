"""The proof must catch what a reader of QR codes would let pass: it is tried with planted faults."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from batches import batch, press_for, volume_of

import print_jobs.press
from doorplate.model import BatchPlate, PrintBatch
from doorplate.plates.symbol import Modules
from print_jobs.press import Press, write_volume
from print_jobs.proof import PlateProof, prove_volume

Stamper = Callable[..., list[bytes]]


def proof_of(press: Press, path: Path, plates: tuple[BatchPlate, ...] | None = None,
             pixels: int | None = None) -> list[PlateProof]:
    with path.open("wb") as file:
        write_volume(press, volume_of(press), file)
    return list(prove_volume(path, press, volume_of(press, plates), pixels))


def caught(proofs: list[PlateProof]) -> set[int]:
    return {i for i, proof in enumerate(proofs) if proof.problems}


@pytest.fixture
def plant(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Modules], None]], None]:
    """Spoils the symbols between the encoder and the ink."""
    genuine: Stamper = print_jobs.press.symbol_operators

    def with_fault(fault: Callable[[Modules], None]) -> None:
        def stamp(modules: Modules, *rest: object) -> list[bytes]:
            spoilt = modules.copy()
            fault(spoilt)
            return genuine(spoilt, *rest)
        monkeypatch.setattr(print_jobs.press, "symbol_operators", stamp)
    return with_fault


@pytest.mark.parametrize("sheet", ["single", "a3", "a4"])
@pytest.mark.parametrize("pixels", [2, 3, 4, 5, 8])
def test_a_good_volume_has_no_false_alarm_at_any_resolution(sheet: str, pixels: int, cache: Path, tmp_path: Path) -> None:
    frozen = batch(25)
    proofs = proof_of(press_for(frozen, sheet, cache), tmp_path / "v.pdf", pixels=pixels)
    assert caught(proofs) == set()
    assert [proof.decoded for proof in proofs] == [p.url for p in frozen.plates]
    assert [proof.code for proof in proofs] == [p.code for p in frozen.plates]


@pytest.mark.parametrize("sheet", ["single", "a3"])
def test_two_symbols_exchanged_are_caught(sheet: str, plant: Callable[..., None], cache: Path, tmp_path: Path) -> None:
    def exchange(modules: Modules) -> None:
        modules[[3, 8]] = modules[[8, 3]]
    plant(exchange)
    proofs = proof_of(press_for(batch(12), sheet, cache), tmp_path / "v.pdf")
    assert caught(proofs) == {3, 8}
    assert any("应为" in problem for problem in proofs[3].problems)


def test_one_wrong_module_anywhere_in_the_symbol_is_caught(plant: Callable[..., None], cache: Path, tmp_path: Path) -> None:
    """Error correction repairs it: readers decode nearly all of these symbols."""
    places = random.Random(5).sample([(row, column) for row in range(33) for column in range(33)], 200)

    def flip(modules: Modules) -> None:
        for i, (row, column) in enumerate(places):
            modules[i, row, column] ^= True
    plant(flip)
    proofs = proof_of(press_for(batch(201), "single", cache), tmp_path / "v.pdf")
    assert caught(proofs) == set(range(200))
    assert all(proof.problems == ("二维码有 1 个模块与应印的不同",) for proof in proofs[:200] if proof.decoded)
    assert sum(proof.decoded != "" for proof in proofs[:200]) > 180


def test_ink_in_the_quiet_zone_is_caught(monkeypatch: pytest.MonkeyPatch, cache: Path, tmp_path: Path) -> None:
    genuine: Stamper = print_jobs.press.symbol_operators

    def smudge(modules: Modules, *rest: object) -> list[bytes]:
        stamps = genuine(modules, *rest)
        left, top = re.search(rb"([\d.]+) ([\d.]+) Td", stamps[2]).groups()  # type: ignore[union-attr]
        stamps[2] += b"%.2f %.2f 3 3 re f\n" % (float(left) - 9, float(top) - 40)
        return stamps
    monkeypatch.setattr(print_jobs.press, "symbol_operators", smudge)
    assert caught(proof_of(press_for(batch(5), "single", cache), tmp_path / "v.pdf")) == {2}


def test_an_unprinted_symbol_is_caught(plant: Callable[..., None], cache: Path, tmp_path: Path) -> None:
    def wipe(modules: Modules) -> None:
        modules[1] = np.zeros_like(modules[1])
        modules[1, 0, 0] = True
    plant(wipe)
    proofs = proof_of(press_for(batch(3), "single", cache), tmp_path / "v.pdf")
    assert caught(proofs) == {1}
    assert "二维码读不出" in proofs[1].problems


@pytest.mark.parametrize(("part", "word"), [("street", "路名"), ("number", "号码"), ("code", "编码")])
def test_exchanged_texts_are_caught(part: str, word: str, monkeypatch: pytest.MonkeyPatch, cache: Path, tmp_path: Path) -> None:
    frozen = batch(12)
    genuine = print_jobs.press._Stamper._code_lines  # type: ignore[attr-defined]
    there = {4: frozen.plates[9], 9: frozen.plates[4]}
    swapped = tuple(replace(p, **{part: getattr(there.get(i, p), part)}) for i, p in enumerate(frozen.plates))
    if part == "code":  # the line alone: symbols stay as they are
        codes = [p.code for p in swapped]
        monkeypatch.setattr(print_jobs.press._Stamper, "_code_lines", lambda self, plates, _: genuine(self, plates, codes))
        swapped = frozen.plates
    proofs = proof_of(press_for(replace(frozen, plates=swapped), "a3", cache), tmp_path / "v.pdf", frozen.plates)
    assert caught(proofs) == {4, 9}
    assert all(problem.startswith(word) for i in (4, 9) for problem in proofs[i].problems)


@pytest.mark.parametrize("sheet", ["single", "a3"])
def test_plates_in_the_wrong_place_are_caught(sheet: str, cache: Path, tmp_path: Path) -> None:
    frozen = batch(12)
    order = list(frozen.plates)
    order[0], order[7] = order[7], order[0]
    assert caught(proof_of(press_for(frozen, sheet, cache), tmp_path / "v.pdf", tuple(order))) == {0, 7}


def test_missing_and_surplus_pages_are_caught(cache: Path, tmp_path: Path) -> None:
    frozen = batch(12)
    fewer, more = frozen.plates[:-1], (*frozen.plates, frozen.plates[0])
    assert caught(proof_of(press_for(frozen, "single", cache), tmp_path / "v.pdf", fewer)) == set(range(11))
    assert caught(proof_of(press_for(frozen, "single", cache), tmp_path / "v.pdf", more)) == set(range(13))


def test_a_surplus_plate_on_the_last_sheet_is_not_overlooked(cache: Path, tmp_path: Path) -> None:
    frozen = batch(8)
    proofs = proof_of(press_for(frozen, "a3", cache), tmp_path / "v.pdf", frozen.plates[:-1])
    assert proofs[6].problems == ("第 2 页第 2 格应当空着, 却印有内容",)


@pytest.mark.parametrize("keep", [0, 10, 3000])
def test_a_broken_file_fails_and_does_not_crash(keep: int, cache: Path, tmp_path: Path) -> None:
    frozen = batch(6)
    press = press_for(frozen, "single", cache)
    proof_of(press, tmp_path / "v.pdf")
    (tmp_path / "v.pdf").write_bytes((tmp_path / "v.pdf").read_bytes()[:keep])
    assert caught(list(prove_volume(tmp_path / "v.pdf", press, volume_of(press)))) == set(range(6))


def test_a_hundred_random_faults_in_a_run_of_three_hundred_are_all_found(plant: Callable[..., None], cache: Path,
                                                                      tmp_path: Path) -> None:
    frozen: PrintBatch = batch(300)
    chosen = set(random.Random(8).sample(range(300), 100))
    started = 0

    def spoil(modules: Modules) -> None:
        nonlocal started
        rng = np.random.default_rng(started)
        for i in range(len(modules)):
            if started + i in chosen:
                row, column = rng.integers(0, 33, 2)
                modules[i, row, column] ^= True
        started += len(modules)
    plant(spoil)
    assert caught(proof_of(press_for(frozen, "a3", cache), tmp_path / "v.pdf")) == chosen
