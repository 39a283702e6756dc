"""What the grid workers write down: one row a household, and their own mistakes on top of the faults of the plates."""

import math
from dataclasses import dataclass, field
from random import Random

import words
from geo import into
from world import House, Household, World


@dataclass(eq=False)
class Sheet:
    """One sheet of the workbook: whose grids, which coordinate system, how laid out."""

    name: str
    grids: list[int]
    crs: str = "WGS84"
    said: bool = True
    addr: str = "split"
    lat_first: bool = False
    one_column: bool = False
    dms: str = ""
    gaps: float = 0.05
    phones: bool = True
    decimals: int = 6
    rows: list["Row"] = field(default_factory=list)


@dataclass(eq=False)
class Row:
    """One line of a list. point is the measured WGS84 point; street and no are what the writer means to write."""

    house: House
    household: Household | None
    sheet: Sheet
    name: str
    people: int | None = None
    phone: str = ""
    street: str = ""
    no: int | None = None
    village: str | None = None
    nostreet: bool = False
    point: tuple[float, float] | None = None
    error: float | None = None
    trick: str = ""
    note: str = ""
    struck: bool = False
    hidden: bool = False
    keep_phone: bool = False
    grid: int = 0
    action: str = "保留"
    issues: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    same: "Row | None" = None
    cells: dict[str, object] = field(default_factory=dict)
    at: int = 0
    written: str = ""

    @property
    def kind(self) -> str:
        """户, 单位 or 停用."""
        return "停用" if self.house.retired else "单位" if self.house.unit else "户"

    def clean(self) -> bool:
        """Nothing wrong yet with the address or the plate."""
        return self.kind == "户" and not self.issues and not self.house.fault and not self.house.partner and self.same is None


def fill(world: World, sheets: list[Sheet]) -> None:
    """Rows for every listed household, as a careful writer would put them."""
    for sheet in sheets:
        for house in world.houses:
            if house.grid in sheet.grids:
                sheet.rows += _rows_of(world, sheet, house)
    _evidence(world.rng, [row for sheet in sheets for row in sheet.rows])


def finish(world: World, sheets: list[Sheet], rows: list[Row]) -> None:
    """Idle notes for the rows given; on every row, what its missing or foreign point is called."""
    _chatter(world, rows, len(rows))
    for row in [row for sheet in sheets for row in sheet.rows]:
        crs = row.sheet.crs
        if row.point is None:
            row.issues.append("缺坐标")
        elif crs != "WGS84" and row.trick != "zero":
            row.issues.append(crs if row.sheet.said else f"{crs}未注明")


def measure(world: World, sheet: Sheet, row: Row, calm: bool = False) -> None:
    """A phone's reading at the door: about 3 m off, never more than 8 m; or none at all."""
    rng, limit = world.rng, 3.0 if calm else 8.0
    if rng.random() < sheet.gaps:
        row.point, row.error = None, None
        return
    while True:
        east, north = rng.gauss(0, 2.3), rng.gauss(0, 2.3)
        row.point, row.error = world.frame.shift(row.house.point, east, north), math.hypot(east, north)
        if row.error <= limit and any(round(v, 3) != round(v, sheet.decimals) for v in into(sheet.crs, row.point)):
            return


def _rows_of(world: World, sheet: Sheet, house: House) -> list[Row]:
    about = {"street": house.line.name, "no": house.plate_no, "grid": house.grid, "note": house.note, "action": house.action}
    if house.retired:
        return [_gone(world, Row(house, None, sheet, "", **about))]
    if house.unit:
        rows = [Row(house, None, sheet, house.unit, **about)]
    else:
        here = [h for h in house.households if not h.missing]
        rows = [Row(house, h, sheet, h.head, h.people, h.phone, **about) for h in here]
    for row in rows:
        row.issues = [house.fault] if house.fault else []
        measure(world, sheet, row, calm=bool(house.partner or house.fault == "乱"))
    return rows


def _gone(world: World, row: Row) -> Row:
    """A house that is no more: said in the name, in the note, or by a line through the row."""
    rng = world.rng
    row.name = rng.choice([*words.GONE, "测试" + rng.choice(words.NAME_CHARS) + "氏"])
    row.note, row.struck, row.issues = rng.choice(words.NOTES["停用"]), rng.random() < 0.3, ["停用"]
    if row.struck and row.name in words.GONE and rng.random() < 0.5:
        row.note = ""
    if rng.random() < 0.25:
        measure(world, row.sheet, row)
    return row


def _evidence(rng: Random, rows: list[Row]) -> None:
    """A doubled or swapped number must show: from both points, or from a note."""
    by_house = {id(row.house): row for row in rows}
    for row in rows:
        partner = by_house.get(id(row.house.partner)) if row.house.partner else None
        if row.house.fault == "重号" and not row.note and partner and not (row.point and partner.point):
            row.note = rng.choice([n for n in words.NOTES["重号"] if n])
        if row.house.fault == "乱" and partner and not row.note and not partner.note and not (row.point and partner.point):
            row.note = rng.choice([n for n in words.NOTES["交换"] if n])
        if row.house.fault == "乱" and not partner and not row.note and not row.point:
            row.note = "号码不对"


def _chatter(world: World, rows: list[Row], total: int) -> None:
    """Notes that mean nothing for the plate, among them two that name another village without being wrong."""
    rng = world.rng
    pool = [r for r in rows if r.kind == "户" and not r.note]
    for row in rng.sample(pool, int(total * 0.09)):
        row.note = rng.choice(words.IDLE_NOTES)
    for row in rng.sample([r for r in pool if r.clean() and not r.note], 2):
        row.note = f"娘家在{rng.choice(world.place.siblings)}"
