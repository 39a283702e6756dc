"""Points settled at the desk: a better one typed in, a converted one accepted in bulk; the old one stays in the history."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import shapely
from flows.commands import doorplate
from flows.settling_stories import (
    GROUNDS,
    VILLAGE,
    doubt,
    elements,
    finding_of,
    open_street,
    refusal,
    require_sound,
    standard,
    table,
)

from doorplate.addresses.operations import Correct
from doorplate.areas.coordinates import wgs84_to_gcj02
from doorplate.model import Area, Elements, Place, Point
from doorplate.registry import Registry
from doorplate.registry.area_acts import split_area
from doorplate.registry.deciding import Ruling
from doorplate.registry.operating import Task, operate
from doorplate.registry.settling import Choice, preview, settle
from doorplate.registry.undoing import undo

ACCEPT = Ruling("accept", GROUNDS)
HERE, BETTER = Point(108.2031, 34.2701), Point(108.20325, 34.27012, source="desk")


def at(point: Point) -> Ruling:
    return Ruling("amend", GROUNDS, point=point)


def written(point: Point) -> str:
    return f"{point.lon:.6f},{point.lat:.6f}"


@pytest.fixture
def street(registry: Registry) -> tuple[str, ...]:
    """Four houses in the first of two grids, side by side; the last one without a point."""
    ids = open_street(registry, 4)
    with registry.store.writing() as unit:
        for n, west in ((1, 108.200), (2, 108.206)):
            shape = shapely.to_wkb(shapely.box(west, 34.268, west + 0.006, 34.272))
            grid = Area(f"g{n}", "grid", f"{VILLAGE}-G0{n}", f"第{n}网格", VILLAGE, shape)
            unit.save(None, grid, registry.event("area.added", grid.id))
    places = [replace(HERE, lon=HERE.lon + i * 0.0001) for i in range(3)]
    operate(registry, VILLAGE, [Task(one, Correct(GROUNDS, grid_id="g1", point=p)) for one, p in zip(ids, places, strict=False)])
    operate(registry, VILLAGE, [Task(ids[3], Correct(GROUNDS, grid_id="g1"))])
    return tuple(ids)


def test_a_better_point_is_typed_in_and_can_be_taken_back(registry: Registry, street: tuple[str, ...]) -> None:
    finding = doubt(registry, street[0], "point.off", "补采坐标")
    seen = preview(registry, VILLAGE, Choice((finding,)), at(BETTER))
    assert table(registry)[street[0]].point == HERE
    act, plan = settle(registry, VILLAGE, Choice((finding,)), at(BETTER))
    assert plan == seen
    assert [(o.act, o.effect.points) for o in plan.outcomes] == [("定位", (HERE, BETTER))]
    assert table(registry)[street[0]].point == BETTER
    assert table(registry)[street[0]].status == "verified"
    with registry.store.reading() as reader:
        last = [e.event for e in reader.events_of([street[0]])][-1]
    assert (last.verb, last.before["point"], last.source) == ("address.corrected", [HERE.lon, HERE.lat], act.source)
    require_sound(registry)
    undo(registry, act.id)
    assert table(registry)[street[0]].point == HERE
    assert finding_of(registry, finding).resolution == "open"
    require_sound(registry)


def test_a_new_point_answers_everything_open_about_the_old_one(registry: Registry, street: tuple[str, ...]) -> None:
    first, second = (doubt(registry, street[0], code, "补采坐标") for code in ("point.off", "point.imprecise"))
    other, plate = doubt(registry, street[1], "point.off"), doubt(registry, street[0], "damaged")
    _, plan = settle(registry, VILLAGE, Choice((first,)), at(BETTER))
    assert plan.along == 1
    assert [finding_of(registry, f).resolution for f in (first, second, other, plate)] == ["settled", "settled", "open", "open"]


def test_an_address_without_a_point_gets_its_first(registry: Registry, street: tuple[str, ...]) -> None:
    finding = doubt(registry, street[3], "point.missing", "补采坐标")
    settle(registry, VILLAGE, Choice((finding,)), at(BETTER))
    assert table(registry)[street[3]].point == BETTER


def test_a_point_in_the_next_grid_takes_the_address_there(registry: Registry, street: tuple[str, ...]) -> None:
    finding = doubt(registry, street[0], "point.off")
    _, plan = settle(registry, VILLAGE, Choice((finding,)), at(Point(108.209, 34.270, source="desk")))
    assert plan.outcomes[0].grids == (f"{VILLAGE}-G01", f"{VILLAGE}-G02")
    assert table(registry)[street[0]].grid_id == "g2"


def test_a_point_outside_the_community_is_refused_with_the_likely_cause(registry: Registry, street: tuple[str, ...]) -> None:
    finding = doubt(registry, street[0], "point.off")
    gcj = Point(*(float(x) for x in wgs84_to_gcj02(108.2085, 34.2685)))
    far, near, away = Point(108.4, 34.27), Point(108.2, 34.2675), Point(116.4, 39.9)
    for point, word in ((far, "公里"), (near, "米"), (away, "先经度后纬度"), (gcj, "高德")):
        told = refusal("point.outside", settle, registry, VILLAGE, Choice((finding,)), at(point))
        assert "营上村的范围以外" in told
        assert word in told
    settle(registry, VILLAGE, Choice((finding,)), at(Point(108.2, 34.26785)))  # 17 m beyond a line drawn on a map


def test_without_outlines_the_other_doors_tell_what_is_far(registry: Registry) -> None:
    one, two, three = open_street(registry, 3)
    first, second = doubt(registry, one, "point.missing"), doubt(registry, two, "point.missing")
    settle(registry, VILLAGE, Choice((first,)), at(HERE))
    refusal("point.outside", settle, registry, VILLAGE, Choice((second,)), at(Point(108.5, 34.27)))
    settle(registry, VILLAGE, Choice((second,)), at(BETTER))
    assert table(registry)[three].point is None


def test_a_point_that_needs_a_visit_still_says_so(registry: Registry, street: tuple[str, ...]) -> None:
    for code in ("point.off", "point.imprecise", "point.far", "point.zero", "point.missing"):
        finding = doubt(registry, street[0], code, "补采坐标")
        assert "--point" in refusal("finding.field_work", settle, registry, VILLAGE, Choice((finding,)), ACCEPT)
    guess = doubt(registry, street[0], "point.gcj02", written(BETTER), confidence="ask")
    refusal("finding.field_work", settle, registry, VILLAGE, Choice((guess,)), ACCEPT)


def test_a_point_settles_points_alone_and_only_where_there_is_a_door(registry: Registry, street: tuple[str, ...]) -> None:
    number = doubt(registry, street[0], "wrong.number", "5号")
    refusal("finding.not_a_point", settle, registry, VILLAGE, Choice((number,)), at(BETTER))
    nowhere = doubt(registry, None, "point.missing", place=Place(Elements(street="幸福路"), HERE))
    refusal("finding.no_address", settle, registry, VILLAGE, Choice((nowhere,)), at(BETTER))


@pytest.mark.parametrize("code", ["point.gcj02", "point.bd09", "point.swapped"])
def test_converted_points_are_accepted_in_bulk(registry: Registry, street: tuple[str, ...], code: str) -> None:
    """The address has the point as the list wrote it, or none; a point from elsewhere is not touched."""
    raw = [table(registry)[one].point for one in street]
    value = written(HERE) if code != "point.swapped" else f"{HERE.lat:.6f}，{HERE.lon:.6f}"
    doubt(registry, street[0], code, written(BETTER), value=value, confidence="sure")
    doubt(registry, street[1], code, written(BETTER), value="108.100000,34.200000")
    doubt(registry, street[3], code, written(BETTER), value=value)
    doubt(registry, street[2], "point.off", "补采坐标")
    act, plan = settle(registry, VILLAGE, Choice(codes=("point",)), ACCEPT)
    assert [o.act for o in plan.outcomes] == ["定位", "核对", "定位"]
    assert [h.code for h in plan.hindered] == ["finding.field_work"]
    now = [table(registry)[one].point for one in street]
    assert [(p.lon, p.lat) for p in (now[0], now[3]) if p] == [(BETTER.lon, BETTER.lat)] * 2
    assert now[1:3] == raw[1:3]
    undo(registry, act.id)
    assert [table(registry)[one].point for one in street] == raw
    require_sound(registry)


def test_a_converted_point_in_another_county_is_not_believed(registry: Registry, street: tuple[str, ...]) -> None:
    finding = doubt(registry, street[3], "point.swapped", "116.400000,39.900000")
    refusal("point.outside", settle, registry, VILLAGE, Choice((finding,)), ACCEPT)


def test_the_point_already_there_is_only_confirmed(registry: Registry, street: tuple[str, ...]) -> None:
    finding = doubt(registry, street[0], "point.off")
    _, plan = settle(registry, VILLAGE, Choice((finding,)), at(HERE))
    assert [o.act for o in plan.outcomes] == ["核对"]


def test_an_act_older_than_a_division_is_taken_back_into_the_grids_of_today(registry: Registry, street: tuple[str, ...]) -> None:
    finding = doubt(registry, street[0], "point.off")
    act, _ = settle(registry, VILLAGE, Choice((finding,)), at(Point(108.209, 34.270, source="desk")))
    middle = shapely.LineString([(108.20315, 34.26), (108.20315, 34.28)])
    halves = split_area(registry, VILLAGE, "G01", middle, apply=True).opened
    undo(registry, act.id)
    now = table(registry)[street[0]]
    assert (now.point, now.grid_id) == (HERE, halves[0].id)
    assert now.standard_address == standard(1)
    assert now.elements == elements(1)


def test_a_clerk_types_a_point(tmp_path: Path, sample_files: list[Path]) -> None:
    home, here = tmp_path / "home", ("--community", VILLAGE)

    def run(*words: object) -> tuple[int, str]:
        said = doorplate(*words, home=home, cwd=tmp_path)
        assert "Traceback" not in said.err
        return said.code, said.out + said.err

    run("import", *sample_files, *here, "--areas", sample_files[0].parent / "grids_wgs84.geojson")
    seen = run("settle", *here, "--class", "point.off")[1]
    finding = next(line.split()[0] for line in seen.splitlines() if "第" in line and "坐标要到门口补采" in line)
    assert "预览" in run("settle", *here, "--finding", finding, "--point", "108.2083,34.2735")[1]
    code, said = run("settle", *here, "--finding", finding, "--point", "108°12′29.88″,34°16′24.6″", "--apply")
    assert code == 0, said
    assert "定位" in said
    assert "→ 108.208300,34.273500 (移动" in said
    for words, wanted in (
        (["--finding", finding, "--point", "34.2735,108.2083"], "arguments.point"),
        (["--finding", finding, "--point", "门口"], "arguments.point"),
        (["--sure", "--point", "108.2083,34.2735"], "settle.point"),
        (["--finding", finding, "--point", "108.2083,34.2735", "--dismiss"], "settle.point"),
        (["--finding", finding, "--exchange"], "settle.exchange"),
    ):
        code, said = run("settle", *here, *words)
        assert (code, said.split(":")[0]) == (2, wanted)
