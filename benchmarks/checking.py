"""Checking many addresses in one run — parse, duplicates, areas — against the two things people do instead.

The lists of the sample village, over and over, each time as another village (households and coordinates alike, nothing shared),
until --rows lines are checked. Peers in the same run: one regular expression, and (where installed) pandas + geopandas: the
regular expression vectorised, drop_duplicates, and a spatial join. The peers find next to nothing; the figure says what
finding costs.

usage: python benchmarks/checking.py [--rows 20000] [--grow]      --grow: 10⁴, 10⁵ and 10⁶ lines
"""

from __future__ import annotations

import argparse
import re
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from doorplate.addresses.quality import CheckContext, check  # noqa: E402
from doorplate.areas.divisions import lookup, siblings  # noqa: E402
from doorplate.cli.demo import HANDOVER, LISTS  # noqa: E402
from doorplate.exchange.areas_file import read_areas  # noqa: E402
from doorplate.exchange.read import read_lists  # noqa: E402
from doorplate.model import Area, ListRow  # noqa: E402

VILLAGE = "610431001203"
ONE_REGEX = re.compile(r"(?P<street>[一-龥]+?[路街巷道])(?P<number>\d+)号?(?:附(?P<suffix>\d+)号?)?")


def villages(rows: Sequence[ListRow], wanted: int) -> Iterator[list[ListRow]]:
    """Copies of the sample until `wanted` lines are out, each under file names of its own."""
    copy = 0
    while wanted > 0:
        part = rows[:wanted]
        yield [replace(row, ref=replace(row.ref, file=f"{copy}-{row.ref.file}")) for row in part]
        wanted -= len(part)
        copy += 1


def ours(rows: Sequence[ListRow], wanted: int, context: CheckContext) -> tuple[float, int]:
    """Seconds and findings of our check."""
    start, findings = time.perf_counter(), 0
    for village in villages(rows, wanted):
        findings += len(check(village, context).findings)
    return time.perf_counter() - start, findings


def one_regex(rows: Sequence[ListRow], wanted: int) -> float:
    """Seconds of a loop with one regular expression."""
    start = time.perf_counter()
    for village in villages(rows, wanted):
        for row in village:
            ONE_REGEX.search(row.cell("address") or row.cell("street") + row.cell("number"))
    return time.perf_counter() - start


def pandas_and_geopandas(rows: Sequence[ListRow], wanted: int, areas: Sequence[Area]) -> float | None:
    """Seconds of the same in pandas with a spatial join, None where they are not installed."""
    try:
        import geopandas
        import pandas
    except ImportError:
        return None
    from shapely import from_wkb

    lines = [row for village in villages(rows, wanted) for row in village]
    start = time.perf_counter()
    text = [row.cell("address") or row.cell("street") + row.cell("number") for row in lines]
    table = pandas.DataFrame({"text": text, "lon": [row.cell("lon") for row in lines], "lat": [row.cell("lat") for row in lines]})
    parts = table["text"].str.extract(ONE_REGEX.pattern)
    parts.drop_duplicates()
    lon, lat = (pandas.to_numeric(table[name], errors="coerce") for name in ("lon", "lat"))
    points = geopandas.GeoDataFrame(parts, geometry=geopandas.points_from_xy(lon, lat), crs=4326).dropna(subset=["street"])
    grids = geopandas.GeoDataFrame(
        {"grid": [a.code for a in areas]}, geometry=[from_wkb(a.geometry_wkb) for a in areas], crs=4326
    )
    geopandas.sjoin(points[points.geometry.is_valid & ~points.geometry.is_empty], grids, predicate="within")
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--grow", action="store_true")
    options = parser.parse_args()
    areas = read_areas(HANDOVER / "grids_wgs84.geojson", VILLAGE)
    rows = read_lists([HANDOVER / name for name in LISTS]).rows
    context = CheckContext(division=lookup(VILLAGE), siblings=siblings(VILLAGE), areas=areas)
    for wanted in (10_000, 100_000, 1_000_000) if options.grow else (options.rows,):
        seconds, findings = ours(rows, wanted, context)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{wanted:>9,} lines: {wanted / seconds:,.0f} lines/s, {findings:,} findings, peak {peak:,.0f} MiB")
        regex = one_regex(rows, wanted)
        print(f"{'':>9} one regular expression: {wanted / regex:,.0f} lines/s = {seconds / regex:.0f} × faster, finds nothing")
        tables = pandas_and_geopandas(rows, wanted, areas)
        if tables is None:
            print(f"{'':>9} pandas + geopandas: not installed here")
        else:
            print(f"{'':>9} pandas + geopandas: {wanted / tables:,.0f} lines/s = {seconds / tables:.1f} × faster")


if __name__ == "__main__":
    main()
