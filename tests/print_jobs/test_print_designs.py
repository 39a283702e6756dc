"""Designs and sheets are data: what is wrong in a file is said in one line, and plates stand where the sheet says."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from doorplate.errors import InputError
from print_jobs.imposition import Imposition, Place
from print_jobs.plate_design import design_names, load_design
from print_jobs.sheet import arrange, load_sheet, plates_per_volume, sheet_names

SMALL_GATE = (files("print_jobs") / "designs" / "small-gate.toml").read_text("utf-8")
A3 = (files("print_jobs") / "sheets" / "a3.toml").read_text("utf-8")


@pytest.mark.parametrize("name", design_names())
def test_every_design_of_ours_loads_and_is_named_after_its_file(name: str) -> None:
    assert load_design(name).name == name


@pytest.mark.parametrize("name", sheet_names())
def test_every_sheet_of_ours_takes_the_small_gate(name: str) -> None:
    sheet = load_sheet(name)
    assert sheet.name == name
    assert arrange(load_design("small-gate").face, sheet).slots


def test_the_small_gate_keeps_to_the_rule_it_names() -> None:
    design = load_design("small-gate")
    assert (design.face.width_mm, design.face.height_mm, design.qr.field_mm) == (150, 90, 40)
    assert design.face.rim_mm <= 10
    assert design.face.color == (100, 80, 0, 0)
    assert design.name_zone.bottom_mm <= 90 * 2 / 5 <= design.number_zone.y_mm + 0.001  # name upper 2/5, number lower 3/5
    assert design.qr.x_mm > design.number_zone.right_mm  # symbol on the right


def test_a_user_s_own_design_is_a_file(tmp_path: Path) -> None:
    own = tmp_path / "ours.toml"
    own.write_text(SMALL_GATE.replace("color = [100, 80, 0, 0]", "color = [90, 30, 95, 20]"))
    assert load_design(str(own)).face.color == (90, 30, 95, 20)


@pytest.mark.parametrize("name", ["huge-gate", "", "../designs/small-gate", "small-gate.toml", "/etc/passwd", "绿门牌"])
def test_an_unknown_design_is_refused_with_the_list_of_known_ones(name: str) -> None:
    with pytest.raises(InputError) as caught:
        load_design(name)
    assert caught.value.code == "design.unknown"
    assert "small-gate" in caught.value.message


@pytest.mark.parametrize(("old", "new"), [
    ("color = [100, 80, 0, 0]", "color = [101, 80, 0, 0]"),  # more ink than there is
    ("color = [100, 80, 0, 0]", "color = [100, 80, 0]"),
    ("field_mm = 40", "field_mm = 44"),  # symbol wider than its white field
    ("field_mm = 40", "field_mm = -40"),
    ("width_mm = 85", "width_mm = 145"),  # over the safe margin
    ('kind = "small-gate"', ""),
    ('name = "small-gate"', 'name = "small gate"'),
    ("bleed_mm = 3", "bleed_mm = nan"),
    ("[face]", "[face"),
])
def test_a_mistake_in_a_design_file_is_one_line(tmp_path: Path, old: str, new: str) -> None:
    assert old in SMALL_GATE
    own = tmp_path / "ours.toml"
    own.write_text(SMALL_GATE.replace(old, new))
    with pytest.raises(InputError) as caught:
        load_design(str(own))
    assert caught.value.code == "design.invalid"
    assert "ours.toml" in caught.value.message
    assert "\n" not in caught.value.message


def test_a_design_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    own = tmp_path / "gbk.toml"
    own.write_bytes(SMALL_GATE.encode("gb18030"))
    with pytest.raises(InputError):
        load_design(str(own))


@pytest.mark.parametrize(("old", "new", "code"), [
    ("width_mm = 420", "", "sheet.invalid"),
    ("margin_mm = 10", "margin_mm = 2", "sheet.invalid"),  # no room for crop marks
    ("width_mm = 420", "width_mm = 100", "sheet.too_small"),
    ("gap_mm = 3", "gap_mm = 1", "sheet.gap"),  # less than the bleed
])
def test_a_sheet_that_cannot_work_is_refused(tmp_path: Path, old: str, new: str, code: str) -> None:
    own = tmp_path / "own.toml"
    own.write_text(A3.replace(old, new))
    with pytest.raises(InputError) as caught:
        arrange(load_design("small-gate").face, load_sheet(str(own)))
    assert caught.value.code == code


def test_a3_holds_six_in_reading_order_and_in_the_middle() -> None:
    layout = arrange(load_design("small-gate").face, load_sheet("a3"))
    xs, ys = [x for x, _ in layout.slots], [y for _, y in layout.slots]
    assert len(layout.slots) == 6
    assert xs == [xs[0], xs[1]] * 3
    assert xs[0] < xs[1]
    assert ys == sorted(ys, reverse=True)
    assert xs[0] == pytest.approx(420 - xs[1] - 150)
    assert ys[-1] == pytest.approx(297 - ys[0] - 90)


def test_plates_fill_slots_in_reading_order_page_after_page() -> None:
    assert [Imposition(6).place(i, 14) for i in (0, 5, 6, 13)] == [Place(1, 1), Place(1, 6), Place(2, 1), Place(3, 2)]


@pytest.mark.parametrize(("size", "slots", "plates"), [(500, 1, 500), (500, 6, 498), (500, 3, 498), (4, 6, 6), (1, 1, 1)])
def test_volumes_end_with_whole_pages(size: int, slots: int, plates: int) -> None:
    assert plates_per_volume(size, slots) == plates


@pytest.mark.parametrize("used", [(), (3,), (5, 2)])
@pytest.mark.parametrize("stacked", [False, True])
@pytest.mark.parametrize("items", [0, 1, 5, 6, 7, 23])
def test_every_item_has_one_slot_and_the_pages_agree_with_the_places(items: int, stacked: bool, used: tuple[int, ...]) -> None:
    how = Imposition(6, used, stacked)
    pages = list(how.pages(items))
    assert len(pages) == how.page_count(items)
    where = {i: Place(p, s) for p, page in enumerate(pages, 1) for s, i in enumerate(page, 1) if i is not None}
    assert where == {i: how.place(i, items) for i in range(items)}
    assert all(pages[p][:n] == (None,) * n for p, n in enumerate(used) if p < len(pages))


def test_the_piles_of_a_stacked_volume_laid_on_each_other_are_in_order() -> None:
    pages = list(Imposition(6, (), stacked=True).pages(23))
    piles = [[page[slot] for page in pages if page[slot] is not None] for slot in range(6)]
    assert [i for pile in piles for i in pile] == list(range(23))
