"""The planted-errors run: whatever is wrong on a finished page is caught at every resolution, and nothing else is."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from batches import batch, batch_of, plate, press_for, volume_of

import print_jobs.press
import print_jobs.stamp
from doorplate.model import BatchPlate
from doorplate.plates.code import new_code
from doorplate.plates.symbol import Modules, symbol_batch
from print_jobs import proof
from print_jobs.artwork import typeset
from print_jobs.fonts import fonts_of
from print_jobs.job import AS_THEY_COME, Arrangement
from print_jobs.layout import PlateText, zone_texts
from print_jobs.plate_design import load_design
from print_jobs.preflight import host_of
from print_jobs.press import Press, write_volume
from print_jobs.proof import PlateProof, prove_volume
from print_jobs.proof_page import black_ink
from print_jobs.proof_symbol import Summary
from print_jobs.sheet import load_sheet

RESOLUTIONS = (2, 3, 4, 8)
PLATES = 240

Spoil = Callable[[int, Modules], None]


def printed(press: Press, path: Path, arrangement: Arrangement = AS_THEY_COME) -> Path:
    with path.open("wb") as file:
        write_volume(press, volume_of(press, arrangement=arrangement), file)
    return path


def caught(proofs: list[PlateProof]) -> set[int]:
    return {i for i, one in enumerate(proofs) if one.problems}


@pytest.fixture
def plant(monkeypatch: pytest.MonkeyPatch) -> Callable[[Spoil], None]:
    """Spoils symbols between the encoder and the ink, by the place of their plate in the volume."""
    genuine = print_jobs.press.symbol_operators

    def with_fault(fault: Spoil) -> None:
        started = 0

        def stamp(modules: Modules, *rest: object) -> list[bytes]:
            nonlocal started
            spoilt = modules.copy()
            for i in range(len(spoilt)):
                fault(started + i, spoilt[i])
            started += len(spoilt)
            return genuine(spoilt, *rest)  # type: ignore[arg-type]
        monkeypatch.setattr(print_jobs.press, "symbol_operators", stamp)
    return with_fault


@pytest.mark.parametrize("pixels", RESOLUTIONS)
def test_no_false_alarm_on_a_good_run(pixels: int, cache: Path, tmp_path: Path) -> None:
    press = press_for(batch(PLATES, seed=pixels), "a3", cache)
    proofs = list(prove_volume(printed(press, tmp_path / "v.pdf"), press, volume_of(press), pixels))
    assert len(proofs) == PLATES
    assert caught(proofs) == set()


@pytest.mark.parametrize("pixels", RESOLUTIONS)
def test_every_wrong_code_is_caught(pixels: int, plant: Callable[[Spoil], None], cache: Path, tmp_path: Path) -> None:
    """A symbol that reads perfectly and is somebody else's."""
    press, rng = press_for(batch(PLATES), "a3", cache), random.Random(7)
    encoder = symbol_batch("https://menpai.example/d/", 38)
    strangers = {i: encoder.encode([new_code(rng)])[0] for i in rng.sample(range(PLATES), 60)}

    def exchange(i: int, modules: Modules) -> None:
        modules[:] = strangers.get(i, modules)
    plant(exchange)
    proofs = list(prove_volume(printed(press, tmp_path / "v.pdf"), press, volume_of(press), pixels))
    assert caught(proofs) == set(strangers)
    assert all("二维码读出的是" in proofs[i].problems[0] for i in strangers)


@pytest.mark.parametrize("pixels", RESOLUTIONS)
def test_every_symbol_with_one_wrong_module_is_caught(pixels: int, plant: Callable[[Spoil], None], cache: Path,
                                                      tmp_path: Path) -> None:
    press, rng = press_for(batch(PLATES), "a3", cache), random.Random(pixels)
    spoilt = {i: (rng.randrange(33), rng.randrange(33)) for i in rng.sample(range(PLATES), 100)}

    def flip(i: int, modules: Modules) -> None:
        if i in spoilt:
            modules[spoilt[i]] ^= True
    plant(flip)
    proofs = list(prove_volume(printed(press, tmp_path / "v.pdf"), press, volume_of(press), pixels))
    assert caught(proofs) == set(spoilt)


@pytest.mark.parametrize("pixels", RESOLUTIONS)
def test_missing_doubled_and_exchanged_pages_are_caught(pixels: int, cache: Path, tmp_path: Path) -> None:
    press = press_for(batch(12), "single", cache)
    path, plates = printed(press, tmp_path / "v.pdf"), press.batch.plates
    for wanted, bad in (((*plates, plates[-1]), set(range(13))), (plates[:-1], set(range(11))),
                        ((*plates[:3], plates[4], plates[3], *plates[5:]), {3, 4})):
        assert caught(list(prove_volume(path, press, volume_of(press, wanted), pixels))) == bad


KINDS = {
    "medium-gate": {"pinyin": "Xìngfú Lù", "postcode": "712200"},
    "building": {"pinyin": "Guāngmíng Xiǎoqū", "postcode": "712200"},
}


@pytest.mark.parametrize("design_name", list(KINDS))
@pytest.mark.parametrize("part", ["name", "number", "pinyin", "postcode"])
def test_a_text_of_another_plate_is_caught_in_every_zone(design_name: str, part: str, monkeypatch: pytest.MonkeyPatch,
                                                         cache: Path, tmp_path: Path) -> None:
    design = load_design(design_name)
    wanted = replace(plate("幸福路", "53号"), **KINDS[design_name])
    titles = {text.title for text in zone_texts(wanted, design)}
    word = {"name": "路名", "number": "号码", "pinyin": "拼音", "postcode": "邮编"}[part]
    if word not in titles:
        pytest.skip(f"{design_name} has no {part}")
    other = replace(wanted, street="东大街", number="8号", pinyin="Dōng Dàjiē", postcode="712201")
    fonts, frozen = fonts_of(design.fonts), replace(batch_of(wanted), design=design.name)
    artwork = typeset(design, host_of(frozen), fonts, sample=True, cache=cache)
    press = Press(frozen, design, load_sheet("single"), fonts, artwork)
    assert caught(list(prove_volume(printed(press, tmp_path / "good.pdf"), press, volume_of(press)))) == set()
    genuine = print_jobs.press.set_plate

    def exchanged(one: BatchPlate, *rest: object) -> PlateText:
        texts = (genuine(one, *rest), genuine(replace(other, code=one.code), *rest))  # type: ignore[arg-type]
        return replace(texts[0], **{part: getattr(texts[1], part)})
    monkeypatch.setattr(print_jobs.press, "set_plate", exchanged)
    (read,) = prove_volume(printed(press, tmp_path / "bad.pdf"), press, volume_of(press))
    assert [problem.startswith(word) for problem in read.problems] == [True]


@pytest.mark.parametrize("ink", [b"1 1 1 1 k", b"0 0 0 rg", b"0 0 0 0.9 k", b"0.02 0 0 1 k"])
def test_black_that_is_not_black_ink_alone_is_caught(ink: bytes, monkeypatch: pytest.MonkeyPatch, cache: Path,
                                                     tmp_path: Path) -> None:
    monkeypatch.setattr(print_jobs.stamp, "_BLACK", ink)
    press = press_for(batch(7), "a3", cache)
    proofs = list(prove_volume(printed(press, tmp_path / "v.pdf"), press, volume_of(press)))
    assert caught(proofs) == set(range(7))
    assert all(proof.problems == ("二维码不是只用黑墨印在白底上",) for proof in proofs)
    assert black_ink()[0] > 0


def test_what_is_measured_is_what_the_design_says(cache: Path, tmp_path: Path) -> None:
    press = press_for(batch(30), "a3", cache)
    proofs = list(prove_volume(printed(press, tmp_path / "v.pdf"), press, volume_of(press)))
    found = Summary.of([one.measured for one in proofs if one.measured])
    assert found is not None
    assert found.least_module_mm == pytest.approx(40 / 41, abs=0.001)
    assert found.greatest_module_mm == pytest.approx(40 / 41, abs=0.001)
    assert found.quiet == pytest.approx(4, abs=0.02)
    assert found.contrast > 0.8
    assert found.finder < 0.02


def test_a_symbol_drawn_too_small_or_off_its_place_is_caught(monkeypatch: pytest.MonkeyPatch, cache: Path,
                                                             tmp_path: Path) -> None:
    press = press_for(batch(3), "single", cache)
    genuine = print_jobs.press.symbol_operators
    for scale, shift in ((0.98, 0.0), (1.0, 0.4)):
        def off(modules: Modules, field: object, height: float, s: float = scale, mm: float = shift) -> object:
            qr = press.design.qr.model_copy(update={"field_mm": 40 * s, "x_mm": press.design.qr.x_mm + mm})
            return genuine(modules, qr, height)
        monkeypatch.setattr(print_jobs.press, "symbol_operators", off)
        proofs = list(prove_volume(printed(press, tmp_path / "v.pdf"), press, volume_of(press)))
        assert caught(proofs) == {0, 1, 2}


def test_cards_and_used_slots_prove_and_a_code_on_a_card_does_not(monkeypatch: pytest.MonkeyPatch, cache: Path,
                                                                  tmp_path: Path) -> None:
    how = Arrangement(stacked=True, cards=True, used=(2,))
    press = press_for(batch(13), "a3", cache)
    volume = volume_of(press, arrangement=how)
    assert caught(list(prove_volume(printed(press, tmp_path / "v.pdf", how), press, volume))) == set()
    stranger = next(iter(press.batch.plates))

    def with_code(card: object, design: object, fonts: object) -> bytes:
        modules = symbol_batch("https://menpai.example/d/", 38).encode([stranger.code])
        (symbol,) = print_jobs.stamp.symbol_operators(modules, press.design.qr, press.design.face.height_mm)
        return b"q " + symbol + b" Q"
    monkeypatch.setattr(print_jobs.press, "card_operators", with_code)
    proofs = list(prove_volume(printed(press, tmp_path / "c.pdf", how), press, volume))
    assert any("分区卡" in problem for one in proofs for problem in one.problems)


def test_the_second_decoder_reads_a_sample_and_may_be_absent(monkeypatch: pytest.MonkeyPatch, cache: Path,
                                                             tmp_path: Path) -> None:
    press = press_for(batch(205), "a3", cache)
    path = printed(press, tmp_path / "v.pdf")
    assert [i for i, one in enumerate(prove_volume(path, press, volume_of(press))) if one.sampled] == [0, 100, 200]
    monkeypatch.setattr(proof, "zbar", lambda: None)
    assert caught(list(prove_volume(path, press, volume_of(press)))) == set()

    class Wrong:
        def read(self, _raster: np.ndarray) -> list[str]:
            return ["https://menpai.example/d/STRANGER"]
    monkeypatch.setattr(proof, "zbar", Wrong)
    assert caught(list(prove_volume(path, press, volume_of(press)))) == {0, 100, 200}
