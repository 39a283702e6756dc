"""Opening a community: its division, its areas, the official contacts residents may call."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from doorplate.errors import NotFound
from doorplate.model import Area, Community, Division, Staff
from doorplate.registry import Registry
from doorplate.store import Change, Reader, Unit


@dataclass(frozen=True)
class Contact:
    """One line of a contact list, its area already known. area_code: the community's code or an area's."""

    name: str
    role: str
    phone: str
    area_code: str


def community_of(division: Division) -> Community:
    """A community that knows nothing yet but its place in the country."""
    return Community(code=division.code, names=division.names, prefix=division.prefix)


def require_community(reader: Reader, code: str) -> Community:
    """Raises NotFound(community.unknown) where nothing has been imported for the code."""
    community = reader.community(code)
    if community is None:
        raise NotFound("community.unknown", f"登记簿里没有社区 {code}, 请先用 doorplate import 导入它的名单", community=code)
    return community


def open_community(registry: Registry, community: Community) -> Community:
    """Creates the community or brings its names and station up to date; unchanged = no event."""
    with registry.store.writing() as unit:
        return put_community(registry, unit, community)


def put_community(registry: Registry, unit: Unit, community: Community) -> Community:
    before = unit.community(community.code)
    if before is None:
        return unit.save(None, community, registry.event("community.opened", community.code))
    after = replace(community, version=before.version)
    if after == before:
        return before
    return unit.save(before, after, registry.event("community.changed", community.code))


def import_areas(registry: Registry, areas: Sequence[Area], source: str) -> int:
    """Brings the areas in; those that stand there unchanged leave no event. Gives the number of changes."""
    with registry.store.writing() as unit:
        return put_areas(registry, unit, areas, source)


def put_areas(registry: Registry, unit: Unit, areas: Sequence[Area], source: str) -> int:
    known = {a.code: a for community in {a.community for a in areas} for a in unit.areas(community)}
    changes: list[Change[Area]] = []
    for area in areas:
        before = known.get(area.code)
        if before is None:
            changes.append((None, area, registry.event("area.added", area.id, source=source)))
            continue
        after = replace(area, id=before.id, version=before.version)
        if after != before:
            changes.append((before, after, registry.event("area.changed", before.id, source=source)))
    unit.save_many(changes)
    return len(changes)


def import_contacts(registry: Registry, contacts: Sequence[Contact], confirmed_on: date, source: str) -> int:
    """Brings officers and grid workers in. Same person, role and area = one record; only a changed phone is a change."""
    with registry.store.writing() as unit:
        known = {(s.area_code, s.role, s.name): s for s in unit.staff(sorted({c.area_code for c in contacts}))}
        changes: list[Change[Staff]] = []
        for contact in dict.fromkeys(contacts):
            before = known.get((contact.area_code, contact.role, contact.name))
            if before is None:
                staff = Staff(
                    id=_staff_id(contact),
                    name=contact.name,
                    role=contact.role,
                    phone=contact.phone,
                    area_code=contact.area_code,
                    confirmed_on=confirmed_on,
                )
                changes.append((None, staff, registry.event("staff.added", staff.id, source=source)))
            elif before.phone != contact.phone:
                after = replace(before, phone=contact.phone, confirmed_on=confirmed_on)
                changes.append((before, after, registry.event("staff.changed", before.id, source=source)))
        unit.save_many(changes)
        return len(changes)


def _staff_id(contact: Contact) -> str:
    """The same line read twice is the same person, whatever process reads it."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"doorplate:staff:{contact.area_code}:{contact.role}:{contact.name}").hex
