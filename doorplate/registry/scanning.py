"""What a scan finds: the residents' door reads the registry through this, and never writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from doorplate.china import day_of
from doorplate.model import Address, Community, Plate, Point, Staff
from doorplate.people.duty import DoorPlace, is_away
from doorplate.plates.lifecycle import REPLACED
from doorplate.public_map import MapFacts
from doorplate.public_view import (
    Current,
    DoorFacts,
    PageChanges,
    Resolution,
    Retired,
    Sighting,
    Unknown,
    plate_view,
    station_view,
)
from doorplate.registry.household_groups import group_of
from doorplate.registry.map_facts import map_facts
from doorplate.registry.page_changes import page_changes
from doorplate.registry.portraits import PeopleFiles
from doorplate.registry.sightings import compare_place
from doorplate.services import ServiceEntry, services_for
from doorplate.store import Reader, Store

_GONE = REPLACED - {"damaged"}  # a damaged plate may still hang where it belongs, and can be read until its successor comes


class Scanning:
    """The registry as the public may ask it (`public_view.PublicRegistry`). showcase: codes for a demo's start page; people: the
    rules and pictures of its officials; now: the clock, for who is away and which notice holds today."""

    def __init__(self, store: Store, services: Sequence[ServiceEntry] = (), showcase: Sequence[str] = (),
                 people: PeopleFiles | None = None, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._store = store
        self._services = tuple(services)
        self._showcase = tuple(showcase)
        self._people = people or PeopleFiles()
        self._now = now

    def resolve(self, code: str) -> Resolution:
        """What a canonical code stands for now. A code that was never given and one that is misspelt answer alike."""
        with self._store.reading() as reader:
            plate = reader.plate_by_code(code)
            address = reader.address(plate.address_id) if plate else None
            community = reader.community(address.community) if address else None
            if plate is None or address is None or community is None:
                return _unknown(reader.communities())
            if plate.status == "lost":  # whoever hangs it up elsewhere shows what a forged plate shows
                return replace(_unknown(reader.communities()), revoked=True)
            if plate.status in _GONE or address.status == "retired":
                now_called = address.standard_address if address.status != "retired" else None
                return Retired(now_called, community.names[-1], station_view(community), community.sample, community.code)
            return Current(plate_view(self._facts(reader, plate, address, community)))

    def _facts(self, reader: Reader, plate: Plate, address: Address, community: Community) -> DoorFacts:
        today = day_of(self._now())
        grid = reader.area(address.grid_id) if address.grid_id else None
        group = group_of(reader, address)
        place = DoorPlace(community.code, grid.code if grid else "", group.code if group else "")
        services = services_for(self._services, community.code)
        notices = reader.notices(["", community.code[:1], *place.codes], today)
        staff = with_deputies(reader, reader.staff(place.codes), today)
        return DoorFacts(plate, address, community, grid, staff, services, group, notices, today=today, rules=self._people.rules)

    def portrait(self, name: str) -> bytes | None:
        return self._people.portrait(name)

    def changes(self, since: int) -> PageChanges:
        with self._store.reading() as reader:
            return page_changes(reader, since)

    def map_facts(self, code: str) -> MapFacts | None:
        with self._store.reading() as reader:
            return map_facts(reader, code)

    def count_scans(self, counts: Mapping[str, int], day: date) -> None:
        self._store.scan_counts().add(counts, day)

    def compare_place(self, code: str, seen: Point) -> Sighting:
        return compare_place(self._store, code, seen, self._now())

    def samples(self) -> tuple[str, ...]:
        return self._showcase

    def ready(self) -> None:
        """Raises Unavailable when the registry cannot be read."""
        with self._store.reading() as reader:
            reader.communities()


def with_deputies(reader: Reader, staff: Sequence[Staff], today: date) -> tuple[Staff, ...]:
    """These people, and the deputies of those away, wherever they serve; the deputies of deputies too."""
    known = {one.id: one for one in staff}
    asked = list(staff)
    while wanted := {one.deputy_id for one in asked if one.deputy_id and is_away(one, today)} - known.keys():
        asked = list(reader.staff_of(wanted))
        known |= {one.id: one for one in asked}
        if not asked:
            break
    return tuple(known.values())


def _unknown(communities: Sequence[Community]) -> Unknown:
    """With one community served, its station is where a forged plate is reported; with many, nobody can say which."""
    if len(communities) != 1:
        return Unknown(None, any(c.sample for c in communities))
    return Unknown(station_view(communities[0]), communities[0].sample)
