"""Proves that a made village's answers are true, reading the handover back with other libraries: python selfcheck.py DIR…

Exit 1 and a list of what is wrong, where something is."""

import csv
import io
import json
import math
import sys
from collections import Counter
from pathlib import Path

import openpyxl
from geo import PER_LAT, into
from shapely.geometry import Point, Polygon

POINT_FAULTS = {"坐标偏差大", "坐标精度低", "坐标颠倒", "飞点", "零坐标", "缺坐标"}
ADDRESS_FAULTS = {"错字", "错号", "错村", "缺号", "缺街", "乱", "重号", "停用"}
Table = list[dict[str, str]]


def check(folder: Path) -> list[str]:
    """What is wrong with a village; an empty list where all is well."""
    truth = _table(folder / "truth/row_truth.csv")
    meta = json.loads((folder / "truth/meta.json").read_text(encoding="utf-8"))
    return [
        *_readable(folder, meta, truth),
        *_numbers(_table(folder / "truth/addresses.csv"), truth),
        *_pairs(truth),
        *_points(folder, meta, truth),
        *_missing(folder, truth),
    ]


def _table(path: Path) -> Table:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _readable(folder: Path, meta: dict, truth: Table) -> list[str]:
    """Every truth row stands in its file at its physical row with that content, and no other row carries a 测试 name."""
    here = meta["handover"]
    cells = _workbook(folder / "handover" / here["sheets"]) | _register(folder / "handover" / here["register"], here["encoding"])
    chat = (folder / "handover" / here["chat"]).read_text(encoding="utf-8").split("\n") if here["chat"] else []
    cells |= {(here["chat"], "", i + 1): [line] for i, line in enumerate(chat) if line}
    bad, claimed = [], set()
    for row in truth:
        key = (row["file"], row["sheet"], int(row["row"]))
        if key in claimed:
            bad.append(f"{key}: two answers")
        claimed.add(key)
        values = cells.get(key, [])
        for piece in row["as_written"].split(" ¦ "):
            if not piece.startswith("(合并:") and piece.strip() and piece not in values:
                bad.append(f"{key}: {piece!r} not in {values}")
    listed = [
        k
        for k, v in cells.items()
        if any(str(x).startswith("测试") and len(str(x)) < 8 for x in v) and k[1] not in ("填表说明", "说明")
    ]
    return bad + [f"{k}: a household without an answer" for k in listed if k not in claimed]


def _workbook(path: Path) -> dict[tuple[str, str, int], list[str]]:
    book = openpyxl.load_workbook(path)
    cells = {}
    for sheet in book:
        for row in sheet.iter_rows():
            values = [c.value for c in row if c.value is not None]
            cells[(path.name, sheet.title, row[0].row)] = [str(v.date()) if hasattr(v, "date") else str(v) for v in values]
    return cells


def _register(path: Path, encoding: str) -> dict[tuple[str, str, int], list[str]]:
    text = path.read_bytes().decode(encoding)
    delimiter = "\t" if "\t" in text else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    cells, start = {}, 1
    for values in reader:
        cells[(path.name, "", start)] = values
        start += 1 + sum(v.count("\n") for v in values)
    return cells


def _numbers(addresses: Table, truth: Table) -> list[str]:
    """True addresses are unique; a plate hangs twice only where it says 重号; a mistyped number is nobody's."""
    bad = [f"{std}: {n} doors" for std, n in Counter(a["std_address"] for a in addresses).items() if n > 1]
    plates = Counter((a["street"], a["lane"], a["plate_no_now"], a["plate_sub_now"]) for a in addresses if a["plate_no_now"])
    said = Counter(
        (a["street"], a["lane"], a["plate_no_now"], a["plate_sub_now"]) for a in addresses if a["plate_issue"] == "重号"
    )
    bad += [f"{plate}: {n} plates, {said[plate]} said" for plate, n in plates.items() if n != 1 + said[plate]]
    heads = Counter(
        (r["std_address"], r["hh_id"]) for r in truth if r["hh_id"] and not r["issues"] and not r["file"].endswith(("csv", "txt"))
    )
    return bad + [f"{key}: listed {n} times without a word" for key, n in heads.items() if n > 1]


def _plausible(address: dict[str, str]) -> bool:
    """缺号 has no plate, 乱 and 重号 another number, everything else its own."""
    issue, now, no = address["plate_issue"], address["plate_no_now"], address["no"]
    return not now if issue == "缺号" else bool(now) and (now != no) == (issue in ("乱", "重号"))


def _pairs(truth: Table) -> list[str]:
    """A double points at an existing row of the same household."""
    at = {f"{r['sheet']}!{r['row']}": r for r in truth}
    return [
        f"{r['sheet']}!{r['row']}: double of {r['dup_of_row']}"
        for r in truth
        if "重" in r["issues"].split("|") and (r["dup_of_row"] not in at or at[r["dup_of_row"]]["hh_id"] != r["hh_id"])
    ]


def _points(folder: Path, meta: dict, truth: Table) -> list[str]:
    """Points of rows without a fault lie within 15 m, those said to be off beyond 25 m; every door lies in its own grid."""
    areas = json.loads((folder / "handover/grids_wgs84.geojson").read_text(encoding="utf-8"))
    rings = {f["id"]: Polygon(f["geometry"]["coordinates"][0]) for f in areas["features"]}
    bad = [f"{k}: not valid" for k, p in rings.items() if not p.is_valid]
    systems = {s["sheet"]: s for s in meta["sheets"]}
    book = openpyxl.load_workbook(folder / "handover" / meta["handover"]["sheets"])
    for row in truth:
        lon, lat = float(row["lon_wgs84"]), float(row["lat_wgs84"])
        if not rings[row["right_grid"]].contains(Point(lon, lat)):
            bad.append(f"{row['std_address']}: outside {row['right_grid']}")
        faults = set(row["issues"].split("|")) & POINT_FAULTS
        if row["sheet"] not in systems or faults - {"坐标偏差大"}:
            continue
        read = _read([c.value for c in book[row["sheet"]][int(row["row"])]], into(systems[row["sheet"]]["crs"], (lon, lat)))
        metres = math.hypot((read[0]) * PER_LAT * math.cos(math.radians(lat)), read[1] * PER_LAT) if read else 0.0
        if read is None or (metres > 25) != bool(faults) or (not faults and metres > 15):
            bad.append(f"{row['sheet']}!{row['row']}: {metres:.0f} m off, says {row['issues'] or 'nothing'}")
    return bad


def _read(values: list[object], near: tuple[float, float]) -> tuple[float, float] | None:
    """How far the written point is from where it should be, in degrees; understands only what the maker writes."""
    numbers = []
    for value in values:
        for text in str(value).replace("，", " ").replace(",", " ").split():
            parts = text.strip("EN").replace("′", "'").replace("″", '"').replace("度", "°").replace("分", "'").replace("秒", '"')
            try:
                if "°" in parts:
                    degrees, minutes, seconds = parts.rstrip('"').replace("°", " ").replace("'", " ").split()
                    numbers.append(float(degrees) + float(minutes) / 60 + float(seconds) / 3600)
                elif "." in parts:
                    numbers.append(float(parts))
            except ValueError:
                continue
    lons, lats = [n for n in numbers if abs(n - near[0]) < 0.01], [n for n in numbers if abs(n - near[1]) < 0.01]
    return (lons[0] - near[0], lats[0] - near[1]) if lons and lats else None


def _missing(folder: Path, truth: Table) -> list[str]:
    """Who is missing stands on no sheet, and is named where also_in says."""
    where: dict[str, set[str]] = {}
    for row in truth:
        where.setdefault(row["hh_id"], set()).add(
            "xlsx" if row["file"].endswith("xlsx") else "csv" if row["file"].endswith("csv") else "接龙"
        )
    bad = []
    for row in _table(folder / "truth/missing.csv"):
        if where.get(row["hh_id"], set()) != set(row["also_in"].split("|")) - {"无"}:
            bad.append(f"{row['hh_id']}: also_in {row['also_in']}, found in {where.get(row['hh_id'])}")
    lost = {"csv", "接龙"}
    gone = {r["hh_id"] for r in _table(folder / "truth/missing.csv")}
    households = _table(folder / "truth/households.csv")
    return bad + [
        f"{h['hh_id']}: on no sheet, not said"
        for h in households
        if h["hh_id"] not in gone and not where.get(h["hh_id"], set()) - lost
    ]


def main() -> int:
    """Checks the folders given."""
    failed = 0
    for name in sys.argv[1:]:
        bad = check(Path(name))
        failed += bool(bad)
        sys.stdout.write(f"{name}: {'ok' if not bad else f'{len(bad)} wrong'}\n" + "".join(f"  {b}\n" for b in bad[:12]))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
