"""What stands where a point is: between which doors of a street it lies, and which numbers are free there."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import dist, hypot

from doorplate.addresses.quality.lines import Line
from doorplate.addresses.quality.rows_of_doors import XY, Door, foot
from doorplate.addresses.quality.street import Street

_BEYOND = 1.5  # (D) plots beyond the first and the last door still count as the street


@dataclass(frozen=True, slots=True)
class Spot:
    """What stands at a point: the numbers of the doors on either hand, the numbers free between them, best first,
    how far the point is from the line of doors, and whether it lies between two doors or beyond the last one."""

    low: int
    high: int
    free: tuple[int, ...]
    away_m: float
    between: bool


def spot_at(street: Street, line: Line) -> Spot | None:
    """Which numbers of the street belong where the line's point is, None where that cannot be told."""
    if not line.fix or not line.fix.fine:
        return None
    blind, here = street.doubtful | {line.index}, (line.fix.east, line.fix.north)
    best: tuple[float, Door, Door, float] | None = None
    for side in range(street.sides):
        row = [door for n in street.numbers if n % street.sides == side and (door := street.door(n, blind))]
        for a, b in pairwise(row):
            if street.unbroken(a, b):
                plots = max(1.0, (b[0] - a[0]) / street.step)
                away, value = _along(here, (a, b), (_BEYOND / plots * (a is row[0]), _BEYOND / plots * (b is row[-1])))
                if best is None or away < best[0]:
                    best = (away, a, b, value)
    return _spot(street, *best) if best else None


def _along(here: XY, pair: tuple[Door, Door], beyond: tuple[float, float]) -> tuple[float, float]:
    """(metres from the line between two doors, place on it as a number); beyond: the shares of it that count at its ends."""
    a, b = pair
    share, away = foot(here, a[1], b[1])
    kept = min(max(share, -beyond[0]), 1 + beyond[1])
    return hypot(away, (share - kept) * dist(a[1], b[1])), a[0] + kept * (b[0] - a[0])


def _spot(street: Street, away: float, a: Door, b: Door, value: float) -> Spot:
    low, high = a[0], b[0]
    if value < low:
        low, high = low - 3 * street.step, low
    elif value > high:
        low, high = high, high + 3 * street.step
    free = [n for n in range(low + street.step, high, street.step) if n > 0 and n not in street.taken]
    return Spot(low, high, tuple(sorted(free, key=lambda n: (abs(n - value), n))), away, a[0] <= value <= b[0])
