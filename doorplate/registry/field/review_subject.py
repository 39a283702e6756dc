"""What an item speaks of: the record as the phone had it, as it is, as it would be; and how the three compare now."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from pydantic import BaseModel

from doorplate.addresses.format import address_key
from doorplate.errors import Refused
from doorplate.field.compare import NAME, STATUS, Facts, FieldDifference, Merge, Proposal, compare, verdict_of
from doorplate.field.items import Correction, HouseholdCount, Mount, PointChange
from doorplate.field.records import FieldItem, Verdict
from doorplate.model import Address, Elements, Household, Point
from doorplate.registry.field import FieldWork, opened
from doorplate.registry.field.household_facts import LOOKS
from doorplate.store import Reader
from doorplate.store.records import as_told

_UNTOLD = frozenset({"needs", "tenure"})  # of a household; the trail leaves them out


@dataclass(frozen=True)
class Subject:
    """sent: what the phone sent, None when its retention has ended. address: the door it speaks of; household: of a household's
    item. stamp: grows with every change of the item and of what it speaks of."""

    item: FieldItem
    sent: Correction | HouseholdCount | Mount | None
    address: Address | None
    household: Household | None
    differences: tuple[FieldDifference, ...]
    stamp: int

    @property
    def verdict(self) -> Verdict:
        """Now, not when it came in."""
        return verdict_of(self.differences)

    @property
    def operation(self) -> str:
        """correct, retire, assign, verify; "" for what is no correction."""
        return self.sent.operation if isinstance(self.sent, Correction) else ""

    @property
    def is_new(self) -> bool:
        return self.operation == "assign"


def subject_of(work: FieldWork, reader: Reader, item: FieldItem) -> Subject:
    """Raises Refused(field.seal_broken)."""
    sent = _sent(work, item)
    address = reader.address(item.address_id) if item.address_id else None
    if isinstance(sent, HouseholdCount):
        return _of_household(work, reader, item, sent, address)
    stamp = item.version + (address.version if address else 0)
    if not isinstance(sent, Correction):
        return Subject(item, sent, address, None, (), stamp)
    return Subject(item, sent, address, None, _of_address(reader, item, sent, address), stamp)


def elements_with(elements: Elements, values: Mapping[str, Any]) -> Elements:
    """The elements with the parts of the name that change."""
    return replace(elements, **{name: values[name] or "" for name in NAME if name in values})


def point_of(change: PointChange) -> Point:
    return Point(change.lon, change.lat, change.accuracy_m, "gnss" if change.by == "gnss" else "map")


def _sent(work: FieldWork, item: FieldItem) -> Correction | HouseholdCount | Mount | None:
    try:
        return cast(Correction | HouseholdCount | Mount, opened(work, item))
    except Refused as exc:
        if exc.code == "item.forgotten":
            return None
        raise


def _of_address(reader: Reader, item: FieldItem, sent: Correction, address: Address | None) -> tuple[FieldDifference, ...]:
    wanted = _wanted(reader, sent)
    if sent.operation == "assign" or address is None:
        return compare(None, None, Proposal("assign", wanted))
    current = _address_facts(address, _code_of(reader, address.grid_id))
    base = address_as_of(reader, address, item.base_version)
    had = _address_facts(base, _code_of(reader, base.grid_id)) if base else None
    key = address_key(item.community, elements_with(address.elements, wanted))
    holder = reader.address_by_key(item.community, key) if key != address.key else None
    taken = holder is not None and holder.id != address.id
    return compare(had, current, Proposal(sent.operation, wanted, taken))


def _wanted(reader: Reader, sent: Correction) -> dict[str, Any]:
    """Field → proposed value, in the order of the fields. A grid may be named by its id or its code."""
    if sent.operation in ("retire", "verify"):
        return {STATUS: "retired" if sent.operation == "retire" else "verified"}
    values = {name: value for name, value in _told(sent.changes).items() if value is not None}
    if sent.changes.point is not None:
        values["point"] = point_of(sent.changes.point)
    if "grid" in values:
        values["grid"] = _code_of(reader, values["grid"]) or values["grid"]
    return values


def address_as_of(reader: Reader, address: Address, version: int) -> Address | None:
    """As it was under that version, told back from the trail; None for a version it never had."""
    if version == address.version:
        return address
    if not 0 < version < address.version:
        return None
    for event in reversed(reader.events_of([address.id])):
        if event.version > version:
            address = as_told(address, event.event.before)
    return address


def _address_facts(address: Address, grid: str) -> Facts:
    names = {name: getattr(address.elements, name) for name in NAME}
    return Facts({STATUS: address.status, **names, "point": address.point, "place_kind": address.place_kind, "name": address.name,
                  "grid": grid})


def _code_of(reader: Reader, grid_id: str | None) -> str:
    area = reader.area(grid_id) if grid_id else None
    return area.code if area else ""


def _of_household(work: FieldWork, reader: Reader, item: FieldItem, sent: HouseholdCount, address: Address | None) -> Subject:
    household = next(iter(reader.households_of([sent.household])), None) if sent.household else None
    wanted = _wanted_of_household(sent)
    if household is None:
        return Subject(item, sent, address, None, compare(None, None, Proposal("count", wanted)), item.version)
    story = [event for event in reader.events_of([household.id]) if event.event.verb not in LOOKS]
    later = [event.event for event in story if event.version > item.base_version]
    changed = {name for event in later for name in event.before} | (_UNTOLD if later else set())
    base = {name: event.before[name] for event in reversed(later) for name in event.before}
    now = _household_facts(household)
    had = {name: base.get(name, value) for name, value in now.items()} | ({STATUS: "living"} if "merged_into" in base else {})
    unknown = frozenset((changed & _UNTOLD) | ({"contact"} if "contact_sealed" in changed else set()))
    differences = compare(Facts(had, unknown) if item.base_version else None, Facts(now), Proposal("count", wanted))
    return Subject(item, sent, address, household, differences, item.version + len(story))


def _household_facts(household: Household) -> dict[str, Any]:
    return {STATUS: "merged" if household.merged_into else "living", "members": household.members, "tenure": household.tenure,
            "needs": household.needs, "contact": "kept" if household.contact_sealed else "", "persons": ()}


def _told(changes: BaseModel) -> dict[str, Any]:
    return {name: getattr(changes, name) for name in type(changes).model_fields if name in changes.model_fields_set}


def _wanted_of_household(sent: HouseholdCount) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, told in _told(sent.changes).items():
        match name:
            case "needs":
                if told is not None:
                    values[name] = Merge(frozenset(told.add), frozenset(told.remove))
            case "contact":
                values[name] = json.dumps([told.name, told.phone], ensure_ascii=False) if told is not None else ""
            case "persons":
                left = frozenset(one.id for one in told if one.left)
                values[name] = Merge(frozenset(one.id for one in told) - left, left)
            case _:
                values[name] = told
    return values

