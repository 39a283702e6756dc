"""Acts on areas taken back: the register stands as before, history tells both, and what was built since is not torn down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import shapely
from flows.area_stories import TODAY, codes, divided_village, homes, split, told
from flows.commands import doorplate
from flows.conftest import VILLAGE
from flows.settling_stories import GROUNDS, refusal
from flows.test_area_commands import GRIDS, geojson

from doorplate.addresses.operations import Assign, Correct, Merge, Retire
from doorplate.model import Elements, Point
from doorplate.registry import Registry
from doorplate.registry.area_acts import AreaPlan, merge_areas, rename_area, renumber_areas, split_area
from doorplate.registry.area_proposals import propose_groups, propose_zones
from doorplate.registry.communities import Contact, import_contacts
from doorplate.registry.operating import Task, operate
from doorplate.registry.undoing import undo


@pytest.fixture
def village(registry: Registry) -> Registry:
    return divided_village(registry)


def state(registry: Registry) -> dict[str, object]:
    """What is in force: areas, where addresses belong, who is in charge where."""
    with registry.store.reading() as reader:
        areas = reader.areas(VILLAGE)
        staff = reader.staff([VILLAGE, *(a.code for a in areas)])
        return {
            "areas": {replace(a, version=0) for a in areas},
            "homes": {a.id: a.grid_id for a in reader.addresses(VILLAGE)},
            "staff": {(s.name, s.area_code) for s in staff},
        }


def renumbered(registry: Registry) -> AreaPlan:
    return renumber_areas(registry, VILLAGE, apply=True)


ACTS: dict[str, Callable[[Registry], AreaPlan]] = {
    "split": split,
    "merge": lambda r: merge_areas(r, VILLAGE, ["G01", "G02"], apply=True),
    "rename": lambda r: rename_area(r, VILLAGE, "G02", "北片", apply=True),
    "zones": lambda r: propose_zones(r, VILLAGE, 30, apply=True),
    "groups": lambda r: propose_groups(r, VILLAGE, apply=True),
}


@pytest.mark.parametrize("name", ACTS)
def test_an_act_is_taken_back_and_the_taking_back_as_well(village: Registry, name: str) -> None:
    propose_zones(village, VILLAGE, 20, apply=True)
    before = state(village)
    plan = ACTS[name](village)
    after = state(village)
    assert after != before
    done = undo(village, plan.operation[:10], "分错了")
    assert state(village) == before
    assert done.areas
    refusal("undo.already", undo, village, plan.operation)
    again = undo(village, done.settlement.id)
    assert state(village) == after
    undo(village, again.settlement.id)
    assert state(village) == before
    assert village.store.verify_chain().ok


def test_codes_that_changed_hands_go_back(village: Registry) -> None:
    split(village)
    before = state(village)
    plan = renumbered(village)
    done = undo(village, plan.operation)
    assert state(village) == before
    assert codes(village) == ["G02", "G03", "G04", "G05"]
    undo(village, done.settlement.id)
    assert codes(village) == ["G01", "G02", "G03", "G04"]
    assert homes(village)["和谐街1"] == "G03"


def test_what_was_taken_back_was_never_in_force_but_its_codes_are_spent(village: Registry) -> None:
    plan = split(village)
    undo(village, plan.operation)
    with village.store.reading() as reader:
        for day in (TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=1)):
            assert [a.code[13:] for a in reader.areas(VILLAGE, "grid", on=day)] == ["G01", "G02", "G03"]
        assert len(reader.areas(VILLAGE, "grid", ended=True)) == 5
        assert reader.staff([a.code for a in plan.opened]) == ()
    assert told(village)["area.withdrawn"] == 2
    assert [a.code[13:] for a in split(village).opened] == ["G06", "G07"]


def test_a_plan_that_changes_nothing_is_no_act(village: Registry) -> None:
    assert renumbered(village).operation == ""
    assert rename_area(village, VILLAGE, "G01", "营上村第一网格", apply=True).operation == ""
    assert split(village, apply=False).operation == ""
    assert told(village)["settlement.areas"] == 0


def new_house(registry: Registry, grid: str) -> None:
    fresh = Assign(GROUNDS, registry.new_id(), VILLAGE, Elements(street="幸福路", number="99"), Point(108.2, 34.271), grid)
    operate(registry, VILLAGE, [Task(None, fresh)])


def new_contact(registry: Registry, code: str) -> None:
    import_contacts(registry, [Contact("测试员", "民警", "15400000009", code)], TODAY, "通讯录")


def moved_away(registry: Registry, plan: AreaPlan) -> None:
    operate(registry, VILLAGE, [Task("幸福路1", Correct(GROUNDS, grid_id="g2"))])


LATER: dict[str, tuple[Callable[[Registry, AreaPlan], object], str]] = {
    "a new house": (lambda r, plan: new_house(r, plan.opened[0].id), "1 个地址"),
    "a house moved away": (moved_away, "后来的操作"),
    "another division": (lambda r, plan: split_area(r, VILLAGE, plan.opened[0].code, _line(108.2015), apply=True), "后来的操作"),
    "a new name": (lambda r, plan: rename_area(r, VILLAGE, plan.opened[0].code, "西片", apply=True), "后来的操作"),
    "new numbers": (lambda r, plan: renumbered(r), "后来的操作"),
    "zones in it": (lambda r, plan: propose_zones(r, VILLAGE, 10, apply=True), "划分的"),
    "a contact for it": (lambda r, plan: new_contact(r, plan.opened[0].code), "联系人"),
}


def _line(lon: float) -> object:
    return shapely.LineString([(lon, 34.26), (lon, 34.29)])


@pytest.mark.parametrize("name", LATER)
def test_what_depends_on_it_stands_in_the_way_and_is_named(village: Registry, name: str) -> None:
    plan = split(village)
    later, word = LATER[name]
    later(village, plan)
    before = state(village)
    events = sum(told(village).values())
    assert word in refusal("undo.built_upon", undo, village, plan.operation)
    assert (state(village), sum(told(village).values())) == (before, events)


def test_what_does_not_depend_on_it_does_not(village: Registry) -> None:
    """A house retired, one given another number, a phone changed: all stay, and the grid is whole again."""
    plan = split(village)
    operate(village, VILLAGE, [Task("幸福路1", Retire(GROUNDS))])
    operate(village, VILLAGE, [Task("幸福路2", Correct(GROUNDS, Elements(street="幸福路", number="202")))])
    import_contacts(village, [Contact("测试网格员1", "网格员", "15499999999", plan.opened[1].code)], TODAY, "通讯录")
    undo(village, plan.operation)
    assert codes(village) == ["G01", "G02", "G03"]
    with village.store.reading() as reader:
        one, two = reader.addresses_of(["幸福路1", "幸福路2"])
        assert (one.status, one.grid_id, two.elements.number, two.grid_id) == ("retired", "g1", "202", "g1")


def test_a_house_brought_back_finds_the_grid_of_today(village: Registry) -> None:
    """Merged before the division, taken back after it: its old grid is history."""
    with village.store.reading() as reader:
        into = reader.address("幸福路3")
    act = operate(village, VILLAGE, [Task("幸福路1", Merge(GROUNDS, into))]).settlement  # type: ignore[arg-type]
    plan = split(village)
    undo(village, act.id)
    assert homes(village)["幸福路1"] == plan.opened[0].code[13:]


def test_a_house_without_a_point_finds_it_by_its_street(village: Registry) -> None:
    with village.store.reading() as reader:
        into = reader.address("幸福路3")
    act = operate(village, VILLAGE, [Task("幸福路5", Merge(GROUNDS, into))]).settlement  # type: ignore[arg-type]
    plan = split(village)
    undo(village, act.id)
    assert homes(village)["幸福路5"] == plan.opened[0].code[13:]


def test_older_acts_are_taken_back_under_a_division_and_the_division_after_them(village: Registry) -> None:
    before = state(village)
    assigned = operate(village, VILLAGE, [Task(None, Assign(GROUNDS, "a" * 32, VILLAGE, Elements(street="幸福路", number="99"),
                                                            Point(108.2003, 34.271), "g1"))]).settlement
    renamed = operate(village, VILLAGE, [Task("幸福路7", Correct(GROUNDS, Elements(street="幸福路", number="77")))]).settlement
    plan = split(village)
    undo(village, renamed.id)
    undo(village, assigned.id)
    with village.store.reading() as reader:
        seven, gone = reader.addresses_of(["幸福路7", "a" * 32])
        assert (gone.status, seven.elements.number, seven.grid_id) == ("retired", "7", plan.opened[0].id)
    undo(village, plan.operation)
    now = state(village)
    assert {**now, "homes": {k: v for k, v in now["homes"].items() if k != "a" * 32}} == before  # type: ignore[attr-defined]


def test_a_clerk_takes_a_division_back(tmp_path: Path) -> None:
    home = tmp_path / "home"

    def run(*words: object) -> str:
        said = doorplate(*words, home=home, cwd=tmp_path)
        assert said.code == 0, said.err
        return said.out

    line = geojson(tmp_path / "l.geojson", "LineString", [[108.2076, 34.27585], [108.2074, 34.2751], [108.2077, 34.2740]])
    areas = ("areas", "--community", VILLAGE)
    run(*areas, GRIDS)
    done = run(*areas, "--split", "G01", "--line", line, "--apply")
    said = run("undo", done.split("doorplate undo ")[1].split()[0])
    assert f"{VILLAGE}-G01 营上村第一网格: 恢复" in said
    assert "已撤销" in said
    assert run(*areas).count("G0") == 5
