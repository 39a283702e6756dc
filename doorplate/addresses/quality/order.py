"""What the order of a sheet tells: a list is mostly written while walking, so its neighbours are neighbours on the street."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from doorplate.addresses.quality.lines import Line
from doorplate.addresses.rules import OrderRules

_FEW = 4  # (D) so few steps tell nothing; then the street's own sides do
_GAP = 5  # (D) so many steps between two neighbours leave room for a line that stands elsewhere
_ODD_SHARE = 0.25  # (D) a list of one side after the other changes sides once, and a few lines are missing


@dataclass(frozen=True, slots=True)
class Between:
    """The numbers of the neighbours in the list, low ≤ place ≤ high, counted in steps of `step`; fits = the line's own
    number lies there, None where the neighbours do not tell."""

    low: int
    high: int
    step: int
    fits: bool | None

    def numbers(self) -> list[int]:
        """The numbers strictly between the neighbours."""
        return list(range(self.low + self.step, self.high, self.step))


@dataclass(frozen=True, slots=True)
class Walks:
    """What order is read from. strangers: indices of lines put in from elsewhere, which mean nothing where they stand ·
    disputed: of lines whose number another list contradicts, which say nothing about their neighbours · sides: how many
    sides of each street have numbers of their own (2 = odd and even), by the street's key."""

    lines: Sequence[Line]
    strangers: set[int]
    disputed: set[int]
    sides: Mapping[str, int]


class Order:
    """Places of lines by their neighbours in walking order, for sheets that are in walking order."""

    def __init__(self, walks: Walks, rules: OrderRules) -> None:
        self._rules, self._sides, self._disputed = rules, walks.sides, walks.disputed
        self._places: dict[int, Between] = {}
        self._gaps: dict[tuple[object, str], list[tuple[int, int]]] = defaultdict(list)
        self._held: set[tuple[str, int]] = set()
        self.swapped: list[tuple[Line, Line]] = []
        sheets: dict[tuple[str, str | None], list[Line]] = defaultdict(list)
        for line in walks.lines:
            if line.list_name == "sheets" and line.index not in walks.strangers and line.elements.thoroughfare:
                sheets[line.sheet].append(line)
        for walk in sheets.values():
            if self._is_walk(walk):
                self._read(walk)

    @classmethod
    def unknown(cls, rules: OrderRules) -> Order:
        """No order known yet."""
        return cls(Walks((), set(), set(), {}), rules)

    def of(self, line: Line) -> Between | None:
        """Where the list has the line, None where it does not tell."""
        return self._places.get(line.index)

    def has_place_for(self, line: Line) -> bool:
        """Whether the line was only moved: elsewhere on its sheet its number is missing between two neighbours, or another
        household of the same door stands there in order."""
        number = line.number
        if number is None:
            return False
        missing = any(low < number < high for low, high in self._gaps.get((line.sheet, line.way), ()))
        return missing or (line.way, number) in self._held

    def _is_walk(self, walk: list[Line]) -> bool:
        """Whether most neighbours rise by little: then the sheet was written along the street."""
        rises = [b.number - a.number for a, b in pairwise(walk)
                 if a.way == b.way and a.number is not None and b.number is not None and b.number != a.number]
        rising = sum(0 < r <= 2 * self._rules.max_skip for r in rises)
        return bool(rises) and rising >= self._rules.ascending_share * len(rises)

    def _steps(self, walk: list[Line]) -> dict[str, int]:
        """For each street 2 where the sheet lists one side of it after the other (it hardly ever goes from odd to even),
        else 1. Short streets are listed like the others of their kind on the sheet."""
        rises: dict[object, list[int]] = defaultdict(list)
        for a, b in pairwise(walk):
            rise = b.number - a.number if a.way == b.way and a.number is not None and b.number is not None else 0
            if 0 < rise <= 2 * self._rules.max_skip:
                rises[a.way].append(rise)
                rises[_kind(a.way)].append(rise)
        return {way: self._step(way, rises) for way in dict.fromkeys(line.way for line in walk)}

    def _step(self, way: str, rises: Mapping[object, list[int]]) -> int:
        for small in (rises.get(way, []), rises.get(_kind(way), [])):
            if len(small) >= _FEW:
                return 1 if sum(r % 2 for r in small) > _ODD_SHARE * len(small) else 2
        return self._sides.get(way, 2)

    def _read(self, walk: list[Line]) -> None:
        steps = self._steps(walk)
        for at, line in enumerate(walk):
            before, after, step = self._neighbour(walk, at, -1), self._neighbour(walk, at, 1), steps[line.way]
            if not before or not after:
                continue
            low, high = before[0], after[0]
            own = line.number
            if own is not None and (self._follows(low, own, step, 1) or self._follows(own, high, step, 1)):
                self._places[line.index] = Between(min(low, high), max(low, high), step, True)
                self._held.add((line.way, own))
            elif self._follows(low, high, step, after[1] + before[1] - 1) and low != high:
                self._places[line.index] = Between(low, high, step, None if own is None else False)
        self._find_swapped(walk, steps)
        for a, b in pairwise(walk):
            if a.way != b.way or a.number is None or b.number is None:
                continue
            if steps[a.way] < b.number - a.number <= _GAP * steps[a.way]:
                self._gaps[a.sheet, a.way].append((a.number, b.number))

    def _find_swapped(self, walk: list[Line], steps: Mapping[str, int]) -> None:
        """a, y, x, b with a < x < y < b: two neighbours that changed places; in a walk along both sides of the street at
        once also a, y, m, x, b with x < m < y, m being the door across the street."""
        for at, line in enumerate(walk):
            step = steps[line.way]
            if self._changed_places(walk, at, at + 1, step):
                self.swapped.append((line, walk[at + 1]))
            elif step == 1 and self._changed_places(walk, at, at + 2, step) and self._is_across(*walk[at:at + 3]):
                self.swapped.append((line, walk[at + 2]))

    def _changed_places(self, walk: list[Line], at: int, to: int, step: int) -> bool:
        if to >= len(walk) or walk[at].way != walk[to].way:
            return False
        before, after = self._neighbour(walk, at, -1), self._neighbour(walk, to, 1)
        x, y = walk[to].number, walk[at].number
        if x is None or y is None or not before or not after or not before[0] < x < y < after[0]:
            return False
        near = y - x <= 2 * step and (y - x) % step == 0
        return near and self._follows(before[0], x, step, before[1]) and self._follows(y, after[0], step, after[1])

    def _is_across(self, one: Line, middle: Line, two: Line) -> bool:
        x, m, y = two.number, middle.number, one.number
        return middle.way == one.way and x is not None and m is not None and y is not None and x < m < y

    def _neighbour(self, walk: list[Line], at: int, way: int) -> tuple[int, int] | None:
        """(number, how many lines away) of the next line on the same street that has a number; three lines at most,
        so that one line moved in from elsewhere does not hide it."""
        for away in (1, 2, 3):
            there = at + way * away
            if not 0 <= there < len(walk):
                return None
            number = walk[there].number if walk[there].way == walk[at].way else None
            if number is not None and walk[there].index not in self._disputed:
                return number, away
        return None

    def _follows(self, low: int, high: int, step: int, lines: int) -> bool:
        return 0 <= high - low <= step * (lines + self._rules.max_skip) and (high - low) % step == 0


def _kind(way: str) -> tuple[bool, ...]:
    """Which parts a street's key has: group, street, lane, compound."""
    return tuple(map(bool, way.split("/")))
