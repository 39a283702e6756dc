"""Whose doors a pack holds: exactly those assigned on that day, households only for roles that may see them, nothing in clear."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import shapely
from case_stories import VILLAGE
from door_stories import World, world

from doorplate.field.household_records import Consent, Person, PopulationModule
from doorplate.households.seal import Sealer
from doorplate.model import Address, Area, Community, Elements, Household, Plate, Point, Staff
from doorplate.people.account import ROLES, Account, Actor, Assignment, Grant, Role
from doorplate.people.permission import permission_rules
from doorplate.people.signin import sign_in_rules
from doorplate.plates.code import new_codes
from doorplate.registry.accounts import actor_of
from doorplate.registry.field.pack import Packs
from doorplate.store import Store
from tests.support.village import uid

NEXT_VILLAGE = "610431001204"
G1, G2, FIRST, SECOND = f"{VILLAGE}-G01", f"{VILLAGE}-G02", f"{VILLAGE}-G01-01", f"{VILLAGE}-G01-02"
DOORS = {"near": (VILLAGE, G1, FIRST), "next": (VILLAGE, G1, SECOND), "gone": (VILLAGE, G1, SECOND), "far": (VILLAGE, G2, ""),
         "loose": (VILLAGE, "", ""), "abroad": (NEXT_VILLAGE, "", "")}
AREAS = ("", VILLAGE[:6], VILLAGE[:9], VILLAGE, NEXT_VILLAGE, G1, G2, FIRST, "610499", f"{VILLAGE}-G99")
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈", "建国淑芬志强秀英玉兰海燕德胜"


@pytest.fixture
def here(store: Store) -> World:
    """The village of the stories, two household groups, a door in no grid, a village beside it; a household at every door, and
    persons in it."""
    told = world(store)
    registry, chance = told.work.registry, random.Random(6)
    halves = [(FIRST, 108.19, 108.2002), (SECOND, 108.2002, 108.205)]
    records: list[Any] = [Area(uid(code), "group", code, code, VILLAGE, outline(west, east), parent_id=uid("g1"))
                          for code, west, east in halves]
    codes = new_codes(chance, 2)
    for name, community, code in (("loose", VILLAGE, codes[0]), ("abroad", NEXT_VILLAGE, codes[1])):
        records.append(Address(uid(f"door {name}"), community, Elements(street="长安路", number="7"), f"长安路{name}",
                               f"{community}|{name}", "verified", Point(108.3, 34.3, 3.0)))
        records.append(Plate(uid(f"plate {name}"), code, uid(f"door {name}"), "small-gate", "issued"))
    for name, (community, _, _) in DOORS.items():
        records += _home(told, name, community, chance)
    records += [PopulationModule(one, True, "a" * 64, uid("worker"), uid("other"), told.clock.now)
                for one in (VILLAGE, NEXT_VILLAGE)]
    village = Community(NEXT_VILLAGE, ("陕西省", "咸阳市", "武功县", "普集街道", "营下村"), "陕西省营下村", sample=True)
    with store.writing() as unit:
        unit.save(None, village, registry.event("community.opened", NEXT_VILLAGE))
        unit.save_many((None, one, registry.event("x.added", one.id)) for one in records)
    return told


def outline(west: float, east: float) -> bytes:
    return bytes(shapely.box(west, 34.26, east, 34.28).wkb)


def secrets_of(name: str) -> tuple[str, str, str]:
    """Head's name, phone and a child's name of the household at a door: the same whenever asked."""
    chance = random.Random(name)
    family = chance.choice(SURNAMES)
    first, second = (family + "".join(chance.sample(GIVEN, 2)) for _ in range(2))
    return first, f"139{chance.randrange(10**8):08d}", second


def _home(told: World, name: str, community: str, chance: random.Random) -> list[Any]:
    work, id_ = told.work, uid(f"full home {name}")
    head, phone, child = secrets_of(name)
    contact = work.sealed(json.dumps({"name": head, "phone": phone}).encode(), id_)
    consent = Consent(uid(f"consent {name}"), id_, "contact", "1", "spoken", told.clock.now, uid("worker"))
    person = uid(f"person {name}")
    return [Household(id_, community, uid(f"door {name}"), 2, Sealer(work.registry.secret).seal(head, chance), name,
                      contact_sealed=contact),
            consent, Person(person, id_, work.sealed(child.encode(), person), 2015, "child", consent.id)]


def covers(area: str, community: str, grid: str, group: str) -> bool:
    """By the meaning of areas alone: a division holds what begins with it, a grid and a group what is in them."""
    return area in (grid, group) if "-" in area and area else community.startswith(area)


def bodies(packs: Packs, actor: Actor) -> Iterator[tuple[str, Any, bytes]]:
    for told in packs.manifest(actor).body["parts"]:
        body = packs.part(actor, told["name"]).body
        yield told["kind"], json.loads(body), body


def doors_of(packs: Packs, actor: Actor) -> set[str]:
    return {row[0] for kind, part, _ in bodies(packs, actor) if kind == "doors" for row in part["rows"]}


def ids(names: Any) -> set[str]:
    return {uid(f"door {name}") for name in names}


@pytest.mark.parametrize("role", ROLES)
def test_every_role_has_exactly_the_doors_of_its_area_and_of_people_what_it_may_see(here: World, role: Role) -> None:
    packs, may = Packs(here.work), permission_rules().of(role)
    for area in AREAS:
        actor = Actor(uid("worker"), "测试", (Grant(role, area),))
        mine = {name for name, place in DOORS.items() if "field.work" in may and covers(area, *place)}
        found: dict[str, list[Any]] = {}
        everything = b""
        for kind, part, body in bodies(packs, actor):
            found.setdefault(kind, []).extend(part.get("rows", []))
            everything += body
        assert {row[0] for row in found.get("doors", [])} == ids(mine), area
        seen = mine if "household.see" in may and area != FIRST else set()
        assert {row[2] for row in found.get("households", [])} == ids(seen), area
        counted = mine if "person.count" in may and area != FIRST else set()
        assert {row[1] for row in found.get("persons", [])} == {uid(f"full home {name}") for name in counted}, area
        told = everything.decode()
        for name in DOORS:
            assert not [one for one in secrets_of(name) if one in told]


def test_two_areas_are_both_there_and_each_once(here: World) -> None:
    both = Actor(uid("worker"), "测试", (Grant("group_leader", FIRST), Grant("grid_worker", G2), Grant("auditor", "")))
    assert doors_of(Packs(here.work), both) == ids({"near", "far"})
    kinds = [part["name"] for part in Packs(here.work).manifest(both).body["parts"] if part["kind"] == "households"]
    assert kinds == [f"households/{G2}/0"], "the right to see households in one grid is none in another"


def test_a_printer_and_who_has_no_area_today_get_an_empty_pack_that_says_so(here: World) -> None:
    for actor in (Actor("x", "x", ()), Actor("x", "x", (Grant("printer", VILLAGE),))):
        told = Packs(here.work).manifest(actor).body
        assert told["parts"] == told["communities"] == []
        assert "没有给这个账号安排" in told["notice"]
    assert Packs(here.work).manifest(Actor("x", "x", (Grant("officer", G1),))).body["notice"] == ""


def test_a_deputy_has_the_area_from_the_first_to_the_last_day_and_not_after(here: World) -> None:
    first, last = date(2026, 11, 25), date(2026, 11, 27)
    away = Staff("s1", "甲", "社区民警", "029-1", VILLAGE, deputy_id="s2", absent_from=first, absent_until=last)
    people = [away, Staff("s2", "乙", "辅警", "029-2", VILLAGE),
              Account(uid("jia"), "jia", "甲", "x", "s1"), Account(uid("yi"), "yi", "乙", "x", "s2"),
              Assignment(uid("role jia"), uid("jia"), "officer", G1, date(2026, 1, 1), date(2026, 11, 26)),
              Assignment(uid("role yi"), uid("yi"), "auxiliary", G2, date(2026, 1, 1))]
    with here.store.writing() as unit:
        unit.save_many((None, one, here.work.registry.event("x.added", one.id)) for one in people)
    packs = Packs(here.work)

    def doors_on(who: str, day: date) -> set[str]:
        with here.store.reading() as reader:
            account = reader.account_by_login(who)
            assert account
            actor = actor_of(reader, account, day, sign_in_rules())
        return doors_of(packs, actor)

    mine, theirs = ids({"far"}), ids({"near", "next", "gone"})
    days = [first + timedelta(days=n) for n in range(-1, 4)]
    assert [doors_on("yi", day) for day in days] == [mine, mine | theirs, mine | theirs, mine, mine]
    assert [doors_on("jia", day) for day in days][-2:] == [set(), set()], "an assignment ends with its last day"
