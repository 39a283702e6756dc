"""Areas in the register: divided, joined, numbered anew, with zones and groups inside; nothing lost, everything told."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import shapely
from flows.commands import doorplate
from flows.conftest import NOW, VILLAGE
from support.village import PREFIX

from doorplate.cli.demo import HANDOVER
from doorplate.errors import DoorplateError, InputError, NotFound, Refused
from doorplate.exchange.areas_file import read_areas
from doorplate.exchange.line_file import read_line
from doorplate.model import Address, Area, Community, Elements, Household, Point, PrintBatch, Staff
from doorplate.registry import Registry
from doorplate.registry.area_acts import AreaPlan, merge_areas, rename_area, renumber_areas, split_area
from doorplate.registry.area_proposals import propose_groups, propose_zones
from doorplate.registry.communities import Contact, import_areas, import_contacts
from doorplate.registry.printing import PrintOrder, order_batch, record_printed
from doorplate.registry.zoning import whereabouts

GRIDS = HANDOVER / "grids_wgs84.geojson"
TODAY = date(2026, 11, 23)
WEST, EAST, SOUTH = 108.200, 108.206, 34.270
ACROSS = shapely.LineString([(108.203, 34.26), (108.203, 34.29)])


def box(number: int, south: float) -> Area:
    shape = shapely.box(WEST, south, EAST, south + 0.002)
    name = f"营上村第{'一二三'[number - 1]}网格"
    street = ("幸福路", "和谐街", "振兴路")[number - 1]
    return Area(f"g{number}", "grid", f"{VILLAGE}-G{number:02d}", name, VILLAGE, shapely.to_wkb(shape), (street,))


def doors() -> list[Address]:
    """Forty houses on one street in each grid, from west to east; one without a point, one retired."""
    made = []
    for i, street in enumerate(("幸福路", "和谐街", "振兴路")):
        for n in range(1, 41):
            point = Point(WEST + 0.0001 + n * 0.000145, SOUTH - i * 0.002 + 0.001 + (n % 2) * 0.0001)
            made.append(
                Address(
                    f"{street}{n}",
                    VILLAGE,
                    Elements(street=street, number=str(n)),
                    f"{PREFIX}{street}{n}号",
                    f"{street}{n}",
                    "verified",
                    point,
                    f"g{i + 1}",
                )
            )
    made[4] = replace(made[4], point=None)
    made[39] = replace(made[39], status="retired")
    return made


@pytest.fixture
def village(registry: Registry) -> Registry:
    houses = doors()
    with registry.store.writing() as unit:
        place = Community(VILLAGE, ("陕西省", "咸阳市", "武功县", "普集街道", "营上村"), PREFIX)
        unit.save(None, place, registry.event("community.opened", VILLAGE))
        unit.save_many(
            (None, a, registry.event("area.added", a.id)) for a in (box(1, SOUTH), box(2, SOUTH - 0.002), box(3, SOUTH - 0.004))
        )
        unit.save_many((None, a, registry.event("address.proposed", a.id)) for a in houses)
        homes = [Household(f"h{a.id}", VILLAGE, a.id, 3, None, "") for a in houses]
        unit.save_many((None, h, registry.event("household.listed", h.id)) for h in homes)
        staff = [Staff(f"s{n}", f"测试网格员{n}", "网格员", f"1540000000{n}", f"{VILLAGE}-G{n:02d}") for n in (1, 2, 3)]
        unit.save_many((None, s, registry.event("staff.added", s.id)) for s in staff)
    return registry


def codes(registry: Registry, kind: str = "grid") -> list[str]:
    with registry.store.reading() as reader:
        return sorted(a.code[13:] for a in reader.areas(VILLAGE, kind))


def homes(registry: Registry) -> dict[str, str]:
    """Address id → the short code of its grid, history included."""
    with registry.store.reading() as reader:
        grids = {a.id: a.code[13:] for a in reader.areas(VILLAGE, ended=True)}
        return {a.id: grids[a.grid_id or ""] for a in reader.addresses(VILLAGE)}


def told(registry: Registry) -> Counter[str]:
    with registry.store.reading() as reader:
        return Counter(e.event.verb for e in reader.events(limit=10_000))


def split(registry: Registry, *, apply: bool = True) -> AreaPlan:
    return split_area(registry, VILLAGE, "G01", ACROSS, apply=apply)


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
    assert told(village) - before == {"area.split": 1, "area.added": 2, "address.moved": 39, "staff.changed": 1, "staff.added": 1}


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
    assert told(village) - before == {"area.merged": 2, "area.added": 1, "address.moved": 79, "staff.changed": 2}


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


def test_a_grid_s_code_in_other_hands_does_not_print_its_old_batch(village: Registry) -> None:
    order = PrintOrder("small-gate", "https://menpai.example", grid=f"{VILLAGE}-G02")
    record_printed(village, order_batch(village, order, lambda batch: None).batch)
    merge_areas(village, VILLAGE, ["G01", "G02"], apply=True)
    renumber_areas(village, VILLAGE, apply=True)
    fresh = order_batch(village, order, lambda batch: None).batch
    assert {p.street for p in fresh.plates} == {"振兴路"}


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


def geojson(path: Path, kind: str, coordinates: object) -> Path:
    path.write_text(
        json.dumps(
            {
                "type": "FeatureCollection",
                "features": [{"type": "Feature", "properties": {}, "geometry": {"type": kind, "coordinates": coordinates}}],
            }
        ),
        "utf-8",
    )
    return path


def test_a_line_comes_as_geojson_or_as_picked_text(tmp_path: Path) -> None:
    points = [[108.203, 34.26], [108.2031, 34.27], [108.203, 34.29]]
    assert shapely.get_coordinates(read_line(geojson(tmp_path / "l.geojson", "LineString", points))).tolist() == points
    joined = geojson(tmp_path / "m.geojson", "MultiLineString", [points[:2], points[1:]])
    assert shapely.get_coordinates(read_line(joined)).tolist() == points
    text = tmp_path / "分割线.txt"
    text.write_text("分割线 WGS84\n" + "\n".join(f"{x},{y}" for x, y in points), "utf-8")
    assert read_line(text).equals(shapely.LineString(points))
    text.write_text("高德拾取\n108.2076932,34.2685820\n108.2077,34.2700\n", "utf-8")
    assert read_line(text).distance(shapely.Point(108.2076932, 34.2685820)) * 92_000 > 100  # GCJ-02 lies hundreds of metres off


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("no.geojson", None, "line.not_found"),
        ("empty.txt", "", "line.not_a_line"),
        ("words.txt", "从桥头到学校 WGS84", "line.not_a_line"),
        ("one.txt", "WGS84\n108.203,34.260", "line.not_a_line"),
        ("picked.txt", "108.203,34.260;108.203,34.290", "line.crs_unknown"),
        ("swapped.txt", "WGS84 34.260,108.203;34.290,108.203", "line.outside"),
        ("broken.geojson", "{nonsense", "line.broken"),
        ("point.geojson", '{"type":"Point","coordinates":[108.2,34.2]}', "line.not_a_line"),
        (
            "two.geojson",
            '{"type":"MultiLineString","coordinates":[[[108.2,34.2],[108.3,34.2]],[[108.2,34.5],[108.3,34.5]]]}',
            "line.several",
        ),
    ],
)
def test_what_is_no_line_is_told_in_one_line(tmp_path: Path, name: str, text: str | None, code: str) -> None:
    if text is not None:
        (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(InputError) as caught:
        read_line(tmp_path / name)
    assert caught.value.code == code
    assert name in caught.value.message


def test_a_clerk_sees_before_anything_is_done(tmp_path: Path) -> None:
    home = tmp_path / "home"

    def run(*words: object) -> str:
        said = doorplate("areas", "--community", VILLAGE, *words, home=home, cwd=tmp_path)
        assert said.code == 0, said.err
        return said.out

    line = geojson(tmp_path / "l.geojson", "LineString", [[108.2076, 34.27585], [108.2074, 34.2751], [108.2077, 34.2740]])
    assert "5 个网格, 5 个新增或变更" in run(GRIDS)
    assert "预览" in run("--split", "G01", "--line", line)
    assert run().count("G0") == 5
    assert "已完成" in run("--split", "G01", "--line", line, "--apply")
    assert "G07" in run()
    assert "没有变化" in run("--renumber")
    assert "已完成" in run("--renumber", "--apply")
    assert "营上村第六网格" in run()
    assert "已完成" in run("--rename", "G06", "营上村东片", "--apply")
    assert "营上村东片" in run()
    assert "已完成" in run("--merge", "G01", "G02", "--apply")
    assert len(read_areas(GRIDS, VILLAGE)) == 5


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--split", "G01"], "areas.split_what"),
        (["--renumber", "--groups"], "areas.one_act"),
        (["grids.geojson", "--groups"], "areas.one_act"),
        (["--merge", "G01"], "arguments.invalid"),
        (["--zones", "viele"], "arguments.invalid"),
        (["--groups"], "store.not_initialised"),
    ],
)
def test_wrong_words_are_told_in_one_line(words: list[str], code: str, tmp_path: Path) -> None:
    said = doorplate("areas", "--community", VILLAGE, *words, home=tmp_path / "home", cwd=tmp_path)
    assert said.code == 2
    assert said.err.strip().startswith(f"{code}: "), said.err
    assert "Traceback" not in said.err
