"""Which grid a line belongs to: the street decides, the point only where a street runs through several grids."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence

from doorplate.addresses.numerals import NUMERAL, to_number
from doorplate.addresses.quality.context import CheckContext
from doorplate.addresses.quality.lines import Line
from doorplate.areas.grids import AreaIndex

_GRID_NUMBER = re.compile(f"([{NUMERAL}]+)号?(?:微|综合)?网格|(?:网格|[-_]?G|第)0*([{NUMERAL}]+)", re.IGNORECASE)


class Belonging:
    """Streets and numbers → position of the area in `index.areas`, -1 where nothing is known."""

    def __init__(self, index: AreaIndex, context: CheckContext) -> None:
        self.index, self.context, self._rules = index, context, context.rules
        self._hints = _hints(index)
        self._claimed: dict[str, set[int]] = defaultdict(set)
        for i, area in enumerate(index.areas):
            for street in area.streets:
                self._claimed[street].add(i)
        self._learned: dict[str, int] = {}
        self._split: dict[str, list[tuple[int, int, int]]] = {}
        self._shares: dict[str, float] = {}

    def expected(self, line: Line) -> set[int]:
        """Before points are known, where a line may lie: what the areas' own street lists say, else the sheet's title."""
        claimed = self._claims(line)
        by_sheet = self.of_sheet(line)
        if claimed or by_sheet < 0 or (line.elements.thoroughfare and self._claimed):
            return claimed
        return {by_sheet}

    def of_sheet(self, line: Line) -> int:
        """The grid the line's own cell or its sheet claims."""
        return self._hints.get(_hint_key(line.row.cell("grid") or line.row.grid_hint), -1)

    def learn(self, lines: Sequence[Line]) -> None:
        """Count in which area the doors of each street lie."""
        located = [(line, line.fix) for line in lines if line.fix and line.fix.fine and line.kind != "retired"]
        areas = self.index.locate([fix.lon for _, fix in located], [fix.lat for _, fix in located])
        counts: dict[str, Counter[int]] = defaultdict(Counter)
        doors: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
        for (line, _), area in zip(located, areas.tolist(), strict=True):
            for way in _ways(line):
                if way and area >= 0:
                    counts[way][area] += 1
                    if line.number is not None:
                        doors[way].append((line.number % 2, line.number, area))
        for way, seen in counts.items():
            (area, most), total = seen.most_common(1)[0], sum(seen.values())
            if total < self._rules.grids.min_doors:
                continue
            if most >= self._rules.grids.street_share * total:
                self._learned[way], self._shares[way] = area, most / total
            else:
                self._split[way] = sorted(doors[way])

    def of(self, line: Line) -> int:
        """The area of a line as far as street, number and point tell."""
        for way in _ways(line):
            if way in self._learned:
                return self._learned[way]
            if way in self._split:
                return self._in_split(line, way)
        claimed = self._claims(line)
        if len(claimed) == 1:
            return next(iter(claimed))
        by_point = self._by_point(line)
        return self.of_sheet(line) if by_point < 0 and not line.elements.thoroughfare else by_point

    def is_split(self, line: Line) -> bool:
        """Whether the line's street runs through several areas, so that only its point or number tells."""
        return next((way in self._split for way in _ways(line) if way in self._split or way in self._learned), False)

    def _claims(self, line: Line) -> set[int]:
        e = line.elements
        return next((self._claimed[n] for n in (e.street + e.lane, e.street, e.hamlet) if n and n in self._claimed), set())

    def _in_split(self, line: Line, way: str) -> int:
        """Where the point lies and the next doors on either hand; where these disagree, the number may be wrong or the
        point: then the sheet is believed that names one of the two."""
        near, by_point = self._beside(line.number, way) if line.number is not None else [], self._by_point(line)
        agreed = near[0] if len(near) == 2 and near[0] == near[1] else -1
        by_sheet = self.of_sheet(line)
        if by_point >= 0 and (agreed < 0 or by_sheet not in (agreed, by_point)):
            return by_point
        if by_point >= 0 or by_sheet in near:
            return by_sheet
        return near[0] if len(set(near)) == 1 else -1

    def _beside(self, number: int, way: str) -> list[int]:
        """The areas of the next lower and the next higher number on the same side."""
        doors, side = self._split[way], number % 2
        below, above = bisect_left(doors, (side, number, -1)) - 1, bisect_left(doors, (side, number + 1, -1))
        return [doors[at][2] for at in (below, above) if 0 <= at < len(doors) and doors[at][0] == side]

    def _by_point(self, line: Line) -> int:
        fix = line.fix
        if not fix or not fix.fine or not self.index:
            return -1
        area = int(self.index.locate(fix.lon, fix.lat)[0])
        if area < 0 or float(self.index.edge_distance_m(fix.lon, fix.lat, [area])[0]) < self._rules.points.edge_m:
            return -1
        return area


def _ways(line: Line) -> tuple[str, str]:
    """The lane first, then the street it belongs to."""
    e = line.elements
    return line.way if e.thoroughfare else "", f"{e.hamlet}>{e.street}" if e.lane and e.street else ""


def _hints(index: AreaIndex) -> dict[str, int]:
    hints: dict[str, int] = {}
    for i, area in enumerate(index.areas):
        for text in (area.code, area.name, area.id, _hint_key(area.name), _hint_key(area.code)):
            hints.setdefault(text, i)
    hints.pop("", None)
    return hints


def _hint_key(text: str) -> str:
    """第三网格, 3网格, 610431001203-G03 → "3"; other names as they are."""
    found = list(_GRID_NUMBER.finditer(text))
    match = found[-1] if found else None  # a village's own name may hold a numeral: 三里村第二网格
    if match and (number := to_number(match[1] or match[2])) is not None:
        return str(number)
    return str(int(text)) if text.isdigit() and len(text) <= 3 else text

