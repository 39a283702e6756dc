"""Installation zones and household groups: every door in one, inside its grid, and with it through every change."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
import shapely
from flows.area_stories import codes, divided_village, doors, split, told
from flows.conftest import VILLAGE
from support.village import PREFIX

from doorplate.model import Community, PrintBatch
from doorplate.registry import Registry
from doorplate.registry.area_acts import renumber_areas
from doorplate.registry.area_proposals import propose_groups, propose_zones
from doorplate.registry.printing import PrintOrder, order_batch
from doorplate.registry.zoning import whereabouts


@pytest.fixture
def village(registry: Registry) -> Registry:
    return divided_village(registry)


def test_zones_hold_every_door_once_and_fill_their_grids(village: Registry) -> None:
    plan = propose_zones(village, VILLAGE, 20, apply=True)
    assert [plan.doors[a.id] for a in plan.opened] == [20, 19, 20, 20, 20, 20]
    with village.store.reading() as reader:
        where = whereabouts(reader, VILLAGE)
        living = [a for a in reader.addresses(VILLAGE) if a.status != "retired"]
        grids = {a.id: shapely.from_wkb(a.geometry_wkb) for a in reader.areas(VILLAGE, "grid")}
        zones = reader.areas(VILLAGE, "zone")
    assert Counter(where.zone(a) for a in living) == {a.code: plan.doors[a.id] for a in plan.opened}
    for grid_id, shape in grids.items():
        inside = [shapely.from_wkb(z.geometry_wkb) for z in zones if z.parent_id == grid_id]
        assert shapely.symmetric_difference(shapely.union_all(inside), shape).area < 1e-14


def test_plates_are_printed_zone_by_zone(village: Registry) -> None:
    order = PrintOrder("small-gate", "https://menpai.example", VILLAGE)

    def accept(batch: PrintBatch) -> None:
        """A preflight that finds nothing."""

    before = order_batch(village, order, accept).batch
    assert {p.zone for p in before.plates} == {p.grid for p in before.plates} == {f"{VILLAGE}-G0{n}" for n in (1, 2, 3)}
    propose_zones(village, VILLAGE, 20, apply=True)
    batch = order_batch(village, order, accept).batch
    zones = [p.zone[13:] for p in batch.plates]
    assert zones == sorted(zones)
    assert set(zones) == {f"Z00{n}" for n in range(1, 7)}
    assert {p.code for p in batch.plates} == {p.code for p in before.plates}
    assert {p.grid for p in batch.plates} == {p.grid for p in before.plates}


def test_groups_are_neighbours_of_five_to_ten_households(village: Registry) -> None:
    plan = propose_groups(village, VILLAGE, apply=True)
    assert all(5 <= plan.households[a.id] <= 10 for a in plan.opened)
    assert sum(plan.doors.values()) == 119
    assert plan.warnings == ()
    assert plan.opened[0].name == "联户1（幸福路1号–19号）"
    with village.store.reading() as reader:
        assert {a.parent_id for a in reader.areas(VILLAGE, "group")} == {"g1", "g2", "g3"}


def test_proposing_again_changes_nothing_or_replaces_all(village: Registry) -> None:
    propose_zones(village, VILLAGE, 20, apply=True)
    events = sum(told(village).values())
    assert propose_zones(village, VILLAGE, 20, apply=True).opened == ()
    assert sum(told(village).values()) == events
    propose_zones(village, VILLAGE, 40, apply=True)
    assert codes(village, "zone") == ["Z007", "Z008", "Z009"]  # a code is never given a second time


def test_what_divides_a_grid_ends_with_it_and_follows_a_new_number(village: Registry) -> None:
    propose_zones(village, VILLAGE, 20, apply=True)
    plan = split(village)
    assert [a.code[13:] for a in plan.closed] == ["G01", "Z001", "Z002"]
    renumber_areas(village, VILLAGE, apply=True)
    with village.store.reading() as reader:
        grids = {a.id for a in reader.areas(VILLAGE, "grid")}
        zones = reader.areas(VILLAGE, "zone")
        where = whereabouts(reader, VILLAGE)
        assert len(zones) == 4
        assert {z.parent_id for z in zones} < grids
        assert where.zone(reader.address("幸福路1")) == f"{VILLAGE}-G01"  # type: ignore[arg-type]
        assert where.zone(reader.address("和谐街1")) == f"{VILLAGE}-Z003"  # type: ignore[arg-type]


def test_a_village_without_grids_can_be_divided_too(registry: Registry) -> None:
    with registry.store.writing() as unit:
        unit.save(None, Community(VILLAGE, ("营上村",), PREFIX), registry.event("community.opened", VILLAGE))
        houses = [replace(a, grid_id=None) for a in doors()]
        unit.save_many((None, a, registry.event("address.proposed", a.id)) for a in houses)
    plan = propose_zones(registry, VILLAGE, 30, apply=True)
    assert sum(plan.doors.values()) == 119
    with registry.store.reading() as reader:
        where = whereabouts(reader, VILLAGE)
        living = [a for a in reader.addresses(VILLAGE) if a.status != "retired"]
    assert Counter(where.zone(a) for a in living) == {a.code: plan.doors[a.id] for a in plan.opened}


def test_doors_of_no_grid_are_counted_not_forgotten(village: Registry) -> None:
    with village.store.writing() as unit:
        lost = unit.address("幸福路1")
        assert lost is not None
        unit.save(lost, replace(lost, grid_id=None), village.event("address.moved", lost.id))
    assert propose_zones(village, VILLAGE, 20).warnings == ("1 个门不知道在哪个网格, 没有划分",)
