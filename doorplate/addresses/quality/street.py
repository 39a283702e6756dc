"""One street's doors, and where on it a number must be. Metres in the check's frame.

A door's place follows from the doors with the nearest numbers, so bends, gaps and numbering by distance need no
special care. Where the neighbours leave room for doubt, the point is believed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import atan2, degrees, dist
from statistics import median

from doorplate.addresses.quality.lines import Line
from doorplate.addresses.quality.rows_of_doors import XY, Door, Place, foot, place_among

NOISE_M = 8.0  # (D) two phone readings of 3 m noise each differ by less in 19 cases of 20
_BESIDE_M = 12.0  # (D) further beside a row of doors than a yard's gate and a phone's error make no door is
_STRAIGHT_M = 6.0  # (D) doors in one straight row stand this near to it: phone noise and half the wandering of plots
FEW = 5  # (D) so many numbers on either hand tell a door's place: near enough for bends, enough to outvote a bad point


@dataclass(slots=True)
class Street:
    """The doors of one thoroughfare. per_number: metres from one number to the next; sides: 2 = odd and even apart."""

    way: str
    doors: dict[int, list[tuple[int, XY]]] = field(default_factory=lambda: defaultdict(list))
    taken: set[int] = field(default_factory=set)
    doubtful: set[int] = field(default_factory=set)
    sides: int = 2
    per_number: float = 5.5
    numbers: list[int] = field(default_factory=list)
    annexes: dict[int, list[tuple[int, XY]]] = field(default_factory=lambda: defaultdict(list))  # points of 附1 …

    @property
    def kind(self) -> str:
        """hamlet, lane or street."""
        hamlet, street, lane, _ = self.way.split("/")
        return "lane" if lane else "street" if street else "hamlet" if hamlet else "compound"

    @property
    def step(self) -> int:
        """From one door's number to the next on its side."""
        return self.sides

    @property
    def plot_m(self) -> float:
        """Metres from door to door on one side."""
        return self.per_number * self.step

    def misfit(self, line: Line, number: int, without: Iterable[int] = ()) -> float | None:
        """Metres between a line's point and where the number must be, None where that cannot be told.

        In doubt little: a point that stands in order in its row is at home, however uneven the plots. `without`:
        indices of lines whose points must not count; the line's own never does.
        """
        if not line.fix or not line.fix.fine:
            return None
        blind, here = self.doubtful | {line.index, *without}, (line.fix.east, line.fix.north)
        beside = self._next_to(number, blind, here)
        if beside is not None:
            return beside
        if not self._beside_straight_row(number, blind, here):
            beside = self._in_row(number, blind, here)
            if beside is not None:
                return beside
            if self._around_corner(number, blind, here):
                return 0.0
        away = self.distance(line, number, without)
        return None if away is None else min(away, self._most(number, blind, here))

    def distance(self, line: Line, number: int, without: Iterable[int] = ()) -> float | None:
        """Metres between a line's point and the one place its neighbours give the number."""
        if not line.fix or not line.fix.fine:
            return None
        blind, here = self.doubtful | {line.index, *without}, (line.fix.east, line.fix.north)
        own = self.door(number, blind)
        places = ([Place(own[1])] if own else []) + self._places(number, blind)
        return min(place.away(here) for place in places) if places else self._beyond_end(number, blind, here)

    def beyond_end(self, number: int, blind: Iterable[int] = ()) -> bool:
        """Whether the number lies outside the numbers of the street by more than two doors."""
        known = [n for n in self.numbers if self.door(n, self.doubtful | set(blind))]
        return bool(known) and (number > known[-1] + 3 * self.step or number < known[0] - 3 * self.step)

    def door(self, number: int, blind: set[int]) -> Door | None:
        """Where a number is known to stand, by all points but those of the lines in `blind`."""
        told = self.doors.get(number, ())
        if len(told) == 1:  # as nearly always
            return None if told[0][0] in blind else (number, told[0][1])
        seen = [p for index, p in told if index not in blind]
        if len(seen) == 1:
            return number, seen[0]
        return (number, (median(p[0] for p in seen), median(p[1] for p in seen))) if seen else None

    def around(self, low: int, high: int, without: Iterable[int]) -> tuple[list[XY], list[XY]]:
        """The places of the three doors below and the three above two numbers, on their side, nearest first."""
        blind = self.doubtful | set(without)
        side = [n for n in self.numbers if n % self.sides == low % self.sides]
        at, end = bisect_left(side, low), bisect_left(side, high + 1)
        below = self._some((n for n in reversed(side[max(0, at - 4):at]) if low - n <= 4 * self.step), blind)
        above = self._some((n for n in side[end:end + 4] if n - high <= 4 * self.step), blind)
        return [p for _, p in below[:3]], [p for _, p in above[:3]]

    def facts(self) -> dict[str, object]:
        """What was learned, in plain values: sides, metres a number, the direction in which numbers rise."""
        ends = [door for n in self.numbers if (door := self.door(n, self.doubtful))]
        rises = _compass(ends[0][1], ends[-1][1]) if len(ends) > 1 else ""
        return {"sides": self.sides, "metres_per_number": round(self.per_number, 1), "rises": rises, "doors": len(ends)}

    def unbroken(self, a: Door, b: Door) -> bool:
        """Whether two doors stand no further apart than their numbers say: not across the end of a row of houses."""
        return dist(a[1], b[1]) <= 2.0 * self.per_number * abs(a[0] - b[0]) + NOISE_M

    def _places(self, number: int, blind: set[int]) -> list[Place]:
        """Where the number may be: by all doors near it; where those do not stand in one row, because a row of houses
        ends or the street bends, by those below or above alone."""
        below, above = self._window(number, blind)
        near = [d for d in below + above if abs(d[0] - number) <= 3 * self.step]
        whole = place_among(below + above, number, self.sides, self.per_number) if near else None
        if whole and whole.cost <= _STRAIGHT_M:
            return [whole]
        groups = [below, above, self._next_two(below, number), self._next_two(above, number)]
        parts = [place for group in groups if any(abs(d[0] - number) <= 5 * self.step for d in group)
                 and (place := place_among(group, number, self.sides, self.per_number))]
        return [*parts, whole] if whole else parts

    def _next_to(self, number: int, blind: set[int], here: XY) -> float | None:
        """Metres beside the line between the next door below and the next above, where these stand as near to each other
        as their numbers say and the point between them: the usual case, and the cheap one."""
        below, above = (self._next_two(doors, number)[:1] for doors in self._window(number, blind))
        if not below or not above:
            return None
        (low, p), (high, q) = below[0], above[0]
        along, away = foot(here, p, q)
        near = dist(p, q) <= (high - low) * self.per_number * 1.3 + NOISE_M
        return away if near and 0.0 <= along <= 1.0 and away <= _BESIDE_M else None

    def _beside_straight_row(self, number: int, blind: set[int], here: XY) -> bool:
        """Whether most doors on either hand stand in one row, and the point beside it: no gap in the row explains that."""
        places = self._places(number, blind)
        if len(places) != 1 or places[0].cost > _STRAIGHT_M or places[0].beside(here) <= _BESIDE_M:
            return False
        hands = self._window(number, blind)
        return all(hand and 2 * sum(n in places[0].agree for n, _ in hand) > len(hand) for hand in hands)

    def _in_row(self, number: int, blind: set[int], here: XY) -> float | None:
        """Metres beside the row of doors, where the point stands in order in it: between the next doors below and above
        however wide the gap, or beyond a row's end no further than the numbers say. None where it is out of order."""
        below, above = (self._next_two(doors, number) for doors in self._window(number, blind))
        row = next((p.agree for p in self._places(number, blind) if p.cost <= _STRAIGHT_M), frozenset())
        beside: list[float] = []
        for low, high in [(b, a) for b in _nearest(below, row) for a in _nearest(above, row) if b is below[0] or a is above[0]]:
            along, away = foot(here, low[1], high[1])
            beside += [away] if 0.0 <= along <= 1.0 and self._reaches(low, high) else []
        for near, far in [pair for pair in (below, above) if len(pair) == 2]:
            along, away = foot(here, near[1], far[1])
            reach = abs(number - near[0]) * self.per_number * 1.5 + NOISE_M
            beside += [away] if along <= 0.0 and dist(here, near[1]) <= reach else []
        return min((x for x in beside if x <= _BESIDE_M), default=None)

    def _around_corner(self, number: int, blind: set[int], here: XY) -> bool:
        """Whether the doors below and above stand in different rows, and the point is no further from either than the
        numbers between them take: somewhere there the row turns."""
        hands = self._window(number, blind)
        if not all(hands) or any(_one_row(place, hands) for place in self._places(number, blind)):
            return False
        next_doors = [hand[0] for hand in hands]
        return all(dist(here, p) <= abs(number - n) * self.per_number * 1.2 + NOISE_M for n, p in next_doors)

    def _reaches(self, low: Door, high: Door) -> bool:
        """Whether two doors may stand in one row, gaps of a few plots between them allowed."""
        return dist(low[1], high[1]) <= (high[0] - low[0]) * self.per_number * 1.5 + 5 * self.plot_m

    def _most(self, number: int, blind: set[int], here: XY) -> float:
        """A number's place is never further off than the nearest known door with the way to it."""
        return min((dist(here, (x, y)) + abs(n - number) * self.per_number * 1.5
                    for doors in self._window(number, blind) for n, (x, y) in doors[:2]), default=9999.0)

    def _next_two(self, doors: list[Door], number: int) -> list[Door]:
        """The nearest two on the number's own side: at the end of a row of houses only they stand in its row."""
        return [d for d in doors if (d[0] - number) % self.sides == 0][:2]

    def _window(self, number: int, blind: set[int]) -> tuple[list[Door], list[Door]]:
        """The doors with the nearest numbers below and above, nearest first, of each side as many."""
        at, reach = bisect_left(self.numbers, number), 2 * FEW * self.sides
        below = self._some((n for n in reversed(self.numbers[max(0, at - 4 * FEW):at]) if number - n <= reach), blind)
        above = self._some((n for n in self.numbers[at:at + 4 * FEW + 1] if 0 < n - number <= reach), blind)
        return below, above

    def _some(self, numbers: Iterable[int], blind: set[int]) -> list[Door]:
        found, counts = [], [0] * self.sides
        for number in numbers:
            side = number % self.sides
            if counts[side] < FEW // self.sides + (self.sides - 1) and (door := self.door(number, blind)):
                found.append(door)
                counts[side] += 1
        return found

    def _beyond_end(self, number: int, blind: set[int], here: XY) -> float | None:
        """For a number far outside the street's: at least so many metres lie between the point and its place."""
        if not self.beyond_end(number, blind):
            return None
        known = [door for n in self.numbers if (door := self.door(n, blind))]
        last = min(known, key=lambda d: abs(d[0] - number))
        least = abs(number - last[0]) * self.per_number - dist(here, last[1])
        nearest = min(known, key=lambda d: dist(here, d[1]))
        if dist(here, nearest[1]) <= 1.5 * self.plot_m and abs(nearest[0] - last[0]) > 3 * self.step:
            return max(least, dist(here, last[1]))  # it stands among doors with quite other numbers
        return least if least > 3 * self.plot_m else None  # less is no proof that the number is at home


def _nearest(hand: list[Door], row: frozenset[int]) -> list[Door]:
    """The nearest door; the next one too where the nearest stands outside the row that it stands in, or no row is known."""
    stray = len(hand) == 2 and hand[0][0] not in row and hand[1][0] in row
    return hand if stray or not row else hand[:1]


def _one_row(place: Place, hands: Iterable[list[Door]]) -> bool:
    """Whether doors on either hand stand in the row that tells the place."""
    return place.cost <= _STRAIGHT_M and all(any(n in place.agree for n, _ in hand) for hand in hands)


def _compass(a: XY, b: XY) -> str:
    names = ("东", "东北", "北", "西北", "西", "西南", "南", "东南")
    turn = round(degrees(atan2(b[1] - a[1], b[0] - a[0])) / 45)
    return f"由{names[(turn + 4) % 8]}向{names[turn % 8]}"
