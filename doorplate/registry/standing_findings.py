"""Findings that are not of a list but of the world outside: noted once, counted when they are told again, open until settled."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

from doorplate.model import Address, Event, Finding, ListImport, Place, RecordedFinding
from doorplate.store import Unit

MOST_COUNTED = 99  # (D) one more proves nothing, and would only lengthen the trail


@dataclass(frozen=True)
class Told:
    """Something told about a door. about: the plate's or door's id it is about; marker: what the finding's value begins with, so
    that it is known again. source: where such findings come from, told to people; origin: the same as a fixed word. finding:
    how often → what is written. event: (verb, subject) → its event."""

    code: str
    about: str
    marker: str
    address: Address
    source: str
    origin: str
    finding: Callable[[int], Finding]
    event: Callable[[str, str], Event]
    place: Place | None = None


def note(unit: Unit, told: Told) -> RecordedFinding:
    """The open finding of this kind at the door, counted once more, or a new one. At MOST_COUNTED it stays as it is."""
    earlier = [one for one in unit.findings_at(told.address.id, told.code) if one.finding.value.startswith(told.marker)]
    standing = next((one for one in earlier if one.resolution == "open"), None)
    if standing is None:
        fresh = RecordedFinding(
            id=uuid.uuid5(uuid.NAMESPACE_URL, f"{told.about}/{told.code}/{len(earlier)}").hex,
            community=told.address.community,
            import_id=_source(unit, told),
            finding=told.finding(1),
            address_id=told.address.id,
            place=told.place,
        )
        return unit.save(None, fresh, told.event("finding.raised", fresh.id))
    times = int(standing.finding.value.partition("×")[2] or 1) + 1
    if times > MOST_COUNTED:
        return standing
    again = replace(standing, finding=told.finding(times), place=told.place or standing.place)
    return unit.save(standing, again, told.event("finding.repeated", standing.id))


def _source(unit: Unit, told: Told) -> str:
    """Findings come from somewhere: here from no list, but from a door of ours, once for every community."""
    fingerprint = f"{told.origin}s:{told.address.community}"
    standing = unit.list_import(fingerprint)
    if standing is None:
        source = ListImport(uuid.uuid5(uuid.NAMESPACE_URL, fingerprint).hex, told.address.community, fingerprint, (told.source,))
        standing = unit.save(None, source, told.event(f"{told.origin}.opened", source.id))
    return standing.id
