"""What stands in each cell of a row: names, numbers, addresses and points in the sheet's own notation."""

from dataclasses import dataclass
from random import Random

import forms
import words
from geo import dms, into
from rows import Row, Sheet
from world import World


@dataclass(frozen=True)
class Style:
    """A sheet's columns, its words for a plate that hangs, and how it counts its rows."""

    keys: list[str]
    done: list[str]
    seq: str


def cells_of(world: World, style: Style, row: Row, count: int, stray: bool) -> dict[str, object]:
    """What the writer puts in each column of a row."""
    rng, marks, sheet = world.rng, row.marks, row.sheet
    person = row.household if row.kind == "户" else None
    cells: dict[str, object] = {"seq": {"": count, "三-001": f"{words.hanzi(sheet.grids[0] + 1)}-{count:03d}"}[style.seq]}
    cells["name"] = forms.name(rng, row.name, marks)
    cells["people"] = forms.people(rng, row.people, marks)
    cells["home"] = person.home if person else None
    cells["phone"] = forms.phone(rng, row.phone, marks, row.keep_phone) if row.phone else None
    cells |= _address(world, sheet, row, stray) | _point(rng, sheet, row)
    damaged = row.house.fault == "损"
    cells["state"] = (
        rng.choice(style.done) if row.no is not None and not row.house.retired else rng.choice(["否", "未装", None, "无"])
    )
    if damaged and rng.random() < 0.5:
        cells["state"] = rng.choice(["损坏", "破损", "需更换"])
        if "state" in style.keys and rng.random() < 0.4:
            row.note = ""
    cells["date"] = forms.day(rng, marks) if row.no is not None else None
    cells["note"] = row.note or None
    cells["grid"] = rng.choice([f"第{words.hanzi(row.grid + 1)}网格", f"{row.grid + 1}网格"])
    return {k: v for k, v in cells.items() if k in style.keys}


def _address(world: World, sheet: Sheet, row: Row, stray: bool) -> dict[str, object]:
    rng, line, marks = world.rng, row.house.line, row.marks
    street = "" if row.nostreet else forms.street(rng, line, row.street, marks, world.alias)
    if row.no is None:
        number: str | int | None = rng.choice(["无号", "新建未编号", "待定", "无", "—", "未编", None])
    else:
        number = forms.number(rng, row.no, row.house.sub, marks)
    text = f"{number}" if number is not None else ""
    if sheet.addr == "one":
        before = forms.prefix(rng, world.place, marks, row.village)
        return {"address": forms.spaced(rng, before + street + text, marks)}
    if sheet.addr == "section":
        return {"number": street + text if stray else number}
    if sheet.addr == "split3" and line.lane and street and row.village is None:
        return {"street": row.street, "lane": forms.lane(rng, line, marks), "number": number}
    return {"street": forms.spaced(rng, (row.village or "") + street, marks) or None, "number": forms.spaced(rng, number, marks)}


def _point(rng: Random, sheet: Sheet, row: Row) -> dict[str, object]:
    """The measured point in the sheet's system and notation, with the trick that makes it wrong."""
    if row.point is None:
        blank = rng.choice([None, None, None, None, "/", "未采集"]) if sheet.gaps < 0.3 else None
        return {"lonlat": blank, "lon": blank, "lat": blank}
    lon, lat = into(sheet.crs, row.point)
    if row.trick == "zero":
        lon = lat = 0.0
    if row.trick == "far":
        lon, lat = rng.choice(
            [(lon + 1, lat), (lon % 100 if lon > 100 else lon - 10, lat), (lon, lat + 2), (lon - 0.2, lat + 0.1)]
        )
    places = 3 if row.trick == "low" else sheet.decimals
    if sheet.dms:
        texts = [dms(lon, sheet.dms[-3:]), dms(lat, sheet.dms[-3:])]
        texts = [f"E{texts[0]}", f"N{texts[1]}"] if "E" in sheet.dms else texts
    else:
        texts = [f"{round(v, places):.{sheet.decimals}f}" for v in (lon, lat)]
    if row.trick == "swap":
        texts.reverse()
    if sheet.one_column:
        gap = rng.choices([",", " ", "，", ", "], [80, 6, 8, 6])[0] if not sheet.dms else rng.choice([" ", "，"])
        return {"lonlat": gap.join(reversed(texts) if sheet.lat_first else texts)}
    numbers: list[object] = [float(t) if not sheet.dms and rng.random() < 0.85 else t for t in texts]
    return {"lon": numbers[0], "lat": numbers[1]}
