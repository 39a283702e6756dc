"""Plants what is wrong on the walls: missing, doubled, swapped, jumping, damaged and retired plates; and who is on no sheet."""

import math
from random import Random

import words
from world import House, Line, World


def times(rng: Random, total: int, rate: float, least: int = 1) -> int:
    """How often a fault of this rate happens, give or take a third."""
    return max(least, round(total * rate * rng.uniform(0.7, 1.35)))


def plant(world: World) -> None:
    """All faults of the plates. One house has at most one, and a neighbour that is part of the evidence has none."""
    rng, total = world.rng, len(world.houses)
    twins = [h.twin for h in world.houses if h.twin]
    free = [h for h in world.houses if len(h.households) == 1 and not (h.sub or h.twin or h in twins)]
    rng.shuffle(free)
    for hang, rate in ((_double, 0.009), (_swap, 0.006)):
        for _ in range(times(rng, total, rate)):
            pair = _neighbours(rng, world, free)
            if pair:
                hang(rng, *pair)
                _take(free, *pair)
    for kind, rate in (("单双", 0.006), ("跳号", 0.007)):
        for _ in range(times(rng, total, rate)):
            house, number = next(((h, n) for h in free if (n := _other_number(rng, h, kind))), (None, 0))
            if house:
                house.plate_no, house.fault, house.action, house.note = number, "乱", "更正", rng.choice(words.NOTES[kind])
                house.line.pool.add(number)
                _take(free, house)
    for house in _take(free, *free[: times(rng, total, 0.024)]):
        house.plate_no, house.fault, house.action, house.note = None, "缺号", "新编", rng.choice(words.NOTES["缺号"])
    for house in _take(free, *free[: times(rng, total, 0.017)]):
        house.fault, house.action, house.note = "损", "换牌", rng.choice(words.NOTES["损"])
    for house in _take(free, *free[: times(rng, total, 0.027, 6)]):
        house.households[0].missing = True
        house.households[0].also_in = rng.choices([["csv"], ["接龙"], ["csv", "接龙"], []], [38, 25, 17, 20])[0]


def _take(free: list[House], *houses: House) -> tuple[House, ...]:
    for house in houses:
        free.remove(house)
    return houses


def _neighbours(rng: Random, world: World, free: list[House]) -> tuple[House, House] | None:
    """Two free doors next to each other on one side, 9.5 m apart or more, so that points can tell them apart."""
    for a in rng.sample(free, min(60, len(free))):
        row = sorted((h for h in world.houses if h.line is a.line and h.left == a.left), key=lambda h: h.no)
        at = row.index(a)
        if at + 1 < len(row) and row[at + 1] in free and 9.5 <= math.dist(a.door, row[at + 1].door) <= 20:
            return a, row[at + 1]
    return None


def _double(rng: Random, a: House, b: House) -> None:
    """One of two neighbours carries the other's number."""
    keeps, wrong = (a, b) if rng.random() < 0.5 else (b, a)
    wrong.plate_no, wrong.fault, wrong.action, wrong.partner = keeps.no, "重号", "更正", keeps
    keeps.partner = wrong
    wrong.note = rng.choice(words.NOTES["重号"])


def _swap(rng: Random, a: House, b: House) -> None:
    a.plate_no, b.plate_no = b.no, a.no
    note = rng.choice(words.NOTES["交换"])
    for house, other in ((a, b), (b, a)):
        house.fault, house.action, house.partner = "乱", "更正", other
        house.note = note if rng.random() < 0.6 else ""


def _other_number(rng: Random, house: House, kind: str) -> int | None:
    """A number nobody has: of the other side (单双), or far beyond the end (跳号)."""
    line: Line = house.line
    top = max(line.pool)
    if kind == "单双":
        if line.kind != "街" or line.mode not in ("seq", "metric"):
            return None
        spare = [n for n in range(1, top) if n not in line.pool and n % 2 != house.no % 2]
        return rng.choice(spare) if spare else None
    if line.kind == "巷" or line.mode == "one":
        return None
    step = 2 if line.kind == "街" else 1
    jump = house.no + step * rng.randint(25, 60)
    return jump if jump > top + 10 and jump not in line.pool else None
