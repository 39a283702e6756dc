"""Checking the lists of a whole county in one run — reading, parsing, duplicates, areas — against what people do instead.

A county hands over files, a few a village. So the sample village's lists (with all their mistakes: 45 households twice, 9
numbers twice, …) are written out as CSV and chat text again and again, every village with streets and names of its own, in a
place of its own, with its own five grids, until --rows lines are there. Ours reads and checks village after village, as
`doorplate check` does, and writes findings and rows as JSON lines; villages share nothing but the process, so that memory
stays that of one village.

Peers, in the same run, from the same files: pandas + geopandas, all villages in one table (read_csv, the regular expression
by str.extract, duplicated() by head and by door, one sjoin with all grids), and one regular expression in a loop over
csv.DictReader. Both find next to nothing of what is wrong; the figures say what finding costs. Reading is counted on all
sides. Time is processor time (every side works on one processor), so that a busy machine changes little; ours by the clock
stands beside it.

usage: python benchmarks/checking.py [--rows 20000] [--grow] [--reader]
--grow: 10⁴, 10⁵ and 10⁶ lines, and how time grows · --reader: one CSV of 10⁶ lines through the reader alone, streaming
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from doorplate.checking import check_lists  # noqa: E402
from doorplate.exchange.areas_file import read_areas  # noqa: E402
from doorplate.exchange.findings_file import write_findings, write_rows  # noqa: E402
from doorplate.exchange.read import read_lists  # noqa: E402
from doorplate.model import Area, ListRow  # noqa: E402

SAMPLE = ROOT / "doorplate" / "sample" / "handover"
LISTS, CHAT = ("营上村_智慧门牌地址核对表.xlsx", "营上村_户籍地址_GBK.csv"), "微信群接龙.txt"
VILLAGE = "610431001203"
STREETS = "幸福和谐振兴文明团结"  # the characters of the sample's street names
CHARACTERS = "安宁康泰富裕丰登春晖秋实东升朝阳建设前进胜利光明永兴长乐青松翠柏金桥银杏"
GCJ02 = {"position": "坐标（高德）"}
TITLES = {
    "seq": "序号",
    "head": "户主姓名",
    "members": "人口",
    "resident": "常住",
    "address": "家庭住址",
    "street": "街路巷",
    "number": "门牌号",
    "phone": "联系电话",
    "lon": "经度",
    "lat": "纬度",
    "position": "经纬度",
    "installed": "是否安装",
    "installed_on": "安装日期",
    "note": "备注",
    "household_no": "户号",
    "registered_on": "立户日期",
}
_APART = 2  # minutes of arc from village to village
ONE_REGEX = re.compile(r"(?P<street>[一-龥]+?[路街巷道])(?P<number>\d+)号?(?:附(?P<suffix>\d+)号?)?")


@dataclass(frozen=True)
class County:
    """What stands in a folder: the files of each village, and its grids; how many lines."""

    villages: tuple[tuple[Path, ...], ...]
    grids: tuple[tuple[Area, ...], ...]
    lines: int


class Village:
    """The sample, to be written out under other names in another place."""

    def __init__(self) -> None:
        self.rows = read_lists([SAMPLE / name for name in LISTS]).rows
        self.chat = (SAMPLE / CHAT).read_text("utf-8")
        self.areas = read_areas(SAMPLE / "grids_wgs84.geojson", VILLAGE)
        self.sheets: dict[tuple[str, str], list[ListRow]] = {}
        for row in self.rows:
            key = ("户籍地址", "") if row.list_name == "register" else ("核对表", row.ref.sheet or "")
            self.sheets.setdefault(key, []).append(row)

    def write(self, folder: Path, number: int, most: int) -> tuple[tuple[Path, ...], tuple[Area, ...], int]:
        """Files of village `number`, about `most` lines at most; its grids; the lines written."""
        names = str.maketrans(STREETS, "".join(np.random.default_rng(number).permutation(list(CHARACTERS))[: len(STREETS)]))
        east, north = _APART * (number % 30), _APART * (number // 30)
        files, written = [], 0
        for (kind, sheet), whole in self.sheets.items():
            rows = whole[: most - written]
            if not rows:
                break
            title = sheet.strip().translate(names)
            path = folder / f"{number:04d}村_{title}{kind}.csv"
            _write_csv(path, [_moved(row, names, number, (east, north)) for row in rows], gcj02=rows[0].crs == "gcj02")
            files.append(path)
            written += len(rows)
        if written == len(self.rows):
            path = folder / f"{number:04d}村_微信群接龙.txt"
            path.write_text(self.chat.translate(names), "utf-8")
            files.append(path)
        grids = tuple(replace(a, geometry_wkb=_shifted(a.geometry_wkb, east, north)) for a in self.areas)
        return tuple(files), grids, written


def _shifted(wkb: bytes | None, east: int, north: int) -> bytes:
    shift = np.array([east, north]) / 60
    return bytes(shapely.to_wkb(shapely.transform(shapely.from_wkb(wkb), lambda xy: xy + shift)))


def _moved(row: ListRow, names: dict[int, int], number: int, by: tuple[int, int]) -> dict[str, str]:
    cells = dict(row.cells)
    for role in ("address", "street", "note"):
        if role in cells:
            cells[role] = cells[role].translate(names)
    if "head" in cells:
        cells["head"] = cells["head"].replace("测试", f"测试{CHARACTERS[number % len(CHARACTERS)]}")
    for role in ("lon", "lat", "position"):
        parts = re.split(r"([\s,，、;；]+)", cells.get(role, ""))
        cells[role] = "".join(_plus(part, by[0] if part.startswith("108") else by[1]) for part in parts)
    return cells


def _plus(text: str, minutes: int) -> str:
    """A coordinate, decimal or in degrees and minutes, moved; anything else as it is."""
    if match := re.fullmatch(r"(\d+)°(\d+)(\D.*)", text.strip()):
        degrees, left = divmod(int(match[1]) * 60 + int(match[2]) + minutes, 60)
        return f"{degrees}°{left:02d}{match[3]}"
    if not re.fullmatch(r"\d+\.\d+", text) or float(text) == 0:
        return text
    decimals = len(text.partition(".")[2])
    return f"{float(text) + minutes / 60:.{decimals}f}"


def _write_csv(path: Path, lines: Sequence[dict[str, str]], *, gcj02: bool) -> None:
    roles = [role for role in TITLES if any(line.get(role) for line in lines)]
    titles = {**TITLES, **(GCJ02 if gcj02 else {})}
    with path.open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out)
        table.writerow(titles[role] for role in roles)
        table.writerows([line.get(role, "") for role in roles] for line in lines)


def county(folder: Path, lines: int) -> County:
    """So many lines in villages of 1,853 lines each (the last one smaller), chats on top."""
    village, villages, grids, written = Village(), [], [], 0
    while written < lines:
        files, areas, more = village.write(folder, len(villages), lines - written)
        villages.append(files)
        grids.append(areas)
        written += more
    return County(tuple(villages), tuple(grids), written)


def ours(county: County, folder: Path) -> tuple[float, int, Counter[str]]:
    """Seconds, lines and findings of `doorplate check` for every village."""
    start, found, lines = time.process_time(), Counter[str](), 0
    for files, areas in zip(county.villages, county.grids, strict=True):
        checked = check_lists(files, VILLAGE, areas)
        write_findings(folder / "findings.jsonl", checked.result.findings)
        write_rows(folder / "rows.jsonl", checked.result.rows)
        found.update(finding.class_ for finding in checked.result.findings)
        lines += len(checked.result.rows)
    return time.process_time() - start, lines, found


def one_regex(county: County) -> float:
    """Seconds of a loop with one regular expression over all lines."""
    start = time.process_time()
    for path in _tables(county):
        with path.open(encoding="utf-8", newline="") as lines:
            table = csv.DictReader(lines)
            for row in table:
                ONE_REGEX.search(row.get(TITLES["address"]) or row.get(TITLES["street"], "") + row.get(TITLES["number"], ""))
    return time.process_time() - start


def _tables(county: County) -> Iterator[Path]:
    return (path for files in county.villages for path in files if path.suffix == ".csv")


def pandas_and_geopandas(county: County) -> tuple[float, int] | None:
    """Seconds of the same in pandas with a spatial join, and its duplicates; None where they are not installed."""
    try:
        import geopandas
        import pandas
    except ImportError:
        return None
    start = time.process_time()
    read = [pandas.read_csv(path, dtype=str).assign(village=path.name[:4]) for path in _tables(county)]
    table = pandas.concat(read, ignore_index=True).fillna("")
    text = table[TITLES["address"]].where(table[TITLES["address"]] != "", table[TITLES["street"]] + table[TITLES["number"]])
    parts = text.str.extract(ONE_REGEX.pattern).assign(village=table["village"], head=table[TITLES["head"]])
    doubles = sum(parts.duplicated(["village", *by]).sum() for by in (["head"], ["street", "number", "suffix"]))
    lon, lat = (pandas.to_numeric(table[TITLES[name]], errors="coerce") for name in ("lon", "lat"))
    points = geopandas.GeoDataFrame(parts, geometry=geopandas.points_from_xy(lon, lat), crs=4326)[lon.notna() & lat.notna()]
    areas = [a for grids in county.grids for a in grids]
    outlines = shapely.from_wkb([a.geometry_wkb for a in areas])
    polygons = geopandas.GeoDataFrame({"grid": [a.code for a in areas]}, geometry=outlines, crs=4326)
    geopandas.sjoin(points, polygons, predicate="within")
    return time.process_time() - start, int(doubles)


def measure(lines: int) -> dict[str, Any]:
    """One size: our seconds, findings and peak memory before any peer runs, then the peers'."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole = county(folder, lines)
        clock = time.perf_counter()
        seconds, read, found = ours(whole, folder)
        clock = time.perf_counter() - clock
        peak = _peak()
        tables = pandas_and_geopandas(whole)
        return {
            "lines": read,
            "villages": len(whole.villages),
            "seconds": seconds,
            "clock": clock,
            "peak": peak,
            "found": dict(found),
            "regex": one_regex(whole),
            "tables": tables,
            "tables_peak": _peak(),
        }


def _peak() -> float:
    """MiB this process has needed so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def show(figures: dict[str, Any]) -> None:
    """A size's figures in words."""
    lines, seconds, regex = figures["lines"], figures["seconds"], figures["regex"]
    kinds = ", ".join(f"{name} {count:,}" for name, count in sorted(figures["found"].items()))
    rate, indent = f"{lines / seconds:,.0f} lines/s", " " * 9
    clock, peak = f"{figures['clock']:.1f} s by the clock", f"peak {figures['peak']:,.0f} MiB"
    print(f"{lines:>9,} lines of {figures['villages']} villages: {seconds:.1f} s, {rate} ({clock}), {peak}")
    print(f"{indent} found: {kinds}")
    print(f"{indent} one regular expression: {lines / regex:,.0f} lines/s = {seconds / regex:.0f} × faster, finds nothing")
    if figures["tables"] is None:
        print(f"{indent} pandas + geopandas: not installed here")
        return
    tables, doubles = figures["tables"]
    told = f"{doubles:,} duplicated(), peak {figures['tables_peak']:,.0f} MiB"
    print(f"{indent} pandas + geopandas: {lines / tables:,.0f} lines/s = {seconds / tables:.1f} × faster, {told}")


def reader(lines: int = 1_000_000) -> None:
    """One CSV of so many lines, read line by line, nothing kept."""
    from doorplate.exchange.formats.text_table import read_text_table
    from doorplate.exchange.limits import Limits
    from doorplate.exchange.meaning.recognise import recognise

    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "全县名单.csv"
        rows = Village().sheets["户籍地址", ""]
        roles = ("seq", "head", "address", "lon", "lat")
        with path.open("w", encoding="utf-8", newline="") as out:
            table = csv.writer(out)
            table.writerow(TITLES[role] for role in roles)
            for i in range(lines):
                cells, lon, lat = rows[i % len(rows)].cells, 108.1 + i % 997 / 1e4, 34.2 + i % 991 / 1e4
                table.writerow([i + 1, cells["head"], cells["address"], f"{lon:.6f}", f"{lat:.6f}"])
        size, before = path.stat().st_size / 2**20, _peak()
        start = time.process_time()
        count = sum(1 for _ in recognise(read_text_table(path, Limits())[0]).lines())
        seconds = time.process_time() - start
    print(f"reader: {count:,} lines ({size:.0f} MiB) in {seconds:.1f} s, {count / seconds:,.0f} lines/s")
    print(f"peak {_peak():.0f} MiB, of which {_peak() - before:.0f} for reading")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--grow", action="store_true")
    parser.add_argument("--reader", action="store_true")
    parser.add_argument("--json", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.json:
        print(json.dumps(measure(options.rows)))
        return
    if options.reader:
        reader()
        return
    earlier: dict[str, Any] | None = None
    for size in (10_000, 100_000, 1_000_000) if options.grow else (options.rows,):
        command = [sys.executable, __file__, "--json", "--rows", str(size)]  # a process of its own: its peak memory is its own
        figures = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        show(figures)
        if earlier:
            growth = math.log(figures["seconds"] / earlier["seconds"]) / math.log(figures["lines"] / earlier["lines"])
            print(f"{'':>9} time grows as lines to the power {growth:.2f}")
        earlier = figures
        sys.stdout.flush()


if __name__ == "__main__":
    main()
