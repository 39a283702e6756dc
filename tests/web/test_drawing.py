"""The drawn plate: everything fits its zone as on the printed one, and the symbol on it reads as the URL."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace

import numpy as np
import pytest
import zxingcpp
from wire import ROOT

from webapp import plate_drawing as drawing
from webapp.plate_drawing import Painted, draw, number_of, street_lines

PLATE = Painted("幸福路", "53号", "7K3M X9QA B2CD D", "https://mp.example.cn/d/7K3MX9QAB2CDD", "mp.example.cn", sample=False)


def test_the_symbol_on_the_page_is_the_symbol_of_the_plate() -> None:
    drawn = draw(PLATE)
    picture = np.full((drawn.symbol_side, drawn.symbol_side), 255, np.uint8)
    for x, y, width in re.findall(r"M(\d+) ([\d.]+)h(\d+)", drawn.symbol):
        picture[int(float(y)), int(x) : int(x) + int(width)] = 0
    read = zxingcpp.read_barcodes(np.kron(picture, np.ones((4, 4), np.uint8)))
    assert [one.text for one in read] == [PLATE.url]


def test_without_a_base_url_there_is_no_symbol() -> None:
    assert draw(replace(PLATE, url="")).symbol == ""


def test_the_drawing_has_the_zones_of_the_printed_plate() -> None:
    design = tomllib.loads((ROOT / "print_jobs/designs/small-gate.toml").read_text("utf-8"))
    name, number = design["name_zone"], design["number_zone"]
    assert (name["x_mm"], name["width_mm"]) == (number["x_mm"], number["width_mm"]) == (drawing.ZONE_X, drawing.ZONE_WIDTH)
    assert (name["y_mm"], name["height_mm"]) == (drawing.STREET_Y, drawing.STREET_HEIGHT)
    assert (name["size_mm"], name["one_line_mm"], name["leading"]) == (
        drawing.STREET_SIZE,
        drawing.ONE_LINE_SIZE,
        drawing.LEADING,
    )
    assert (name["fill"], name["spread_em"]) == (drawing.FILL, drawing.SPREAD_EM)
    assert (number["y_mm"], number["height_mm"], number["size_mm"]) == (
        drawing.NUMBER_Y,
        drawing.NUMBER_HEIGHT,
        drawing.NUMBER_SIZE,
    )
    assert (number["small_scale"], number["gap_em"]) == (drawing.SMALL_SCALE, drawing.GAP_EM)
    page = (ROOT / "templates/pages/scan/parts.html").read_text("utf-8")
    assert 'x="{x_mm}" y="{y_mm}" width="{width_mm}" height="{height_mm}"'.format(**design["panel"]) in page
    assert "translate({x_mm} {y_mm}) scale({{{{ ({field_mm} / drawing.symbol_side)".format(**design["qr"]) in page


@pytest.mark.parametrize(
    ("number", "parts"),
    [
        ("5号", ("", "5", "号")),
        ("53号附1号", ("", "53", "号附1号")),
        ("1253号附12号", ("", "1253", "号附12号")),
        ("甲7号", ("甲", "7", "号")),
        ("", ("", "", "")),
    ],
)
def test_numbers_are_as_large_as_their_zone_allows(number: str, parts: tuple[str, str, str]) -> None:
    set_ = number_of(number)
    assert (set_.before, set_.digits, set_.after) == parts
    width = (
        sum(0.58 if one.isdigit() else 1.0 for one in set_.before + set_.after) * set_.small_size
        + len(set_.digits) * 0.58 * set_.size
    )
    assert width <= 85
    assert set_.size <= 49


@pytest.mark.parametrize(
    ("street", "lines"),
    [
        ("路", ["路"]),
        ("幸福路二巷", ["幸福路二巷"]),
        ("人民解放大街", ["人民解放大街"]),
        ("人民解放大道二十三巷", ["人民解放大道", "二十三巷"]),
        ("小𣵦村" * 5, ["小𣵦村小𣵦村小𣵦", "村小𣵦村小𣵦村"]),
        ("", [""]),
    ],
)
def test_street_names_fit_on_one_line_or_two(street: str, lines: list[str]) -> None:
    drawn = street_lines(street)
    assert [line.text for line in drawn] == lines or "".join(line.text for line in drawn) == street
    assert len(drawn) <= 2
    for line in drawn:
        assert len(line.text) * line.size + max(len(line.text) - 1, 0) * line.tracking <= 85.5
        assert line.baseline - 0.85 * line.size >= 7
        assert line.baseline <= 36
