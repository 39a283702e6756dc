"""Where numbers stand in a village: learned from the doors that have points, street by street."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from math import dist, floor
from statistics import median

from doorplate.addresses.quality.homes import find_strays, most_strange
from doorplate.addresses.quality.lines import Line
from doorplate.addresses.quality.street import FEW, Street
from doorplate.addresses.rules import NumberRules

__all__ = ["Doors", "Street"]

_CELL_M = 60.0  # (D) a street that has this number here has a door within a few plots


class Doors:
    """All streets of a check, by the key of the thoroughfare.

    No rule is assumed. For each street it is found out whether odd and even numbers run on two sides or all along one,
    and how many metres lie between two numbers.
    """

    def __init__(self, lines: Sequence[Line], disputed: set[int], rules: NumberRules) -> None:
        """disputed: indices of lines whose number another list contradicts; they tell nothing about places."""
        self._rules = rules
        self.streets: dict[str, Street] = {}
        self._cells: dict[tuple[int, int], set[str]] = defaultdict(set)
        for line in lines:
            if line.number is None or not line.elements.thoroughfare:
                continue
            street = self.streets.setdefault(line.way, Street(line.way))
            street.taken.add(line.number)
            if line.fix and line.fix.fine and line.index not in disputed:
                doors = street.annexes if line.elements.suffix else street.doors
                doors[line.number].append((line.index, (line.fix.east, line.fix.north)))
        self._learn_sides()
        for street in self.streets.values():
            street.per_number = self._per_number(street)
        self._use_village_plots()
        for street in self.streets.values():
            street.doubtful = find_strays(street, most_strange(street, rules))

    def near(self, line: Line) -> list[Street]:
        """The streets with doors near a line's point."""
        if not line.fix or not line.fix.fine:
            return []
        if not self._cells:
            for way, street in self.streets.items():
                for doors in street.doors.values() if len(street.doors) >= self._rules.min_doors else ():
                    for _, (east, north) in doors:
                        self._cells[_cell(east, north)].add(way)
        x, y = _cell(line.fix.east, line.fix.north)
        ways = {way for i in (-1, 0, 1) for j in (-1, 0, 1) for way in self._cells.get((x + i, y + j), ())}
        return [self.streets[way] for way in sorted(ways)]

    def among_others(self, line: Line, metres: float) -> bool:
        """Whether the line's point stands on a door of another street."""
        if not line.fix:
            return False
        here = line.fix.east, line.fix.north
        return any(dist(here, p) < metres for street in self.near(line) if street.way != line.way
                   for doors in street.doors.values() for index, p in doors if index not in street.doubtful)

    def of(self, line: Line) -> Street | None:
        """The street of a line, None where too few doors have points."""
        street = self.streets.get(line.way)
        return street if street and len(street.doors) >= self._rules.min_doors else None

    def _learn_sides(self) -> None:
        """Streets with many doors tell for themselves, the others do as most of their kind do here."""
        votes: dict[str, list[int]] = defaultdict(list)
        undecided: list[Street] = []
        for street in self.streets.values():
            street.numbers = sorted(street.doors)
            if (sides := _sides(street)) is None:
                undecided.append(street)
            else:
                street.sides = sides
                votes[street.kind].append(sides)
        for street in undecided:
            said = votes[street.kind]
            street.sides = (1 if said.count(1) > said.count(2) else 2) if said else (1 if street.kind == "hamlet" else 2)

    def _use_village_plots(self) -> None:
        """Streets with few doors take the plots that are usual here: two bad points would make up their own."""
        usual = median([s.plot_m for s in self.streets.values() if len(s.doors) >= FEW] or [self._rules.spacing_default_m])
        for street in self.streets.values():
            if len(street.doors) < 2 * FEW:
                street.per_number = usual / street.sides

    def _per_number(self, street: Street) -> float:
        rules, gaps = self._rules, []
        for side in range(street.sides):
            row = [n for n in street.numbers if n % street.sides == side]
            gaps += [_apart(street, a, b) / (b - a) for a, b in pairwise(row) if b - a <= 6 * street.sides]
        plot = median(gaps) * street.sides if gaps else rules.spacing_default_m
        return min(max(plot, rules.spacing_min_m), rules.spacing_max_m) / street.sides


def _sides(street: Street) -> int | None:
    """1 where the next number stands next door, 2 where the next but one does, None where too few doors tell."""
    threes = [n for n in street.numbers if n + 1 in street.doors and n + 2 in street.doors]
    if len(threes) < FEW:
        return None
    along = median(_apart(street, n, n + 2) for n in threes)
    detour = median(_apart(street, n, n + 1) + _apart(street, n + 1, n + 2) - _apart(street, n, n + 2) for n in threes)
    return 1 if detour < 0.25 * along else 2


def _apart(street: Street, a: int, b: int) -> float:
    return dist(street.doors[a][0][1], street.doors[b][0][1])


def _cell(east: float, north: float) -> tuple[int, int]:
    return floor(east / _CELL_M), floor(north / _CELL_M)
