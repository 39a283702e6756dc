"""The writers' own mistakes: misspelt, mistyped, foreign, forgotten, doubled, on the wrong sheet; faults of single points."""

import math
from dataclasses import replace
from random import Random

import words
from faults import times
from geo import into
from rows import Row, Sheet, fill, finish, measure
from world import House, Household, Line, World


def spelling(world: World, rows: list[Row], total: int) -> None:
    """Misspelt, wrong, foreign and forgotten parts of an address. The register has them right, so each can be found."""
    rng = world.rng
    pool = [r for r in rows if r.clean()]
    rng.shuffle(pool)
    _misspell(world, pool, times(rng, total, 0.027))
    for _ in range(times(rng, total, 0.013)):
        known = (r for r in pool if r.clean() and not r.house.sub and r.household and "csv" in r.household.also_in)
        row, typed = next(((r, n) for r in known if (n := _mistyped(rng, r.house))), (None, 0))
        if row:
            row.no = typed
            row.house.line.pool.add(typed)
            row.issues.append("错号")
    rest = [r for r in pool if r.clean() and r.sheet.addr != "section"]
    cut = times(rng, total, 0.009)
    for row in rest[:cut]:
        other = rng.choice(world.place.siblings)
        row.issues.append("错村")
        if rng.random() < 0.25:
            row.note = rng.choice(words.NOTES["错村"]).format(v=other)
        else:
            row.village = other
    for row in rest[cut : cut + times(rng, total, 0.011)]:
        row.nostreet = True
        row.issues.append("缺街")
    for row in [r for r in pool if r.issues]:
        row.action = "更正"


def _misspell(world: World, pool: list[Row], count: int) -> None:
    names = {n for line in world.lines for n in (line.name, *line.aliases)}
    can = [r for r in pool if r.sheet.addr != "section" and _misspelt(r.street, names)]
    for row in can[:count]:
        row.street = world.rng.choice(_misspelt(row.street, names))
        row.issues.append("错字")


def _misspelt(name: str, names: set[str]) -> list[str]:
    texts = [name[:i] + words.SLIPS[c] + name[i + 1 :] for i, c in enumerate(name) if c in words.SLIPS]
    return [t for t in texts if t not in names]


def _mistyped(rng: Random, house: House) -> int | None:
    """A number typed wrongly that is nobody else's: a digit too many, two digits exchanged, a wrong digit."""
    text = str(house.no)
    tries = [
        int(text + str(rng.randrange(1, 10))),
        int(rng.choice("1234") + text),
        int(text[::-1]),
        house.no + 10 * rng.randrange(2, 5),
    ]
    fits = [n for n in tries if 0 < n < 1000 and n not in house.line.pool and abs(n - house.no) > 6]
    return rng.choice(fits[:2]) if fits else None


def again(world: World, sheets: list[Sheet], rows: list[Row], total: int) -> None:
    """The same household a second time: same name or a relative's with the same phone; on the same sheet or another grid's."""
    rng = world.rng
    pool = [r for r in rows if r.clean() and len(r.house.households) == 1 and r.household]
    shared = _shared(world)
    for first in rng.sample(pool, times(rng, total, 0.044)):
        away = [s for s in sheets if s is not first.sheet and first.house.line not in shared]
        sheet = rng.choice(away) if away and rng.random() < 0.35 else first.sheet
        row = replace(first, sheet=sheet, action="合并", same=first, issues=["重"], marks=[])
        if sheet is not first.sheet:
            row.grid = rng.choice(sheet.grids)
            row.issues.append("错格")
        row.note = rng.choice(words.NOTES["重"]) if rng.random() < 0.3 else ""
        if rng.random() < 0.35 and first.household:
            row.name = _relative(rng, first.household)
            row.marks.append("另名")
            row.keep_phone = first.keep_phone = True
            if not (sheet.phones and first.sheet.phones):
                row.note = rng.choice(words.NOTES["另名"]).format(n=first.name)
        measure(world, sheet, row)
        sheet.rows.insert(rng.randrange(len(sheet.rows) // 3, len(sheet.rows)), row)


def _shared(world: World) -> list[Line]:
    """Streets that run through two grids."""
    return [line for line in world.lines if len({h.grid for h in world.houses if h.line is line}) > 1]


def _relative(rng: Random, household: Household) -> str:
    while True:
        name = (
            household.head[:3] + "".join(rng.choices(words.NAME_CHARS, k=len(household.head) - 3))
            if rng.random() < 0.6
            else "测试" + "".join(rng.choices(words.NAME_CHARS, k=2))
        )
        if name != household.head:
            return name


def wrong_grid(world: World, sheets: list[Sheet], rows: list[Row], total: int) -> None:
    """Rows on another grid's sheet, or under another grid's name; never for a street that two grids share."""
    rng = world.rng
    shared = _shared(world)
    again = [r.same for s in sheets for r in s.rows if r.same]
    pool = [r for r in rows if r.clean() and r.house.line not in shared and r not in again]
    for row in rng.sample(pool, min(len(pool), times(rng, total, 0.019))):
        grid = rng.choice([g for g in range(len(world.grids)) if g != row.house.grid])
        sheet = next(s for s in sheets if grid in s.grids)
        if sheet is not row.sheet:
            row.sheet.rows.remove(row)
            row.sheet = sheet
            sheet.rows.insert(rng.randrange(len(sheet.rows) // 3, len(sheet.rows)), row)
        row.grid, row.action = grid, "更正"
        row.issues.append("错格")


def points(world: World, rows: list[Row], total: int) -> None:
    """Faults of single points; never on a row whose own point is the evidence for something else."""
    rng = world.rng
    pool = [
        r for r in rows if r.point and r.kind != "停用" and not r.house.partner and not set(r.issues) & {"错号", "重号", "乱"}
    ]
    rng.shuffle(pool)
    for label, trick, rate in (
        ("坐标偏差大", "off", 0.017),
        ("坐标精度低", "low", 0.011),
        ("坐标颠倒", "swap", 0.027),
        ("飞点", "far", 0.0035),
        ("零坐标", "zero", 0.0035),
    ):
        for _ in range(times(rng, total, rate)):
            row = next((r for r in pool if _fits(r, trick) and not (trick == "off" and r.no is None)), None)
            if row:
                pool.remove(row)
                row.trick = trick
                row.issues.append(label)
                if trick == "off":
                    _displace(world, row)


def _fits(row: Row, trick: str) -> bool:
    """Whether a reader could see this fault in the sheet's way of writing points."""
    if trick == "low":
        lon, lat = (round(v, 3) for v in into(row.sheet.crs, row.point or (0, 0)))
        return not row.sheet.dms and (lon != round(lon, 2) or lat != round(lat, 2))
    if trick == "swap":
        return "E" not in row.sheet.dms
    return trick == "off" or not row.sheet.dms


def _displace(world: World, row: Row) -> None:
    """So far along the street or across it, or anywhere."""
    rng = world.rng
    way = rng.uniform(0, 2 * math.pi) if rng.random() < 0.4 else world.frame.turn + rng.choice([0, 0.5, 1, 1.5]) * math.pi
    far = rng.uniform(*world.habits.off)
    row.point = world.frame.shift(row.house.point, far * math.cos(way), far * math.sin(way))
    row.error = far


def write_down(world: World, sheets: list[Sheet]) -> None:
    """Fills the sheets and spreads every kind of mistake over them."""
    fill(world, sheets)
    everyone = [row for sheet in sheets for row in sheet.rows]
    total = len(everyone)
    spelling(world, everyone, total)
    again(world, sheets, everyone, total)
    wrong_grid(world, sheets, everyone, total)
    points(world, [row for sheet in sheets for row in sheet.rows], total)
    finish(world, sheets, everyone)
