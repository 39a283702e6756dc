"""Loading a CSV register with points into the registry, against SQLAlchemy Core executemany, in one run on one machine.

    python benchmarks/loading.py [--rows 200000] [--backend postgis spatialite] [--communities 50]

Each way runs in a process of its own on a fresh, migrated database and ends committed, with every index of the address table
in place and usable.
  core      the peer: csv.reader, one dict a row with the same columns, `insert(ADDRESS)` in batches of 5,000, nothing checked
  bare      the same columns by our block loader, nothing checked
  checked   `load_register`: recognised header, parsed addresses, repeats, points against 250 grids, findings for the 1 % of bad
            lines, one event, digest
  plain …   core and bare once more into a table of the same columns without indexes and references: the transfer alone
  raw       the file's own bytes by COPY into a table of its seven columns and a generated geometry: what no loader can beat
Beside the time on the wall stand the seconds of processor that client and server took together: a machine with other work
to do stretches the first, most of all for the way that keeps two cores busy, and hardly the second.
The peer gets the elements and keys ready in the file; `checked` reads only code, address and point.
"""

from __future__ import annotations

import argparse
import csv
import gc
import json
import os
import random
import resource
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import count, islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
import psycopg  # noqa: E402
import shapely  # noqa: E402
from psycopg.copy import QueuedLibpqWriter  # noqa: E402
from sqlalchemy import MetaData, Table, insert, text  # noqa: E402

from doorplate.areas.divisions import lookup, siblings  # noqa: E402
from doorplate.model import Area  # noqa: E402
from doorplate.registry import Registry  # noqa: E402
from doorplate.registry.bulk_lists import load_register  # noqa: E402
from doorplate.registry.communities import community_of, open_community  # noqa: E402
from doorplate.store import open_store  # noqa: E402
from doorplate.store.address_block import COLUMNS, AddressBlock, copy_lines  # noqa: E402
from doorplate.store.bulk import loading  # noqa: E402
from doorplate.store.engine import make_engine  # noqa: E402
from doorplate.store.records import ELEMENTS  # noqa: E402
from doorplate.store.tables import ADDRESS  # noqa: E402
from tests.support import postgis  # noqa: E402

VILLAGE, BATCH, GRIDS_EACH = "610431001203", 5_000, 5
HEADER = ["社区代码", "标准地址", "街路巷", "门牌号", "键", "经度", "纬度"]
STREETS = [a + b + c for a in ("幸福", "和平", "文明", "建设") for b in "东西南北中大小新" for c in ("路", "街")]
WAYS = ("core", "bare", "checked", "plain core", "plain bare", "plain raw")


def divisions(count: int) -> list[Any]:
    return [lookup(VILLAGE), *siblings(VILLAGE)][:count]


def write_register(path: Path, rows: int, communities: int, bad: float) -> None:
    """Rows in running order; each community a square of 0.01° with its houses in it. bad: share of lines with something wrong."""
    rng, chance = np.random.default_rng(20261123), random.Random(20261123)
    places, each = divisions(communities), -(-rows // communities)
    lon, lat = rng.random(rows), rng.random(rows)
    with path.open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out)
        table.writerow(HEADER)
        for i in range(rows):
            n, k = divmod(i, each)
            lane, number = "一二三四五六七八九"[k // 500 // len(STREETS)], str(k % 500 + 1)
            street = f"{STREETS[k // 500 % len(STREETS)]}{lane}巷"
            x, y = 108 + n % 10 * 0.01 + lon[i] * 0.01, 34 + n // 10 * 0.01 + lat[i] * 0.01
            line = [places[n].code, f"{places[n].prefix}{street}{number}号", street, number,
                    f"{places[n].code}:/{street}//{number}//////", f"{x:.7f}", f"{y:.7f}"]
            if chance.random() < bad:
                spoil(line, chance)
            table.writerow(line)


def spoil(line: list[str], chance: random.Random) -> None:
    """One of five things that happen to lines."""
    kind = chance.randrange(5)
    if kind == 0:
        line[5], line[6] = line[6], line[5]
    elif kind == 1:
        line[5] = line[6] = ""
    elif kind == 2:
        line[5] = "109.9"
    elif kind == 3:
        line[1] = line[1].removesuffix("号").rstrip("0123456789")
    else:
        line[1] = line[1].replace("号", "号无人")


def grids(communities: int) -> list[Area]:
    """Five strips to each community's square."""
    areas = []
    for n, place in enumerate(divisions(communities)):
        west, south = 108 + n % 10 * 0.01, 34 + n // 10 * 0.01
        for g in range(GRIDS_EACH):
            code = f"{place.code}-G{g + 1:02d}"
            box = shapely.box(west + g * 0.002, south, west + (g + 1) * 0.002, south + 0.01)
            areas.append(Area(f"{place.code}{g:020d}", "grid", code, code, place.code, shapely.to_wkb(box)))
    return areas


def registry(url: str) -> Registry:
    return Registry(open_store(url), "ab" * 32, "benchmark", lambda: datetime(2026, 11, 23, tzinfo=UTC), random.Random(1))


def core(url: str, path: Path, table: Table) -> None:
    """What one writes first, and well: batches, one transaction."""
    constant = {**dict.fromkeys(ELEMENTS, ""), "version": 1, "status": "proposed", "accuracy_m": None, "point_source": "list",
                "grid_id": None, "aliases": [], "place_kind": "household", "name": ""}
    rng = random.Random(1)
    engine = make_engine(url)
    with engine.begin() as connection, path.open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        next(lines)
        while batch := list(islice(lines, BATCH)):
            connection.execute(insert(table), [
                {**constant, "id": f"{rng.getrandbits(128):032x}", "community": code, "standard_address": address,
                 "street": street, "number": number, "key": key, "point": struct.pack("<BIdd", 1, 1, float(lon), float(lat))}
                for code, address, street, number, key, lon, lat in batch])


def blocks(path: Path, chars: int = 1 << 20) -> Iterator[AddressBlock]:
    """Columns of plain texts; this register has no quotation marks."""
    with path.open(encoding="utf-8") as file:
        file.readline()
        first = 2
        while text := file.read(chars):
            cells = (text + file.readline()).replace("\n", ",").split(",")
            code, address, street, number, key, *degrees = (cells[i:-1:len(HEADER)] for i in range(len(HEADER)))
            streets = {name: ("", name, "") for name in set(street)}
            before, after = list(map(streets.__getitem__, street)), [("",) * 6] * len(code)
            lon, lat = (np.fromiter(map(float, texts), np.float64, len(code)) for texts in degrees)
            yield AddressBlock(range(first, first + len(code)), code, before, number, after, address, key, lon, lat)
            first += len(code)


def bare(url: str, path: Path, rows: int) -> None:
    with open_store(url).writing() as unit, loading(unit, "0" * 32, rows) as loader:
        for block in blocks(path):
            loader.add(block)


def plain_table(url: str) -> Table:
    """The address table's columns in a table of its own: no index, no reference, no trigger."""
    table = Table("plain_address", MetaData(), *(column._copy() for column in ADDRESS.columns if column.name != "fid"))
    with make_engine(url).begin() as connection:
        columns = ", ".join(column.name for column in table.columns)
        connection.execute(text(f"CREATE TABLE plain_address AS SELECT {columns} FROM address WHERE false"))
    return table


def plain_bare(url: str, path: Path) -> None:
    """Our COPY lines straight into the plain table."""
    gc.disable()  # as the loader does
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        statement = f"COPY plain_address ({', '.join(COLUMNS)}) FROM STDIN"
        with cursor.copy(statement, writer=QueuedLibpqWriter(cursor)) as copy:
            for block in blocks(path):
                copy.write(copy_lines("0" * 32, block))


def plain_raw(url: str, path: Path) -> None:
    """Nothing is looked at, nothing put together: no ids, no constants, no separate escaping."""
    with psycopg.connect(url) as connection, connection.cursor() as cursor, path.open("rb") as file:
        connection.execute("CREATE TABLE raw_address (community text, standard_address text, street text, number text, key text, "
                           "lon float8, lat float8, point geometry(Point, 4490) "
                           "GENERATED ALWAYS AS (ST_SetSRID(ST_MakePoint(lon, lat), 4490)) STORED)")
        with cursor.copy("COPY raw_address (community, standard_address, street, number, key, lon, lat) "
                         "FROM STDIN (FORMAT csv, HEADER)") as copy:
            while piece := file.read(1 << 20):
                copy.write(piece)


def one_way(way: str, url: str, path: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Runs in a process of its own: seconds from the open file to the commit, and the most memory it ever held."""
    ours = registry(url)
    ours.store.migrate()
    areas = grids(options.communities)
    told: dict[str, Any] = {}
    if way != "checked":
        for place in divisions(options.communities):
            open_community(ours, community_of(place))
    table = plain_table(url) if way.startswith("plain") else ADDRESS
    start, busy = time.perf_counter(), time.process_time()
    if way in ("core", "plain core"):
        core(url, path, table)
    elif way == "bare":
        bare(url, path, options.rows)
    elif way == "plain bare":
        plain_bare(url, path)
    elif way == "plain raw":
        plain_raw(url, path)
    else:
        report = load_register(ours, path, None, areas)
        told = {"seconds": {k: round(v, 2) for k, v in report.seconds.items()}, "loaded": report.loaded,
                "refused": report.refused, "findings": dict(report.findings)}
    seconds = time.perf_counter() - start
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"s": seconds, "cpu": time.process_time() - busy, "mb": most, "told": told}


def measure(way: str, url: str, path: Path, options: argparse.Namespace) -> dict[str, Any]:
    command = [sys.executable, __file__, "--way", way, "--url", url, "--file", path, "--rows", options.rows,
               "--communities", options.communities]
    with ExitStack() as stack:
        server = stack.enter_context(server_seconds(url)) if url.startswith("postgresql") else [0.0]
        done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True, check=True)
    got = dict(json.loads(done.stdout.splitlines()[-1]))
    return got | {"cpu": got["cpu"] + server[0]}


@contextmanager
def server_seconds(url: str) -> Iterator[list[float]]:
    """The seconds of processor the server's sessions and workers take during the block, the migration's half second included
    (a process counts among its parent's when it has ended)."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)").fetchone()
    stat = Path(f"/proc/{row[0] if row else 0}/stat")

    def taken() -> float:
        words = stat.read_text().rpartition(")")[2].split()
        return (int(words[13]) + int(words[14])) / os.sysconf("SC_CLK_TCK")

    spent = [taken()]
    yield spent
    time.sleep(0.5)  # the last session is going
    spent[0] = taken() - spent[0]


def compare(backend: str, options: argparse.Namespace, folder: Path, new_url: Any) -> None:
    clean, dirty = folder / "clean.csv", folder / "dirty.csv"
    print(f"{backend}: {options.rows:,} rows, {options.communities} communities, "
          f"{options.communities * GRIDS_EACH} grids, {clean.stat().st_size / 1e6:.0f} MB of CSV")
    peer: dict[str, dict[str, Any]] = {}
    for way in WAYS if backend == "postgis" else WAYS[:3]:
        kind = "plain" if way.startswith("plain") else ""
        got = measure(way, new_url(), dirty if way == "checked" else clean, options)
        core = peer.setdefault(kind, got)
        print(f"  {way:<11} {got['s']:7.2f} s {options.rows / got['s']:>9,.0f} rows/s {core['s'] / got['s']:6.1f} × core; "
              f"processor {got['cpu']:6.1f} s {core['cpu'] / got['cpu']:5.1f} ×; {got['mb']:5.0f} MB  {got['told'] or ''}",
              flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--communities", type=int, default=50)
    parser.add_argument("--backend", nargs="+", default=["postgis", "spatialite"])
    for hidden in ("--way", "--url", "--file"):
        parser.add_argument(hidden, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        print(json.dumps(one_way(options.way, options.url, Path(options.file), options)))
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        write_register(folder / "clean.csv", options.rows, options.communities, bad=0.0)
        write_register(folder / "dirty.csv", options.rows, options.communities, bad=0.01)
        number = count()
        if "postgis" in options.backend and not postgis.missing():
            cluster = stack.enter_context(postgis.running_cluster())
            compare("postgis", options, folder, lambda: cluster.create(f"load{next(number)}"))
        if "spatialite" in options.backend:
            compare("spatialite", options, folder, lambda: f"sqlite:///{folder}/load{next(number)}.sqlite")


if __name__ == "__main__":
    main()
