"""A grid code written in an earlier list, after grids were split or renumbered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from shapely import box, to_wkb

from doorplate.model import Area, Point
from doorplate.registry.grid_codes import GridCodes

WEST = Area("w", "grid", "C-G01", "第一网格", "C", to_wkb(box(108.0, 34.0, 108.1, 34.1)))
EAST = Area("e", "grid", "C-G02", "第二网格", "C", to_wkb(box(108.1, 34.0, 108.2, 34.1)))
IN_THE_EAST = Point(108.15, 34.05)


def test_a_code_that_never_changed_hands_is_taken_at_its_word() -> None:
    assert GridCodes([WEST, EAST]).then("C-G01", IN_THE_EAST) == "w"


def test_after_a_renumbering_the_point_decides() -> None:
    day = date(2026, 11, 1)
    swapped = [replace(WEST, id="w2", code="C-G02", valid_from=day), replace(EAST, id="e2", code="C-G01", valid_from=day)]
    codes = GridCodes(swapped)
    assert codes.then("C-G02", IN_THE_EAST) == "e2"
    assert codes.then("C-G02", None) is None
    assert codes.then("C-G02", Point(0.0, 0.0)) is None
    assert codes.today("C-G02") == "w2"
    assert "C-G03" not in codes
