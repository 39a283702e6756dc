"""A household's rights (PIPL art. 45–47): everything that is kept about it, who saw it and why; and that it is deleted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from doorplate.errors import InputError, NotFound
from doorplate.field.household_records import Consent, Person
from doorplate.field.household_rules import CONTACT, GUARDIAN, PERSONS, SENSITIVE
from doorplate.field.records import FieldItem
from doorplate.households.seal import Sealer
from doorplate.model import Household, RecordedEvent
from doorplate.registry.field import FieldWork
from doorplate.registry.field.households import contact_of
from doorplate.registry.field.persons import forget_persons, name_of
from doorplate.registry.field.redacting import redact
from doorplate.store import Reader

LOOKS = frozenset({"household.unmasked", "household.looked"})
EVERYTHING = (CONTACT, SENSITIVE, PERSONS, GUARDIAN)


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody did something with a household. who: a name, or what the trail calls an actor without an account."""

    at: datetime
    who: str
    verb: str
    why: str


@dataclass(frozen=True, slots=True)
class HouseholdRecord:
    """Everything kept about a household, in clear. persons: (person, name in clear). waiting: what phones sent about it and still
    waits. changes, looks: in the order they happened."""

    household: Household
    place: str
    head: str
    contact: Mapping[str, str]
    consents: tuple[Consent, ...]
    persons: tuple[tuple[Person, str], ...]
    waiting: tuple[FieldItem, ...]
    changes: tuple[Seen, ...]
    looks: tuple[Seen, ...]


def household_record(work: FieldWork, reader: Reader, household_id: str) -> HouseholdRecord:
    """For the household itself, or for whoever answers it. Showing it is a look of its own: `unmasking` writes those down.
    Raises NotFound(household.unknown), Refused(household.seal_broken, field.seal_broken)."""
    household = _household(reader, household_id)
    address = reader.address(household.address_id) if household.address_id else None
    events = reader.events_of([household_id])
    names = _names(reader, events)
    seen = [(one.event.verb, Seen(one.event.at, names.get(one.event.actor, one.event.actor), one.event.verb, one.event.reason))
            for one in events]
    return HouseholdRecord(
        household=household,
        place=address.standard_address if address else "",
        head=Sealer(work.registry.secret).open(household.head_sealed) if household.head_sealed else "",
        contact=contact_of(work, household),
        consents=reader.consents_of([household_id]),
        persons=tuple((one, name_of(work, one)) for one in reader.persons_of(household_id)),
        waiting=tuple(one for one in reader.household_items(household_id) if one.status == "waiting"),
        changes=tuple(one for verb, one in seen if verb not in LOOKS),
        looks=tuple(one for verb, one in seen if verb in LOOKS))


def erase_household_facts(work: FieldWork, household_id: str, account_id: str, why: str) -> None:
    """Deletes what the household told at its door: members, tenure, needs, contact, persons, also from what phones sent; its
    consents end. What a list says (that it is there, its head) stays: that is corrected, not erased, here.
    Raises NotFound(household.unknown), InputError(household.no_reason)."""
    if not why.strip():
        raise InputError("household.no_reason", "请写明为什么删除, 例如 住户要求")
    with work.registry.store.writing() as unit:
        before = _household(unit, household_id)
        after = replace(before, members=None, tenure="", needs=(), contact_sealed=None, counted_on=None)
        unit.save(before, after, work.event("household.erased", household_id, account_id, reason=why.strip()))
        standing = [one for one in unit.consents_of([household_id]) if one.withdrawn_at is None]
        unit.save_many((one, replace(one, withdrawn_at=work.now), work.event("consent.withdrawn", one.id, account_id))
                       for one in standing)
        forget_persons(work, unit, unit.persons_of(household_id), account_id)
        items = [one for one in unit.household_items(household_id) if one.payload_sealed is not None]
        redact(work, unit, [one for one in items if one.status == "waiting"], EVERYTHING, account_id)
        unit.save_many((one, replace(one, payload_sealed=None), work.event("item.forgotten", one.id, account_id))
                       for one in items if one.status != "waiting")


def _household(reader: Reader, household_id: str) -> Household:
    found = reader.households_of([household_id])
    if not found:
        raise NotFound("household.unknown", "没有这一户", household=household_id)
    return found[0]


def _names(reader: Reader, events: Iterable[RecordedEvent]) -> dict[str, str]:
    actors = {one.event.actor for one in events}
    return {one.id: one.name for one in reader.accounts_of(actors).values()}
