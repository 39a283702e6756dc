"""Which grid a line belongs to: the street decides, the point only where a street runs through several grids."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

from doorplate.addresses.numerals import NUMERAL, to_number
from doorplate.addresses.quality.context import CheckContext
from doorplate.addresses.quality.lines import Line
from doorplate.areas.grids import AreaIndex

_GRID_NUMBER = re.compile(f"([{NUMERAL}]+)号?(?:微|综合)?网格|(?:网格|[-_]?G|第)0*([{NUMERAL}]+)", re.IGNORECASE)


class Belonging:
    """Streets and numbers → index of the area in AreaIndex.areas, -1 where nothing is known."""

    def __init__(self, index: AreaIndex, context: CheckContext) -> None:
        self._index, self._rules = index, context.rules
        self._hints = _hints(index)
        self._claimed = {s: i for i, area in enumerate(index.areas) for s in area.streets}
        self._learned: dict[str, int] = {}
        self._split: dict[str, list[tuple[int, int, int]]] = {}
        self._shares: dict[str, float] = {}

    def expected(self, line: Line) -> int:
        """Before points are known: what the areas' own street lists say, else the sheet's title."""
        e = line.elements
        for name in (e.street + e.lane, e.street, e.hamlet):
            if name and name in self._claimed:
                return self._claimed[name]
        return self.of_sheet(line) if not e.street and not e.hamlet or not self._claimed else -1

    def of_sheet(self, line: Line) -> int:
        """The grid the line's own cell or its sheet claims."""
        return self._hints.get(_hint_key(line.row.cell("grid") or line.row.grid_hint), -1)

    def learn(self, lines: Sequence[Line]) -> None:
        """Count in which area the doors of each street lie."""
        located = [line for line in lines if line.fix and line.fix.fine and line.kind != "retired"]
        areas = self._index.locate([f.lon for line in located if (f := line.fix)], [f.lat for line in located if (f := line.fix)]) if located else np.empty(0)
        counts: dict[str, Counter[int]] = defaultdict(Counter)
        doors: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
        for line, area in zip(located, areas.tolist(), strict=True):
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
        claimed = self._claim(line)
        if claimed >= 0:
            return claimed
        by_point = self._by_point(line)
        return by_point if by_point >= 0 else self.of_sheet(line) if not line.elements.street and not line.elements.hamlet else -1

    def is_split(self, line: Line) -> bool:
        """Whether the line's street runs through several areas, so that only its point or number tells."""
        return next((way in self._split for way in _ways(line) if way in self._split or way in self._learned), False)

    def _claim(self, line: Line) -> int:
        return next((self._claimed[n] for n in (line.elements.street + line.elements.lane, line.elements.street, line.elements.hamlet)
                     if n in self._claimed), -1)

    def _in_split(self, line: Line, way: str) -> int:
        by_point = self._by_point(line)
        if by_point >= 0 or line.number is None:
            return by_point
        doors = self._split[way]
        same_side = [d for d in doors if d[0] == line.number % 2]
        at = bisect_left(same_side, (line.number % 2, line.number, -1))
        near = {d[2] for d in same_side[max(0, at - 1):at + 1]}
        return near.pop() if len(near) == 1 else self.of_sheet(line) if self.of_sheet(line) in near else -1

    def _by_point(self, line: Line) -> int:
        fix = line.fix
        if not fix or not fix.fine or not self._index:
            return -1
        area = int(self._index.locate(fix.lon, fix.lat)[0])
        if area < 0 or float(self._index.edge_distance_m(fix.lon, fix.lat, [area])[0]) < self._rules.points.edge_m:
            return -1
        return area


def find_wrong_grids(lines: Sequence[Line], belonging: Belonging, index: AreaIndex, context: CheckContext) -> None:
    """Set every line's grid; `wrong.grid` where it stands under another grid's name or on another grid's sheet."""
    if not index:
        _by_sheets(lines, context)
        return
    home = _sheet_grids(lines, belonging)
    for line in lines:
        line.grid = belonging.of(line)
        if line.list_name != "sheets":
            continue
        stands = belonging.of_sheet(line) if line.row.cell("grid") or line.row.grid_hint else home.get(line.sheet, -1)
        if line.grid < 0 or stands < 0 or stands == line.grid or (belonging.is_split(line) and not line.fix):
            continue
        right = index.areas[line.grid]
        line.find("wrong.grid", f"登记在{_name(index, stands)}, 但这条街路属于{_name(index, line.grid)}。请移到那个网格。", field="grid",
                  value=_name(index, stands), proposal=right.code, confidence="likely" if belonging.is_split(line) else "sure")


def _sheet_grids(lines: Sequence[Line], belonging: Belonging) -> dict[tuple[str, str | None], int]:
    """For sheets that do not say it: the grid of most of their lines."""
    counts: dict[tuple[str, str | None], Counter[int]] = defaultdict(Counter)
    for line in lines:
        counts[line.sheet][belonging.of(line)] += 1
    return {sheet: area for sheet, seen in counts.items() for area, most in seen.most_common(1) if most >= 0.7 * sum(seen.values())}


def _by_sheets(lines: Sequence[Line], context: CheckContext) -> None:
    """Without outlines each sheet with a grid's name is a grid: a street belongs to the sheet with most of its lines."""
    listed = [line for line in lines if line.list_name == "sheets" and line.row.grid_hint]
    if len({line.row.grid_hint for line in listed}) < 2:
        return
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for line in listed:
        counts[line.way][line.row.grid_hint] += 1
    for line in listed:
        hint, most = counts[line.way].most_common(1)[0]
        if hint != line.row.grid_hint and line.elements.thoroughfare and most >= context.rules.grids.street_share * sum(counts[line.way].values()):
            line.find("wrong.grid", f"登记在网格 {line.row.grid_hint} 的表上, 但这条街路的其他门牌都在网格 {hint}。请移过去。", field="grid",
                      value=line.row.grid_hint, proposal=hint, confidence="likely")


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
    match = None
    for match in _GRID_NUMBER.finditer(text):
        pass
    if match and (number := to_number(match[1] or match[2])) is not None:
        return str(number)
    return str(int(text)) if text.isdigit() and len(text) <= 3 else text


def _name(index: AreaIndex, at: int) -> str:
    return index.areas[at].name or index.areas[at].code
