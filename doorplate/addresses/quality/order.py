"""What the order of a sheet tells: a list is mostly written while walking, so its neighbours are neighbours on the street."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from doorplate.addresses.quality.lines import Line
from doorplate.addresses.rules import OrderRules


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


class Order:
    """Places of lines by their neighbours in walking order, for sheets that are in walking order.

    strangers: lines put in from elsewhere; disputed: lines whose number another list contradicts, which
    therefore say nothing about their neighbours; sides: how many sides of each street have numbers of their own (2 = odd and even), by the street's key.
    """

    def __init__(self, lines: Sequence[Line], strangers: set[int], disputed: set[int], sides: Mapping[str, int], rules: OrderRules) -> None:
        self._rules, self._sides, self._disputed = rules, sides, disputed
        self._places: dict[int, Between] = {}
        self.swapped: list[tuple[Line, Line]] = []
        sheets: dict[tuple[str, str | None], list[Line]] = defaultdict(list)
        for line in lines:
            if line.list_name == "sheets" and line.index not in strangers and line.elements.thoroughfare:
                sheets[line.sheet].append(line)
        for walk in sheets.values():
            if self._is_walk(walk):
                self._read(walk)

    def of(self, line: Line) -> Between | None:
        """Where the list has the line, None where it does not tell."""
        return self._places.get(line.index)

    def _is_walk(self, walk: list[Line]) -> bool:
        """Whether most neighbours rise by little: then the sheet was written along the street."""
        rises = [b.number - a.number for a, b in zip(walk, walk[1:], strict=False)
                 if a.way == b.way and a.number is not None and b.number is not None and b.number != a.number]
        rising = sum(0 < r <= 2 * self._rules.max_skip for r in rises)
        return bool(rises) and rising >= self._rules.ascending_share * len(rises)

    def _step(self, walk: list[Line], way: str) -> int:
        """2 where the sheet lists one side of this street after the other, 1 where it takes numbers as they come."""
        rises = Counter(b.number - a.number for a, b in zip(walk, walk[1:], strict=False)
                        if a.way == b.way == way and a.number is not None and b.number is not None)
        return 1 if rises[1] > rises[2] or (self._sides.get(way, 2) == 1 and rises[1] >= rises[2]) else 2

    def _read(self, walk: list[Line]) -> None:
        steps = {way: self._step(walk, way) for way in dict.fromkeys(line.way for line in walk)}
        for at, line in enumerate(walk):
            before, after, step = self._neighbour(walk, at, -1), self._neighbour(walk, at, 1), steps[line.way]
            if not before or not after:
                continue
            low, high = before[0], after[0]
            if line.number is not None and (self._follows(low, line.number, step, 1) or self._follows(line.number, high, step, 1)):
                self._places[line.index] = Between(min(low, high), max(low, high), step, True)
            elif self._follows(low, high, step, after[1] + before[1] - 1) and low != high:
                self._places[line.index] = Between(low, high, step, None if line.number is None else False)
        self._find_swapped(walk, steps)

    def _find_swapped(self, walk: list[Line], steps: Mapping[str, int]) -> None:
        """a, y, x, b with a < x < y < b: two neighbours that changed places."""
        for at in range(1, len(walk) - 2):
            one, two = walk[at], walk[at + 1]
            before, after, step = self._neighbour(walk, at, -1), self._neighbour(walk, at + 1, 1), steps[one.way]
            if one.way != two.way or one.number is None or two.number is None or not before or not after:
                continue
            a, x, y, b = before[0], two.number, one.number, after[0]
            if a < x < y < b and y - x <= 2 * step and (y - x) % step == 0 and self._follows(a, x, step, before[1]) \
                    and self._follows(y, b, step, after[1]):
                self.swapped.append((one, two))

    def _neighbour(self, walk: list[Line], at: int, way: int) -> tuple[int, int] | None:
        """(number, how many lines away) of the next line on the same street that has a number; three lines at most,
        so that one line moved in from elsewhere does not hide it."""
        for away in (1, 2, 3):
            there = at + way * away
            if not 0 <= there < len(walk):
                return None
            if walk[there].way == walk[at].way and (number := walk[there].number) is not None and walk[there].index not in self._disputed:
                return number, away
        return None

    def _follows(self, low: int, high: int, step: int, lines: int) -> bool:
        return 0 <= high - low <= step * (lines + self._rules.max_skip) and (high - low) % step == 0
