"""Numbers for the doors of one row that have none or cannot keep theirs, between the doors that keep theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from doorplate.addresses.numbering.nouns import HouseNumber
from doorplate.addresses.numbering.pool import Pool
from doorplate.addresses.numbering.profile import Profile
from doorplate.addresses.numbering.rule import Rule

_LOOSEN = ((1, 0), (0, 1), (1, 1), (2, 0), (0, 2))  # (D) up to two neighbours are renumbered to give a misplaced door a number


@dataclass(frozen=True, slots=True)
class Stop:
    """A door on the walk along its row: metres along, its number today, and whether it may keep it."""

    index: int
    along_m: float
    number: int | None
    keeps: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """Stops [start, end) between two that keep their numbers; low, high: those, None at the row's ends."""

    start: int
    end: int
    low: Stop | None
    high: Stop | None


def gaps(walk: Sequence[Stop]) -> list[Gap]:
    """The runs of stops that need a number."""
    found, low, start = [], None, 0
    for at, stop in enumerate(walk):
        if stop.keeps:
            found += [Gap(start, at, low, stop)] if at > start else []
            low, start = stop, at + 1
    return [*found, Gap(start, len(walk), low, None)] if len(walk) > start else found


def loosened(walk: list[Stop], row: int, pool: Pool) -> list[Stop]:
    """The walk with a neighbour or two of misplaced doors let go, where that gives every one of them a number.

    Only for doors that have a number already: two exchanged plates become two exchanged plates again. For a new house
    nobody else's plate is taken down.
    """
    loose: set[int] = set()
    for gap in gaps(walk):
        count = gap.end - gap.start
        if gap.low is None or gap.high is None or not any(s.number is not None for s in walk[gap.start:gap.end]):
            continue
        if len(pool.between(gap.low.number or 0, gap.high.number or 0, row)) < count:
            loose |= _let_go(walk, gap, row, pool, loose)
    return [Stop(s.index, s.along_m, s.number, s.keeps and at not in loose) for at, s in enumerate(walk)]


def fill(walk: Sequence[Stop], row: int, rule: Rule, pool: Pool, profile: Profile) -> dict[int, HouseNumber | None]:
    """index → number for every stop that keeps none; None where none is free and the profile allows no 附号."""
    given: dict[int, HouseNumber | None] = {}
    for gap in gaps(walk):
        stops = walk[gap.start:gap.end]
        if gap.high is None:
            given.update(_open_end(stops, gap.low, row, rule, pool))
        else:
            given.update(_closed(stops, gap, row, rule, pool, profile))
    return given


def _let_go(walk: Sequence[Stop], gap: Gap, row: int, pool: Pool, loose: set[int]) -> set[int]:
    for before, after in _LOOSEN:
        start, end = gap.start - before, gap.end + after
        if start < 1 or end > len(walk) - 1 or not (walk[start - 1].keeps and walk[end].keeps):
            continue
        if {start - 1, end} & loose:
            continue
        freed = [at for at in (*range(start, gap.start), *range(gap.end, end)) if walk[at].keeps]
        numbers = pool.between(walk[start - 1].number or 0, walk[end].number or 0, row)
        if len(numbers) + len(freed) >= end - start:
            return set(freed)
    return set()


def _open_end(stops: Sequence[Stop], low: Stop | None, row: int, rule: Rule, pool: Pool) -> dict[int, HouseNumber | None]:
    """Beyond the last number there is always another one."""
    given: dict[int, HouseNumber | None] = {}
    last, at = (low.number, low.along_m) if low else (None, 0.0)
    for stop in stops:
        if rule.metric:
            number = max(rule.at(stop.along_m, row), (last or 0) + 1)
        elif last is None:
            number = rule.first(row) + rule.step * (rule.plots(stop.along_m + rule.vacant_m / 2) - 1)
        else:
            number = last + rule.step * rule.plots(stop.along_m - at)
        house = pool.take(HouseNumber(pool.from_(number, row)))
        given[stop.index], last, at = house, house.number, stop.along_m
    return given


def _closed(stops: Sequence[Stop], gap: Gap, row: int, rule: Rule, pool: Pool, profile: Profile) -> dict[int, HouseNumber | None]:
    """Before a door that keeps its number: only the numbers below it, and after that 附号."""
    low, high = gap.low, gap.high
    free = pool.between(low.number or 0 if low else 0, high.number or 0 if high else 0, row)
    plain = list(stops[:len(free)])
    numbers = _nearest(free, [_target(stop, len(plain) - k, gap, row, rule) for k, stop in enumerate(plain)])
    given: dict[int, HouseNumber | None] = {}
    base = low
    for k, stop in enumerate(stops):
        if k < len(numbers):
            given[stop.index] = pool.take(HouseNumber(numbers[k]))
            base = Stop(stop.index, stop.along_m, numbers[k], True)
            continue
        chosen = base or high
        if profile.suffix_base == "nearest" and base and high and high.along_m - stop.along_m < stop.along_m - base.along_m:
            chosen = high
        suffixed = profile.when_full == "suffix" and chosen is not None and chosen.number is not None
        given[stop.index] = pool.take_suffix(chosen.number) if suffixed and chosen and chosen.number else None
    return given


def _target(stop: Stop, left: int, gap: Gap, row: int, rule: Rule) -> float:
    """The number the place suggests; left: how many doors, this one included, stand before the next that keeps its number."""
    low, high = gap.low, gap.high
    if rule.metric:
        return rule.at(stop.along_m, row)
    top, end = (high.number or 0, high.along_m) if high else (0, 0.0)
    if low is None:
        return top - rule.step * max(left, rule.plots(end - stop.along_m))
    share = (stop.along_m - low.along_m) / max(end - low.along_m, 1e-6)
    return (low.number or 0) + share * (top - (low.number or 0))


def _nearest(free: Sequence[int], targets: Sequence[float]) -> list[int]:
    """For each target a number of `free`, rising, none twice, each as near as the later ones allow."""
    chosen, at = [], 0
    for k, target in enumerate(targets):
        last = len(free) - (len(targets) - k)
        at = min(range(at, last + 1), key=lambda j: (abs(free[j] - target), j))
        chosen.append(free[at])
        at += 1
    return chosen
