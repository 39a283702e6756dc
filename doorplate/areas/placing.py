"""Which area an address belongs to: its point, and near a border its street."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from doorplate.areas.grids import AreaIndex
from doorplate.areas.rules import PlacingRules, area_rules
from doorplate.model import Address, Area

_Way = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """area: index of the area, -1 where nothing tells. sure: the point lies well inside it, or the street decides."""

    area: int
    sure: bool


def place(addresses: Sequence[Address], areas: Sequence[Area], rules: PlacingRules | None = None) -> list[Placed]:
    """Where each address belongs among areas that have outlines. A point well inside an area decides (further from its
    border than the point's own accuracy, too); near a border, outside or without a point the doors of the street do, then
    the neighbouring numbers on its side, then the streets the areas claim; at last, not surely, the nearest area."""
    rules = rules or area_rules().placing
    index = AreaIndex(areas)
    nearest, clear = _by_points(addresses, index, rules)
    streets = _Streets(rules)
    for address, area, sure in zip(addresses, nearest, clear, strict=True):
        if sure:
            streets.learn(address, area)
    claimed = {street: i for i, area in enumerate(index.areas) for street in area.streets}
    back = [i for i, area in enumerate(areas) if area.geometry_wkb]
    placed = []
    for address, area, sure in zip(addresses, nearest, clear, strict=True):
        told = area if sure else streets.tell(address, claimed)
        found = told if told >= 0 else area
        placed.append(Placed(back[found] if found >= 0 else -1, told >= 0))
    return placed


def _by_points(addresses: Sequence[Address], index: AreaIndex, rules: PlacingRules) -> tuple[list[int], list[bool]]:
    """The area each point is in or nearest to (-1 without a point), and whether that is beyond doubt."""
    nearest = np.full(len(addresses), -1, dtype=np.int64)
    clear = np.zeros(len(addresses), dtype=bool)
    at = [i for i, address in enumerate(addresses) if address.point is not None]
    points = [p for address in addresses if (p := address.point) is not None]
    if at and index:
        lon, lat = [p.lon for p in points], [p.lat for p in points]
        nearest[at] = index.nearest(lon, lat)
        margin = np.maximum([p.accuracy_m or 0.0 for p in points], rules.edge_m)
        inside = index.locate(lon, lat) >= 0
        clear[at] = inside & (index.edge_distance_m(lon, lat, nearest[at]) >= margin)
    return nearest.tolist(), clear.tolist()


class _Streets:
    """What the undoubted doors tell about their streets."""

    def __init__(self, rules: PlacingRules) -> None:
        self._rules = rules
        self._areas: dict[_Way, Counter[int]] = defaultdict(Counter)
        self._doors: dict[tuple[_Way, int], list[tuple[int, int]]] = defaultdict(list)
        self._sorted = False

    def learn(self, address: Address, area: int) -> None:
        for way in _ways(address):
            self._areas[way][area] += 1
            if (number := _number(address)) is not None:
                self._doors[way, number % 2].append((number, area))

    def tell(self, address: Address, claimed: dict[str, int]) -> int:
        """The area of an address whose point does not tell, -1 where its street does not either."""
        if not self._sorted:
            for doors in self._doors.values():
                doors.sort()
            self._sorted = True
        for way in _ways(address):
            seen = self._areas.get(way, Counter())
            if seen.total() >= self._rules.min_doors:
                area, most = seen.most_common(1)[0]
                return area if most >= self._rules.street_share * seen.total() else self._between(way, address)
        elements = address.elements
        return next((claimed[s] for s in (elements.street + elements.lane, elements.street, elements.hamlet) if s in claimed), -1)

    def _between(self, way: _Way, address: Address) -> int:
        """The area of both neighbours on the same side, by number."""
        number = _number(address)
        doors = self._doors.get((way, number % 2), []) if number is not None else []
        at = bisect_left(doors, (number or 0, -1))
        near = {area for _, area in doors[max(0, at - 1) : at + 1]}
        return near.pop() if len(near) == 1 else -1


def _ways(address: Address) -> list[_Way]:
    """The lane first, then the street it belongs to; none where an address names neither."""
    e = address.elements
    if not (e.hamlet or e.street or e.compound):
        return []
    whole = (e.hamlet, e.street, e.lane, e.compound)
    return [whole, (e.hamlet, e.street, "", e.compound)] if e.lane else [whole]


def _number(address: Address) -> int | None:
    number = address.elements.number
    return int(number) if number.isascii() and number.isdigit() else None
