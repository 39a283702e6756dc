"""Areas in the register: divided, joined, numbered anew; nothing lost, everything told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import shapely
from flows.area_stories import ACROSS, SOUTH, TODAY, box, codes, divided_village, homes, split, told
from flows.conftest import NOW, VILLAGE

from doorplate.errors import DoorplateError, InputError, NotFound, Refused
from doorplate.registry import Registry
from doorplate.registry.area_acts import AreaPlan, merge_areas, rename_area, renumber_areas, split_area
from doorplate.registry.area_proposals import propose_groups, propose_zones
from doorplate.registry.communities import Contact, import_areas, import_contacts
from doorplate.registry.printing import PrintOrder, order_batch, record_printed


@pytest.fixture
def village(registry: Registry) -> Registry:
    return divided_village(registry)


ACTS: dict[str, Callable[[Registry, bool], AreaPlan]] = {
    "split": lambda r, apply: split(r, apply=apply),
    "merge": lambda r, apply: merge_areas(r, VILLAGE, ["G01", "G02"], apply=apply),
    "rename": lambda r, apply: rename_area(r, VILLAGE, "G02", "北片", apply=apply),
    "zones": lambda r, apply: propose_zones(r, VILLAGE, 20, apply=apply),
    "groups": lambda r, apply: propose_groups(r, VILLAGE, apply=apply),
}


@pytest.mark.parametrize("name", ACTS)
def test_a_preview_changes_nothing(village: Registry, name: str) -> None:
    with village.store.reading() as reader:
        before = reader.event_count(), reader.areas(VILLAGE, ended=True), reader.addresses(VILLAGE)
    seen = ACTS[name](village, False)
    assert seen.opened or seen.changed
    with village.store.reading() as reader:
        assert (reader.event_count(), reader.areas(VILLAGE, ended=True), reader.addresses(VILLAGE)) == before
    done = ACTS[name](village, True)
    assert [a.code for a in done.opened] == [a.code for a in seen.opened]
    assert [a.geometry_wkb for a in done.opened] == [a.geometry_wkb for a in seen.opened]


def test_a_divided_grid_stays_as_history_and_its_doors_follow(village: Registry) -> None:
    before, plan = told(village), split(village)
    assert codes(village) == ["G02", "G03", "G04", "G05"]
    assert [a.name for a in plan.opened] == ["营上村第四网格", "营上村第五网格"]
    with village.store.reading() as reader:
        old = reader.area("g1")
        news = reader.areas(VILLAGE, "grid")[-2:]
        assert old is not None
        assert (old.valid_to, {a.valid_from for a in news}) == (TODAY, {TODAY})
        assert [a.code[13:] for a in reader.areas(VILLAGE, "grid", on=TODAY - timedelta(days=1))] == ["G01", "G02", "G03"]
        assert [a.code[13:] for a in reader.areas(VILLAGE, "grid", on=TODAY)] == ["G02", "G03", "G04", "G05"]
        assert shapely.union_all([shapely.from_wkb(a.geometry_wkb) for a in news]).equals(shapely.from_wkb(old.geometry_wkb))
    home = homes(village)
    assert [home[f"幸福路{n}"] for n in (1, 5, 18, 22, 39)] == ["G04", "G04", "G04", "G05", "G05"]
    assert home["幸福路40"] == "G01"  # retired: it belongs to what was
    assert Counter(home.values()) == {
        "G01": 1,
        "G02": 40,
        "G03": 40,
        "G04": plan.doors[news[0].id],
        "G05": plan.doors[news[1].id],
    }
    assert told(village) - before == {
        "area.split": 1, "area.added": 2, "address.moved": 39, "staff.changed": 1, "staff.added": 1, "settlement.areas": 1}


def test_doors_by_the_new_border_are_shown_to_a_person(village: Registry) -> None:
    doubtful = split(village, apply=False).doubtful
    assert 1 <= len(doubtful) <= 4
    assert all("幸福路" in address for address in doubtful)


def test_after_a_division_every_page_still_has_someone_to_call(village: Registry) -> None:
    plan = split(village)
    with village.store.reading() as reader:
        for area in plan.opened:
            assert [s.name for s in reader.staff([area.code])] == ["测试网格员1"]
        assert reader.staff([f"{VILLAGE}-G01"]) == ()


def test_joined_grids_carry_everything_of_both(village: Registry) -> None:
    before = told(village)
    plan = merge_areas(village, VILLAGE, ["g01", f"{VILLAGE}-G02"], apply=True)
    assert codes(village) == ["G03", "G04"]
    assert (plan.opened[0].streets, plan.households[plan.opened[0].id]) == (("幸福路", "和谐街"), 79)
    with village.store.reading() as reader:
        assert [s.name for s in reader.staff([plan.opened[0].code])] == ["测试网格员1", "测试网格员2"]
        assert shapely.from_wkb(reader.areas(VILLAGE, "grid")[-1].geometry_wkb).geom_type == "Polygon"
    assert told(village) - before == {
        "area.merged": 2, "area.added": 1, "address.moved": 79, "staff.changed": 2, "settlement.areas": 1}


def test_numbering_anew_swaps_codes_and_says_it_once(village: Registry) -> None:
    """After G01 is divided the halves come first again: every code changes hands in one transaction."""
    split(village)
    plan = renumber_areas(village, VILLAGE, apply=True)
    assert codes(village) == ["G01", "G02", "G03", "G04"]
    assert [(o.code[13:], n.code[13:], n.name) for o, n in zip(plan.closed, plan.opened, strict=True)] == [
        ("G04", "G01", "营上村第一网格"),
        ("G05", "G02", "营上村第二网格"),
        ("G02", "G03", "营上村第三网格"),
        ("G03", "G04", "营上村第四网格"),
    ]
    home = homes(village)
    assert [home[d] for d in ("幸福路1", "幸福路39", "和谐街1", "振兴路1")] == ["G01", "G02", "G03", "G04"]
    with village.store.reading() as reader:
        called = {code: [s.name for s in reader.staff([f"{VILLAGE}-{code}"])] for code in codes(village)}
    assert called == {"G01": ["测试网格员1"], "G02": ["测试网格员1"], "G03": ["测试网格员2"], "G04": ["测试网格员3"]}
    events = sum(told(village).values())
    again = renumber_areas(village, VILLAGE, apply=True)
    assert again.closed == again.opened == ()
    assert sum(told(village).values()) == events


def test_contacts_can_be_imported_after_codes_changed_hands(village: Registry) -> None:
    """An id made from code, role and name may be another's by now."""
    line = Contact("测试员", "网格员", "15400000009", f"{VILLAGE}-G01")
    import_contacts(village, [line], TODAY, "通讯录")
    merge_areas(village, VILLAGE, ["G01", "G02"], apply=True)
    renumber_areas(village, VILLAGE, apply=True)
    merge_areas(village, VILLAGE, ["G01", "G02"], apply=True)
    renumber_areas(village, VILLAGE, apply=True)
    assert import_contacts(village, [line], TODAY, "通讯录") == 0  # moved along, back under the same code
    rename_area(village, VILLAGE, "G01", "营上村", apply=True)
    assert import_contacts(village, [replace(line, area_code=f"{VILLAGE}-G09")], TODAY, "通讯录") == 1


def test_a_name_that_is_no_number_is_kept_apart(village: Registry) -> None:
    rename_area(village, VILLAGE, "G01", "幸福小区", apply=True)
    assert [a.name for a in split(village, apply=False).opened] == ["幸福小区（1）", "幸福小区（2）"]


def test_old_outlines_do_not_come_back(village: Registry) -> None:
    old = [box(1, SOUTH), box(2, SOUTH - 0.002)]
    split(village)
    with pytest.raises(Refused) as caught:
        import_areas(village, old, "网格.geojson")
    assert caught.value.code == "areas.ended"
    renumber_areas(village, VILLAGE, apply=True)
    with pytest.raises(Refused) as caught:
        import_areas(village, old, "网格.geojson")
    assert caught.value.code == "areas.outdated"
    assert codes(village) == ["G01", "G02", "G03", "G04"]
    with village.store.reading() as reader:
        assert import_areas(village, reader.areas(VILLAGE, "grid"), "网格.geojson") == 0


def test_a_grid_s_code_in_other_hands_does_not_print_its_old_batch(village: Registry) -> None:
    order = PrintOrder("small-gate", "https://menpai.example", grid=f"{VILLAGE}-G02")
    record_printed(village, order_batch(village, order, lambda batch: None).batch)
    merge_areas(village, VILLAGE, ["G01", "G02"], apply=True)
    renumber_areas(village, VILLAGE, apply=True)
    fresh = order_batch(village, order, lambda batch: None).batch
    assert {p.street for p in fresh.plates} == {"振兴路"}


@pytest.mark.parametrize(
    ("act", "error", "code"),
    [
        (lambda r: split_area(r, VILLAGE, "G77", ACROSS), NotFound, "area.unknown"),
        (lambda r: split_area(r, VILLAGE, "G01", shapely.LineString([(1, 1), (2, 2)])), InputError, "areas.line_misses"),
        (lambda r: split_area(r, "610431001205", "G01", ACROSS), NotFound, "community.unknown"),
        (lambda r: merge_areas(r, VILLAGE, ["G01", "G03"], apply=True), Refused, "areas.apart"),
        (lambda r: merge_areas(r, VILLAGE, ["G01", "G01"], apply=True), InputError, "areas.merge_what"),
        (lambda r: merge_areas(r, VILLAGE, ["G01"], apply=True), InputError, "areas.merge_what"),
        (lambda r: rename_area(r, VILLAGE, "G01", " ", apply=True), InputError, "areas.name"),
        (lambda r: propose_zones(r, VILLAGE, 0, apply=True), InputError, "areas.zone_size"),
        (lambda r: propose_groups(r, "610431001205", apply=True), NotFound, "community.unknown"),
    ],
)
def test_what_cannot_be_done_says_why_and_changes_nothing(
    village: Registry, act: Callable[[Registry], object], error: type[DoorplateError], code: str
) -> None:
    events = sum(told(village).values())
    with pytest.raises(error) as caught:
        act(village)
    assert caught.value.code == code
    assert sum(told(village).values()) == events


def test_somebody_else_s_change_meanwhile_is_seen(village: Registry) -> None:
    """The plan is made again where it is carried out: a door moved after the preview goes along."""
    seen = split(village, apply=False)
    with village.store.writing() as unit:
        door = unit.address("和谐街1")
        assert door is not None
        unit.save(door, replace(door, grid_id="g1"), village.event("address.moved", door.id))
    assert len(split(village).moved) == len(seen.moved) + 1
    assert village.now() == NOW
