"""Which household group 联户 a door belongs to."""

from __future__ import annotations

from doorplate.areas.grids import AreaIndex
from doorplate.model import Address, Area
from doorplate.registry.zoning import zone_codes
from doorplate.store import Reader


def group_of(reader: Reader, address: Address) -> Area | None:
    """The group of an address: of those that divide its grid, the one its point lies in (by the spatial index, one query), else
    the nearest; without a point that of its neighbour in walking order, as on the grid's notice. None where none is drawn."""
    if address.point is not None:
        around = [a for a in reader.areas_around("group", address.community, address.point) if a.parent_id == address.grid_id]
        index = AreaIndex(around)
        found = int(index.locate(address.point.lon, address.point.lat)[0])
        if found >= 0:
            return index.areas[found]
    return _nearest(reader, address)


def _nearest(reader: Reader, address: Address) -> Area | None:
    groups = {a.code: a for a in reader.areas(address.community, "group") if a.parent_id == address.grid_id}
    if not groups:
        return None
    neighbours = [address]
    if address.point is None:
        neighbours = [a for a in reader.addresses(address.community, grid_id=address.grid_id) if a.status != "retired"]
    return groups.get(zone_codes(neighbours, list(groups.values())).get(address.id, ""))
