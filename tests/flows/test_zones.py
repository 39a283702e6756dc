"""A zone closes only when every door has an outcome and a random second look finds every plate right."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from case_stories import VILLAGE
from door_stories import CODES, FAR, NEAR, NEXT, OTHER, REVIEWER, WORKER, ZONE, World, world

from doorplate.errors import NotFound, NotPermitted, Refused
from doorplate.model import Area, PlateStatus
from doorplate.people.account import Actor, Grant
from doorplate.registry.field.mountings import record_mount
from doorplate.registry.field.rechecks import OWN, WRONG, flags_of_recheck, record_recheck
from doorplate.registry.field.zones import ZoneProgress, open_round, progress_in, revisits_of, zones_of
from doorplate.store import Store
from tests.support.village import uid

LEADER = Actor(OTHER, "网格长", (Grant("grid_leader", f"{VILLAGE}-G01"),))


@pytest.fixture
def here(store: Store) -> World:
    """The zone has two doors: the third is no more."""
    made = world(store)
    with store.writing() as unit:
        gone = unit.address(uid("door gone"))
        assert gone is not None
        unit.save(gone, replace(gone, status="retired"), made.work.registry.event("address.retired", gone.id))
    return made


def told(here: World, name: str, outcome: str = "mounted", note: str = "") -> None:
    address = {"near": NEAR, "next": NEXT, "far": FAR}[name]
    sent = here.told("mount", plate=CODES[name], address=address, outcome=outcome, note=note)
    with here.store.writing() as unit:
        record_mount(here.work, unit, here.item(sent), sent)
    here.clock.pass_by(minutes=1)


def all_hung(here: World) -> None:
    told(here, "near")
    told(here, "next")


def look(here: World, round_id: str, name: str, result: str, account: str = OTHER) -> None:
    sent = here.told("recheck", round=round_id, plate=CODES[name], result=result)
    with here.store.writing() as unit:
        record_recheck(here.work, unit, here.item(sent, account), sent)


def zone(here: World) -> ZoneProgress:
    with here.store.reading() as reader:
        return next(one for one in progress_in(reader, VILLAGE) if one.area.id == ZONE)


def plate(here: World, name: str) -> PlateStatus:
    with here.store.reading() as reader:
        [found] = reader.plates_coded([CODES[name]])
        return found.status


def test_every_door_has_a_final_outcome_first(here: World) -> None:
    told(here, "near")
    told(here, "next", "absent")
    with pytest.raises(Refused, match="幸福路2号") as refused:
        open_round(here.work, LEADER, ZONE)
    assert refused.value.code == "zone.not_done"
    with here.store.reading() as reader:
        [second, first] = zones_of(reader, VILLAGE)
        assert [first[name] for name in ("doors", "done", "absent", "closed", "round")] == [2, 1, 1, False, None]
        assert second["code"] == f"{VILLAGE}-G02", "a grid without zones is one"
        [again] = revisits_of(reader, VILLAGE)
        assert (again["address"], again["outcome"]) == (NEXT, "absent")
        assert revisits_of(reader, VILLAGE, uid("g2")) == []


def test_a_refusal_with_its_reason_counts_and_needs_no_second_look(here: World) -> None:
    told(here, "near")
    told(here, "next", "refused", "住户说自己装")
    assert open_round(here.work, LEADER, ZONE)["sample"] == [CODES["near"]]


def test_it_closes_when_all_of_the_sample_are_right(here: World) -> None:
    all_hung(here)
    made = open_round(here.work, LEADER, ZONE)
    assert sorted(made["sample"]) == sorted([CODES["near"], CODES["next"]])
    assert open_round(here.work, LEADER, ZONE) == made, "one at a time"
    look(here, made["id"], "near", "right")
    assert not zone(here).closed
    look(here, made["id"], "next", "right")
    assert zone(here).closed
    assert (plate(here, "near"), plate(here, "next")) == ("checked", "checked")
    with pytest.raises(Refused) as refused:
        open_round(here.work, LEADER, ZONE)
    assert refused.value.code == "zone.closed"


def test_a_plate_that_goes_opens_the_zone_again(here: World) -> None:
    all_hung(here)
    made = open_round(here.work, LEADER, ZONE)
    for name in ("near", "next"):
        look(here, made["id"], name, "right")
    told(here, "next", "lost", "掉了")
    assert not zone(here).closed
    assert [one.id for one in zone(here).left] == [NEXT]


@pytest.mark.parametrize(("result", "becomes"), [("missing", "lost"), ("damaged", "damaged"), ("wrong", "mounted")])
def test_one_that_is_not_right_fails_the_round_and_has_its_consequence(here: World, result: str, becomes: str) -> None:
    all_hung(here)
    made = open_round(here.work, LEADER, ZONE)
    look(here, made["id"], "near", result)
    look(here, made["id"], "next", "right")
    assert zone(here).rounds[-1].status == "failed"
    assert not zone(here).closed
    assert plate(here, "near") == becomes
    with here.store.reading() as reader:
        assert len(reader.findings_at(NEAR, WRONG)) == (result == "wrong")


def test_after_a_failed_round_twice_as_many_are_drawn(here: World) -> None:
    rules = here.work.settings.zone.model_copy(update={"least": 1})
    work = replace(here.work, settings=here.work.settings.model_copy(update={"zone": rules}))
    all_hung(here)
    first = open_round(work, LEADER, ZONE)
    assert len(first["sample"]) == 1
    look(here, first["id"], "near" if first["sample"] == [CODES["near"]] else "next", "wrong")
    assert len(open_round(work, LEADER, ZONE)["sample"]) == 2


def test_of_two_looks_the_worse_holds_and_late_ones_still_count(here: World) -> None:
    all_hung(here)
    made = open_round(here.work, LEADER, ZONE)
    look(here, made["id"], "near", "right")
    look(here, made["id"], "near", "wrong")
    look(here, made["id"], "near", "right")
    assert zone(here).rounds[-1].results == {CODES["near"]: "wrong"}
    look(here, made["id"], "next", "right")
    look(here, made["id"], "next", "missing")
    assert zone(here).rounds[-1].results[CODES["next"]] == "right", "the round is over"
    assert plate(here, "next") == "lost", "the plate is gone all the same"


@pytest.mark.parametrize(("more", "code"), [({"round": uid("none")}, "zone_round.unknown"),
                                            ({"plate": CODES["far"]}, "zone_round.not_of_sample"),
                                            ({"plate": "?"}, "plate.code")])
def test_what_is_not_of_the_round_is_refused(here: World, more: dict[str, Any], code: str) -> None:
    all_hung(here)
    made = open_round(here.work, LEADER, ZONE)
    sent = here.told("recheck", **{"round": made["id"], "plate": CODES["near"], "result": "right", **more})
    with pytest.raises(Exception, match=code), here.store.writing() as unit:
        record_recheck(here.work, unit, here.item(sent), sent)


def test_whoever_hung_it_looking_again_is_flagged(here: World) -> None:
    all_hung(here)
    sent = here.told("recheck", round=open_round(here.work, LEADER, ZONE)["id"], plate=CODES["near"], result="right")
    with here.store.reading() as reader:
        assert flags_of_recheck(reader, WORKER, sent) == (OWN,)
        assert flags_of_recheck(reader, OTHER, sent) == ()


@pytest.mark.parametrize(("grants", "kind", "code"), [
    ((), NotFound, "zone.unknown"), ((Grant("grid_leader", f"{VILLAGE}-G02"),), NotFound, "zone.unknown"),
    ((Grant("grid_worker", f"{VILLAGE}-G01"),), NotPermitted, "permission.denied")])
def test_closing_is_for_those_in_charge(here: World, grants: tuple[Grant, ...], kind: type[Exception], code: str) -> None:
    with pytest.raises(kind, match=code):
        open_round(here.work, Actor(WORKER, "x", grants), ZONE)


@pytest.mark.parametrize("area", [uid("nothing"), uid("g1"), NEAR])
def test_what_is_no_zone_cannot_be_closed(here: World, area: str) -> None:
    with pytest.raises(NotFound):
        open_round(here.work, Actor(REVIEWER, "x", (Grant("registrar", VILLAGE),)), area)


def test_a_grid_where_none_are_drawn_is_closed_as_one(here: World) -> None:
    told(here, "far")
    made = open_round(here.work, Actor(REVIEWER, "x", (Grant("registrar", ""),)), uid("g2"))
    look(here, made["id"], "far", "right")
    with here.store.reading() as reader:
        assert [one.closed for one in progress_in(reader, VILLAGE, uid("g2"))] == [True]


def test_an_empty_zone_is_not_done(here: World) -> None:
    empty = Area(uid("empty"), "zone", f"{VILLAGE}-Z09", "空区", VILLAGE, None, parent_id=uid("g2"))
    with here.store.writing() as unit:
        unit.save(None, empty, here.work.registry.event("area.added", empty.id))
    with pytest.raises(Refused, match=r"zone\.empty"):
        open_round(here.work, Actor(REVIEWER, "x", (Grant("registrar", ""),)), empty.id)
