"""A household as it was counted at its door: least data, each piece on a word that was given, gone when it is taken back."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from doorplate.china import day_of
from doorplate.errors import NotFound, Refused
from doorplate.field.compare import Merge
from doorplate.field.household_records import Consent
from doorplate.field.household_rules import (
    CONTACT,
    SENSITIVE,
    require_consent,
    require_known,
    sensitive_needs,
    standing,
    taken_back,
)
from doorplate.field.items import GivenConsent, HouseholdCount
from doorplate.field.records import FieldItem
from doorplate.model import Household
from doorplate.registry.field import FieldWork
from doorplate.registry.field.persons import count_persons, forget_uncovered, require_persons
from doorplate.registry.field.redacting import redact
from doorplate.store import Reader, Unit


@dataclass(frozen=True)
class Counted:
    """What a phone says of a household, found in order. household: as it stands, None for one nobody had listed; purposes: what
    is consented to once this counts."""

    household: Household | None
    consents: tuple[Consent, ...]
    purposes: frozenset[str]


def require_countable(work: FieldWork, reader: Reader, item: FieldItem, sent: HouseholdCount) -> Counted:
    """Whether it may be written down at all: asked when it comes in, so that the phone hears at once, and again at approval.

    Raises InputError(household.tenure, need, relation, purpose, words, birth_year, consent_twice, person_twice),
    Refused(household.no_consent, no_guardian, merged, population.off, address.retired), NotFound(household.unknown,
    address.unknown)."""
    rules = work.settings.household
    require_known(sent, rules)
    household = _household(reader, item, sent)
    if household is None:
        _require_door(reader, item)
    consents = reader.consents_of([household.id]) if household else ()
    purposes = frozenset(standing(consents, sent.consents, rules))
    require_consent(sent, purposes, rules)
    require_persons(work, reader, item, sent, purposes)
    return Counted(household, consents, purposes)


def apply_household(work: FieldWork, unit: Unit, item: FieldItem, sent: HouseholdCount, reviewer: str) -> str:
    """Writes what a household told, once a reviewer (an account) found it in order; sent: as it shall hold. Gives the household's
    id (a new one's is the item's). Raises as `require_countable`."""
    found = require_countable(work, unit, item, sent)
    before = found.household
    household = before or Household(item.id, item.community, item.address_id, None, None, "")
    after = _counted(work, item, household, sent, found.purposes)
    verb, source = ("household.counted" if before else "household.added"), f"field:{item.id}"
    unit.save(before, after, work.event(verb, household.id, reviewer, source=source))
    for given in sent.consents:
        _say(work, unit, item, household.id, given, found.consents)
    count_persons(work, unit, item, sent, household.id, reviewer)
    _forget(work, unit, item, household.id, taken_back(sent), reviewer)
    return household.id


def receive_household(work: FieldWork, unit: Unit, item: FieldItem, sent: HouseholdCount) -> None:
    """When it comes in: whether it may be written down at all, so that the phone hears at once; and what is taken back holds from
    now on, whoever reviews the rest (PIPL art. 15): the consents end and what they covered is deleted.

    Raises as `require_countable`, and Refused(household.elsewhere) for a household of another door than the item names."""
    found = require_countable(work, unit, item, sent)
    before = found.household
    if before is None:
        return
    if before.address_id not in (None, item.address_id):
        raise Refused("household.elsewhere", "这一户现在登记在别的门牌, 请更新离线包后再登记")
    purposes = taken_back(sent)
    after = _covered_only(work, before, found.purposes) if purposes else before
    if after != before:
        unit.save(before, after, work.event("household.withdrawn", before.id, item.account_id, source=f"field:{item.id}"))
    for given in sent.consents:
        if not given.given:
            _say(work, unit, item, before.id, given, found.consents)
    if purposes:
        _forget(work, unit, item, before.id, purposes, item.account_id)


def contact_of(work: FieldWork, household: Household) -> dict[str, str]:
    """{"name", "phone"} in clear, {} where nothing is kept. Raises Refused(field.seal_broken)."""
    if household.contact_sealed is None:
        return {}
    told: dict[str, str] = json.loads(work.opened(household.contact_sealed, household.id))
    return told


def _household(reader: Reader, item: FieldItem, sent: HouseholdCount) -> Household | None:
    """The household it speaks of; None for one nobody had listed."""
    if sent.household is None:
        return None
    found = reader.households_of([sent.household])
    if not found or found[0].community != item.community:
        raise NotFound("household.unknown", "没有这一户")
    if found[0].merged_into is not None:
        raise Refused("household.merged", "这一户已并入另一户, 请更新离线包后再登记")
    return found[0]


def _require_door(reader: Reader, item: FieldItem) -> None:
    address = reader.address(item.address_id) if item.address_id else None
    if address is None or address.community != item.community:
        raise NotFound("address.unknown", "没有这个地址, 请更新离线包")
    if address.status == "retired":
        raise Refused("address.retired", "这个地址已停用, 不能再登记住户")


def _counted(work: FieldWork, item: FieldItem, household: Household, sent: HouseholdCount,
             purposes: Collection[str]) -> Household:
    """Only the fields that were sent. A count does not move a household that has its door: the register knows better by now."""
    changes, told = sent.changes, sent.changes.model_fields_set
    day = min(day_of(item.captured_at), day_of(work.now))
    values: dict[str, Any] = {"counted_on": max(day, household.counted_on or day),
                              "address_id": household.address_id or item.address_id}
    if "members" in told:
        values["members"] = changes.members
    if "tenure" in told:
        values["tenure"] = changes.tenure
    if changes.needs is not None:
        values["needs"] = Merge(frozenset(changes.needs.add), frozenset(changes.needs.remove)).of(household.needs)
    if "contact" in told:
        values["contact_sealed"] = _sealed_contact(work, household.id, sent)
    return _covered_only(work, replace(household, **values), purposes)


def _covered_only(work: FieldWork, household: Household, purposes: Collection[str]) -> Household:
    """Without what no consent covers (any more)."""
    sensitive = sensitive_needs(work.settings.household) if SENSITIVE not in purposes else frozenset()
    needs = tuple(one for one in household.needs if one not in sensitive)
    return replace(household, needs=needs, contact_sealed=household.contact_sealed if CONTACT in purposes else None)


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
        unit.save_many((one, replace(one, withdrawn_at=max(item.captured_at, one.given_at)),
                        work.event("consent.withdrawn", one.id, item.account_id)) for one in open_ones)
    elif not any(one.words == given.words for one in open_ones):
        made = Consent(given.id, household_id, given.purpose, given.words, given.how, item.captured_at, item.account_id)
        unit.save(None, made, work.event("consent.given", made.id, item.account_id))


def _forget(work: FieldWork, unit: Unit, item: FieldItem, household_id: str, purposes: Collection[str], by: str) -> None:
    forget_uncovered(work, unit, household_id, by)
    redact(work, unit, (one for one in unit.household_items(household_id) if one.id != item.id), purposes, by)
