"""Seeing what is masked: only for a reason of the list, only where it is one's duty, and written down before it is shown."""

from __future__ import annotations

from collections.abc import Mapping

from doorplate.errors import InputError, NotFound
from doorplate.field.items import Look
from doorplate.field.records import FieldItem
from doorplate.households.seal import Sealer
from doorplate.model import Household
from doorplate.people.account import Actor
from doorplate.people.duty import DoorPlace
from doorplate.people.permission import allowed, require
from doorplate.registry.field import FieldWork
from doorplate.registry.field.households import contact_of
from doorplate.registry.household_groups import group_of
from doorplate.store import Reader, Unit


def unmask(work: FieldWork, actor: Actor, household_id: str, why: str) -> Mapping[str, str]:
    """{"head", "name", "phone"} in clear ("" where nothing is kept); event household.unmasked is on disk when it returns.

    Raises InputError(household.why) for a reason that is not in the list, NotFound(household.unknown) for a household this person
    may not even see masked, NotPermitted(permission.denied), Refused(household.seal_broken, field.seal_broken)."""
    reason = _reason(work, why)
    with work.registry.store.writing() as unit:
        household = _seen(work, unit, actor, household_id)
        told = {"head": _head(work, household), "name": "", "phone": "", **contact_of(work, household)}
        event = work.event("household.unmasked", household.id, actor.account_id, reason=reason, source=actor.device_id)
        unit.save(household, household, event)
    return told


def record_look(work: FieldWork, unit: Unit, item: FieldItem, sent: Look) -> str:
    """Somebody looked at a household on the phone without network. Gives the household's id.
    Raises NotFound(household.unknown), InputError(household.why)."""
    reason = _reason(work, sent.why)
    found = [one for one in unit.households_of([sent.household]) if one.community == item.community]
    if not found:
        raise NotFound("household.unknown", "没有这一户")
    event = work.event("household.looked", found[0].id, item.account_id, reason=reason, source=f"field:{item.id}")
    return unit.save(found[0], found[0], event).id


def place_of(reader: Reader, household: Household) -> DoorPlace:
    """Where a household is, in codes of those responsible; without a door, its community."""
    address = reader.address(household.address_id) if household.address_id else None
    if address is None:
        return DoorPlace(household.community)
    grid = reader.area(address.grid_id) if address.grid_id else None
    group = group_of(reader, address)
    return DoorPlace(household.community, grid.code if grid else "", group.code if group else "")


def _seen(work: FieldWork, reader: Reader, actor: Actor, household_id: str) -> Household:
    found = [one for one in reader.households_of([household_id]) if one.merged_into is None]
    place = place_of(reader, found[0]) if found else None
    if place is None or not allowed(actor, "household.see", place, work.permissions):
        raise NotFound("household.unknown", "没有这一户, 或不在您的片区里")
    require(actor, "household.unmask", place, work.permissions)
    return found[0]


def _head(work: FieldWork, household: Household) -> str:
    return Sealer(work.registry.secret).open(household.head_sealed) if household.head_sealed else ""


def _reason(work: FieldWork, why: str) -> str:
    """In words, as the trail keeps it."""
    chosen = next((one for one in work.settings.household.looks if one.id == why), None)
    if chosen is None:
        raise InputError("household.why", "请从列出的原因里选一个", field="why")
    return chosen.zh
