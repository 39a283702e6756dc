"""A household as it was counted at its door: least data, each piece on a word that was given, gone when it is taken back."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from doorplate.china import day_of
from doorplate.errors import NotFound, Refused
from doorplate.field.compare import Merge
from doorplate.field.household_records import Consent, Person
from doorplate.field.household_rules import (
    CONTACT,
    GUARDIAN,
    PERSONS,
    SENSITIVE,
    require_consent,
    require_guardian,
    require_known,
    standing,
)
from doorplate.field.items import GivenConsent, HouseholdCount, PersonChange
from doorplate.field.records import FieldItem
from doorplate.model import Household
from doorplate.registry.field import FieldWork
from doorplate.store import Unit


def apply_household(work: FieldWork, unit: Unit, item: FieldItem, sent: HouseholdCount, reviewer: str) -> str:
    """Writes what a household told, once a reviewer found it in order. Gives its id.

    Raises InputError(household.tenure, need, relation, purpose, words), Refused(household.no_consent, no_guardian, merged,
    population.off), NotFound(household.unknown)."""
    rules = work.settings.household
    require_known(sent, rules)
    before = _household(unit, item, sent)
    household_id = before.id if before else item.id
    consents = unit.consents_of([household_id])
    purposes = standing(consents, sent.consents, rules)
    require_consent(sent, purposes, rules)
    after = _counted(work, item, before or _new(item, household_id), sent, purposes)
    verb = "household.counted" if before else "household.added"
    unit.save(before, after, work.event(verb, household_id, reviewer, source=f"field:{item.id}"))
    for given in sent.consents:
        _say(work, unit, item, household_id, given, consents)
    _count_persons(work, unit, item, household_id, sent, purposes, reviewer)
    return household_id


def contact_of(work: FieldWork, household: Household) -> dict[str, str]:
    """{"name", "phone"} in clear, {} where nothing is kept. Raises Refused(field.seal_broken)."""
    if household.contact_sealed is None:
        return {}
    told: dict[str, str] = json.loads(work.opened(household.contact_sealed, household.id))
    return told


def _household(unit: Unit, item: FieldItem, sent: HouseholdCount) -> Household | None:
    """The household it speaks of; None for one nobody had listed."""
    if sent.household is None:
        return None
    found = unit.households_of([sent.household])
    if not found or found[0].community != item.community:
        raise NotFound("household.unknown", "没有这一户")
    if found[0].merged_into is not None:
        raise Refused("household.merged", "这一户已并入另一户, 请更新离线包后再登记")
    return found[0]


def _new(item: FieldItem, household_id: str) -> Household:
    return Household(household_id, item.community, item.address_id, None, None, "")


def _counted(work: FieldWork, item: FieldItem, household: Household, sent: HouseholdCount,
             purposes: Collection[str]) -> Household:
    """Only the fields that were sent; what a consent covered goes with it."""
    changes, told = sent.changes, sent.changes.model_fields_set
    values: dict[str, Any] = {"counted_on": day_of(item.captured_at)}
    if "members" in told:
        values["members"] = changes.members
    if "tenure" in told:
        values["tenure"] = changes.tenure
    needs = household.needs
    if changes.needs is not None:
        needs = Merge(frozenset(changes.needs.add), frozenset(changes.needs.remove)).of(needs)
    if SENSITIVE not in purposes:
        sensitive = {one.id for one in work.settings.household.needs if one.sensitive}
        needs = tuple(one for one in needs if one not in sensitive)
    values["needs"] = needs
    if "contact" in told:
        values["contact_sealed"] = _sealed_contact(work, household.id, sent)
    if CONTACT not in purposes:
        values["contact_sealed"] = None
    return replace(household, **values)


def _sealed_contact(work: FieldWork, household_id: str, sent: HouseholdCount) -> bytes | None:
    contact = sent.changes.contact
    if contact is None or not (contact.name or contact.phone):
        return None
    told = json.dumps({"name": contact.name, "phone": contact.phone}, ensure_ascii=False)
    return work.sealed(told.encode(), household_id)


def _say(work: FieldWork, unit: Unit, item: FieldItem, household_id: str, given: GivenConsent,
         consents: Collection[Consent]) -> None:
    """A consent that is given stands as a record; one taken back ends those that stood."""
    open_ones = [one for one in consents if one.purpose == given.purpose and one.withdrawn_at is None]
    if not given.given:
        for one in open_ones:
            unit.save(one, replace(one, withdrawn_at=item.captured_at), work.event("consent.withdrawn", one.id, item.account_id))
    elif not any(one.words == given.words for one in open_ones):
        made = Consent(given.id, household_id, given.purpose, given.words, given.how, item.captured_at, item.account_id)
        unit.save(None, made, work.event("consent.given", made.id, item.account_id))


def _count_persons(work: FieldWork, unit: Unit, item: FieldItem, household_id: str, sent: HouseholdCount,
                   purposes: Collection[str], reviewer: str) -> None:
    known = {one.id: one for one in unit.persons_of(household_id)}
    if sent.changes.persons:
        module = unit.population_module(item.community)
        if module is None or not module.on:
            raise Refused("population.off", "这个村没有开通人口登记, 不能登记同住人")
    for told in sent.changes.persons:
        require_guardian(told, purposes, day_of(work.now))
        before = known.get(told.id)
        after = _person(work, unit, household_id, told, before)
        unit.save(before, after, work.event("person.counted" if not told.left else "person.left", told.id, reviewer))
    if PERSONS not in purposes:
        for one in known.values():
            if one.name_sealed is not None:
                gone = replace(one, name_sealed=None, birth_year=None, left_on=day_of(work.now))
                unit.save(one, gone, work.event("person.forgotten", one.id, reviewer))


def _person(work: FieldWork, unit: Unit, household_id: str, told: PersonChange, before: Person | None) -> Person:
    consents = {one.purpose: one.id for one in unit.consents_of([household_id]) if one.withdrawn_at is None}
    if told.left:
        base = before or Person(told.id, household_id, None, None, told.relation, consents.get(PERSONS, ""))
        return replace(base, name_sealed=None, birth_year=None, left_on=day_of(work.now))
    name = work.sealed(told.name.encode(), told.id) if told.name else (before.name_sealed if before else None)
    return Person(told.id, household_id, name, told.birth_year, told.relation, consents.get(PERSONS, ""), consents.get(GUARDIAN))
