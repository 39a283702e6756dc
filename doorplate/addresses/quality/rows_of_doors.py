"""Geometry of doors in a row: where a number belongs among its neighbours, some of which may be wrong. Metres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import dist, hypot

XY = tuple[float, float]
Door = tuple[int, XY]
_TRUSTED = 0.7  # (D) the share of neighbours that must agree; the worst 30 % are left out (least trimmed distances)
_STREET_M = 20.0  # (D) wider than this from door to door across a village street is unusual
_AGREES_M = 8.0  # (D) two phone readings of 3 m noise each differ by less in 19 cases of 20
_BEYOND = 0.6  # (D) plots of doubt about the place of a number beyond the last door
_ALONE_M = 6.0  # (D) penalty for a line that no third door confirms: half a plot
_OTHER_SIDE_M = 15.0  # (D) a door is within this of the place opposite: a street of 10 m and the noise of both


@dataclass(frozen=True, slots=True)
class Place:
    """Where a number belongs; within `slack` metres of it nothing can be told. cost: how many metres the trusted
    neighbours stand from the row it is told by; high where a row ends or a street bends. step: along that row.
    agree: the numbers of the doors that stand in it."""

    at: XY
    slack: float = 0.0
    cost: float = 0.0
    step: XY = (0.0, 0.0)
    agree: frozenset[int] = frozenset()

    def away(self, here: XY) -> float:
        """Metres from a point to the place, 0 inside its slack."""
        return max(0.0, hypot(here[0] - self.at[0], here[1] - self.at[1]) - self.slack)

    def beside(self, here: XY) -> float:
        """Metres from a point to the row, however far along it."""
        return max(0.0, foot(here, self.at, (self.at[0] + self.step[0], self.at[1] + self.step[1]))[1] - self.slack)


@dataclass(frozen=True, slots=True)
class _Row:
    """A straight row of doors: number n stands at start + n × step; across = from it to the other side's doors."""

    side: int
    start: XY
    step: XY
    across: XY | None

    def at(self, number: int, sides: int) -> XY:
        shift = self.across if self.across and number % sides != self.side else (0.0, 0.0)
        return self.start[0] + number * self.step[0] + shift[0], self.start[1] + number * self.step[1] + shift[1]


def place_among(doors: Sequence[Door], number: int, sides: int, per_number: float) -> Place | None:
    """Where the number belongs by the row that most of the doors stand in, None where they cannot tell.

    Every two doors on one side propose a row; the one with the least trimmed mean distance to all doors wins, where
    plots as wide as usual here, and a third door that agrees, count in its favour.
    """
    best: tuple[float, _Row] | None = None
    doors = sorted(doors)
    for a, b in combinations(doors, 2):
        if a[0] == b[0] or (b[0] - a[0]) % sides:
            continue
        row = _row(a, b, doors, sides)
        cost = _cost(row, (a[0], b[0]), doors, sides) + _unlikely(row, per_number, sides)
        if best is None or cost < best[0]:
            best = (cost, row)
    if best is None:
        return None
    row = best[1]
    beyond = 0.0 if doors[0][0] <= number <= doors[-1][0] else _BEYOND * per_number * sides
    across = _OTHER_SIDE_M if number % sides != row.side and row.across is None else 0.0
    agree = frozenset(n for n, p in doors if dist(p, row.at(n, sides)) <= _AGREES_M)
    return Place(row.at(number, sides), max(beyond, across), best[0], row.step, agree)


def foot(here: XY, a: XY, b: XY) -> tuple[float, float]:
    """(how far along a→b, 0–1 inside; metres beside the line)."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = hypot(dx, dy) or 1e-9
    along = ((here[0] - a[0]) * dx + (here[1] - a[1]) * dy) / length ** 2
    return along, abs((here[0] - a[0]) * dy - (here[1] - a[1]) * dx) / length


def middle(values: list[float]) -> float:
    """The median, as statistics.median has it, of at least one value; this is asked for too often for its generality."""
    values.sort()
    half = len(values) // 2
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2


def _row(a: Door, b: Door, doors: Sequence[Door], sides: int) -> _Row:
    step = ((b[1][0] - a[1][0]) / (b[0] - a[0]), (b[1][1] - a[1][1]) / (b[0] - a[0]))
    start = (a[1][0] - a[0] * step[0], a[1][1] - a[0] * step[1])
    side = a[0] % sides
    rest = [(p[0] - start[0] - n * step[0], p[1] - start[1] - n * step[1]) for n, p in doors if n % sides != side]
    across = (middle([r[0] for r in rest]), middle([r[1] for r in rest])) if rest else None
    if across and len(rest) == 1 and hypot(*across) > _OTHER_SIDE_M:
        across = None  # one door alone is believed only where a door opposite may stand
    return _Row(side, start, step, across)


def _cost(row: _Row, proposed_by: tuple[int, int], doors: Sequence[Door], sides: int) -> float:
    away, agree = [], 0
    (start_x, start_y), (step_x, step_y), (across_x, across_y) = row.start, row.step, row.across or (0.0, 0.0)
    for n, (x, y) in doors:
        if n % sides == row.side:
            metres = hypot(x - (start_x + n * step_x), y - (start_y + n * step_y))
        elif row.across is None:
            continue
        else:
            metres = hypot(x - (start_x + n * step_x + across_x), y - (start_y + n * step_y + across_y))
        away.append(metres)
        agree += metres <= _AGREES_M and n not in proposed_by
    away.sort()
    kept = away[:max(3, -int(-_TRUSTED * len(away)))]
    return sum(kept) / len(kept) + (0.0 if agree else _ALONE_M)


def _unlikely(row: _Row, per_number: float, sides: int) -> float:
    """Metres of penalty for plots much narrower or wider than usual here, and for a street too wide to be one."""
    length = hypot(*row.step)
    penalty = abs(length - per_number) * sides
    if row.across:
        beside = abs(row.across[0] * row.step[1] - row.across[1] * row.step[0]) / (length or 1e-9)
        penalty += max(0.0, beside - _STREET_M)
    return penalty
