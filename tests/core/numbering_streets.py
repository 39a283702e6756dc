"""Streets to be numbered, laid out in metres around one place, the same every time."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

from doorplate.addresses.numbering import Door, HouseNumber, NumberProposal, Street, StreetPlan
from doorplate.areas.coordinates import LocalFrame
from doorplate.model import Point

FRAME = LocalFrame(108.2075, 34.2722)
XY = tuple[float, float]


def point(east: float, north: float) -> Point:
    """A place so many metres east and north of the middle of everything."""
    lon, lat = FRAME.degrees(east, north)
    return Point(float(lon), float(lat))


def line(*places: XY) -> tuple[XY, ...]:
    return tuple((p.lon, p.lat) for p in (point(*xy) for xy in places))


def door(name: str, east: float, north: float, number: int | None = None, suffix: int = 0) -> Door:
    return Door(name, point(east, north), number, suffix)


def two_rows(count: int, plot: float = 12.0, half: float = 6.0, numbers: Iterable[int] | None = None, noise: float = 0.0,
             seed: int = 1, odd: str = "north") -> list[Door]:
    """An east–west street numbered from east to west: `count` doors a side, metres from the east end = plot × place.
    numbers: only doors with these numbers exist; ids are the numbers."""
    rng, kept = random.Random(seed), None if numbers is None else set(numbers)
    doors = []
    for n in range(1, 2 * count + 1):
        if kept is None or n in kept:
            north = half if (n % 2 == 1) == (odd == "north") else -half
            doors.append(door(f"d{n}", -plot * ((n - 1) // 2 + 0.5) + rng.gauss(0, noise), north + rng.gauss(0, noise), n))
    return doors


def bare(doors: Sequence[Door]) -> list[Door]:
    """The same doors before anybody numbered them."""
    return [Door(d.id, d.point) for d in doors]


def new_numbers(plan: StreetPlan) -> dict[str, str]:
    """Door id → new number as painted."""
    return {a.door_id: str(a.new) if a.new else "" for a in plan.assignments}


def said(proposal: NumberProposal) -> str:
    return "\n".join((*proposal.reasons, *proposal.conflicts))


def house(number: int, suffix: int = 0) -> HouseNumber:
    return HouseNumber(number, suffix)


STREET = Street("幸福路")
EAST_WEST = line((0.0, 0.0), (-600.0, 0.0))
