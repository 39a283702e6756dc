"""Names shrink and wrap by rule, numbers keep their digits large, and everything stays in its zone."""

from __future__ import annotations

import pytest
from batches import plate

from print_jobs.fonts import Letters, fonts_of
from print_jobs.layout import Run, set_name, set_number, set_plate, set_small
from print_jobs.plate_design import Box, PlateDesign, load_design

DESIGN = load_design("small-gate")


@pytest.fixture(scope="module")
def face() -> Letters:
    return fonts_of(DESIGN.fonts).hanzi


def ink_box(runs: tuple[Run, ...], face: Letters) -> tuple[float, float, float, float]:
    """left, top, right, bottom of what the runs paint, mm on the face."""
    boxes = []
    for run in runs:
        ink = face.ink(run.text)
        width = ink.right * run.em_mm + run.tracking_mm * (len(run.text) - 1)
        boxes.append((run.x_mm + ink.left * run.em_mm, run.baseline_mm - ink.top * run.em_mm,
                      run.x_mm + width, run.baseline_mm - ink.bottom * run.em_mm))
    return (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))


def inside(runs: tuple[Run, ...], zone: Box, face: Letters) -> bool:
    left, top, right, bottom = ink_box(runs, face)
    return (left >= zone.x_mm - 0.01 and right <= zone.right_mm + 0.01
            and top >= zone.y_mm - 0.01 and bottom <= zone.bottom_mm + 0.01)


@pytest.mark.parametrize(("name", "lines"), [
    ("村", 1), ("三组", 1), ("幸福路", 1), ("幸福路十二巷", 1), ("营上村南环路二巷", 2),
    ("中国人民解放军路二巷", 2), ("中国人民解放军第一路北延长线三巷", 2), ("A", 1), ("人民路 东段", 1), ("𠀋𠀡路", 1),
])
def test_a_name_stays_in_its_zone_on_one_line_or_two(name: str, lines: int, face: Letters) -> None:
    runs = set_name(name, DESIGN.name_zone, DESIGN.name_zone, face)
    assert len(runs) == lines
    assert "".join(run.text for run in runs) == name
    assert inside(runs, DESIGN.name_zone, face)
    assert all(DESIGN.name_zone.least_mm <= run.em_mm <= DESIGN.name_zone.size_mm for run in runs)


def test_the_longer_the_name_the_smaller_its_type(face: Letters) -> None:
    sizes = [set_name("大" * n, DESIGN.name_zone, DESIGN.name_zone, face)[0].em_mm for n in range(1, 21)]
    one_line, two_lines = sizes[:7], sizes[7:]
    assert one_line == sorted(one_line, reverse=True)
    assert two_lines == sorted(two_lines, reverse=True)
    assert sizes[-1] < sizes[0] / 2


@pytest.mark.parametrize(("name", "broken"), [
    ("中国人民解放军路二巷北段", ["中国人民解放军路", "二巷北段"]),
    ("营上村南环路二巷", ["营上村", "南环路二巷"]),
    ("中国人民解放军第一路北延长线三巷", ["中国人民解放军第一路", "北延长线三巷"]),
    ("路甲乙丙丁戊己庚辛壬癸子", ["路甲乙丙丁戊", "己庚辛壬癸子"]),  # the only natural break would cost too much
    ("甲乙丙丁戊己庚辛壬癸", ["甲乙丙丁戊", "己庚辛壬癸"]),
])
def test_two_lines_break_where_a_name_ends_unless_that_costs_too_much_size(name: str, broken: list[str], face: Letters) -> None:
    assert [run.text for run in set_name(name, DESIGN.name_zone, DESIGN.name_zone, face)] == broken


@pytest.mark.parametrize("name", ["路" * 23, "路" * 500, pytest.param("路" * 1_000_000, id="a million"), ""])
def test_a_name_that_cannot_fit_gives_nothing(name: str, face: Letters) -> None:
    assert set_name(name, DESIGN.name_zone, DESIGN.name_zone, face) == ()


@pytest.mark.parametrize("number", ["1号", "53号", "53号附1号", "128号附12号", "1066号", "12-3号", "甲5号", "5号-1",
                                    "10086号附123号"])
def test_a_number_stays_in_its_zone_with_its_digits_largest(number: str, face: Letters) -> None:
    runs = set_number(number, DESIGN.number_zone, face)
    assert "".join(run.text for run in runs) == number
    assert inside(runs, DESIGN.number_zone, face)
    largest = max(runs, key=lambda run: run.em_mm)
    assert largest.text.isdigit()
    feet = [run.baseline_mm - face.ink(run.text).bottom * run.em_mm for run in runs if not run.text.isdigit()]
    assert all(foot == pytest.approx(largest.baseline_mm) for foot in feet)


def test_a_number_without_digits_is_set_whole(face: Letters) -> None:
    (run,) = set_number("甲号", DESIGN.number_zone, face)
    assert run.text == "甲号"
    assert inside((run,), DESIGN.number_zone, face)


@pytest.mark.parametrize("number", ["", "1" * 30, pytest.param("1" * 1_000_000, id="a million"),
                                    "53号附1号之二甲乙丙丁戊己庚辛壬癸子丑"])
def test_a_number_that_cannot_fit_gives_nothing(number: str, face: Letters) -> None:
    assert set_number(number, DESIGN.number_zone, face) == ()


def test_everything_is_centred_by_its_ink(face: Letters) -> None:
    for runs, zone in ((set_name("幸福路", DESIGN.name_zone, DESIGN.name_zone, face), DESIGN.name_zone),
                       (set_number("53号附1号", DESIGN.number_zone, face), DESIGN.number_zone),
                       (set_small("J6VN GGH6 BCFN N", DESIGN.code, face), DESIGN.code)):
        left, _, right, _ = ink_box(runs, face)
        assert left - zone.x_mm == pytest.approx(zone.right_mm - right, abs=0.01)


def test_plates_of_one_street_put_its_name_at_the_same_height() -> None:
    fonts = fonts_of(DESIGN.fonts)
    a, b = (set_plate(plate("幸福路", number), DESIGN, fonts) for number in ("1号", "128号附12号"))
    assert a.name == b.name


def test_the_widest_code_fits_beneath_its_symbol(face: Letters) -> None:
    assert inside(set_small("WWWW WWWW WWWW W", DESIGN.code, face), DESIGN.code, face)


def with_zone(design: PlateDesign, **changes: float) -> PlateDesign:
    return design.model_copy(update={"name_zone": design.name_zone.model_copy(update=changes)})


def test_rules_come_from_the_design(face: Letters) -> None:
    narrow = with_zone(DESIGN, width_mm=40.0)
    assert len(set_name("幸福路十二巷", narrow.name_zone, narrow.name_zone, face)) == 2
