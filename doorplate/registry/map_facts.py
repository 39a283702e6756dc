"""What the small map of a plate in use is drawn from: places of doors and streets, never who lives there."""

from __future__ import annotations

from typing import Any

import shapely

from doorplate.papers import Ring
from doorplate.papers.streets import streets_of
from doorplate.plates.lifecycle import REPLACED
from doorplate.public_map import REACH_M, MapFacts
from doorplate.store import Reader

_MOST_DOORS = 400  # (D) more dots than that are a grey patch


def map_facts(reader: Reader, code: str) -> MapFacts | None:
    """None for a code that is no plate in use, and for a door whose place is not known."""
    plate = reader.plate_by_code(code)
    address = reader.address(plate.address_id) if plate and plate.status not in REPLACED - {"damaged"} else None
    if address is None or address.point is None or address.status == "retired":
        return None
    found = reader.addresses_near(address.point, REACH_M, _MOST_DOORS)
    near = [(a, (a.point.lon, a.point.lat)) for a, _ in found if a.point]
    grid = reader.area(address.grid_id) if address.grid_id else None
    return MapFacts(
        (address.point.lon, address.point.lat),
        address.elements.painted_number,
        tuple(place for a, place in near if a.id != address.id),
        streets_of((a.elements.street + a.elements.lane, place) for a, place in near),
        _rings(grid.geometry_wkb if grid else None),
    )


def _rings(wkb: bytes | None) -> tuple[Ring, ...]:
    """The outer rings of an area: the edge a reader may have to cross."""
    if wkb is None:
        return ()
    parts: Any = shapely.get_parts(shapely.from_wkb(wkb))
    return tuple(tuple((float(x), float(y)) for x, y, *_ in part.exterior.coords) for part in parts)
