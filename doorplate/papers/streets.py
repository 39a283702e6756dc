"""Where streets run, known from their doors alone: enough for a map on paper. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import numpy as np
import shapely

from doorplate.addresses.numbering.middle import middle_line
from doorplate.areas.coordinates import LocalFrame
from doorplate.papers import Lonlat, MapStreet

_FEWEST = 3  # (D) two doors do not tell which way a street runs
_SMOOTH_M = 2.0


def streets_of(doors: Iterable[tuple[str, Lonlat]]) -> tuple[MapStreet, ...]:
    """(street, place) of every door → the middle line of each street that has enough of them, in order of first mention."""
    places: dict[str, list[Lonlat]] = {}
    for street, place in doors:
        places.setdefault(street, []).append(place)
    told = {street: tuple(sorted(at)) for street, at in places.items() if street and len(at) >= _FEWEST}
    return tuple(made for street, at in told.items() if (made := _street(street, at)))


@lru_cache(maxsize=1024)  # maps of doors near each other show the same streets
def _street(name: str, places: tuple[Lonlat, ...]) -> MapStreet | None:
    frame = LocalFrame(*places[0])
    xy = np.column_stack(frame.metres([p[0] for p in places], [p[1] for p in places]))
    axis = middle_line(xy)
    if axis is None:
        return None
    line = shapely.get_coordinates(shapely.simplify(shapely.LineString(axis.nodes), _SMOOTH_M))
    lon, lat = frame.degrees(line[:, 0], line[:, 1])
    return MapStreet(name, tuple(zip(lon.tolist(), lat.tolist(), strict=True)))
