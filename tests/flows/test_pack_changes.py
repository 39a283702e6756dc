"""Etags of the offline pack: the same data has the same in every process, any change has another, and only what it touched."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import shapely
from case_stories import SECRET, VILLAGE
from door_stories import FAR, HOME, NEAR, WORKER, ZONE, World, world

from doorplate.field.household_records import Consent, Person, PopulationModule
from doorplate.field.records import Mounting, ZoneRound
from doorplate.households.seal import Sealer
from doorplate.model import Address, Area, Household, Plate, Point
from doorplate.people.account import Actor, Grant
from doorplate.registry.field.pack import Packs
from doorplate.registry.field.pack_parts import PackMaker
from doorplate.store import Store, Unit
from tests.support.village import uid

OFFICER = Actor(WORKER, "测试", (Grant("officer", VILLAGE),))
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
HUNG, ROUND, CONSENT, PERSON = uid("hung"), uid("round"), uid("consent"), uid("person")


@pytest.fixture
def here(store: Store) -> World:
    """With something of everything a part tells of."""
    told = world(store)
    work = told.work
    more = [Mounting(HUNG, uid("plate near"), NEAR, WORKER, NOON, "absent"),
            ZoneRound(ROUND, ZONE, VILLAGE, NOON, ("0000000000018",)),
            PopulationModule(VILLAGE, True, "a" * 64, WORKER, uid("other"), NOON),
            Consent(CONSENT, HOME, "contact", "1", "spoken", NOON, WORKER),
            Person(PERSON, HOME, work.sealed("张小明".encode(), PERSON), 2012, "child", CONSENT)]
    with store.writing() as unit:
        unit.save_many((None, one, work.registry.event("x.added", one.id)) for one in more)
    return told


def etags(packs: Packs) -> dict[str, str]:
    return {one["name"]: one["etag"] for one in packs.manifest(OFFICER).body["parts"]}


def door(change: Callable[[Address], Address]) -> Callable[[World, Unit], tuple[Any, Any]]:
    def found(_here: World, unit: Unit) -> tuple[Any, Any]:
        was = unit.address(NEAR)
        assert was
        return was, change(was)
    return found


def elements(**changes: str) -> Callable[[World, Unit], tuple[Any, Any]]:
    return door(lambda a: replace(a, elements=replace(a.elements, **changes)))


def home(change: Callable[[World, Household], Household]) -> Callable[[World, Unit], tuple[Any, Any]]:
    def found(here: World, unit: Unit) -> tuple[Any, Any]:
        [was] = unit.households_of([HOME])
        return was, change(here, was)
    return found


def of(read: Callable[[Unit], Any], **changes: Any) -> Callable[[World, Unit], tuple[Any, Any]]:
    def found(_here: World, unit: Unit) -> tuple[Any, Any]:
        was = read(unit)
        return was, replace(was, **changes)
    return found


def plate(unit: Unit) -> Plate:
    return next(one for one in unit.plates_of([NEAR]))


def zone(unit: Unit) -> Area:
    return next(one for one in unit.areas(VILLAGE, "zone"))


def named(here: World, was: Household) -> Household:
    return replace(was, head_sealed=Sealer(SECRET).seal("王五", here.work.registry.rng))


def reached(here: World, was: Household) -> Household:
    return replace(was, contact_sealed=here.work.sealed(json.dumps({"phone": "13900001111"}).encode(), HOME))


G1 = f"{VILLAGE}-G01"


def both(kind: str) -> set[str]:
    return {f"{kind}/{G1}/0", f"{kind}/{VILLAGE}-G02/0"}


CHANGES: dict[str, tuple[Callable[[World, Unit], tuple[Any, Any]], set[str]]] = {
    **{name: (elements(**{name: value}), {f"doors/{G1}/0", f"streets/{VILLAGE}"}) for name, value in
       {"hamlet": "二组", "street": "和平路", "lane": "三巷", "number": "9", "suffix": "1"}.items()},
    **{name: (elements(**{name: "3"}), {f"doors/{G1}/0"}) for name in ("compound", "building", "unit", "floor", "room")},
    "name": (door(lambda a: replace(a, name="供销社")), {f"doors/{G1}/0"}),
    "point": (door(lambda a: replace(a, point=Point(108.2001, 34.2701, 3.0))), {f"doors/{G1}/0"}),
    "accuracy": (door(lambda a: replace(a, point=Point(108.2, 34.27, 9.0))), {f"doors/{G1}/0"}),
    "aliases": (door(lambda a: replace(a, aliases=("老供销社",))), {f"doors/{G1}/0"}),
    "grid": (door(lambda a: replace(a, grid_id=uid("g2"))),
             {*both("doors"), *both("households"), *both("persons"), f"work/{G1}", f"work/{VILLAGE}-G02"}),
    "plate": (of(plate, status="mounted"), {f"doors/{G1}/0", f"work/{G1}"}),
    "members": (home(lambda _, h: replace(h, members=9)), {f"households/{G1}/0"}),
    "tenure": (home(lambda _, h: replace(h, tenure="rent")), {f"households/{G1}/0"}),
    "needs": (home(lambda _, h: replace(h, needs=("gas",))), {f"households/{G1}/0"}),
    "counted": (home(lambda _, h: replace(h, counted_on=date(2026, 1, 1))), {f"households/{G1}/0"}),
    "head": (home(named), {f"households/{G1}/0"}),
    "contact": (home(reached), {f"households/{G1}/0"}),
    "moved": (home(lambda _, h: replace(h, address_id=FAR)), {*both("households"), *both("persons")}),
    "merged": (home(lambda _, h: replace(h, merged_into=uid("another"))), {f"households/{G1}/0", f"persons/{G1}/0"}),
    "consent": (of(lambda u: u.consents_of([HOME])[0], withdrawn_at=NOON), {f"households/{G1}/0"}),
    "person": (of(lambda u: u.persons_of(HOME)[0], birth_year=2011), {f"persons/{G1}/0"}),
    "person left": (of(lambda u: u.persons_of(HOME)[0], left_on=date(2026, 1, 1)), {f"persons/{G1}/0"}),
    "outcome": (of(lambda u: u.mountings_at([NEAR])[0], outcome="refused"), {f"doors/{G1}/0", f"work/{G1}"}),
    "round": (of(lambda u: u.zone_round(ROUND), results={"0000000000018": "right"}), {f"work/{G1}"}),
    "zone": (of(zone, name="新一区"), {f"areas/{VILLAGE}", f"work/{G1}"}),
    "outline": (of(zone, geometry_wkb=shapely.box(108.18, 34.26, 108.205, 34.28).wkb), {f"areas/{VILLAGE}"}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_every_change_moves_the_etags_it_must_and_no_other(here: World, name: str) -> None:
    change, touched = CHANGES[name]
    kept = Packs(here.work)
    before = etags(kept)
    with here.store.writing() as unit:
        was, becomes = change(here, unit)
        unit.save(was, becomes, here.work.registry.event("x.changed", was.id))
    after = etags(kept)
    assert after == etags(Packs(here.work)), "a process that kept parts tells the same as one that has none"
    moved = {part for part in before.keys() | after.keys() if before.get(part) != after.get(part)}
    assert moved == touched


def test_persons_are_no_part_where_they_are_not_counted(here: World) -> None:
    packs = Packs(here.work)
    assert any(name.startswith("persons/") for name in etags(packs))
    with here.store.writing() as unit:
        module = unit.population_module(VILLAGE)
        unit.save(module, replace(module, on=False), here.work.registry.event("population.off", VILLAGE))
    assert not any(name.startswith("persons/") for name in etags(packs))


def test_a_change_makes_only_its_own_patch_anew(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    make = PackMaker.patch
    monkeypatch.setattr(PackMaker, "patch", lambda self, patch: made.append(patch.name) or make(self, patch))
    packs = Packs(here.work)
    etags(packs)
    assert sorted(made) == sorted([VILLAGE, G1, f"{VILLAGE}-G02"])
    made.clear()
    with here.store.writing() as unit:
        far = unit.address(FAR)
        assert far
        unit.save(far, replace(far, name="小学"), here.work.registry.event("address.named", FAR))
    etags(packs)
    assert made == [f"{VILLAGE}-G02"]
    made.clear()
    Packs(here.work).part(OFFICER, f"doors/{G1}/0")
    assert made == [G1]
    made.clear()
    Packs(here.work).part(OFFICER, f"areas/{VILLAGE}")
    assert made == []


def test_what_is_kept_ready_has_an_end(here: World) -> None:
    packs = Packs(here.work)
    etags(packs)
    full = packs._shelf.used
    packs._shelf.room = full // 2
    for _ in range(3):
        etags(Packs(here.work))
        etags(packs)
    with here.store.writing() as unit:
        far = unit.address(FAR)
        assert far
        unit.save(far, replace(far, name="小学"), here.work.registry.event("address.named", FAR))
    assert etags(packs) == etags(Packs(here.work))
    assert 0 < packs._shelf.used <= full // 2


CHILD = """
import json, sys
from datetime import UTC, datetime
import random
from doorplate.field.settings import field_settings
from doorplate.people.account import Actor, Grant
from doorplate.people.permission import permission_rules
from doorplate.registry import Registry
from doorplate.registry.field import Rules, open_fieldwork
from doorplate.registry.field.pack import Packs
from doorplate.store import open_store
url, secret, village = sys.argv[1:]
registry = Registry(open_store(url), secret, "t", lambda: datetime(2027, 1, 1, tzinfo=UTC), random.Random(1))
packs = Packs(open_fieldwork(registry, Rules(field_settings(), permission_rules()), None))
told = packs.manifest(Actor("x", "x", (Grant("officer", village),))).body["parts"]
print(json.dumps({one["name"]: one["etag"] for one in told}))
"""


def test_every_process_gives_the_same_etags(here: World) -> None:
    url = here.store._engine.url.render_as_string(hide_password=False)
    told = [json.loads(subprocess.run([sys.executable, "-c", CHILD, url, SECRET, VILLAGE], check=True, capture_output=True,
                                      env={**os.environ, "PYTHONHASHSEED": seed}).stdout) for seed in ("1", "77")]
    assert told[0] == told[1] == etags(Packs(here.work))


def test_with_households_in_it_no_pack_lasts_longer_than_three_days(here: World) -> None:
    long = replace(here.work, settings=here.work.settings.model_copy(
        update={"pack": here.work.settings.pack.model_copy(update={"hours": 240})}))

    def lasts(actor: Actor) -> timedelta:
        told = Packs(long).manifest(actor).body
        return datetime.fromisoformat(told["expires_at"]) - datetime.fromisoformat(told["made_at"])
    assert lasts(OFFICER) == timedelta(hours=72)
    assert lasts(Actor(WORKER, "x", (Grant("group_leader", G1),))) == timedelta(hours=240)
