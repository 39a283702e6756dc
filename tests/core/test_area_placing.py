"""Which grid an address belongs to: its point, near a border its street; and whether grids carry about the same."""

from __future__ import annotations

import shapely

from doorplate.areas.balance import imbalances, usual_size
from doorplate.areas.placing import place
from doorplate.areas.rules import area_rules
from doorplate.model import Address, Area, Elements, Point

CODE = "610431001203"
EAST_M = 1 / 92_100
BORDER = 108.2


def grid(number: int, shape: object, streets: tuple[str, ...] = ()) -> Area:
    return Area(f"g{number}", "grid", f"{CODE}-G{number:02d}", f"第{number}网格", CODE, shapely.to_wkb(shape), streets)


WEST = grid(1, shapely.box(108.19, 34.26, BORDER, 34.28))
EAST = grid(2, shapely.box(BORDER, 34.26, 108.21, 34.28))


def house(street: str, number: int, east_m: float | None, *, lane: str = "", accuracy: float | None = None) -> Address:
    point = None if east_m is None else Point(BORDER + east_m * EAST_M, 34.27, accuracy)
    elements = Elements(street=street, lane=lane, number=str(number))
    return Address(f"{street}{lane}{number}", CODE, elements, f"{street}{lane}{number}号", "", "proposed", point)


def where(address: Address, *others: Address, areas: tuple[Area, ...] = (WEST, EAST)) -> tuple[int, bool]:
    placed = place([address, *others], areas)[0]
    return placed.area, placed.sure


HOME = [house("幸福路", n, -100 - n) for n in range(1, 12)]


def test_a_point_well_inside_decides() -> None:
    assert where(house("幸福路", 20, 40), *HOME) == (1, True)


def test_near_the_border_the_street_decides() -> None:
    assert where(house("幸福路", 20, 3), *HOME) == (0, True)
    assert where(house("幸福路", 20, 3)) == (1, False)


def test_a_poor_point_decides_no_more_than_it_knows() -> None:
    assert where(house("幸福路", 20, 40, accuracy=60.0), *HOME) == (0, True)


def test_without_a_point_the_street_decides_and_alone_nothing_does() -> None:
    assert where(house("幸福路", 20, None), *HOME) == (0, True)
    assert where(house("和谐街", 20, None), *HOME) == (-1, False)


def test_a_lane_before_its_street() -> None:
    lane = [house("幸福路", n, 100, lane="二巷") for n in range(1, 5)]
    assert where(house("幸福路", 9, 2, lane="二巷"), *HOME, *lane) == (1, True)
    assert where(house("幸福路", 9, 2, lane="三巷"), *HOME, *lane)[0] == 0


def test_on_a_street_through_both_the_neighbouring_numbers_decide() -> None:
    street = [house("长街", n, n * 10 - 200) for n in range(1, 40)]
    assert where(house("长街", 5, None), *street) == (0, True)
    assert where(house("长街", 35, None), *street) == (1, True)
    assert where(house("长街", 20, 1), *street) == (1, False)  # its neighbours are on both sides: a person must look


def test_streets_the_area_claims_help_where_nothing_else_does() -> None:
    claiming = (grid(1, shapely.from_wkb(WEST.geometry_wkb), ("和谐街",)), EAST)
    assert where(house("和谐街", 2, 3), areas=claiming) == (0, True)


def test_areas_without_outline_keep_their_place_in_the_answer() -> None:
    bare = Area("b", "grid", "G09", "", CODE, None)
    assert where(house("幸福路", 20, 40), areas=(bare, WEST, EAST)) == (2, True)
    assert where(house("幸福路", 20, 40), areas=(bare,)) == (-1, False)


def test_a_point_outside_all_areas_is_nearest_to_one_and_not_sure() -> None:
    assert where(house("幸福路", 20, 5_000)) == (1, False)


def test_a_village_s_grids_are_smaller_than_a_town_s() -> None:
    assert (usual_size("610431001203").least, usual_size("610431001203").most) == (93, 278)
    assert (usual_size("610431001003").least, usual_size("610431001003").most) == (300, 500)
    assert usual_size("x").most == 500


def test_too_few_and_too_many_households_are_said_in_words() -> None:
    usual = area_rules().balance.city
    said = imbalances([WEST, EAST], {"g1": 299, "g2": 501}, usual)
    assert [(i.code[-3:], i.households) for i in said] == [("G01", 299), ("G02", 501)]
    assert "合并" in str(said[0])
    assert "拆分" in str(said[1])
    assert imbalances([WEST, EAST], {"g1": 300, "g2": 500}, usual) == ()
    assert len(imbalances([WEST, EAST], {"g1": 300}, usual)) == 1
