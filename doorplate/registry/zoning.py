"""Where an address is while plates are made and hung: its grid, and the installation zone its point lies in."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from doorplate.areas.grids import AreaIndex
from doorplate.model import Address, Area
from doorplate.registry.walking import WalkingKey, walking_key
from doorplate.store import Reader


@dataclass(frozen=True)
class Whereabouts:
    """grids: area id → code. zones: address id → code of its installation zone, where there are zones."""

    grids: Mapping[str, str]
    zones: Mapping[str, str]

    def grid(self, address: Address) -> str:
        """The code of its grid, "" where it has none."""
        return self.grids.get(address.grid_id or "", "")

    def zone(self, address: Address) -> str:
        """The code of its installation zone; where none is drawn its grid is one."""
        return self.zones.get(address.id) or self.grid(address)

    def walking_key(self, address: Address) -> WalkingKey:
        """Walking order: zone by zone."""
        return walking_key(address, self.zone(address))


def whereabouts(reader: Reader, community: str) -> Whereabouts:
    """Where every address in use of a community is, by the areas in force."""
    grids = {area.id: area.code for area in reader.areas(community, "grid")}
    zones = reader.areas(community, "zone")
    if not zones:
        return Whereabouts(grids, {})
    addresses = [a for a in reader.addresses(community) if a.status != "retired"]
    return Whereabouts(grids, zone_codes(addresses, zones))


def zone_codes(addresses: Sequence[Address], zones: Sequence[Area]) -> dict[str, str]:
    """Address id → code of its zone: of those that divide its grid (zones of no grid: for addresses without one) the one its
    point lies in or is nearest to; without a point, its neighbour's in walking order, on the same street if it can be."""
    by_grid: dict[str | None, list[Area]] = {}
    for zone in zones:
        by_grid.setdefault(zone.parent_id, []).append(zone)
    found: dict[str, str] = {}
    for grid_id, divided in by_grid.items():
        here = sorted((a for a in addresses if a.grid_id == grid_id), key=lambda a: walking_key(a, ""))
        found |= _of_one_grid(here, AreaIndex(divided))
    return found


def _of_one_grid(addresses: Sequence[Address], index: AreaIndex) -> dict[str, str]:
    located = [i for i, address in enumerate(addresses) if address.point is not None]
    if not located or not index:
        return {}
    points = [p for address in addresses if (p := address.point) is not None]
    at = dict(zip(located, index.nearest([p.lon for p in points], [p.lat for p in points]).tolist(), strict=True))
    return {a.id: index.areas[at[i] if i in at else at[_neighbour(i, addresses, located)]].code for i, a in enumerate(addresses)}


def _neighbour(i: int, addresses: Sequence[Address], located: Sequence[int]) -> int:
    """As `areas.zones` puts doors without a point: the located one before or behind, on the same way if there is one."""
    at = bisect_left(located, i)
    near = [*located[max(0, at - 1) : at], *located[at : at + 1]]
    way = addresses[i].elements.thoroughfare
    return next((j for j in near if addresses[j].elements.thoroughfare == way), near[0])
