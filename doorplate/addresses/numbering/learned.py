"""What a street's own doors say about its numbering: the check's learning (`quality.doors`) asked about one street."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import numpy as np
from numpy.typing import NDArray

from doorplate.addresses.numbering.axis import Axis, Floats
from doorplate.addresses.numbering.nouns import Door
from doorplate.addresses.parse import Parsed
from doorplate.addresses.quality.doors import Doors
from doorplate.addresses.quality.doors import Street as DoorsOfStreet
from doorplate.addresses.quality.lines import Fix, Line
from doorplate.addresses.rules import default_rules
from doorplate.addresses.vocabulary import is_street_name
from doorplate.model import Elements, ListRow, SourceRef

_A_STREET, _A_HAMLET = Elements(street="街"), Elements(hamlet="组")  # the name itself teaches nothing
_MOST = 0.5  # (D) what more than half the doors keep is the street's rule: where plates stay, that means fewest changes
_CLEAR = 0.75  # (D) below three doors in four a person is told that the rule is only just visible
_MEASURED = 0.75  # (D) share of doors that must stand where their distance says
_SAME_PLACE_M = 0.5
_ONE_PARITY = 4  # (D) so many numbers, all odd or all even, are a street that uses one parity only
_METRIC_STEPS = 3.0  # (D) numbers that usually jump by more than this many doors are not counted but measured
_METRIC_OFF_M = 20.0  # (D) and then stand where their distance says, but for a plot and a half


@dataclass(frozen=True, slots=True)
class Learned:
    """reverse: numbers rise against the axis. parity: remainder by 2 of the numbers on the left (1) and right (-1) *walking
    in the direction in which they rise*, or of all of them (0; None = every number in one row). plot_m: metres from door
    to door on one side. metric: (metres a number, metres before number 0) where numbers are distances. agree, of: doors
    that keep the rule; clear: whether most do.
    """

    reverse: bool
    parity: dict[int, int | None]
    plot_m: float
    metric: tuple[float, float] | None
    agree: int
    of: int

    @property
    def clear(self) -> bool:
        return self.agree >= _CLEAR * self.of


def street_of(name: str, doors: Sequence[Door], xy: Floats) -> DoorsOfStreet | None:
    """The check's view of the street: sides, metres a number, doors whose points are doubtful (by index). None where
    too few doors have numbers and points. xy: metres, NaN where a door has no point."""
    elements = _A_STREET if is_street_name(name) else _A_HAMLET
    lines = [_line(i, door, elements, tuple(xy[i])) for i, door in enumerate(doors)
             if door.number is not None and not np.isnan(xy[i, 0])]
    return Doors(lines, set(), default_rules().numbers).of(lines[0]) if lines else None


def learn(axis: Axis, street: DoorsOfStreet, doors: Sequence[Door], xy: Floats) -> Learned | None:
    """The rule most doors keep, None where the half of them contradict it. xy as above."""
    told = [i for i, door in enumerate(doors) if door.number is not None and not door.suffix and not np.isnan(xy[i, 0])
            and i not in street.doubtful]
    if len(told) < default_rules().numbers.min_doors:
        return None
    numbers = np.array([doors[i].number for i in told], dtype=np.float64)
    along, beside = axis.locate(xy[told])
    in_order = _share_rising(numbers, along, street.sides)
    reverse = in_order < _MOST
    if reverse:
        along, beside = axis.length - along, -beside
    parity, agree = _parity(numbers, beside, street.sides)
    agree = min(agree, round(max(in_order, 1 - in_order) * len(told)))
    if parity is None or agree <= _MOST * len(told):
        return None
    return Learned(reverse, parity, street.plot_m, _metric(numbers, along, street.sides), agree, len(told))


def numbered_path(doors: Sequence[Door], xy: Floats, good: NDArray[np.bool_]) -> Axis | None:
    """The way the numbers take from door to door, where they run in one row: up one row of houses and down the next, as
    in many hamlets. None below four doors."""
    told = [i for i, d in enumerate(doors) if good[i] and d.number is not None and not d.suffix]
    first = {doors[i].number: i for i in reversed(told)}
    nodes = [xy[first[n]] for n in sorted(n for n in first if n is not None)]
    kept = [a for a, b in pairwise([*nodes, nodes[-1] + 1.0]) if np.hypot(*(a - b)) > _SAME_PLACE_M] if nodes else []
    return Axis(np.array(kept)) if len(kept) >= _ONE_PARITY else None


def _line(index: int, door: Door, elements: Elements, here: tuple[float, float]) -> Line:
    """A door in the dress of a listed line, which is what the check learns from."""
    known = Elements(hamlet=elements.hamlet, street=elements.street, number=str(door.number), suffix=str(door.suffix or ""))
    row = ListRow(SourceRef("", None, index + 1), {}, "sheets")
    point = door.point
    fix = Fix(point.lon, point.lat, *here) if point else None
    return Line(index, row, Parsed(known), known, known, "", None, "", "", fix=fix)


def _share_rising(numbers: Floats, along: Floats, sides: int) -> float:
    """The share of numbers that rise along the axis: 1 all, 0 all fall."""
    ups: list[float] = []
    for side in range(sides):
        row = np.flatnonzero(numbers % sides == side)
        row = row[np.argsort(numbers[row], kind="stable")]
        far = max(1, min(4, len(row) // 2))  # a few doors apart, phone noise cannot turn the order
        ups += np.sign(along[row][far:] - along[row][:-far]).tolist()
    if not ups:
        ups = np.sign(np.diff(along[np.argsort(numbers, kind="stable")])).tolist()
    return sum(up > 0 for up in ups) / len(ups)


def _parity(numbers: Floats, beside: Floats, sides: int) -> tuple[dict[int, int | None] | None, int]:
    """(parity by side, doors that keep it); None where odd and even are evenly mixed."""
    odd = numbers % 2 == 1
    if len(numbers) >= _ONE_PARITY and (odd.all() or not odd.any()):
        return {0: int(odd[0])}, len(numbers)
    if sides == 1:
        return {0: None}, len(numbers)
    left = beside > 0
    same = int((odd == left).sum())
    agree = max(same, len(numbers) - same)
    if 2 * agree == len(numbers):
        return None, agree
    return {1: int(same == agree), -1: int(same != agree)}, agree


def _metric(numbers: Floats, along: Floats, sides: int) -> tuple[float, float] | None:
    jumps = [b - a for side in range(sides) for row in [np.sort(numbers[numbers % sides == side])]
             for a, b in pairwise(row) if b > a]
    if len(jumps) < _ONE_PARITY or median(jumps) < _METRIC_STEPS * sides:
        return None
    slope, start = (float(v) for v in np.polyfit(numbers, along, 1))
    off = np.abs(along - slope * numbers - start)
    return (slope, start) if slope > 0 and float(np.quantile(off, _MEASURED)) <= _METRIC_OFF_M else None
