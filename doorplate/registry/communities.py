"""Opening a community: its division, its areas, the official contacts residents may call."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from doorplate.errors import NotFound, Refused
from doorplate.model import Area, Community, Division, Staff
from doorplate.people.rules import people_rules
from doorplate.registry import Registry
from doorplate.store import Change, Reader, Unit


@dataclass(frozen=True)
class Contact:
    """One line of a contact list, its area already known. area_code: the community's code, an area's, or a division code cut
    where it begins to hold (`model.Staff`)."""

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
    """Raises Refused(areas.ended, areas.outdated) for outlines of areas that were divided, joined or numbered anew since."""
    known = {a.code: a for community in {a.community for a in areas} for a in unit.areas(community)}
    _refuse_history(unit, areas, known, source)
    changes: list[Change[Area]] = []
    for area in areas:
        before = known.get(area.code)
        if before is None:
            changes.append((None, area, registry.event("area.added", area.id, source=source)))
            continue
        after = replace(before, kind=area.kind, name=area.name, geometry_wkb=area.geometry_wkb, streets=area.streets)
        if after != before:
            changes.append((before, after, registry.event("area.changed", before.id, source=source)))
    unit.save_many(changes)
    return len(changes)


def _refuse_history(unit: Unit, areas: Sequence[Area], known: Mapping[str, Area], source: str) -> None:
    """An old file must not bring back what has ended: two grids would claim the same doors."""
    for community in sorted({a.community for a in areas}):
        gone = [a for a in unit.areas(community, ended=True) if a.valid_to is not None]
        ended = {a.code: a for a in gone}
        outlines = {(a.code, a.geometry_wkb): a for a in gone}
        for area in areas:
            now, past = known.get(area.code), ended.get(area.code)
            if now is None and past is not None:
                message = f"{source} 里的 {area.code} 已在 {past.valid_to} 停用, 代码不再使用; 请用现在的边界文件, 或换新的代码"
                raise Refused("areas.ended", message, area=area.code)
            old = outlines.get((area.code, area.geometry_wkb))
            if now is not None and old is not None and now.geometry_wkb != area.geometry_wkb:
                message = f"{source} 里的 {area.code} 是 {old.valid_to} 以前的旧边界, 请用现在的边界文件"
                raise Refused("areas.outdated", message, area=area.code)


def import_contacts(registry: Registry, contacts: Sequence[Contact], confirmed_on: date, source: str) -> int:
    """Brings officers, grid workers and group leaders in. Same person, role and area = one record; only a changed phone is a
    change. Who has left stays so: an old list brings nobody back. Leaders of household groups are on no page until they agree."""
    with registry.store.writing() as unit:
        known = {(s.area_code, s.role, s.name): s for s in unit.staff(sorted({c.area_code for c in contacts}))}
        elsewhere = unit.staff_known(_staff_id(c) for c in contacts)
        changes: list[Change[Staff]] = []
        for contact in dict.fromkeys(contacts):
            before = known.get((contact.area_code, contact.role, contact.name))
            if before is None:
                same = _staff_id(contact)  # already another's where its area was numbered anew since
                staff = Staff(
                    id=registry.new_id() if same in elsewhere else same,
                    name=contact.name,
                    role=contact.role,
                    phone=contact.phone,
                    area_code=contact.area_code,
                    confirmed_on=confirmed_on,
                    published=people_rules().rule(contact.role).published_at_first,
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
