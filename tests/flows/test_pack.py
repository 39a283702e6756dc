"""The offline pack: what a phone has is its person's areas, masked, in parts that change one by one."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from case_stories import VILLAGE
from door_stories import FAR, HOME, NEAR, OTHER, WORKER, World, world

from doorplate.errors import NotFound, Refused
from doorplate.field.household_records import Consent
from doorplate.households.seal import Sealer
from doorplate.people.account import Actor, Grant, Role
from doorplate.registry.field import pack as packing
from doorplate.registry.field.pack import Packs
from doorplate.store import Store
from tests.support.village import uid


@pytest.fixture
def here(store: Store) -> World:
    return world(store)


def person(role: Role, area: str, account: str = WORKER) -> Actor:
    return Actor(account, "测试", (Grant(role, area),))


GRID = person("grid_worker", f"{VILLAGE}-G01")


def rows(packs: Packs, actor: Actor, kind: str) -> list[dict[str, Any]]:
    """Every row of the pack's parts of a kind."""
    found = []
    for told in packs.manifest(actor).body["parts"]:
        if told["kind"] == kind:
            part = json.loads(packs.part(actor, told["name"]).body)
            found += [dict(zip(part["columns"], row, strict=True)) for row in part["rows"]] if "columns" in part else part["rows"]
    return found


def etags(packs: Packs, actor: Actor) -> dict[str, str]:
    return {one["name"]: one["etag"] for one in packs.manifest(actor).body["parts"]}


def test_a_grid_worker_has_the_doors_of_the_grid_and_no_other(here: World) -> None:
    packs = Packs(here.work)
    doors = rows(packs, GRID, "doors")
    assert sorted(one["number"] for one in doors) == ["1", "2", "4"]
    assert doors[0]["zone"] == f"{VILLAGE}-Z01"
    assert doors[0]["plates"][0][1:] == ["0000000000018", "small-gate", "issued"]
    assert {one["kind"] for one in rows(packs, GRID, "areas")} == {"grid", "zone"}
    assert [one["name"] for one in rows(packs, GRID, "streets")] == ["幸福路"]
    whole = person("officer", VILLAGE)
    assert sorted(one["number"] for one in rows(packs, whole, "doors")) == ["1", "2", "3", "4"]
    assert rows(packs, person("officer", VILLAGE[:6]), "doors") == rows(packs, whole, "doors")


def test_another_grids_part_does_not_exist(here: World) -> None:
    packs = Packs(here.work)
    theirs = person("grid_worker", f"{VILLAGE}-G02", OTHER)
    foreign = etags(packs, theirs).keys() - etags(packs, GRID).keys()
    for name in (*foreign, "doors", "", "../etc/passwd", f"doors/{VILLAGE}-G01/99"):
        with pytest.raises(NotFound):
            packs.part(GRID, name)


def test_one_change_touches_one_part(here: World) -> None:
    packs = Packs(here.work)
    before = etags(packs, person("officer", VILLAGE))
    with here.store.writing() as unit:
        far = unit.address(FAR)
        assert far
        unit.save(far, replace(far, name="营上村小学"), here.work.registry.event("address.named", FAR))
    after = etags(packs, person("officer", VILLAGE))
    assert [name for name in after if after[name] != before.get(name)] == [f"doors/{VILLAGE}-G02/0"]


def test_names_and_phones_are_masked_before_they_leave(here: World) -> None:
    work = here.work
    with here.store.writing() as unit:
        [home] = unit.households_of([HOME])
        contact = work.sealed(json.dumps({"name": "张三丰", "phone": "13812345678"}).encode(), HOME)
        sealed = Sealer(work.registry.secret).seal("张三丰", work.registry.rng)
        unit.save(home, replace(home, head_sealed=sealed, contact_sealed=contact), work.registry.event("household.counted", HOME))
        unit.save(None, Consent(uid("c"), HOME, "contact", "2026-1", "spoken", here.clock.now, WORKER),
                  work.registry.event("consent.given", uid("c")))
    packs = Packs(work)
    [told] = rows(packs, GRID, "households")
    assert (told["address"], told["head"], told["contact"], told["consents"]) == (NEAR, "张*", "138****5678", ["contact"])
    everything = b"".join(packs.part(GRID, name).body for name in etags(packs, GRID))
    assert "三丰".encode() not in everything
    assert b"13812345678" not in everything


def test_who_may_not_see_households_has_none(here: World) -> None:
    packs = Packs(here.work)
    assert not [name for name in etags(packs, person("group_leader", f"{VILLAGE}-G01")) if name.startswith("households")]
    assert [one["personal"] for one in packs.manifest(GRID).body["parts"] if one["kind"] == "households"] == [True]


def test_without_an_area_no_part_exists(here: World) -> None:
    packs = Packs(here.work)
    for nobody in (Actor(WORKER, "x", ()), person("auditor", ""), person("sysadmin", "")):
        assert etags(packs, nobody) == {}
        with pytest.raises(NotFound):
            packs.part(nobody, f"doors/{VILLAGE}-G01/0")


def test_too_many_doors_for_a_telephone_are_told_so(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "MOST_DOORS", 3)
    with pytest.raises(Refused, match="手机装不下"):
        Packs(here.work).manifest(person("officer", VILLAGE))


def test_doors_in_no_grid_count_too(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with here.store.writing() as unit:
        for grid in unit.areas(VILLAGE, "grid"):
            ended = replace(grid, valid_to=here.clock.now.date())
            unit.save(grid, ended, here.work.registry.event("area.ended", grid.id))
    officer = person("officer", VILLAGE)
    assert len(rows(Packs(here.work), officer, "doors")) == 4
    monkeypatch.setattr(packing, "MOST_DOORS", 3)
    with pytest.raises(Refused, match="手机装不下"):
        Packs(here.work).manifest(officer)


def test_the_pack_says_when_it_ends_and_whose_it_is(here: World) -> None:
    told = Packs(here.work).manifest(GRID).body
    assert told["made_at"] < told["expires_at"]
    assert told["person"] == {"account": WORKER, "name": "测试", "roles": ["grid_worker"]}
    assert told["communities"][0]["population"] is False
    assert "keep" not in told["settings"]
    assert {one["id"] for one in told["services"]} == {"id-card", "gas"}
