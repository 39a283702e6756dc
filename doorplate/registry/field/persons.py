"""Who lives in a household: only where the population module is on, only with consent, a child only with a guardian's."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from doorplate.china import day_of
from doorplate.errors import Refused
from doorplate.field.household_records import Person
from doorplate.field.household_rules import GUARDIAN, PERSONS, is_child, require_years
from doorplate.field.items import HouseholdCount, PersonChange
from doorplate.field.records import FieldItem
from doorplate.registry.field import FieldWork
from doorplate.store import Reader, Unit


def require_persons(work: FieldWork, reader: Reader, item: FieldItem, sent: HouseholdCount, purposes: Collection[str]) -> None:
    """Raises Refused(population.off, household.no_guardian), InputError(household.birth_year)."""
    if not sent.changes.persons:
        return
    module = reader.population_module(item.community)
    if module is None or not module.on:
        raise Refused("population.off", "这个社区没有开通人口登记, 不能登记同住人")
    known = {one.id: one for one in reader.persons_of(sent.household or item.id)}
    for told in sent.changes.persons:
        before = known.get(told.id)
        year = told.birth_year if "birth_year" in told.model_fields_set or before is None else before.birth_year
        require_years(told, year, purposes, day_of(work.now))


def count_persons(work: FieldWork, unit: Unit, item: FieldItem, sent: HouseholdCount, household_id: str, by: str) -> None:
    """Adds, corrects and takes away persons; whoever left keeps neither name nor year of birth. Raises Refused(store.duplicate)
    for somebody of another household."""
    known = {one.id: one for one in unit.persons_of(household_id)}
    consents = {one.purpose: one.id for one in unit.consents_of([household_id]) if one.withdrawn_at is None}
    for told in sent.changes.persons:
        before = known.get(told.id)
        fresh = Person(told.id, household_id, None, None, told.relation, consents.get(PERSONS, ""))
        if told.left:
            after, verb = _gone(work, before or fresh), "person.left"
        else:
            after, verb = _person(work, told, before or fresh, consents), "person.corrected" if before else "person.counted"
        unit.save(before, after, work.event(verb, told.id, by, source=f"field:{item.id}"))


def forget_uncovered(work: FieldWork, unit: Unit, household_id: str, by: str) -> int:
    """Takes away those whose consent, or guardian's consent, no longer stands; gives how many."""
    standing = {one.id for one in unit.consents_of([household_id]) if one.withdrawn_at is None}
    return forget_persons(work, unit, (one for one in unit.persons_of(household_id) if not _covered(one, standing)), by)


def forget_persons(work: FieldWork, unit: Unit, persons: Iterable[Person], by: str) -> int:
    """Deletes names and years of birth of those of whom any is left; gives how many."""
    left = [one for one in persons if one.name_sealed is not None or one.birth_year is not None]
    unit.save_many((one, _gone(work, one), work.event("person.forgotten", one.id, by)) for one in left)
    return len(left)


def name_of(work: FieldWork, person: Person) -> str:
    """In clear, "" where none is kept. Raises Refused(field.seal_broken)."""
    return work.opened(person.name_sealed, person.id).decode() if person.name_sealed else ""


def _covered(person: Person, standing: Collection[str]) -> bool:
    return person.consent_id in standing and (person.guardian_consent_id is None or person.guardian_consent_id in standing)


def _gone(work: FieldWork, person: Person) -> Person:
    return replace(person, name_sealed=None, birth_year=None, left_on=person.left_on or day_of(work.now))


def _person(work: FieldWork, told: PersonChange, before: Person, consents: dict[str, str]) -> Person:
    """Only the fields that were sent; under the consents that stand now, a guardian's where there is a child."""
    values: dict[str, Any] = {"consent_id": consents.get(PERSONS, ""), "left_on": None}
    if told.name:
        values["name_sealed"] = work.sealed(told.name.encode(), told.id)
    if "birth_year" in told.model_fields_set:
        values["birth_year"] = told.birth_year
    if "relation" in told.model_fields_set:
        values["relation"] = told.relation
    year = values.get("birth_year", before.birth_year)
    child = year is not None and is_child(year, day_of(work.now))
    values["guardian_consent_id"] = consents.get(GUARDIAN) if child else None
    return replace(before, **values)
