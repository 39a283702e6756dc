"""The map of a numbering plan: whole, readable, safe to open."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from core.numbering_streets import STREET, bare, door, line, point, two_rows

from doorplate.addresses.numbering import Door, Street, StreetPlan, load_profile, propose_compound, propose_for_street
from doorplate.exchange.maps.labels import Label, placed
from doorplate.exchange.maps.svg import wrapped
from doorplate.exchange.street_map import SHEET, draw_street_map

BEIJING = load_profile()
SVG = "{http://www.w3.org/2000/svg}"


def words(sheets: list[str]) -> list[str]:
    return [t.text or "" for sheet in sheets for t in ET.fromstring(sheet).iter(f"{SVG}text")]


def plan_of(doors: list[Door], street: Street = STREET, *, keep: bool = True) -> StreetPlan:
    return propose_for_street(doors, street, BEIJING, keep_existing=keep)


def test_every_door_old_number_new_number_and_legend_are_there() -> None:
    doors = [Door(d.id, d.point, 199 if d.number == 7 else d.number) for d in two_rows(10)] + [door("new", -126.0, 6.0)]
    told = words(draw_street_map(plan_of(doors)))
    assert {"改 7", "原199", "新 21", "1", "20", "北侧", "南侧", "北", "起", "止"} <= set(told)
    assert any("改号 1 户 · 新编 1 户 · 不变 19 户" in t for t in told)
    assert any("单号 (北侧)" in t for t in told)
    assert any(re.fullmatch(r"\d+ 米", t) for t in told)


@pytest.mark.parametrize("count", [3, 60, 400])
def test_sheets_fit_a_phone_and_a_page_and_lose_no_door(count: int) -> None:
    doors = two_rows(count)
    sheets = draw_street_map(plan_of(doors))
    for sheet in sheets:
        _, _, width, height = map(float, ET.fromstring(sheet).attrib["viewBox"].split())
        assert width == 390
        assert height <= SHEET + 40
    numbers = [t for t in words(sheets) if t.isdigit()]
    assert sorted(map(int, numbers)) == list(range(1, 2 * count + 1))


def test_hostile_names_stay_text_and_nothing_is_fetched() -> None:
    street = Street("<script>alert(1)</script>&\"'\x00路", None)
    [sheet] = draw_street_map(plan_of(two_rows(4), street), "<img src=x onerror=alert(1)>")
    root = ET.fromstring(sheet)
    assert not [e for e in root.iter() if e.tag.split("}")[1] in ("script", "img", "image", "foreignObject", "a", "use")]
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|@import|url\(", sheet)


def test_labels_of_one_side_do_not_overlap() -> None:
    spots = placed([(100.0 + i, Label("", str(100 + i), "")) for i in range(30)], 16.0, 2000.0)
    for a in spots:
        for b in spots:
            if a is not b and a.offset == b.offset:
                assert abs(a.x - b.x) >= (a.label.width + b.label.width) / 2


def test_what_is_not_on_the_map_is_named_in_words() -> None:
    told = "".join(words(draw_street_map(plan_of([*two_rows(4), Door("lost", None, 77), Door("blank", None)]))))
    assert "图上没有的" in told
    assert "77号" in told
    assert "未编号→未定" in told


@pytest.mark.parametrize("doors", [[], [Door("a", None, 3)], [Door("a", point(0, 0), 3)]])
def test_almost_nothing_still_makes_a_sheet(doors: list[Door]) -> None:
    for sheet in draw_street_map(plan_of(doors)):
        ET.fromstring(sheet)


def test_bent_and_one_sided_streets_and_compounds_are_drawn() -> None:
    bent = Street("拐弯街", line((0, 0), (-100, 0), (-100, -100)))
    doors = [door(f"d{i}", -10.0 * i, 6.0) for i in range(10)] + [door(f"e{i}", -106.0, -10.0 * i) for i in range(1, 10)]
    assert "西侧" in words(draw_street_map(plan_of(doors, bent, keep=False)))
    one = Street("河沿街", line((0, 0), (-200, 0)), "one-sided")
    assert "方块: 双号" in "".join(words(draw_street_map(plan_of(bare(doors[:10]), one, keep=False))))
    buildings = [door(f"{i}", 70.0 * (i % 3), 40.0 * (i // 3)) for i in range(6)]
    assert "新 6" in words(draw_street_map(propose_compound(buildings, load_profile("compound-s"), name="小区")))


def test_long_sentences_are_wrapped_within_the_page() -> None:
    lines = wrapped("照本街现有门牌的规律: 由东向西编号, 113 户里有 112 户相符, 同一侧相邻两户约 11 米" * 3, 12, 358)
    assert all(len(line.encode("gb18030")) * 6 <= 380 for line in lines)
    assert not any(line[0] in "，。、, " for line in lines)
