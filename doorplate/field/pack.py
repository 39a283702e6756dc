"""What an offline pack 离线包 holds, as JSON values: which door lies in which part, and what a phone is told of it. Pure.

A pack is cut into patches (`Patch`): a grid, the doors of a community outside all grids, or one household group. The doors of a
patch are dealt into parts by their ids alone, so that a change at one door touches one part and no other.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely

from doorplate.addresses.format import local_address
from doorplate.field.household_records import Person
from doorplate.field.pack_initials import initials
from doorplate.model import Address, Area, Household, Plate

DOOR_COLUMNS = ("id", "version", "thoroughfare", "hamlet", "street", "lane", "number", "suffix", "compound", "building", "unit",
                "floor", "room", "local", "status", "kind", "name", "lon", "lat", "accuracy_m", "aliases", "plates", "zone",
                "outcome")
HOUSEHOLD_COLUMNS = ("id", "version", "address", "members", "tenure", "needs", "head", "contact", "counted_on", "consents")
PERSON_COLUMNS = ("id", "household", "name", "birth_year", "relation")

_DEEPEST = 24  # (D) so often a part is halved; 2^24 parts are more than any country has
_DEGREES = 7  # decimals: a centimetre
_OUTLINE_DEGREES = 6  # a decimetre
_OUTLINE_SLACK = 0.9e-5  # degrees: one metre


@dataclass(frozen=True, slots=True)
class Patch:
    """What some parts of a pack cover. grid_id None: doors of the community in no grid in force. group: the code of the household
    group that is all of the grid somebody may have, "" = the whole grid. grid, grid_name: "" without one."""

    community: str
    grid_id: str | None = None
    grid: str = ""
    grid_name: str = ""
    group: str = ""

    @property
    def name(self) -> str:
        """The middle of its parts' names."""
        return self.group or self.grid or self.community


@dataclass(frozen=True, slots=True)
class DoorFacts:
    """One door with what hangs there. zone: code of its installation zone, "" none. outcome: how the last mounting ended."""

    address: Address
    plates: tuple[Plate, ...] = ()
    zone: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class HouseholdFacts:
    """A household as it may lie on a phone: head and contact are masked before they come here. consents: purposes that stand."""

    household: Household
    head: str
    contact: str
    consents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """Somebody of a household as they may lie on a phone: the name is masked before it comes here."""

    person: Person
    name: str


def dealt(ids: Iterable[str], most: int) -> dict[int, list[str]]:
    """Part number → ids, at most `most` in each. Part n that is too full stands as 2n+1 and 2n+2 instead, and no other part
    changes; which half an id goes to is told by its checksum. No ids: one empty part."""
    found: dict[int, list[str]] = {}
    waiting = [(0, 0, sorted(ids))]
    while waiting:
        number, depth, here = waiting.pop()
        if len(here) <= most or depth == _DEEPEST:
            found[number] = here
            continue
        halves: tuple[list[str], list[str]] = ([], [])
        for one in here:
            halves[zlib.crc32(one.encode()) >> depth & 1].append(one)
        waiting += [(2 * number + 1 + side, depth + 1, half) for side, half in enumerate(halves)]
    return dict(sorted(found.items()))


def doors_part(patch: Patch, doors: Iterable[DoorFacts]) -> dict[str, Any]:
    """One part of kind "doors"."""
    ordered = sorted(doors, key=_by_street)
    names = {name: i for i, name in enumerate(dict.fromkeys(d.address.elements.thoroughfare for d in ordered))}
    return {
        "community": patch.community,
        "grid": {"id": patch.grid_id or "", "code": patch.grid, "name": patch.grid_name},
        "streets": [[name, initials(name, patch.community)] for name in names],
        "columns": DOOR_COLUMNS,
        "rows": [_door(one, names) for one in ordered],
    }


def _by_street(one: DoorFacts) -> tuple[str, int, str, str]:
    e = one.address.elements
    return e.thoroughfare, int(e.number) if e.number.isdecimal() else 0, one.address.standard_address, one.address.id


def _door(one: DoorFacts, names: Mapping[str, int]) -> list[Any]:
    a, e, p = one.address, one.address.elements, one.address.point
    place = (round(p.lon, _DEGREES), round(p.lat, _DEGREES), p.accuracy_m) if p else (None, None, None)
    return [a.id, a.version, names[e.thoroughfare], e.hamlet, e.street, e.lane, e.number, e.suffix, e.compound, e.building,
            e.unit, e.floor, e.room, local_address(e), a.status, a.place_kind, a.name, *place, a.aliases,
            [[plate.id, plate.code, plate.kind, plate.status] for plate in one.plates], one.zone, one.outcome]


def households_part(patch: Patch, households: Iterable[HouseholdFacts]) -> dict[str, Any]:
    """One part of kind "households": personal, masked."""
    rows = [[h.household.id, h.household.version, h.household.address_id, h.household.members, h.household.tenure,
             h.household.needs, h.head, h.contact, _day(h.household.counted_on), h.consents]
            for h in sorted(households, key=lambda h: h.household.id)]
    return {"community": patch.community, "columns": HOUSEHOLD_COLUMNS, "rows": rows}


def persons_part(patch: Patch, persons: Iterable[PersonFacts]) -> dict[str, Any]:
    """One part of kind "persons": personal, masked."""
    rows = [[p.person.id, p.person.household_id, p.name, p.person.birth_year, p.person.relation]
            for p in sorted(persons, key=lambda p: p.person.id)]
    return {"community": patch.community, "columns": PERSON_COLUMNS, "rows": rows}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def areas_part(community: str, areas: Iterable[Area]) -> dict[str, Any]:
    """The outlines of a community, its grids, groups and zones; those never drawn have no rings."""
    rows = [{"id": area.id, "kind": area.kind, "code": area.code, "name": area.name, "rings": _rings(area.geometry_wkb)}
            for area in sorted(areas, key=lambda area: (area.kind, area.code)) if area.kind != "beat"]
    return {"community": community, "rows": rows}


def _rings(wkb: bytes | None) -> list[list[list[float]]]:
    """All rings, holes too, within a metre of how they were drawn."""
    if wkb is None:
        return []
    parts: Any = shapely.get_parts(shapely.simplify(shapely.from_wkb(wkb), _OUTLINE_SLACK))
    rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
    return [[[round(x, _OUTLINE_DEGREES), round(y, _OUTLINE_DEGREES)] for x, y, *_ in ring.coords] for ring in rings]


def work_part(patch: Patch, zones: Sequence[Mapping[str, Any]], revisits: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """How far the patch's zones are, and the doors to come to again, both as `registry.field.zones` tells them."""
    return {"community": patch.community, "zones": zones, "revisit": revisits}


def written(value: Mapping[str, Any]) -> bytes:
    """A part as it travels: the same values give the same bytes."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def etag_of(body: bytes) -> str:
    """Changes if and only if the content does."""
    return hashlib.sha256(body).hexdigest()[:32]
