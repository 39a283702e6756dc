"""The divider card: found from an arm's length, black ink only, inside its plate's trim whatever is written on it."""

from __future__ import annotations

import io
import re
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from batches import batch, plate, press_for

from print_jobs.fonts import fonts_of
from print_jobs.imposition import Imposition
from print_jobs.items import ZoneCard, card_for
from print_jobs.job import Volume
from print_jobs.plate_design import design_names, load_design
from print_jobs.press import write_volume
from print_jobs.zone_card import card_characters, card_operators

CARD = ZoneCard("610431001203-Z012", "610431001203-G03", 62, "幸福路1号", "幸福路十二巷128号附12号")
LONG = ZoneCard("610431001203-Z012", "", 10_000, "营上村" * 12 + "1号", "南环路二巷" * 9 + "99号附9号")
NOWHERE = ZoneCard("", "", 1, "幸福路1号", "幸福路1号")
STRANGE = ZoneCard("Z1", "Z1", 2, "\U000e0001路1号", "幸福路2号")  # no font paints a language tag


def page_of(card: ZoneCard, cache: Path) -> pypdfium2.PdfDocument:
    file = io.BytesIO()
    write_volume(press_for(batch(1), cache=cache), Volume(1, 0, (card,), Imposition(1)), file)
    return pypdfium2.PdfDocument(file.getvalue())


def test_a_card_says_zone_grid_number_and_both_ends(cache: Path) -> None:
    document = page_of(CARD, cache)
    text = document[0].get_textpage().get_text_range()
    document.close()
    for words in ("安装分区", "Z012", "610431001203-Z012", "网格 610431001203-G03", "共 62 块",
                  "幸福路1号 至 幸福路十二巷128号附12号", "此卡以下为本区门牌"):
        assert words in text


@pytest.mark.parametrize("card", [CARD, LONG, NOWHERE, STRANGE])
@pytest.mark.parametrize("name", design_names())
def test_ink_is_black_alone_and_stays_inside_on_every_plate(card: ZoneCard, name: str) -> None:
    design = load_design(name)
    drawn = card_operators(card, design, fonts_of(design.fonts)).decode("ascii")
    assert {ink.strip() for ink in re.findall(r"(?m)([\d. ]+) [kK](?= |$)", drawn)} == {"0 0 0 1"}
    assert not re.findall(r"(?<!\S)(rg|RG|g|G|cs|CS|sc|SC)(?!\S)", drawn)
    face, points = design.face, 72 / 25.4
    for x, y in re.findall(r"1 0 0 1 ([\d.-]+) ([\d.-]+) Tm", drawn):
        assert -0.02 * face.width_mm * points < float(x) < face.width_mm / 2 * points
        assert 0 < float(y) < face.height_mm * points


@pytest.mark.parametrize("card", [CARD, LONG, NOWHERE])
def test_the_card_s_edge_is_white_and_its_zone_is_large(card: ZoneCard, cache: Path) -> None:
    document = page_of(card, cache)
    pixels = document[0].render(scale=2, grayscale=True).to_numpy()
    document.close()
    millimetre = pixels.shape[1] / (150 + 24)
    face = pixels[int(12 * millimetre):int(102 * millimetre), int(12 * millimetre):int(162 * millimetre)]
    edge = int(2.5 * millimetre)
    rim = np.concatenate([face[:edge].ravel(), face[-edge:].ravel(), face[:, :edge].ravel(), face[:, -edge:].ravel()])
    assert rim.min() > 250
    rows = np.flatnonzero((face[int(18 * millimetre):int(42 * millimetre), edge * 3:-edge * 3] < 128).any(axis=1))
    assert len(rows) > 15 * millimetre  # the zone's code is as tall as a finger is wide


def test_its_characters_are_all_that_it_paints() -> None:
    design = load_design("small-gate")
    fonts = fonts_of(design.fonts)
    codes = set(re.findall("....", "".join(re.findall(r"<([0-9A-F]+)>", card_operators(CARD, design, fonts).decode()))))
    assert codes <= {fonts.main.codes(c).decode() for c in card_characters(CARD)}


def test_a_zone_s_card_is_made_of_its_plates() -> None:
    there = [plate(number=f"{n}号", seed=n) for n in (1, 3, 5)]
    assert card_for(there) == ZoneCard("Z1", there[0].grid, 3, "幸福路1号", "幸福路5号")
