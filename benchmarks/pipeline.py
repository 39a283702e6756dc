"""From verified addresses to proven plates on SpatiaLite: freeze → press → proof → manifest → recorded, against a naive way.

    python benchmarks/pipeline.py [--plates 100000] [--batch 100000] [--processes 2]

Addresses stand verified in the registry before the clock starts. --batch: plates of one community; a city is many of them, one
after the other. The naive way (segno, one WeasyPrint document of inline SVG, 200 plates; no proof, no registry) runs in the same
run, for a ratio that a slow machine does not change. Memory is the largest of the main process and of its workers.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from doorplate.model import Address, Area, Community, Elements  # noqa: E402
from doorplate.registry import Registry  # noqa: E402
from doorplate.registry.communities import put_community  # noqa: E402
from doorplate.registry.printing import PrintOrder, order_batch, record_printed  # noqa: E402
from doorplate.store import open_store  # noqa: E402
from print_jobs.rehearsal import rehearse  # noqa: E402
from print_jobs.run import Making, run_batch  # noqa: E402

BASE_URL = "https://menpai.example"
NAIVE = 200
CITY = 5_800_000  # Changsha's plan
LANES = ("幸福路", "和谐街", "文明街", "团结路", "振兴路")


def fill(registry: Registry, code: str, doors: int) -> None:
    """A community of so many verified addresses in five grids, before the clock starts."""
    with registry.store.writing() as unit:
        put_community(registry, unit, Community(code, ("陕西省", f"第{code[-4:]}村"), f"陕西省第{code[-4:]}村"))
        grids = [Area(f"{code}-{i}", "grid", f"{code}-G{i:02d}", "", code, None) for i in range(1, 6)]
        unit.save_many((None, grid, registry.event("area.drawn", grid.id)) for grid in grids)
        unit.save_many((None, a, registry.event("address.verified", a.id)) for a in (
            Address(f"{code}-{i}", code, Elements(street=LANES[i % 5], lane=f"{i // 5 % 200 + 1}巷", number=str(i // 1000 + 1)),
                    f"陕西省第{code[-4:]}村{i}号", f"{code}:{i}", "verified", grid_id=grids[i % 5].id) for i in range(doors)))


def one_batch(registry: Registry, code: str, folder: Path, cache: Path, processes: int) -> dict[str, float]:
    """Seconds of each step of a community's batch."""
    times = [time.perf_counter()]
    order = PrintOrder("small-gate", BASE_URL, code)
    batch = order_batch(registry, order, lambda found: rehearse(found, sheet="single", out=folder)).batch
    times.append(time.perf_counter())
    run_batch(batch, design="small-gate", sheet="single", out=folder, making=Making(2500, cache=cache, processes=processes))
    times.append(time.perf_counter())
    record_printed(registry, batch)
    times.append(time.perf_counter())
    return dict(zip(("freeze", "press + proof", "record"), (b - a for a, b in pairwise(times)), strict=True))


def naive() -> float:
    """Plates a second of one document with an inline SVG for each plate."""
    import segno
    from weasyprint import HTML
    start = time.perf_counter()
    symbols = (segno.make_qr(f"{BASE_URL}/d/ABCDEFGHJKM{i:02d}", error="q", boost_error=False) for i in range(NAIVE))
    drawn = (symbol.svg_inline(border=4, omitsize=True) for symbol in symbols)
    plates = "".join(f"<div style='break-after:page'>幸福路 53号{svg}</div>" for svg in drawn)
    HTML(string=f"<html lang=zh-CN><style>@page {{ size: 150mm 90mm }} svg {{ width: 40mm }}</style>{plates}").write_pdf()
    return NAIVE / (time.perf_counter() - start)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--plates", type=int, default=100_000)
    arguments.add_argument("--batch", type=int, default=100_000)
    arguments.add_argument("--processes", type=int, default=len(os.sched_getaffinity(0)))
    asked = arguments.parse_args()
    slow = naive()
    home = Path(tempfile.mkdtemp())
    try:
        store = open_store(f"sqlite:///{home}/registry.sqlite")
        store.migrate()
        registry = Registry(store, "ab" * 32, "benchmark", lambda: datetime(2026, 11, 23, tzinfo=UTC), random.Random(1))
        spent = {"freeze": 0.0, "press + proof": 0.0, "record": 0.0}
        for number in range(-(-asked.plates // asked.batch)):
            code, folder = f"610431{number + 1:06d}", home / f"batch-{number}"
            fill(registry, code, min(asked.batch, asked.plates - number * asked.batch))
            for step, seconds in one_batch(registry, code, folder, home / "cache", asked.processes).items():
                spent[step] += seconds
            size = sum(path.stat().st_size for path in folder.glob("volume-*.pdf"))
            shutil.rmtree(folder)
    finally:
        shutil.rmtree(home)
    whole = sum(spent.values())
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    rate, last = asked.plates / whole, (asked.plates - 1) % asked.batch + 1
    print(f"{asked.plates} plates, {asked.processes} processes: {rate:.0f} plates/s, {rate / slow:.0f} × naive "
          f"({slow:.0f}/s, no proof), {peak:.0f} MiB, {size / 1024 / last:.2f} KB a plate")
    for step, seconds in spent.items():
        print(f"  {step:14}{seconds:8.1f} s {asked.plates / seconds:8.0f}/s")
    print(f"a city of {CITY:,} plates: {CITY / rate / 3600:.1f} h")


if __name__ == "__main__":
    main()
