"""The press against other ways to make the same plates, all in one run, each measured in a process of its own.

    python benchmarks/press.py [--quick | --full]

Seconds are processor time, children included, so that other work on the machine does not count; only two processes beside each
other are timed by the clock. "work" counts from the moment the press's modules or the peer's library are imported, "process" is
the whole life of the process.
cold: the first time on a machine, the design is typeset. kept: the typeset design lies on the disk. warm: pressed before in the
same process, best of three. --quick takes few plates; --full lets WeasyPrint and blabel make 10,000, which takes ten minutes.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from doorplate.model import BatchPlate, PrintBatch  # noqa: E402
from doorplate.plates.code import new_code  # noqa: E402

BASE_URL = "https://menpai.example"
_STREETS = ("幸福路", "幸福路十二巷", "东大街", "三组", "营上村南环路", "建设西路")
_SUFFIXES = ("", "附1号", "附2号")
_PER_STREET = 400

Measured = dict[str, float]


def batch(count: int) -> PrintBatch:
    """Plates of a town: each street has 1号 to 400号 and some 附号; streets beyond the sixth are lanes of these."""
    rng = random.Random(20261123)
    plates = []
    places = product(range(count), range(1, _PER_STREET + 1))
    for i, (street, number) in zip(range(count), places, strict=False):
        lane, name = divmod(street, len(_STREETS))
        painted = _STREETS[name] + (f"{lane}巷" if lane else "")
        text, code = f"{number}号{_SUFFIXES[i % len(_SUFFIXES)]}", new_code(rng)
        plates.append(BatchPlate(code, f"{BASE_URL}/d/{code}", f"营上村{painted}{text}", painted, text, "small-gate", "", ""))
    return PrintBatch("0" * 32, "610431001203", "community", "small-gate", BASE_URL, datetime(2026, 11, 23, tzinfo=UTC),
                      tuple(plates), sample=True)


def _ready(frozen: PrintBatch, cache: str, across: int = 0) -> tuple[Any, Any]:
    """The press and all plates as one volume; across: plates on a sheet, 0 = a page each."""
    from print_jobs.artwork import typeset
    from print_jobs.encoders import ready_encoder
    from print_jobs.fonts import fonts_of
    from print_jobs.job import PrintJob
    from print_jobs.plate_design import load_design
    from print_jobs.press import Press
    from print_jobs.sheet import Sheet, load_sheet
    design = load_design("small-gate")
    fonts = fonts_of(design.fonts)
    artwork = typeset(design, "menpai.example", fonts, sample=True, cache=Path(cache) if cache else None)
    ready_encoder(f"{BASE_URL}/d/", len(frozen.plates[0].url), design.qr.level, Path(cache) if cache else None)
    height = 2 * 8 + 90 * (across // 2) + 6 * (across // 2 - 1)
    sheet = load_sheet("single")
    if across:
        sheet = Sheet(name="up", title="up", width_mm=324, height_mm=height, margin_mm=8, gap_mm=6)
    job = PrintJob(frozen, design, sheet, fonts, len(frozen.plates) + 8)
    return Press(frozen, design, job.paper, fonts, artwork), job.volumes[0]


def press(count: int, cache: str, across: int = 0, times: int = 1) -> Measured:
    from print_jobs.press import write_volume
    frozen, seconds = batch(count), []
    for _ in range(times):
        start = _cpu()
        ready, volume = _ready(frozen, cache, across)
        with tempfile.TemporaryFile() as out:
            write_volume(ready, volume, out)
            seconds.append(_cpu() - start)
            size = out.tell()
    return {"seconds": min(seconds), "bytes": size}


def two_processes(count: int, cache: str) -> Measured:
    """The same plates by one process, and half of them by each of two; both pools are warm."""
    seconds = {}
    for workers in (1, 2):
        with ProcessPoolExecutor(workers) as pool:
            list(pool.map(partial(press, cache=cache), [8] * workers))
            runs = []
            for _ in range(3):
                start = time.perf_counter()
                list(pool.map(partial(press, cache=cache), [count // workers] * workers))
                runs.append(time.perf_counter() - start)
            seconds[workers] = min(runs)
    return {"seconds": seconds[2], "times": seconds[1] / seconds[2]}


def preview(cache: str) -> Measured:
    """One plate, as an editor shows it: by a process that is running already, the design being open."""
    from press_peers import weasyprint_naive

    from print_jobs.press import write_volume
    frozen = batch(2)
    weasyprint_naive(frozen.plates[:1])
    slow = _best(lambda: weasyprint_naive(frozen.plates[1:]), 5)
    ready, volume = _ready(batch(1), cache)
    write_volume(ready, volume, io.BytesIO())
    return {"seconds": _best(lambda: write_volume(ready, volume, io.BytesIO()), 5), "naive": slow}


def encoder(count: int) -> Measured:
    from press_peers import Qrencode

    from doorplate.plates.symbol import matrix, symbol_batch
    codes = [plate.code for plate in batch(count).plates]
    start = _cpu()
    ours = symbol_batch(f"{BASE_URL}/d/", 38)
    setup = _cpu() - start
    seconds = _best(lambda: ours.encode(codes), 3) / count
    segno = _best(lambda: [matrix(f"{BASE_URL}/d/{code}") for code in codes[:100]], 2) / 100
    library = Qrencode()
    qrencode = _best(lambda: [library.encode(f"{BASE_URL}/d/{code}") for code in codes[:2000]], 2) / min(count, 2000)
    return {"seconds": seconds, "setup": setup, "segno": segno, "qrencode": qrencode}


def equal(count: int) -> Measured:
    """Matrices that differ from segno's, mask included: codes of three host lengths in both modes."""
    from doorplate.plates.symbol import SymbolBatch, matrix
    rng, different = random.Random(7), 0
    prefixes = [f"{host}/{path}/" for host in ("https://m.cn", BASE_URL, "https://menpai.xianyang.gov.cn") for path in ("d",)]
    for prefix in [*prefixes, *(prefix.upper() for prefix in prefixes)]:
        codes = [new_code(rng) for _ in range(-(-count // 6))]
        drawn = SymbolBatch(prefix, len(prefix) + 13).encode(codes)
        different += sum(not (symbol == matrix(prefix + code)).all() for code, symbol in zip(codes, drawn, strict=True))
    return {"seconds": 0, "different": different}


def peer(name: str, count: int) -> Measured:
    from press_peers import PEERS
    frozen = batch(count)
    PEERS[name](frozen.plates[:1])
    start = _cpu()
    size = PEERS[name](frozen.plates)
    return {"seconds": _cpu() - start, "bytes": size}


def _cpu() -> float:
    """Processor seconds of this process and its finished children so far."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _best(act: Callable[[], object], times: int) -> float:
    seconds = []
    for _ in range(times):
        start = _cpu()
        act()
        seconds.append(_cpu() - start)
    return min(seconds)


ACTS: dict[str, Callable[..., Measured]] = {"press": press, "two": two_processes, "preview": preview, "encoder": encoder,
                                            "equal": equal, "peer": peer}


@dataclass(frozen=True)
class Row:
    """A measured line of the table."""

    name: str
    plates: int
    measured: Measured

    def rate(self, kind: str = "seconds") -> float:
        return self.plates / self.measured[kind]

    def line(self) -> str:
        m = self.measured
        each = m["bytes"] / 1000 / self.plates if "bytes" in m else 0
        return (f"{self.name:34}{self.plates:>9,}{m['seconds']:>10.3f}{self.rate():>10,.0f}{m['process']:>11.2f}"
                f"{self.rate('process'):>11,.0f}{m['mb']:>8.0f}{each:>9.2f}")


def measure(act: str, *arguments: object, times: int = 1) -> Measured:
    """In a process of its own; the best of some."""
    found = []
    for _ in range(times):
        start = _cpu()
        command = [sys.executable, __file__, "--child", json.dumps([act, *arguments])]
        lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
        found.append({**json.loads(lines[-1]), "process": _cpu() - start})
    return {key: min(one[key] for one in found) for key in found[0]}


@dataclass(frozen=True)
class Plan:
    """How many plates everything gets. slow: WeasyPrint's and blabel's large run, 0 = none."""

    small: int = 1000
    large: int = 10_000
    huge: int = 100_000
    slow: int = 0
    compared: int = 600


def report(plan: Plan, cache: str) -> None:
    head = ("plates", "work s", "plates/s", "process s", "plates/s", "MB", "KB each")
    print(f"{'':34}" + "".join(f"{name:>{width}}" for name, width in zip(head, (9, 10, 10, 11, 11, 8, 9), strict=True)))
    rows: dict[str, Row] = {}

    def row(name: str, plates: int, *act: object, times: int = 1) -> None:
        rows[name] = Row(name, plates, measure(*act, times=times))  # type: ignore[arg-type]
        print(rows[name].line(), flush=True)
    measure("press", 1, cache)
    for name in ("naive WeasyPrint", "WeasyPrint in chunks of 50", "blabel", "reportlab", "fpdf2"):
        row(name, plan.small, "peer", name, plan.small)
    if plan.slow:
        for name in ("naive WeasyPrint", "blabel"):
            row(f"{name}, many", plan.slow, "peer", name, plan.slow)
    row("press, cold", plan.small, "press", plan.small, "", times=2)
    row("press, kept", plan.small, "press", plan.small, cache, times=3)
    row("press, warm", plan.small, "press", plan.small, cache, 0, 3, times=2)
    row("press, cold, many", plan.large, "press", plan.large, "", times=2)
    row("press, warm, many", plan.large, "press", plan.large, cache, 0, 3)
    row("press, warm, eight on a sheet", plan.large, "press", plan.large, cache, 8, 3)
    row("press, very many", plan.huge, "press", plan.huge, cache)
    ratios(rows, plan)
    two, one, codes = (measure("two", plan.large, cache), measure("preview", cache), measure("encoder", plan.large))
    print(f"two processes: {two['times']:.2f} × one ({os.cpu_count()} cores)")
    print(f"one plate for a preview: {one['seconds'] * 1000:.1f} ms, {one['naive'] / one['seconds']:.1f} × WeasyPrint")
    print(f"symbols: {1 / codes['seconds']:,.0f}/s, {codes['segno'] / codes['seconds']:.0f} × segno, "
          f"{codes['qrencode'] / codes['seconds']:.1f} × libqrencode, ready in {codes['setup'] * 1000:.0f} ms")
    print(f"symbols unlike segno's: {measure('equal', plan.compared)['different']:.0f} of {plan.compared:,}")


def ratios(rows: dict[str, Row], plan: Plan) -> None:
    """The figures the README quotes: plates a second of the press over those of others in this run."""
    naive, chunks = rows["naive WeasyPrint"], rows["WeasyPrint in chunks of 50"]
    many = rows.get("naive WeasyPrint, many", naive)
    for name, other in (("press, cold", naive), ("press, kept", naive), ("press, cold, many", many), ("press, warm", chunks),
                        ("press, warm, many", chunks), ("press, warm, eight on a sheet", chunks),
                        *(("press, warm", rows[peer]) for peer in ("blabel", "reportlab", "fpdf2"))):
        work, process = rows[name].rate() / other.rate(), rows[name].rate("process") / other.rate("process")
        print(f"{name:30} {work:>7.0f} × {other.name} of {other.plates:,} (whole processes {process:.0f} ×)")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--quick", action="store_true")
    arguments.add_argument("--full", action="store_true")
    arguments.add_argument("--child", help=argparse.SUPPRESS)
    asked = arguments.parse_args()
    if asked.child:
        act, *rest = json.loads(asked.child)
        print(json.dumps({**ACTS[act](*rest), "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
        return
    plan = Plan(100, 1000, 5000, 0, 60) if asked.quick else Plan(slow=10_000, compared=10_000) if asked.full else Plan()
    with tempfile.TemporaryDirectory() as cache:
        report(plan, cache)


if __name__ == "__main__":
    main()
