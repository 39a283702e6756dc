"""Which doors a group holds, in as few words as are true: 幸福路二巷 1–19 号（单）. Pure.

A range never spans a number that belongs to somebody else; numbers nobody has may lie within it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from doorplate.model import Elements

_PARITY = ("（双）", "（单）")
_NOWHERE = "未写街路"


@dataclass
class _Series:
    """The numbers of one street, or its buildings: those of the group, those of others, and doors no number tells apart."""

    mine: set[int] = field(default_factory=set)
    others: set[int] = field(default_factory=set)
    suffixed: dict[int, list[str]] = field(default_factory=dict)
    odd_ones: list[str] = field(default_factory=list)


def scope_of(held: Iterable[Elements], others: Iterable[Elements]) -> tuple[str, ...]:
    """A line a street, in the order the streets first appear. others: of all doors that are not held, to keep ranges true."""
    streets: dict[tuple[str, str], _Series] = {}
    unnumbered: Counter[str] = Counter()
    for e in held:
        key, number, painted = _place(e)
        if not painted:
            unnumbered[key[0]] += 1
            continue
        series = streets.setdefault(key, _Series())
        if number is None:
            series.odd_ones.append(painted)
        else:
            series.mine.add(number)
            series.suffixed.setdefault(number, []).append(painted)
    for e in others:
        key, number, _ = _place(e)
        if number is not None and key in streets:
            streets[key].others.add(number)
    lines = [f"{name} {'、'.join(_words(series, unit))}" for (name, unit), series in streets.items()]
    return (*lines, *(f"{name} 未编号 {count} 处" for name, count in unnumbered.items()))


def _place(e: Elements) -> tuple[tuple[str, str], int | None, str]:
    """(street, unit of its numbers), the number if it is one, and what is painted; "" where the door has no number."""
    name = e.thoroughfare or _NOWHERE
    if e.number:
        return (name, "号"), _number(e.number), e.painted_number
    if e.building:
        return (name, "号楼"), _number(e.building), f"{e.building}号楼"
    return (name, ""), None, ""


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None


def _words(series: _Series, unit: str) -> list[str]:
    """The ranges of a series; a number that is shared with another group is told by its suffixes, or is 部分."""
    own = sorted(series.mine - series.others)
    runs = _runs(own, series.others)
    sides = [([n for n in own if n % 2 == side], {n for n in series.others if n % 2 == side}) for side in (1, 0)]
    by_side = [run for mine, others in sides for run in _runs(mine, others)]
    words = [_range(run, unit) for run in (runs if len(runs) <= len(by_side) else by_side)]
    for number in sorted(series.mine & series.others):
        told = sorted(set(series.suffixed[number]))
        words += told if unit == "号" else [f"{number}{unit}（部分）"]
    return [*words, *sorted(set(series.odd_ones))]


def _runs(own: Sequence[int], others: set[int]) -> list[list[int]]:
    """Rising numbers, cut wherever one of others lies between two of them."""
    runs: list[list[int]] = []
    barriers = sorted(others)
    at = 0
    for number in own:
        passed = at
        while at < len(barriers) and barriers[at] < number:
            at += 1
        if runs and at == passed:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def _range(run: Sequence[int], unit: str) -> str:
    first, last = run[0], run[-1]
    if first == last:
        return f"{first} {unit}"
    sides = {n % 2 for n in run}
    return f"{first}–{last} {unit}{_PARITY[sides.pop()] if len(sides) == 1 and unit == '号' else ''}"
