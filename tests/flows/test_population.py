"""Persons are counted only where two people, and an assessment, say so; when it ends, their names end."""

from __future__ import annotations

from dataclasses import replace

import pytest
from case_stories import VILLAGE
from door_stories import HOME, OTHER, REVIEWER, WORKER, World, world

from doorplate.errors import DoorplateError
from doorplate.field.items import HouseholdCount
from doorplate.registry.field import opened
from doorplate.registry.field.households import apply_household
from doorplate.registry.field.population import approve, ask_for, is_on, switch_off
from doorplate.store import Store
from tests.support.village import uid

PAPER = ("个人信息保护影响评估: 目的、必要性、风险、措施。" * 10).encode()


@pytest.fixture
def here(store: Store) -> World:
    return world(store)


def on(here: World) -> bool:
    with here.store.reading() as reader:
        return is_on(reader, VILLAGE)


def switch_on(here: World) -> None:
    ask_for(here.work, VILLAGE, PAPER, WORKER)
    approve(here.work, VILLAGE, PAPER, REVIEWER)


def count_one(here: World) -> None:
    sent = here.told("household", household=HOME, changes={"persons": [{"id": uid("p"), "name": "绝密标记", "birth_year": 1980}]},
                     consents=[{"id": uid("c"), "purpose": "persons", "words": "2026-1"}])
    with here.store.writing() as unit:
        item = unit.save(None, here.item(sent, subject_id=HOME), here.work.registry.event("item.received", sent.id))
        apply_household(here.work, unit, item, sent, REVIEWER)


def test_asked_by_one_and_approved_by_another(here: World) -> None:
    assert not on(here)
    ask_for(here.work, VILLAGE, PAPER, WORKER)
    assert not on(here)
    module = approve(here.work, VILLAGE, PAPER, REVIEWER)
    assert on(here)
    assert (module.asked_by, module.approved_by, len(module.assessment)) == (WORKER, REVIEWER, 64)


@pytest.mark.parametrize(("account", "paper", "code"), [
    (WORKER, PAPER, "population.own"), (REVIEWER, PAPER + b"!", "population.other_assessment"),
    (uid("nobody"), PAPER, "account.unknown")])
def test_not_by_oneself_nor_unread(here: World, account: str, paper: bytes, code: str) -> None:
    ask_for(here.work, VILLAGE, PAPER, WORKER)
    with pytest.raises(DoorplateError, match=code):
        approve(here.work, VILLAGE, paper, account)
    assert not on(here)


def test_two_accounts_of_one_person_are_one_person(here: World) -> None:
    with here.store.writing() as unit:
        for one in (WORKER, OTHER):
            account = unit.account(one)
            assert account is not None
            unit.save(account, replace(account, staff_id="staff"), here.work.registry.event("account.changed", one))
    ask_for(here.work, VILLAGE, PAPER, WORKER)
    with pytest.raises(DoorplateError, match=r"population\.own"):
        approve(here.work, VILLAGE, PAPER, OTHER)


def test_there_is_an_order_and_a_paper(here: World) -> None:
    for act in (lambda: approve(here.work, VILLAGE, PAPER, REVIEWER), lambda: ask_for(here.work, VILLAGE, b" ", WORKER),
                lambda: ask_for(here.work, "610431001999", PAPER, WORKER), lambda: switch_off(here.work, VILLAGE, WORKER, "x")):
        with pytest.raises(DoorplateError):
            act()
    switch_on(here)
    for act in (lambda: ask_for(here.work, VILLAGE, PAPER, WORKER), lambda: approve(here.work, VILLAGE, PAPER, OTHER),
                lambda: switch_off(here.work, VILLAGE, WORKER, "  ")):
        with pytest.raises(DoorplateError):
            act()


def test_switched_off_the_names_are_gone_everywhere(here: World) -> None:
    switch_on(here)
    count_one(here)
    assert switch_off(here.work, VILLAGE, WORKER, "评估到期") == 1
    assert not on(here)
    with here.store.reading() as reader:
        assert [(one.name_sealed, one.birth_year) for one in reader.persons_of(HOME)] == [(None, None)]
        [item] = reader.household_items(HOME)
        sent = opened(here.work, item)
        assert isinstance(sent, HouseholdCount)
        assert (sent.changes.persons, sent.consents) == ((), ())
        told = [one.event.verb for one in reader.events(subject_id=uid("p"))]
    assert told == ["person.counted", "person.forgotten"]
    assert switch_off(here.work, VILLAGE, WORKER, "再停一次") == 0
    with pytest.raises(DoorplateError, match=r"population\.not_asked"):
        approve(here.work, VILLAGE, PAPER, REVIEWER)
