"""Grids and the addresses in them: outlines that do not fit together, and which grid an address belongs to."""

from dataclasses import replace

import numpy as np
import pytest
import shapely

from doorplate.areas.coordinates import LocalFrame
from doorplate.areas.grids import AreaIndex, validate_areas
from doorplate.model import Area
from tests.core.quality_lists import EVERYBODY, FRAME, Lists, grids, place

CODE = "610431001203"


def grid(number: int, *corners: tuple[float, float], community: str = CODE) -> Area:
    """A grid with its corners in metres around the village's middle."""
    ring = [tuple(map(float, FRAME.degrees(x, y))) for x, y in corners]
    code = f"{community}-G{number:02d}"
    return Area(code, "grid", code, f"第{number}网格", community, shapely.Polygon(ring).wkb)


def block(number: int, west: float, south: float, east: float, north: float, **more: str) -> Area:
    return grid(number, (west, south), (east, south), (east, north), (west, north), **more)


def kinds(areas: list[Area]) -> list[tuple[str, float]]:
    return [(p.kind, round(p.size_m2)) for p in validate_areas(areas)]


def test_grids_that_share_their_edges_are_fine():
    assert validate_areas([block(1, 0, 0, 100, 100), block(2, 100, 0, 200, 100), block(3, 0, 100, 200, 200)]) == ()


def test_an_overlap_is_told_with_its_size_and_both_names():
    (problem,) = validate_areas([block(1, 0, 0, 100, 100), block(2, 98, 0, 200, 100)])

    assert (problem.kind, problem.codes) == ("overlap", (f"{CODE}-G01", f"{CODE}-G02"))
    assert problem.size_m2 == pytest.approx(200, rel=0.01)
    assert "第1网格和第2网格重叠" in str(problem)


def test_less_than_a_square_metre_is_only_how_it_was_drawn():
    assert kinds([block(1, 0, 0, 100, 100), block(2, 99.995, 0, 200, 100)]) == []


def test_a_strip_that_belongs_to_nobody_is_a_gap():
    assert kinds([block(1, 0, 0, 100, 100), block(2, 102, 0, 200, 100)]) == [("gap", 200)]


def test_a_hole_among_grids_is_a_gap():
    around = [block(1, 0, 0, 100, 40), block(2, 0, 60, 100, 100), block(3, 0, 40, 40, 60), block(4, 60, 40, 100, 60)]

    assert kinds(around) == [("gap", 400)]


def test_a_lake_inside_one_grid_is_not():
    lake = shapely.box(*FRAME.degrees(40, 40), *FRAME.degrees(60, 60))
    one = block(1, 0, 0, 100, 100)

    assert validate_areas([replace(one, geometry_wkb=shapely.from_wkb(one.geometry_wkb).difference(lake).wkb)]) == ()


def test_an_outline_that_crosses_itself_is_broken():
    assert kinds([grid(1, (0, 0), (100, 100), (100, 0), (0, 100))])[0] == ("broken", 0)


def test_grids_without_an_outline_are_named():
    assert [(p.kind, p.codes) for p in validate_areas([replace(block(1, 0, 0, 9, 9), geometry_wkb=None)])] == \
        [("empty", (f"{CODE}-G01",))]


def test_one_community_at_a_time():
    problems = validate_areas([block(1, 0, 0, 100, 100), block(2, 100, 0, 200, 100, community="610431001205")])

    assert [p.codes for p in problems if p.kind == "community"] == [(CODE, "610431001205")]


def test_metres_to_the_edge_inside_and_outside():
    index = AreaIndex([block(1, 0, 0, 100, 100), block(2, 100, 0, 200, 100)])
    lon, lat = FRAME.degrees(np.array([90.0, 250.0]), np.array([50.0, 50.0]))

    assert index.locate(lon, lat).tolist() == [0, -1]
    assert index.edge_distance_m(lon, lat, [0, 1]) == pytest.approx([10, 50], abs=0.2)
    assert index.outside_of_m(lon, lat, [0, 0]) == pytest.approx([0, 150], abs=0.5)
    assert index.outside_m(lon, lat) == pytest.approx([0, 50], abs=0.2)


def test_the_frame_is_metres_around_the_middle():
    frame = AreaIndex([block(1, -50, -50, 50, 50)]).frame

    assert isinstance(frame, LocalFrame)
    assert frame.metres(*FRAME.degrees(0, 0)) == pytest.approx((0, 0), abs=0.01)


@pytest.mark.parametrize(("north", "expected"), [(74.0, "G01"), (76.0, "G01"), (84.0, "G01"), (66.0, "G01")])
def test_near_the_line_between_two_grids_the_street_decides(north, expected):
    """幸福路 belongs to the first grid; a phone that reads a few metres past the line changes nothing."""
    lists = Lists()
    lists.street(EVERYBODY, sheet="全村", grid_hint="")
    lists.street(EVERYBODY, "和谐街", sheet="全村", grid_hint="")
    row = lists.sheet(41, sheet="全村", grid_hint="", point=place(41, north=north))

    assert lists.check(grids()).row(row).grid == f"{CODE}-{expected}"
