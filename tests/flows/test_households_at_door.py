"""What a household tells at its door: as little as can be, on its word, and gone when the word is taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from door_stories import FAR, HOME, NEAR, NEXT, REVIEWER, WORKER, World, world

from doorplate.errors import DoorplateError, InputError, NotFound, Refused
from doorplate.field.household_records import PopulationModule
from doorplate.field.items import ITEM, HouseholdCount
from doorplate.field.records import FieldItem
from doorplate.households.seal import Sealer
from doorplate.model import Household
from doorplate.people.account import Actor, Grant, Role
from doorplate.registry.field.door import FieldDesk
from doorplate.registry.field.household_facts import erase_household_facts, household_record
from doorplate.registry.field.households import apply_household, contact_of, receive_household
from doorplate.registry.field.persons import name_of
from doorplate.registry.field.unmasking import record_look, unmask
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

    @pytest.mark.parametrize(("more", "code"), [
        ({"birth_year": None}, "household.birth_year"), ({"birth_year": 2050}, "household.birth_year"),
        ({"relation": "king"}, "household.relation")])
    def test_an_age_nobody_knows_may_be_a_childs(self, here: World, more: dict[str, Any], code: str) -> None:
        self.switch_on(here)
        assert refusal(here, self.person(**more), InputError, consents=(consent(here, "persons"),)) == code

    def test_a_correction_leaves_what_it_does_not_speak_of(self, here: World) -> None:
        self.switch_on(here)
        count(here, self.person(), (consent(here, "persons"),))
        count(here, {"persons": [{"id": uid("person"), "name": "李五"}]})
        with here.store.reading() as reader:
            [one] = reader.persons_of(HOME)
        assert (name_of(here.work, one), one.birth_year, one.relation) == ("李五", 1980, "family")
        assert refusal(here, {"persons": [{"id": uid("person"), "birth_year": 2015}]}) == "household.no_guardian"

    def test_a_guardian_who_takes_it_back_takes_the_child_back(self, here: World) -> None:
        self.switch_on(here)
        both = {"persons": [*self.person()["persons"], {"id": uid("child"), "name": "小五", "birth_year": 2015}]}
        count(here, both, (consent(here, "persons"), consent(here, "guardian")))
        count(here, {"members": 2}, (consent(here, "guardian", given=False),))
        with here.store.reading() as reader:
            assert [name_of(here.work, one) for one in reader.persons_of(HOME)] == ["李四", ""]

    def test_somebody_of_another_household_is_not_taken_over(self, here: World) -> None:
        self.switch_on(here)
        count(here, self.person(), (consent(here, "persons"),))
        assert refusal(here, self.person(), household=None, consents=(consent(here, "persons"),)) == "store.duplicate"

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


def received(here: World, sent: HouseholdCount, **more: Any) -> FieldItem:
    """As it comes in: kept, and what is taken back holds at once."""
    with here.store.writing() as unit:
        item = here.item(sent, subject_id=sent.household or "", status="waiting", **more)
        item = unit.save(None, item, here.work.registry.event("item.received", item.id))
        receive_household(here.work, unit, item, sent)
        return item


def kept(here: World) -> Household:
    with here.store.reading() as reader:
        [found] = reader.households_of([HOME])
        return found


def payload(here: World, item: FieldItem) -> bytes:
    with here.store.reading() as reader:
        [now] = [one for one in reader.household_items(HOME) if one.id == item.id]
    return here.work.opened(now.payload_sealed or b"", now.id)


def opened_household(payload: bytes) -> HouseholdCount:
    sent = ITEM.validate_json(payload)
    assert isinstance(sent, HouseholdCount)
    return sent


class TestTakenBack:
    """Nobody's review is waited for."""

    def test_what_it_covered_is_gone_at_once_also_from_what_phones_sent(self, here: World) -> None:
        contact = {"contact": {"name": "张三", "phone": "13812345678"}, "members": 3}
        first = received(here, here.told("household", household=HOME, changes=contact, consents=[consent(here, "contact")]))
        count(here, contact, (consent(here, "contact"),))
        assert "张三".encode() in payload(here, first)
        back = here.told("household", household=HOME, changes={}, consents=[consent(here, "contact", given=False)])
        received(here, back)
        assert kept(here).contact_sealed is None
        with here.store.reading() as reader:
            assert all(one.withdrawn_at for one in reader.consents_of([HOME]))
        left = opened_household(payload(here, first))
        assert (left.changes.contact, left.changes.members, left.consents) == (None, 3, ())

    def test_approving_what_waited_brings_nothing_back(self, here: World) -> None:
        sent = here.told("household", household=HOME, changes={"contact": {"name": "张三"}, "members": 7},
                         consents=[consent(here, "contact")])
        waiting = received(here, sent)
        received(here, here.told("household", household=HOME, changes={}, consents=[consent(here, "contact", given=False)]))
        with here.store.writing() as unit:
            apply_household(here.work, unit, waiting, opened_household(payload(here, waiting)), REVIEWER)
        assert (kept(here).members, kept(here).contact_sealed) == (7, None)

    def test_a_need_and_other_words_stay(self, here: World) -> None:
        count(here, {"needs": {"add": ["barrier_free", "large_print"]}, "contact": {"name": "张三"}},
              (consent(here, "sensitive"), consent(here, "contact")))
        received(here, here.told("household", household=HOME, changes={}, consents=[consent(here, "sensitive", given=False)]))
        assert kept(here).needs == ("large_print",)
        assert kept(here).contact_sealed is not None


@pytest.mark.parametrize(("more", "code"), [
    ({"address": NEXT}, "household.elsewhere"),
    ({"address": FAR, "household": None, "community": "610431001999"}, "address.unknown"),
    ({"household": None, "address": uid("nowhere")}, "address.unknown"),
    ({"changes": {"contact": {"name": "张三"}}}, "household.no_consent"),
    ({"changes": {"tenure": "castle"}}, "household.tenure")])
def test_what_cannot_be_is_refused_as_it_comes_in(here: World, more: dict[str, Any], code: str) -> None:
    sent = here.told("household", **{"household": HOME, "changes": {"members": 1}, **more})
    with pytest.raises(DoorplateError, match=code), here.store.writing() as unit:
        receive_household(here.work, unit, here.item(sent), sent)


def test_one_purpose_twice_says_nothing(here: World) -> None:
    twice = (consent(here, "contact"), consent(here, "contact", given=False))
    assert refusal(here, {"members": 1}, InputError, consents=twice) == "household.consent_twice"


def test_a_phone_ten_years_ahead_does_not_count_in_the_future(here: World) -> None:
    sent = here.told("household", household=HOME, changes={"members": 5})
    with here.store.writing() as unit:
        apply_household(here.work, unit, here.item(sent, captured_at=here.clock.now + timedelta(days=3650)), sent, REVIEWER)
    assert kept(here).counted_on == here.clock.now.date()


def test_a_household_without_a_door_gets_the_one_it_was_found_at(here: World) -> None:
    lost = Household(uid("lost"), "610431001203", None, 2, None, "")
    with here.store.writing() as unit:
        unit.save(None, lost, here.work.registry.event("household.added", lost.id))
    assert count(here, {"members": 3}, household=lost.id).address_id == NEAR


class TestUnmasking:
    """What is masked is seen for a reason, by those whose duty it is, and never unseen."""

    officer = Actor(WORKER, "民警", (Grant("officer", "610431001203-G01"),), device_id="phone")

    @pytest.fixture
    def told(self, here: World) -> World:
        count(here, {"contact": {"name": "张三", "phone": "13812345678"}}, (consent(here, "contact"),))
        with here.store.writing() as unit:
            [home] = unit.households_of([HOME])
            head = Sealer(here.work.registry.secret).seal("李四", here.work.registry.rng)
            unit.save(home, replace(home, head_sealed=head), here.work.registry.event("household.named", HOME))
        return here

    def test_it_is_written_down_before_it_is_shown(self, told: World) -> None:
        shown = unmask(told.work, self.officer, HOME, "visit")
        assert shown == {"head": "李四", "name": "张三", "phone": "13812345678"}
        with told.store.reading() as reader:
            last = reader.events(subject_id=HOME)[-1].event
        assert (last.verb, last.actor, last.reason, last.source) == ("household.unmasked", WORKER, "上门走访前核对", "phone")
        assert "李四" not in repr(last)

    @pytest.mark.parametrize(("grants", "why", "code"), [
        ((Grant("officer", "610431001203-G02"),), "visit", "household.unknown"), ((), "visit", "household.unknown"),
        ((Grant("sysadmin", ""),), "visit", "household.unknown"), ((Grant("grid_worker", ""),), "visit", "permission.denied"),
        ((Grant("officer", ""),), "curiosity", "household.why")])
    def test_not_by_everybody_nor_for_any_reason(self, told: World, grants: tuple[Grant, ...], why: str, code: str) -> None:
        with told.store.reading() as reader:
            before = reader.event_count()
        with pytest.raises(DoorplateError, match=code):
            unmask(told.work, Actor(WORKER, "x", grants), HOME, why)
        with told.store.reading() as reader:
            assert reader.event_count() == before

    def test_the_household_sees_all_of_it_and_has_it_deleted(self, told: World) -> None:
        sent = told.told("look", household=HOME, why="at_door")
        with told.store.writing() as unit:
            record_look(told.work, unit, told.item(sent), sent)
        unmask(told.work, self.officer, HOME, "emergency")
        with told.store.reading() as reader:
            all_of_it = household_record(told.work, reader, HOME)
        assert (all_of_it.head, all_of_it.contact["phone"], all_of_it.place) == ("李四", "13812345678", "陕西省营上村幸福路1号")
        assert [(one.who, one.why) for one in all_of_it.looks] == [("测试网格员", "在门口办理"), ("测试网格员", "紧急情况")]
        waiting = received(told, told.told("household", household=HOME, changes={"contact": {"name": "王五"}}))
        erase_household_facts(told.work, HOME, REVIEWER, "住户要求")
        assert (kept(told).members, kept(told).contact_sealed, kept(told).head_sealed is None) == (None, None, False)
        assert "王五".encode() not in payload(told, waiting)
        with told.store.reading() as reader:
            assert all(one.withdrawn_at for one in reader.consents_of([HOME]))


class TestAsItIsSent:
    """Through the inbox, as a phone would."""

    def send(self, here: World, role: Role, **more: Any) -> str:
        here.sent += 1
        item = {"id": f"{here.sent:032x}", "kind": "household", "at": here.clock.now.isoformat(), "community": "610431001203",
                "address": NEAR, "household": HOME, "base": 1, "changes": {"members": 2}, **more}
        actor = Actor(WORKER, "x", (Grant(role, "610431001203-G01"),), device_id=uid(f"phone {WORKER}"))
        [receipt] = FieldDesk(here.work).sync(actor, [item], here.clock.now).receipts
        return receipt.code or receipt.result

    def test_persons_need_a_right_of_their_own(self, here: World) -> None:
        persons = {"persons": [{"id": uid("p"), "name": "李四", "birth_year": 1980}]}
        assert self.send(here, "grid_worker") == "accepted"
        assert self.send(here, "grid_worker", changes=persons) == "item.not_yours"
        assert self.send(here, "officer", changes=persons) == "household.no_consent"

    def test_a_word_taken_back_needs_no_reviewer_and_only_reaches_ones_own_doors(self, here: World) -> None:
        count(here, {"contact": {"name": "张三"}}, (consent(here, "contact"),))
        back = [consent(here, "contact", given=False)]
        away = {"address": FAR, "community": "610431001203"}
        assert self.send(here, "officer", consents=back, **away) == "item.not_yours"
        assert self.send(here, "officer", consents=back, address=NEXT) == "household.elsewhere"
        assert kept(here).contact_sealed is not None
        assert self.send(here, "officer", consents=back, changes={}) == "accepted"
        assert kept(here).contact_sealed is None
