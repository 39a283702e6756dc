"""Which doors of a street may keep their numbers, and what is wrong with the others."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from doorplate.addresses.numbering.house import row_in_order
from doorplate.addresses.numbering.nouns import HouseNumber
from doorplate.addresses.numbering.survey import Survey


@dataclass(frozen=True)
class Keeping:
    """doors: indices that keep their numbers; faults: index → why a numbered door cannot, one phrase."""

    doors: frozenset[int]
    faults: dict[int, str]


def who_keeps(seen: Survey, spent: Collection[HouseNumber]) -> Keeping:
    """Doors in the order of their numbers, on the right side, with a number of their own that was never retired.

    A door without a believable point keeps its number: nothing speaks against it. A 附号 stays while its number does.
    """
    stay = {i for row in seen.rule.parity for i in row_in_order(seen, row)} if seen.axis else set()
    stay |= {i for i, d in enumerate(seen.doors) if d.number is not None and not d.suffix and not seen.placed[i]}
    stay = {i for i in stay if seen.doors[i].painted not in spent and not _off_distance(seen, i)}
    stay = _one_each(seen, stay)
    bases = {seen.doors[i].number for i in stay}
    orphans = {d.number for d in seen.doors if d.suffix} - {d.number for d in seen.doors if not d.suffix}
    suffixed = {i for i, d in enumerate(seen.doors) if d.suffix and d.painted not in spent and d.number in bases | orphans}
    stay |= _one_each(seen, suffixed)
    faults = {i: _fault(seen, i, spent, bases) for i, d in enumerate(seen.doors) if d.number is not None and i not in stay}
    return Keeping(frozenset(stay), faults)


def _one_each(seen: Survey, doors: Collection[int]) -> set[int]:
    """Of two doors with one number the one with a believable place keeps it, then the one listed first."""
    first: dict[HouseNumber | None, int] = {}
    for i in sorted(doors, key=lambda i: (not seen.placed[i], i)):
        first.setdefault(seen.doors[i].painted, i)
    return set(first.values())


def _off_distance(seen: Survey, index: int) -> bool:
    number = seen.doors[index].number
    if seen.rule.metric is None or number is None or not seen.placed[index]:
        return False
    per, start = seen.rule.metric
    return abs(float(seen.along[index]) - start - number * per) > seen.metric_tolerance_m


def _fault(seen: Survey, index: int, spent: Collection[HouseNumber], bases: Collection[int | None]) -> str:
    door, row = seen.doors[index], int(seen.rows[index])
    if door.painted in spent:
        return "原号是停用过的号"
    if door.suffix:
        return "跟着主号改" if door.number not in bases else "与另一户重号"
    if seen.placed[index] and door.number is not None and not seen.rule.fits(door.number, row):
        side = seen.side(row)
        return f"原号单双不对: 这里是{side}" if side else "原号不合本街的编法"
    if door.number in bases:
        return "与另一户重号"
    if _off_distance(seen, index):
        return "原号与距离不符"
    return "原号与左右邻居的次序对不上 (若是坐标不准, 先改坐标)"
