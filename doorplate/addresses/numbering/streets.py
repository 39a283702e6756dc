"""Numbers for a whole street: as few changes as possible, or everything anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np

from doorplate.addresses.numbering.chain import walk_order
from doorplate.addresses.numbering.fill import Stop, fill, loosened
from doorplate.addresses.numbering.house import assignment, plan
from doorplate.addresses.numbering.keep import Keeping, who_keeps
from doorplate.addresses.numbering.nouns import Assignment, Door, HouseNumber, Street, StreetPlan
from doorplate.addresses.numbering.pool import Pool
from doorplate.addresses.numbering.profile import Profile
from doorplate.addresses.numbering.survey import Survey, survey
from doorplate.areas.coordinates import distance_m
from doorplate.model import Point

_LISTED = 6


def propose_for_street(doors: Sequence[Door], street: Street, profile: Profile, *, keep_existing: bool = True,
                       spent: Collection[HouseNumber] = ()) -> StreetPlan:
    """Old → new for every door, in walking order.

    keep_existing: only doors without a number, and those whose number contradicts the rule, its neighbours or another
    door, get one; the street's own rule goes first. Otherwise everything is numbered anew by the profile. spent: retired
    numbers, never proposed. A door with a 附号 goes with the door of its number. The same input gives the same plan.
    Raises InputError(numbering.line_too_short). n log n in the number of doors.
    """
    seen = survey(street, doors, profile, keeping=keep_existing)
    keeping = who_keeps(seen, spent) if keep_existing else Keeping(frozenset(), {})
    work = _Work(seen, keeping, profile, spent)
    if seen.axis is not None:
        for row in sorted(seen.rule.parity, reverse=True):
            work.number_row(row, loosen=keep_existing)
        work.number_unplaced()
    work.take_suffixes_along()
    otherwise = "跟着邻居理顺" if keep_existing else "随整街重编"
    made = tuple(assignment(seen, i, work.given.get(i), _why(doors[i], work.given.get(i), keeping.faults.get(i, otherwise)))
                 for i in _walking(seen, work.given))
    return plan(seen, made, [*seen.warnings, *_warnings(made)])


def mouth_of(lane: Sequence[Door], street: Sequence[Door]) -> Point | None:
    """Where a lane is entered: its door nearest to a door of the street it leads off, None where no points tell."""
    here, there = [d.point for d in lane if d.point], [d.point for d in street if d.point]
    pairs = [(distance_m((a.lon, a.lat), (b.lon, b.lat)), i) for i, a in enumerate(here) for b in there]
    return here[min(pairs)[1]] if pairs else None


class _Work:
    """The numbers of one street while they are being given."""

    def __init__(self, seen: Survey, keeping: Keeping, profile: Profile, spent: Collection[HouseNumber]) -> None:
        self._seen, self._profile = seen, profile
        self.given: dict[int, HouseNumber | None] = {i: seen.doors[i].painted for i in keeping.doors}
        self._pool = Pool(seen.rule, [h for h in self.given.values() if h], spent)
        self._bases = {d.number: i for i, d in reversed(list(enumerate(seen.doors))) if d.number is not None and not d.suffix}

    def number_row(self, row: int, *, loosen: bool) -> None:
        """Numbers for the doors of a row that keep none; doors with a 附号 only where nobody has their number."""
        doors, along = self._seen.doors, self._seen.along
        here = [i for i in np.flatnonzero((self._seen.rows == row) & self._seen.placed).tolist()
                if not doors[i].suffix or (doors[i].number not in self._bases and i not in self.given)]
        order = walk_order([float(along[i]) for i in here], [doors[i].number if i in self.given else None for i in here])
        walk = [Stop(here[at], float(along[here[at]]), doors[here[at]].number, here[at] in self.given) for at in order]
        if loosen:
            walk = loosened(walk, row, self._pool)
            self._let_go({s.index for s in walk if s.index in self.given and not s.keeps})
        self.given |= fill(walk, row, self._seen.rule, self._pool, self._profile)

    def number_unplaced(self) -> None:
        """Doors without a believable point, when all is numbered anew: where their old number stood among the others."""
        for row in self._seen.rule.parity:
            plain = {i: d.number for i, d in enumerate(self._seen.doors) if d.number is not None and not d.suffix}
            fitting = {i: n for i, n in plain.items() if self._seen.rule.fits(n, row)}
            known = sorted((n, h.number) for i, n in fitting.items() if (h := self.given.get(i)))
            for i, number in fitting.items() if known else ():
                if i not in self.given:
                    about = float(np.interp(number, [k[0] for k in known], [k[1] for k in known]))
                    self.given[i] = self._pool.take(HouseNumber(self._pool.from_(round(about), row)))

    def take_suffixes_along(self) -> None:
        """15号附1号 becomes 17号附1号 where 15 becomes 17."""
        for i, door in enumerate(self._seen.doors):
            if not door.suffix or i in self.given or door.number not in self._bases:
                continue
            house = self.given.get(self._bases[door.number])
            if house is None or house.suffix:
                self.given[i] = None if house is None else self._pool.take_suffix(house.number)
                continue
            moved = HouseNumber(house.number, door.suffix)
            self.given[i] = self._pool.take(moved) if self._pool.suffix_free(moved) else self._pool.take_suffix(house.number)

    def _let_go(self, doors: set[int]) -> None:
        numbers = {self._seen.doors[i].number for i in doors}
        doors |= {i for i in self.given if self._seen.doors[i].suffix and self._seen.doors[i].number in numbers}
        self._pool.give_back([self._seen.doors[i].painted for i in doors])
        for i in doors:
            del self.given[i]


def _walking(seen: Survey, given: dict[int, HouseNumber | None]) -> list[int]:
    return sorted(range(len(seen.doors)), key=lambda i: (bool(np.isnan(seen.along[i])), float(np.nan_to_num(seen.along[i])),
                                                         given.get(i) or HouseNumber(0), i))


def _why(door: Door, new: HouseNumber | None, fault: str) -> str:
    if new is None:
        return "没有可信的坐标, 编不了" if door.number is None else f"编不了, 要人定 ({fault})"
    if door.number is None:
        return "新编"
    return "" if new == door.painted else fault


def _warnings(made: Sequence[Assignment]) -> list[str]:
    """What a person must know before accepting."""
    found = []
    owners = {a.old: a.door_id for a in made if a.old}
    moved = sorted({a.new for a in made if a.new and a.changed and owners.get(a.new, a.door_id) != a.door_id})
    if moved:
        listed = "、".join(str(h) for h in moved[:_LISTED]) + ("…" if len(moved) > _LISTED else "")
        found.append(f"{len(moved)} 个号换了门: {listed}。新旧牌要同一天换, 旧地址留作别名")
    left = sum(a.new is None for a in made)
    if left:
        found.append(f"{left} 户没有编出号, 要人定")
    blind = sum(a.along_m is None and a.new is not None for a in made)
    if blind:
        found.append(f"{blind} 户没有可信的坐标, 号码只按原号推定")
    doubled = sorted(h for h, n in Counter(a.new for a in made if a.new).items() if n > 1)
    if doubled:
        found.append(f"仍有重号: {'、'.join(map(str, doubled))}")
    suffixed = sum(a.changed and a.new is not None and a.new.suffix > 0 for a in made)
    if suffixed:
        found.append(f"{suffixed} 户编了附号: 两户之间没有空号, 或主号变了")
    return found
