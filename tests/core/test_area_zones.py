"""Zones and household groups: every door in exactly one, balanced, along the street, never over a gap."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest
import shapely

from doorplate.areas.outlines import around, divide, seeds
from doorplate.areas.zones import Door, Sets, propose_groups, propose_zones
from doorplate.model import Point

EAST_M = 1 / 92_100  # degrees a metre at this latitude
NORTH_M = 1 / 110_900


def at(east: float, north: float) -> Point:
    return Point(108.2 + east * EAST_M, 34.27 + north * NORTH_M)


def row(
    street: str, count: int, *, start: float = 0, step: float = 12, north: float = 0, side: int = 1, lane: str = ""
) -> list[Door]:
    """Doors in walking order on one side of a street, so many metres apart."""
    return [
        Door(f"{street}{lane}{side}-{start}-{i}", street, street + lane, side, at(start + i * step, north)) for i in range(count)
    ]


def each_once(doors: list[Door], sets: Sets) -> bool:
    return Counter(d.id for s in sets for d in s) == Counter(d.id for d in doors)


def sizes(sets: Sets) -> list[int]:
    return [len(s) for s in sets]


@pytest.mark.parametrize(
    ("doors", "size", "wanted"),
    [(100, 25, [25] * 4), (10, 50, [10]), (49, 25, [24, 25]), (3, 1, [1, 1, 1]), (0, 25, []), (1, 25, [1])],
)
def test_zones_are_about_equal(doors: int, size: int, wanted: list[int]) -> None:
    zones = propose_zones(row("幸福路", doors), size)
    assert sorted(sizes(zones)) == sorted(wanted)
    assert [d for z in zones for d in z] == row("幸福路", doors)


def test_zones_end_between_streets_where_the_size_allows() -> None:
    doors = row("幸福路", 23) + row("和谐街", 26, north=100) + row("振兴路", 26, north=200)
    assert sizes(propose_zones(doors, 25)) == [23, 26, 26]


def test_one_building_is_in_one_zone() -> None:
    tower = [Door(f"r{i}", "小区", "小区", 1, at(50, 0), spot="x") for i in range(60)]
    zones = propose_zones([*row("小区", 5), *tower, *row("小区", 5, start=90, side=0)], 20)
    assert each_once([*row("小区", 5), *tower, *row("小区", 5, start=90, side=0)], zones)
    assert sum(any(d.spot == "x" for d in z) for z in zones) == 1


def test_a_door_without_a_point_goes_with_its_neighbour_on_the_street() -> None:
    lost = Door("lost", "和谐街", "和谐街", 1, None)
    doors = [*row("幸福路", 10), lost, *row("和谐街", 10, north=100)]
    for sets in (propose_zones(doors, 10), propose_groups(doors)):
        home = next(s for s in sets if lost in s)
        assert {d.way for d in home} == {"和谐街"}
        assert each_once(doors, sets)


def test_lists_without_any_point_are_divided_all_the_same() -> None:
    doors = [Door(f"{i}", "三组", "三组", i % 2, None) for i in range(23)]
    doors.sort(key=lambda d: -d.side)
    groups = propose_groups(doors)
    assert each_once(doors, groups)
    assert all(5 <= len(g) <= 10 for g in groups)
    assert each_once(doors, propose_zones(doors, 8))


@pytest.mark.parametrize(
    ("count", "wanted"), [(5, [5]), (10, [10]), (11, [5, 6]), (18, [9, 9]), (27, [9, 9, 9]), (31, [7, 8, 8, 8])]
)
def test_groups_of_one_street_are_balanced(count: int, wanted: list[int]) -> None:
    assert sorted(sizes(propose_groups(row("幸福路", count)))) == wanted


def test_groups_keep_to_one_side_where_it_is_long_enough() -> None:
    doors = row("幸福路", 14) + row("幸福路", 12, side=0, north=15)
    assert all(len({d.side for d in g}) == 1 for g in propose_groups(doors))


def test_no_group_reaches_over_a_busy_gap() -> None:
    doors = row("幸福路", 7) + row("幸福路", 7, start=300)
    groups = propose_groups(doors)
    assert groups == [doors[:7], doors[7:]]


def test_short_ends_join_across_the_street_before_round_the_corner() -> None:
    odd, even, lane = row("幸福路", 3), row("幸福路", 3, side=0, north=20), row("幸福路", 8, lane="一巷", north=35)
    groups = propose_groups([*odd, *even, *lane])
    assert [{d.id for d in g} for g in groups] == [{d.id for d in odd + even}, {d.id for d in lane}]


def test_a_lonely_house_stays_a_group_of_its_own() -> None:
    doors = row("幸福路", 8) + row("幸福路", 1, start=900)
    assert sizes(propose_groups(doors)) == [8, 1]


def test_households_count_not_doors() -> None:
    doors = [Door(str(i), "幸福路", "幸福路", 1, at(i * 12, 0), households=2) for i in range(12)]
    groups = propose_groups(doors)
    assert all(5 <= sum(d.households for d in g) <= 10 for g in groups)
    assert each_once(doors, groups)


def test_offices_without_households_go_along() -> None:
    doors = [Door(str(i), "幸福路", "幸福路", 1, at(i * 12, 0), households=int(i != 3)) for i in range(8)]
    assert sizes(propose_groups(doors)) == [8]
    assert each_once(doors[3:4], propose_groups(doors[3:4]))


def test_a_tower_is_one_group() -> None:
    doors = [
        *row("幸福路", 6),
        Door("tower", "幸福路", "幸福路", 1, at(80, 0), households=40),
        *row("幸福路", 6, start=95, side=0),
    ]
    groups = propose_groups(doors)
    assert [d.id for g in groups if len(g) == 1 for d in g] == ["tower"]
    assert each_once(doors, groups)


@pytest.mark.parametrize("seed", range(8))
def test_any_village_every_door_once_and_twice_the_same(seed: int) -> None:
    rng = random.Random(seed)
    doors = []
    for s in range(rng.randrange(1, 9)):
        for side in (1, 0):
            for i in range(rng.randrange(0, 30)):
                point = None if rng.random() < 0.1 else at(i * 14 + rng.gauss(0, 3), s * 70 + side * 12 + rng.gauss(0, 3))
                doors.append(Door(f"{s}-{side}-{i}", f"街{s}", f"街{s}", side, point, rng.choice([0, 1, 1, 1, 2, 3])))
    for propose in (propose_groups, lambda d: propose_zones(d, 20)):
        sets = propose(doors)
        assert each_once(doors, sets)
        assert propose(list(doors)) == sets
    assert all(sum(d.households for d in g) <= 10 for g in propose_groups(doors) if len(g) > 1 and all(d.point for d in g))


def test_outlines_divide_all_the_ground_and_hold_their_doors() -> None:
    rng = np.random.default_rng(5)
    frame = shapely.Polygon([(108.2, 34.27), (108.21, 34.27), (108.21, 34.28), (108.205, 34.274), (108.2, 34.28)])
    points = seeds(rng.uniform((108.2, 34.27), (108.21, 34.28), (120, 2)), frame)
    labels = (np.arange(120) % 7).tolist()
    parts = [shapely.from_wkb(wkb) for wkb in divide(frame, points, labels)]
    assert shapely.symmetric_difference(shapely.union_all(parts), frame).area < 1e-14
    assert sum(p.area for p in parts) == pytest.approx(frame.area)
    distances = [parts[i].distance(shapely.Point(p)) for p, i in zip(points, labels, strict=True)]
    assert max(distances) < 1e-12


def test_one_door_gets_all_the_ground_and_a_frame_can_be_made() -> None:
    one = np.array([(108.2, 34.27)])
    frame = around(one, 30)
    assert shapely.from_wkb(divide(frame, one, [0])[0]).equals(frame)
    assert frame.contains(shapely.Point(108.2, 34.27))
