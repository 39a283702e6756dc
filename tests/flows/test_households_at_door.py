"""What a household tells at its door: as little as can be, on its word, and gone when the word is taken back."""

from __future__ import annotations

from typing import Any

import pytest
from door_stories import HOME, NEAR, REVIEWER, World, world

from doorplate.errors import DoorplateError, InputError, NotFound, Refused
from doorplate.field.household_records import PopulationModule
from doorplate.model import Household
from doorplate.registry.field.households import apply_household, contact_of
from doorplate.store import Store
from tests.support.village import uid

WORDS = "2026-1"


@pytest.fixture
def here(store: Store) -> World:
    return world(store)


def consent(here: World, purpose: str, given: bool = True, words: str = WORDS) -> dict[str, Any]:
    here.sent += 1
    return {"id": uid(f"consent {here.sent}"), "purpose": purpose, "words": words, "given": given}


def count(here: World, changes: dict[str, Any], consents: tuple[dict[str, Any], ...] = (),
          household: str | None = HOME) -> Household:
    sent = here.told("household", household=household, changes=changes, consents=list(consents))
    with here.store.writing() as unit:
        household_id = apply_household(here.work, unit, here.item(sent), sent, REVIEWER)
    with here.store.reading() as reader:
        [found] = reader.households_of([household_id])
        return found


def refusal(here: World, changes: dict[str, Any], kind: type[DoorplateError] = Refused, **more: Any) -> str:
    with pytest.raises(kind) as told:
        count(here, changes, **more)
    return told.value.code


def test_only_what_was_sent_changes(here: World) -> None:
    assert count(here, {"tenure": "rent"}).members == 4
    told = count(here, {"members": 6})
    assert (told.members, told.tenure, told.counted_on) == (6, "rent", here.clock.now.date())


def test_sets_change_by_what_is_added_and_removed(here: World) -> None:
    count(here, {"needs": {"add": ["home_visit"]}})
    assert count(here, {"needs": {"add": ["large_print"]}}).needs == ("home_visit", "large_print")
    assert count(here, {"needs": {"remove": ["home_visit", "barrier_free"]}}).needs == ("large_print",)


def test_a_household_nobody_had_listed_gets_the_items_id(here: World) -> None:
    told = count(here, {"members": 2}, household=None)
    assert (told.id, told.address_id, told.members) == (f"{here.sent:032x}", NEAR, 2)


def test_a_contact_needs_a_word_and_goes_when_it_is_taken_back(here: World) -> None:
    contact = {"contact": {"name": "张三", "phone": "13812345678"}}
    assert refusal(here, contact) == "household.no_consent"
    told = count(here, contact, (consent(here, "contact"),))
    assert contact_of(here.work, told) == {"name": "张三", "phone": "13812345678"}
    assert "张三".encode() not in (told.contact_sealed or b"")
    assert count(here, {"members": 5}).contact_sealed is not None
    assert count(here, {"members": 5}, (consent(here, "contact", given=False),)).contact_sealed is None
    assert refusal(here, contact) == "household.no_consent"


def test_a_need_that_tells_of_health_needs_its_own_word(here: World) -> None:
    need = {"needs": {"add": ["barrier_free"]}}
    assert refusal(here, need, consents=(consent(here, "contact"),)) == "household.no_consent"
    assert count(here, need, (consent(here, "sensitive"),)).needs == ("barrier_free",)
    assert count(here, {"members": 4}, (consent(here, "sensitive", given=False),)).needs == ()


def test_words_that_have_changed_meanwhile_are_no_consent(here: World) -> None:
    contact = {"contact": {"name": "张三"}}
    assert refusal(here, contact, InputError, consents=(consent(here, "contact", words="2019-1"),)) == "household.words"
    assert refusal(here, {"members": 3}, InputError, consents=(consent(here, "marketing"),)) == "household.purpose"


@pytest.mark.parametrize(("changes", "code"), [
    ({"tenure": "castle"}, "household.tenure"), ({"needs": {"add": ["gold"]}}, "household.need")])
def test_what_is_not_asked_is_not_kept(here: World, changes: dict[str, Any], code: str) -> None:
    assert refusal(here, changes, InputError) == code


def test_another_villages_household_does_not_exist(here: World) -> None:
    assert refusal(here, {"members": 1}, NotFound, household=uid("elsewhere")) == "household.unknown"


def test_nothing_personal_is_told_by_the_trail(here: World) -> None:
    count(here, {"contact": {"name": "绝密标记", "phone": "13812345678"}, "needs": {"add": ["barrier_free"]}},
          (consent(here, "contact"), consent(here, "sensitive")))
    with here.store.reading() as reader:
        told = "".join(f"{one.event.before}{one.event.after}{one.event.reason}" for one in reader.events())
    assert not [marker for marker in ("绝密标记", "13812345678", "barrier_free") if marker in told]


class TestPersons:
    """Only where the population module was switched on."""

    def person(self, **more: Any) -> dict[str, Any]:
        return {"persons": [{"id": uid("person"), "name": "李四", "birth_year": 1980, "relation": "family", **more}]}

    def switch_on(self, here: World) -> None:
        module = PopulationModule("610431001203", True, "0" * 64, "a", "b", here.clock.now)
        with here.store.writing() as unit:
            unit.save(None, module, here.work.registry.event("population.on", module.id))

    def test_off_means_nobody(self, here: World) -> None:
        assert refusal(here, self.person(), consents=(consent(here, "persons"),)) == "population.off"

    def test_on_needs_a_word_and_for_children_a_parents(self, here: World) -> None:
        self.switch_on(here)
        assert refusal(here, self.person()) == "household.no_consent"
        child = self.person(birth_year=2013)
        assert refusal(here, child, consents=(consent(here, "persons"),)) == "household.no_guardian"
        count(here, child, (consent(here, "persons"), consent(here, "guardian")))
        with here.store.reading() as reader:
            [one] = reader.persons_of(HOME)
        assert one.guardian_consent_id
        assert here.work.opened(one.name_sealed or b"", one.id).decode() == "李四"

    def test_who_leaves_or_takes_back_their_word_is_forgotten(self, here: World) -> None:
        self.switch_on(here)
        count(here, self.person(), (consent(here, "persons"),))
        count(here, self.person(left=True))
        with here.store.reading() as reader:
            assert [(one.name_sealed, one.left_on is not None) for one in reader.persons_of(HOME)] == [(None, True)]
        count(here, self.person(id=uid("second")))
        count(here, {"members": 1}, (consent(here, "persons", given=False),))
        with here.store.reading() as reader:
            assert all(one.name_sealed is None and one.birth_year is None for one in reader.persons_of(HOME))
