"""One door opened at the desk: all that the register knows of it, households only masked."""

from __future__ import annotations

from doorplate.households.seal import Sealer, mask_name
from doorplate.model import Address
from doorplate.people.account import Actor
from doorplate.people.duty import DoorPlace
from doorplate.people.permission import allowed, require
from doorplate.plates.code import grouped
from doorplate.register_view import (
    ELEMENT_FIELDS,
    AddressSheet,
    FindingLine,
    HouseholdLine,
    NameLine,
    PlateLine,
)
from doorplate.registry.address_story import history_of, neighbours, outline, sure
from doorplate.registry.communities import require_community
from doorplate.registry.desk_scope import require_address, scope_of
from doorplate.registry.field import FieldWork
from doorplate.registry.history import names_of
from doorplate.registry.household_groups import group_of
from doorplate.registry.register_rows import rows_of
from doorplate.review_view import ReviewMap
from doorplate.store import Reader, Unit

_LOOKED = "在登记簿查看住户（遮盖）"


def sheet_of(work: FieldWork, reader: Reader, actor: Actor, address_id: str) -> AddressSheet:
    """Raises NotFound(address.unknown)."""
    scope = scope_of(reader, actor, "register.see", work.permissions)
    address = require_address(reader, scope, address_id)
    community = require_community(reader, address.community)
    place, households = place_of(reader, address), reader.households_at([address.id])
    [row] = rows_of(reader, [address], [community])
    return AddressSheet(
        row=row, standard=address.standard_address, community=address.community,
        elements={name: getattr(address.elements, name) for name in ELEMENT_FIELDS},
        kind=address.place_kind, name=address.name,
        names=tuple(NameLine(one.old, one.new, one.effective_on, one.reason) for one in names_of(work.registry, address.id)),
        plates=tuple(PlateLine(grouped(one.code), one.status, one.kind) for one in reader.plates_of([address.id])),
        findings=_findings(reader, address), households=len(households),
        may_see=allowed(actor, "household.see", place, work.permissions),
        visits=len(reader.visits_at(address.id)), history=history_of(reader, address), map=_map(reader, address),
        may_change=address.status != "retired" and allowed(actor, "register.change", place, work.permissions),
        version=address.version, undoable=_last_act(reader, address))


def place_of(reader: Reader, address: Address) -> DoorPlace:
    """The codes of who is responsible at a door."""
    grid = reader.area(address.grid_id) if address.grid_id else None
    group = group_of(reader, address)
    return DoorPlace(address.community, grid.code if grid else "", group.code if group else "")


def _findings(reader: Reader, address: Address) -> tuple[FindingLine, ...]:
    found = [one for one in reader.findings_about(address.id) if one.resolution == "open"]
    return tuple(FindingLine(one.id, one.finding.code, one.finding.message, one.finding.proposal) for one in found)


def households_of(work: FieldWork, unit: Unit, actor: Actor, address_id: str) -> tuple[HouseholdLine, ...]:
    """Masked, each look an event. Raises NotFound(address.unknown), NotPermitted(permission.denied)."""
    address = require_address(unit, scope_of(unit, actor, "register.see", work.permissions), address_id)
    require(actor, "household.see", place_of(unit, address), work.permissions)
    sealer, found = Sealer(work.registry.secret), unit.households_at([address.id])
    for one in found:
        unit.save(one, one, work.event("household.looked", one.id, actor.account_id, reason=_LOOKED, source="desk"))
    return tuple(HouseholdLine(one.id, mask_name(sealer.open(one.head_sealed)) if one.head_sealed else "", one.members)
                 for one in found)


def _last_act(reader: Reader, address: Address) -> str:
    """The act that changed it last, where it was an act of settling that is not itself an undo."""
    story = reader.events_of([address.id])
    source = story[-1].event.source if story else ""
    acts = reader.settlements_beginning(source.rpartition(":")[2]) if source.startswith("settlement:") else ()
    return acts[0].id if len(acts) == 1 and acts[0].act != "undo" else ""


def _map(reader: Reader, address: Address) -> ReviewMap:
    at = address.point
    if at is None:
        return ReviewMap((), None)
    points = [("current", at.lon, at.lat, sure(at)), *neighbours(reader, at, address)]
    return ReviewMap(tuple(points), None, None, outline(reader, address))
