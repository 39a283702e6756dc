"""Buildings of a compound: from the north-east in an S."""

from __future__ import annotations

import random
from math import cos, radians, sin

import pytest
from core.numbering_streets import door, house, new_numbers

from doorplate.addresses.numbering import Door, load_profile, propose_compound

S = load_profile("compound-s")


def grid(rows: int, columns: int, *, turn: float = 0.0, noise: float = 0.0) -> list[Door]:
    """ids "row-column" from the north-west, 70 m apart in rows 40 m apart; turn: degrees the whole compound is turned."""
    rng, c, s = random.Random(2), cos(radians(turn)), sin(radians(turn))
    places = {f"{r}-{k}": (k * 70.0 + rng.gauss(0, noise), -r * 40.0 + rng.gauss(0, noise))
              for r in range(rows) for k in range(columns)}
    return [door(name, x * c - y * s, x * s + y * c) for name, (x, y) in places.items()]


@pytest.mark.parametrize("turn", [0.0, 12.0, -20.0])
def test_there_and_back_from_the_north_east(turn: float) -> None:
    numbers = new_numbers(propose_compound(grid(3, 4, turn=turn, noise=2.0), S))
    walk = ["0-3", "0-2", "0-1", "0-0", "1-0", "1-1", "1-2", "1-3", "2-3", "2-2", "2-1", "2-0"]
    assert [numbers[name] for name in walk] == [f"{n}号" for n in range(1, 13)]


def test_a_missing_building_leaves_no_hole_and_a_retired_number_does() -> None:
    buildings = [b for b in grid(2, 3) if b.id != "0-1"]
    numbers = new_numbers(propose_compound(buildings, S, spent=[house(2)]))
    assert [numbers[n] for n in ("0-2", "0-0", "1-0", "1-1", "1-2")] == ["1号", "3号", "4号", "5号", "6号"]


def test_a_z_begins_every_row_anew_and_columns_go_down_first() -> None:
    z = S.model_copy(update={"compound": S.compound.model_copy(update={"pattern": "Z"})})
    assert new_numbers(propose_compound(grid(2, 2), z)) == {"0-1": "1号", "0-0": "2号", "1-1": "3号", "1-0": "4号"}
    columns = S.model_copy(update={"compound": S.compound.model_copy(update={"along": "columns"})})
    assert new_numbers(propose_compound(grid(2, 2), columns)) == {"0-1": "1号", "1-1": "2号", "1-0": "3号", "0-0": "4号"}


def test_buildings_in_order_keep_their_numbers() -> None:
    buildings = [Door(b.id, b.point, n) for b, n in zip(grid(1, 4), (4, 7, 2, 1), strict=True)]
    plan = propose_compound(buildings, S, keep_existing=True)
    assert {a.door_id: str(a.new) for a in plan.assignments if a.changed} == {"0-1": "3号"}


@pytest.mark.parametrize("buildings", [[], [Door("a", None)], [door("a", 0, 0)], [door("a", 0, 0), door("b", 0, 0)]])
def test_few_or_no_points(buildings: list[Door]) -> None:
    plan = propose_compound(buildings, S)
    assert len(plan.assignments) == len(buildings)
    assert len({a.new for a in plan.assignments if a.new}) == sum(b.point is not None for b in buildings)
