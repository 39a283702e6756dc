"""Dividing, joining, naming and numbering areas: what fitted together before fits together afterwards."""

from __future__ import annotations

import pytest
import shapely

from doorplate.areas.codes import area_code, code_number, next_number
from doorplate.areas.editing import merge, numbering_order, rename, split, square_metres
from doorplate.areas.grids import validate_areas
from doorplate.errors import InputError, Refused
from doorplate.model import Area

CODE = "610431001203"
LON, LAT = 108.2, 34.27


def place(shape: object) -> object:
    return shapely.transform(shape, lambda xy: xy * 1e-3 + (LON, LAT))


def area(number: int, shape: object, name: str = "") -> Area:
    return Area(str(number), "grid", f"{CODE}-G{number:02d}", name or f"第{number}网格", CODE, shapely.to_wkb(place(shape)))


def line(*points: tuple[float, float]) -> object:
    return place(shapely.LineString(points))


def shapes(parts: tuple[bytes, bytes]) -> list[object]:
    return [shapely.from_wkb(part) for part in parts]


SQUARE = shapely.box(0, 0, 4, 4)
U = shapely.Polygon([(0, 0), (6, 0), (6, 4), (4, 4), (4, 2), (2, 2), (2, 4), (0, 4)])


def check(old: Area, parts: tuple[bytes, bytes]) -> None:
    """Both parts together are the old area, and they share no ground."""
    whole = shapely.from_wkb(old.geometry_wkb)
    west, east = shapes(parts)
    assert west.is_valid
    assert east.is_valid
    assert shapely.symmetric_difference(shapely.union(west, east), whole).area < 1e-15
    assert shapely.intersection(west, east).area < 1e-18
    two = [Area(str(i), "grid", f"G{i}", "", CODE, part) for i, part in enumerate(parts)]
    assert validate_areas(two) == ()


@pytest.mark.parametrize(
    "points",
    [
        [(2, -1), (2, 5)],  # across
        [(2, 5), (2, -1)],  # the same, drawn the other way
        [(2, 0.1), (2.2, 2), (2, 3.9)],  # stops 10 m short at both ends
        [(-1, 2), (1, 3), (2, 1), (3, 3), (5, 2)],  # a crooked path
        [(0, 0), (4, 4)],  # from corner to corner
        [(2, -1), (2, 2), (2, 2), (2, 5)],  # a point twice
    ],
)
def test_a_line_makes_two_of_one(points: list[tuple[float, float]]) -> None:
    old = area(1, SQUARE)
    parts = split(old, line(*points))
    check(old, parts)
    west, east = shapes(parts)
    assert (round(west.centroid.x, 6), -west.centroid.y) <= (round(east.centroid.x, 6), -east.centroid.y)


def test_the_same_line_drawn_backwards_gives_the_same_parts() -> None:
    there, back = split(area(1, U), line((-1, 3), (7, 3.2))), split(area(1, U), line((7, 3.2), (-1, 3)))
    assert all(shapely.from_wkb(a).equals(shapely.from_wkb(b)) for a, b in zip(there, back, strict=True))


def test_each_piece_goes_with_its_side_of_the_line() -> None:
    """A line across both arms of a U cuts three pieces; both arms lie on one side."""
    old = area(1, U)
    parts = split(old, line((-1, 3), (7, 3.2)))
    check(old, parts)
    assert sorted(len(shapely.get_parts(shape)) for shape in shapes(parts)) == [1, 2]


def test_a_part_the_line_does_not_touch_goes_with_the_nearest() -> None:
    old = area(1, shapely.MultiPolygon([SQUARE, shapely.box(5, 1, 6, 2)]))
    parts = split(old, line((2, -1), (2, 5)))
    check(old, parts)
    assert [len(shapely.get_parts(s)) for s in shapes(parts)] == [1, 2]


def test_neighbours_still_fit_after_a_split() -> None:
    """The new corner lies on the neighbour's straight border."""
    left, right = area(1, SQUARE), area(2, shapely.box(4, 0, 8, 4))
    parts = split(left, line((-1, 1.37), (4.01, 2.71)))
    news = [Area(str(i), "grid", f"G{i}", "", CODE, part) for i, part in enumerate(parts)]
    assert validate_areas([*news, right]) == ()
    assert set(map(tuple, shapely.get_coordinates(shapely.from_wkb(left.geometry_wkb)).tolist())) <= {
        tuple(xy) for part in shapes(parts) for xy in shapely.get_coordinates(part).tolist()
    }


@pytest.mark.parametrize(
    "points",
    [
        [(9, 9), (10, 10)],  # elsewhere
        [(2, 1), (2, 2)],  # a stroke in the middle
        [(2, -1), (2, 2)],  # only half way
        [(-0.001, -1), (-0.001, 5)],  # beside it
        [(0.001, -1), (0.001, 5)],  # would cut off nine centimetres
    ],
)
def test_a_line_that_does_not_divide_is_refused(points: list[tuple[float, float]]) -> None:
    with pytest.raises(InputError) as caught:
        split(area(1, SQUARE), line(*points))
    assert caught.value.code == "areas.line_misses"
    assert "第1网格" in caught.value.message


@pytest.mark.parametrize("points", [[(1, 1), (1, 1)], [(1, 1), (float("inf"), 2)]])
def test_what_is_no_line_is_refused(points: list[tuple[float, float]]) -> None:
    with pytest.raises(InputError) as caught:
        split(area(1, SQUARE), line(*points))
    assert caught.value.code == "areas.line_misses"


def test_an_area_without_outline_can_be_neither_divided_nor_joined() -> None:
    bare = Area("9", "grid", f"{CODE}-G09", "第九网格", CODE, None)
    for act in (lambda: split(bare, line((0, 0), (1, 1))), lambda: merge([area(1, SQUARE), bare])):
        with pytest.raises(InputError) as caught:
            act()
        assert caught.value.code == "areas.no_shape"


def test_joining_undoes_dividing() -> None:
    old = area(1, SQUARE)
    halves = [Area(str(i), "grid", f"G{i}", "", CODE, part) for i, part in enumerate(split(old, line((2, -1), (2.5, 5))))]
    joined = shapely.from_wkb(merge(halves))
    assert joined.geom_type == "Polygon"
    assert shapely.symmetric_difference(joined, shapely.from_wkb(old.geometry_wkb)).area < 1e-15


def test_only_neighbours_are_joined_in_whatever_order_they_are_named() -> None:
    row = [area(i, shapely.box(i, 0, i + 1, 1)) for i in range(1, 4)]
    assert shapely.from_wkb(merge([row[0], row[2], row[1]])).geom_type == "Polygon"
    with pytest.raises(Refused) as caught:
        merge([row[0], row[2]])
    assert caught.value.code == "areas.apart"


@pytest.mark.parametrize("name", ["", "   ", "一" * 31, "第一\n网格", "\x00"])
def test_a_name_nobody_can_read_is_refused(name: str) -> None:
    with pytest.raises(InputError) as caught:
        rename(area(1, SQUARE), name)
    assert caught.value.code == "areas.name"


def test_numbers_run_as_one_reads() -> None:
    """Two rows of three, crooked, given in no order: west → east, then north → south."""
    cells = {(r, c): area(10 * r + c, shapely.box(c, -r + 0.1 * c, c + 1, -r + 1 + 0.1 * c)) for r in range(2) for c in range(3)}
    mixed = [cells[k] for k in [(1, 2), (0, 1), (1, 0), (0, 0), (1, 1), (0, 2)]]
    assert numbering_order(mixed) == [cells[r, c] for r in range(2) for c in range(3)]


def test_areas_without_outline_are_numbered_last() -> None:
    bare = Area("9", "grid", f"{CODE}-G09", "", CODE, None)
    assert numbering_order([bare, area(1, SQUARE)]) == [area(1, SQUARE), bare]
    assert numbering_order([bare]) == [bare]
    assert numbering_order([]) == []


def test_size_on_the_ground() -> None:
    assert square_metres(area(1, shapely.box(0, 0, 1, 1))) == pytest.approx(92.1 * 110.9, rel=0.01)


def test_codes_carry_their_numbers() -> None:
    assert [area_code(k, CODE, 7) for k in ("grid", "zone", "group")] == [f"{CODE}-G07", f"{CODE}-Z007", f"{CODE}-L007"]
    assert [code_number(c) for c in (f"{CODE}-G07", f"{CODE}-L114", CODE, "什么")] == [7, 114, 0, 0]
    assert next_number([area(1, SQUARE), area(7, SQUARE)], "grid") == 8
    assert next_number([], "zone") == 1
