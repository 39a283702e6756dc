"""What a scan finds: the residents' door reads the registry through this, and never writes."""

from __future__ import annotations

from collections.abc import Sequence

from doorplate.model import Area, Community
from doorplate.plates.lifecycle import REPLACED
from doorplate.public_view import Current, DoorFacts, PageChanges, Resolution, Retired, Unknown, plate_view, station_view
from doorplate.registry.page_changes import page_changes
from doorplate.services import ServiceEntry, services_for
from doorplate.store import Store

_GONE = REPLACED - {"damaged"}  # a damaged plate may still hang where it belongs, and can be read until its successor comes


class Scanning:
    """The registry as the public may ask it (`public_view.PublicRegistry`). showcase: codes for a demo's start page."""

    def __init__(self, store: Store, services: Sequence[ServiceEntry] = (), showcase: Sequence[str] = ()) -> None:
        self._store = store
        self._services = tuple(services)
        self._showcase = tuple(showcase)

    def resolve(self, code: str) -> Resolution:
        """What a canonical code stands for now. A code that was never given and one that is misspelt answer alike."""
        with self._store.reading() as reader:
            plate = reader.plate_by_code(code)
            address = reader.address(plate.address_id) if plate else None
            community = reader.community(address.community) if address else None
            if plate is None or address is None or community is None:
                return _unknown(reader.communities())
            if plate.status in _GONE or address.status == "retired":
                now_called = address.standard_address if address.status != "retired" else None
                return Retired(now_called, community.names[-1], station_view(community), community.sample)
            grid = reader.area(address.grid_id) if address.grid_id else None
            return Current(
                plate_view(
                    DoorFacts(
                        plate,
                        address,
                        community,
                        grid,
                        reader.staff(_responsible(community, grid)),
                        services_for(self._services, community.code),
                    )
                )
            )

    def changes(self, since: int) -> PageChanges:
        with self._store.reading() as reader:
            return page_changes(reader, since)

    def samples(self) -> tuple[str, ...]:
        return self._showcase

    def ready(self) -> None:
        """Raises Unavailable when the registry cannot be read."""
        with self._store.reading() as reader:
            reader.communities()


def _responsible(community: Community, grid: Area | None) -> list[str]:
    return [community.code, grid.code] if grid else [community.code]


def _unknown(communities: Sequence[Community]) -> Unknown:
    """With one community served, its station is where a forged plate is reported; with many, nobody can say which."""
    if len(communities) != 1:
        return Unknown(None, any(c.sample for c in communities))
    return Unknown(station_view(communities[0]), communities[0].sample)
