"""A number for one new house on a street."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import hypot

import numpy as np

from doorplate.addresses.numbering.chain import in_order, trusts, walk_order
from doorplate.addresses.numbering.nouns import Assignment, Door, HouseNumber, NumberProposal, Street, StreetPlan
from doorplate.addresses.numbering.pool import Pool
from doorplate.addresses.numbering.profile import Profile
from doorplate.addresses.numbering.survey import FAR_M, Survey, survey
from doorplate.model import Point

_SAME_PLACE_M = 4.0  # (D) less than the narrowest yard: two doors so near are one house or one house divided
_ASIDE_M = 25.0  # (D) further from the row of doors than this a house stands in the second row or on another street
_MIDDLE_M = 3.0  # (D) phone noise: a point nearer than this to the middle may be on either side
_SHOWN = 4
_NEW = ""


@dataclass(frozen=True, slots=True)
class _Neighbour:
    """A door in order in the new house's row: its number and how many metres along it stands."""

    number: int
    along_m: float


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where the new house stands: its row, metres along, the doors below and above, the number its place suggests."""

    row: int
    along_m: float
    low: _Neighbour | None
    high: _Neighbour | None
    target: float


@dataclass(frozen=True, slots=True)
class _Choice:
    """What was chosen for a spot, other numbers that might do, and why."""

    spot: _Spot
    house: HouseNumber | None
    others: list[HouseNumber]
    why: tuple[str, ...]

    @property
    def plain(self) -> bool:
        """A number of its own, no 附号."""
        return self.house is not None and not self.house.suffix


def propose_for_house(street: Street, doors: Sequence[Door], point: Point, profile: Profile,
                      spent: Collection[HouseNumber] = ()) -> NumberProposal:
    """A number for a new house at `point` among the street's doors; spent: numbers that were given once and are retired.

    The street's own rule goes before the profile's unless the profile says "never". Existing doors keep theirs.
    """
    seen = survey(street, [*doors, Door(_NEW, point)], profile, keeping=True, guest=True)
    pool = Pool(seen.rule, (d.painted for d in doors if d.painted), spent)
    if seen.axis is None or not seen.placed[-1]:
        return _unplaced(seen, pool, doors)
    choice = _choose(seen, _spot(seen, int(seen.rows[-1])), pool, profile)
    conflicts = list(seen.warnings)
    if choice.spot.row and abs(float(seen.beside[-1])) < _MIDDLE_M:
        across = _choose(seen, _spot(seen, -choice.spot.row), pool, profile)
        if across.plain and not choice.plain:  # a number is free there and none is here: then that is where the house stands
            choice, across = across, choice
        choice.others[:0] = [across.house] if across.house else []
        conflicts.append(f"新房离街中线不到 {_MIDDLE_M:.0f} 米, 坐标看不准在哪一侧, 请看现场")
    reasons = (*seen.rule.words, *choice.why)
    others = tuple(dict.fromkeys(choice.others))[:_SHOWN]
    return NumberProposal(choice.house, seen.side(choice.spot.row), reasons, others, (*conflicts, *_conflicts(seen, choice)))


def plan_of_house(street: Street, doors: Sequence[Door], point: Point, profile: Profile, proposal: NumberProposal) -> StreetPlan:
    """The street with the new house in it, for a map: all else stays as it is."""
    every = [*doors, Door(_NEW, point)]
    seen = survey(street, every, profile, keeping=True, guest=True)
    order = sorted(range(len(every)), key=lambda i: (np.isnan(seen.along[i]), seen.along[i]))
    new = {len(doors): proposal.house}
    made = tuple(assignment(seen, i, new.get(i, every[i].painted), "新编" if i in new else "") for i in order)
    return plan(seen, made, proposal.conflicts)


def assignment(seen: Survey, index: int, new: HouseNumber | None, why: str) -> Assignment:
    """What one surveyed door gets."""
    door, placed = seen.doors[index], bool(seen.placed[index])
    return Assignment(door.id, door.painted, new, why, int(seen.rows[index]), float(seen.along[index]) if placed else None,
                      float(seen.beside[index]) if placed else None, door.point)


def plan(seen: Survey, made: tuple[Assignment, ...], warnings: Sequence[str]) -> StreetPlan:
    """A plan of a surveyed street."""
    axis = seen.axis
    two = axis is not None and 0 not in seen.rule.parity
    return StreetPlan(seen.street.name, seen.street.kind, made, seen.rule.words, tuple(warnings), seen.path,
                      axis.sides if axis and two else (), axis.heading if axis else "")


def row_in_order(seen: Survey, row: int) -> list[int]:
    """Indices of the doors of a row that have a fitting number, stand in its order, and have no 附号; in walking order."""
    here = [i for i in np.flatnonzero((seen.rows == row) & seen.placed).tolist()
            if (n := seen.doors[i].number) is not None and not seen.doors[i].suffix and seen.rule.fits(n, row)]
    order = [here[i] for i in walk_order([seen.along[i] for i in here], [seen.doors[i].number for i in here])]
    numbers = [seen.doors[i].number or 0 for i in order]
    kept = in_order(numbers, trusts([float(seen.along[i]) for i in order], numbers))
    return [order[at] for at in sorted(kept)]


def _unplaced(seen: Survey, pool: Pool, doors: Sequence[Door]) -> NumberProposal:
    if doors or seen.axis is not None:
        far = (f"新房离这条街 {FAR_M:.0f} 米以上, 请核对坐标或街名",)
        return NumberProposal(None, "", seen.rule.words, (), far if seen.axis is not None else seen.warnings)
    first = pool.from_(1, 0)
    reasons, second = (*seen.rule.words, "这条街还没有门牌, 从头编起"), HouseNumber(pool.from_(first + 1, 0))
    return NumberProposal(HouseNumber(first), "", reasons, (second,), ("没有街线, 看不出新房在哪一侧; 单双号请人定",))


def _spot(seen: Survey, row: int) -> _Spot:
    """The last door of the survey, taken to stand in `row`."""
    along = float(seen.along[-1])
    neighbours = _neighbours(seen, row)
    low = next((n for n in reversed(neighbours) if n.along_m <= along), None)
    high = next((n for n in neighbours if n.along_m > along and (low is None or n.number > low.number)), None)
    return _Spot(row, along, low, high, _target(seen, row, along, low, high))


def _neighbours(seen: Survey, row: int) -> list[_Neighbour]:
    """Doors in order, their places made to rise where noise has them level."""
    found, reach = [], -np.inf
    for i in row_in_order(seen, row):
        reach = max(reach, float(seen.along[i]))
        found.append(_Neighbour(seen.doors[i].number or 0, float(reach)))
    return found


def _target(seen: Survey, row: int, along: float, low: _Neighbour | None, high: _Neighbour | None) -> float:
    rule = seen.rule
    if rule.metric:
        return rule.at(along, row)
    if low and high:
        return low.number + (along - low.along_m) / max(high.along_m - low.along_m, 1e-6) * (high.number - low.number)
    if low:
        return low.number + rule.step * rule.plots(along - low.along_m)
    if high:
        return high.number - rule.step * rule.plots(high.along_m - along)
    return _opposite(seen, row, along)


def _opposite(seen: Survey, row: int, along: float) -> float:
    """The first house on its side: abreast of the doors opposite, else counted from the street's start."""
    facing = _neighbours(seen, -row) if row else []
    if facing:
        abreast = float(np.interp(along, [n.along_m for n in facing], [n.number for n in facing]))
        return abreast + (1 if seen.rule.parity[row] == 0 else -1)
    return seen.rule.first(row) + seen.rule.step * (seen.rule.plots(along) - 1)


def _choose(seen: Survey, spot: _Spot, pool: Pool, profile: Profile) -> _Choice:
    """The free number nearest to what the place suggests, else a 附号 where the profile allows it."""
    low, high, row = spot.low, spot.high, spot.row
    bottom = low.number if low else 0
    top = high.number if high else int(max(spot.target, bottom)) + 5 * seen.rule.step
    free = sorted(pool.between(bottom, top, row), key=lambda n: (abs(n - spot.target), n))
    if high is None and not free:
        free = [pool.from_(top, row)]
    where = _where(spot, seen.side(row))
    if free:
        others = [*(HouseNumber(n) for n in free[1:]), *_suffixes(spot, pool)]
        return _Choice(spot, HouseNumber(free[0]), others, (where, f"{free[0]} 号空着, 没有用过, 按位置最合适"))
    suffixes = _suffixes(spot, pool)
    if profile.when_full == "refuse" or not suffixes:
        return _Choice(spot, None, suffixes, (where, "中间没有可用的空号, 要人定"))
    if profile.suffix_base == "nearest":
        suffixes.sort(key=lambda h: min(abs(n.along_m - spot.along_m) for n in (low, high) if n and n.number == h.number))
    full = f"中间没有可用的空号 (已用的、停用过的号都不再给), 编 {suffixes[0].number} 号的附号"
    return _Choice(spot, suffixes[0], suffixes[1:], (where, full))


def _suffixes(spot: _Spot, pool: Pool) -> list[HouseNumber]:
    return [pool.next_suffix(n.number) for n in (spot.low, spot.high) if n]


def _where(spot: _Spot, side: str) -> str:
    at = f"新房在{side}" if side else "新房"
    low, high = spot.low, spot.high
    if low and high:
        return f"{at}{', ' if side else '在'}{low.number} 号和 {high.number} 号之间"
    if low:
        return f"{at}{', ' if side else '在'}{low.number} 号再往前 {spot.along_m - low.along_m:.0f} 米, 后面没有门牌"
    if high:
        return f"{at}{', ' if side else '在'}{high.number} 号之前 {high.along_m - spot.along_m:.0f} 米, 前面没有门牌"
    return f"{at}{', ' if side else ''}这一侧还没有门牌"


def _conflicts(seen: Survey, choice: _Choice) -> tuple[str, ...]:
    """What a person should look at first."""
    spot, found = choice.spot, []
    near = [(hypot(seen.along[i] - spot.along_m, seen.beside[i] - seen.beside[-1]), i)
            for i in np.flatnonzero(seen.placed[:-1]).tolist() if abs(seen.along[i] - spot.along_m) <= _SAME_PLACE_M]
    if near and min(near)[0] <= _SAME_PLACE_M:
        metres, i = min(near)
        whom = seen.doors[i].painted or "一户未编号的门"
        found.append(f"离{whom}只有 {metres:.0f} 米: 是同一处、分户, 还是坐标不准, 请先看现场")
    usual = [abs(float(b)) for b in seen.beside[:-1][seen.placed[:-1] & (seen.rows[:-1] == spot.row)]]
    aside = abs(float(seen.beside[-1])) - (max(usual) if usual else 0.0)
    if aside > _ASIDE_M:
        found.append(f"新房离门排 {aside:.0f} 米, 可能在后排或另一条街上")
    elif spot.row == 0 and seen.rule.parity[0] is not None and usual and aside > _SAME_PLACE_M:
        found.append("这条街目前只有一侧有门牌, 新房好像在街对面; 若确在对面, 单双号要人定")
    here = [seen.doors[i] for i in np.flatnonzero(seen.placed & (seen.rows == spot.row)).tolist()]
    astray = sum(d.number is not None and not d.suffix for d in here) - len(row_in_order(seen, spot.row))
    if astray:
        found.append(f"这一侧有 {astray} 户门牌次序不对, 没有拿来推算")
    if choice.house and choice.house.suffix:
        found.append("附号只是权宜: 两边若有一户将来重编, 一并理顺")
    return tuple(found)
