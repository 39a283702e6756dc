"""The answers, in the columns of the sample village."""

import csv
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from geo import gcj02
from layout import dense
from lists import Entry
from rows import Row, Sheet
from world import House, World

ROW = (
    "file,sheet,row,village,kind,addr_id,hh_id,issues,action,dup_of_row,plate_now,std_address,right_grid,"
    "lon_wgs84,lat_wgs84,gps_error_m,formats,as_written"
)
ADDRESS = (
    "addr_id,village_code,std_address,street,lane,no,sub,name,side,grid_id,status,lon_wgs84,lat_wgs84,lon_gcj02,lat_gcj02,"
    "plate_no_now,plate_sub_now,plate_state,plate_issue,action"
)
HOUSEHOLD = "hh_id,head,people,at_home,phone,addr_id,std_address,grid_id,group_id"
MISSING = "hh_id,head,addr_id,std_address,right_grid,lon_wgs84,lat_wgs84,also_in"


@dataclass(frozen=True)
class Handover:
    """What was handed over: the workbook's name and sheets, the lines of the other lists, the grids, and facts for meta.json."""

    book: str
    sheets: list[Sheet]
    entries: list[Entry]
    areas: dict[str, object]
    meta: dict[str, object]


def write(world: World, folder: Path, given: Handover) -> None:
    """All truth files."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [row for sheet in given.sheets for row in sheet.rows]
    answers = [_row(world, given.book, row) for row in rows] + [_entry(world, e) for e in given.entries]
    _table(folder / "row_truth.csv", ROW, answers)
    _addresses(world, folder)
    _households(world, folder)
    _geo(world, folder)
    (folder / "grids.geojson").write_text(json.dumps(given.areas, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    here = world.place
    meta = {
        **{"village": here.village, "code": here.code, "town": here.town, "county": here.full_county, "siblings": here.siblings},
        **{"scheme": world.scheme, "households": len(world.households), "grids": len(world.grids), "peculiar": world.peculiar},
        "numbering": {line.full: line.rule for line in world.lines if line.kind != "巷"},
        "xlsx_rows": len(rows),
        "households_on_no_sheet": sum(h.missing for h in world.households),
        "xlsx_issue_counts": dict(sorted(Counter(i for r in rows for i in r.issues).items())),
        **given.meta,
    }
    (folder / "meta.json").write_text(json.dumps(meta, ensure_ascii=False, indent=1), encoding="utf-8")


def _table(path: Path, heads: str, rows: list[list[object]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        file.write(heads + "\n")
        csv.writer(file, lineterminator="\n").writerows(rows)


def _now(house: House) -> str:
    return house.text(house.plate_no) if house.plate_no is not None else ""


def _place(world: World, house: House) -> list[object]:
    return [world.std(house), world.grid_id(house.grid), *(f"{v:.7f}" for v in house.point)]


def _row(world: World, book: str, row: Row) -> list[object]:
    house, household = row.house, row.household
    first = f"{row.same.sheet.name}!{row.same.at}" if row.same else ""
    error = "" if row.error is None else f"{row.error:.1f}"
    where = [book, row.sheet.name, row.at, world.place.code, row.kind, house.addr_id, household.hh_id if household else ""]
    answer = ["|".join(i for i in row.issues if i), row.action, first, _now(house), *_place(world, house), error]
    return [*where, *answer, "|".join(dict.fromkeys(row.marks)), row.written]


def _entry(world: World, entry: Entry) -> list[object]:
    house, household = entry.house, entry.household
    corrected = entry.issues and entry.issues[0] in ("漏(表外补报)", "更正说明")
    where = [entry.file, "", entry.row, world.place.code, "停用" if house.retired else "户", house.addr_id]
    answer = ["|".join(entry.issues), "保留" if corrected else house.action, "", _now(house), *_place(world, house), ""]
    return [*where, household.hh_id if household else "", *answer, "|".join(dict.fromkeys(entry.marks)), entry.written]


def _addresses(world: World, folder: Path) -> None:
    rows: list[list[object]] = []
    for h in world.houses:
        sub = h.sub or ""
        state = "无" if h.retired else "未安装" if h.plate_no is None else "损坏" if h.fault == "损" else "已安装"
        points = [f"{v:.7f}" for v in (*h.point, *gcj02(*h.point))]
        status = [h.unit, h.side, world.grid_id(h.grid), "停用" if h.retired else "在用"]
        plate = [h.plate_no or "", sub if h.plate_no else "", state, h.fault, h.action]
        rows.append([h.addr_id, world.place.code, world.std(h), h.line.name, h.line.lane, h.no, sub, *status, *points, *plate])
    _table(folder / "addresses.csv", ADDRESS, rows)


def _households(world: World, folder: Path) -> None:
    rows: list[list[object]] = []
    seen: Counter[int] = Counter()
    for h in world.households:
        grid = h.house.grid
        group = f"{world.place.code}-L{grid + 1}{seen[grid] // 8 + 1:02d}"
        seen[grid] += 1
        address = [h.house.addr_id, world.std(h.house), world.grid_id(grid)]
        rows.append([h.hh_id, h.head, h.people, h.home, h.phone, *address, group])
    _table(folder / "households.csv", HOUSEHOLD, rows)
    gone = [h for h in world.households if h.missing]
    missing = [[h.hh_id, h.head, h.house.addr_id, *_place(world, h.house), "|".join(h.also_in) or "无"] for h in gone]
    _table(folder / "missing.csv", MISSING, missing)


def _geo(world: World, folder: Path) -> None:
    def feature(properties: dict[str, str], kind: str, points: list[tuple[float, float]]) -> dict[str, object]:
        coordinates = [list(world.frame.lonlat(*p)) for p in points]
        return {
            "type": "Feature",
            "properties": properties,
            "geometry": {"type": kind, "coordinates": [[*coordinates, coordinates[0]]] if kind == "Polygon" else coordinates},
        }

    homes = {
        line.full: next(h.grid for h in world.houses if h.line is line)
        for line in world.lines
        if any(h.line is line for h in world.houses)
    }
    files = {
        "buildings": [
            feature({"addr_id": h.addr_id, "std": h.text(), "name": h.unit}, "Polygon", h.poly)
            for h in world.houses
            if not h.retired
        ],
        "streets": [
            feature({"name": x.full, "kind": x.kind, "grid": world.grid_id(homes[x.full])}, "LineString", dense(x.path))
            for x in world.lines
            if x.full in homes
        ],
    }
    for name, features in files.items():
        text = json.dumps(
            {"type": "FeatureCollection", "name": name, "features": features}, ensure_ascii=False, separators=(",", ":")
        )
        (folder / f"{name}.geojson").write_text(text, encoding="utf-8")
