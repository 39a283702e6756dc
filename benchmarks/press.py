"""The press against the naive way: one HTML document with an inline SVG symbol for each plate, printed by WeasyPrint.

    python benchmarks/press.py [--plates 1000] [--quick]

Each line is measured in a process of its own, in the same run, on the same plates. "work" counts from the moment all libraries
are imported; "process" is the whole life of the process, start-up and imports included. --quick gives the naive way 200 plates
only, which flatters it: it slows down with their number.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from html import escape
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from doorplate.model import BatchPlate, PrintBatch  # noqa: E402
from doorplate.plates.code import grouped, new_code  # noqa: E402

BASE_URL = "https://menpai.example"
STREETS = ("幸福路", "幸福路十二巷", "东大街", "三组", "营上村南环路", "建设西路")
NUMBERS = ("53号", "53号附1号", "1号", "128号附12号", "1066号")

NAIVE_CSS = """
@page { size: 156mm 96mm; margin: 0 }
body { margin: 0; font-family: "Noto Sans CJK SC"; font-weight: 700; color: device-cmyk(0 0 0 0) }
.plate { position: relative; width: 156mm; height: 96mm; break-after: page; background: device-cmyk(1 0.8 0 0) }
.plate div { position: absolute; white-space: nowrap }
.line { left: 6mm; top: 6mm; width: 142.6mm; height: 82.6mm; border: .7mm solid device-cmyk(0 0 0 0); border-radius: 2.6mm }
.street { left: 12mm; width: 85mm; top: 12mm; font-size: 14mm; text-align: center }
.number { left: 12mm; width: 85mm; top: 30mm; font-size: 30mm; text-align: center }
.panel { left: 102mm; top: 19.5mm; width: 42mm; height: 54mm; background: device-cmyk(0 0 0 0); border-radius: 1.2mm }
.symbol { left: 1mm; top: .5mm; width: 40mm; height: 40mm }
.symbol svg { width: 40mm; height: 40mm }
.code { left: 0; width: 42mm; top: 41mm; font-size: 3.6mm; text-align: center; color: device-cmyk(0 0 0 1) }
.host { left: 0; width: 42mm; top: 47mm; font-size: 3.2mm; text-align: center; color: device-cmyk(0 0 0 1) }
"""


def batch(count: int) -> PrintBatch:
    rng = random.Random(20261123)
    plates = []
    for i in range(count):
        code, street, number = new_code(rng), STREETS[i % len(STREETS)], NUMBERS[i // 2 % len(NUMBERS)]
        plates.append(BatchPlate(code, f"{BASE_URL}/d/{code}", f"营上村{street}{number}", street, number, "small-gate", "", ""))
    return PrintBatch("0" * 32, "610431001203", "community", "small-gate", BASE_URL, datetime(2026, 11, 23, tzinfo=UTC),
                      tuple(plates), sample=True)


def naive(count: int) -> dict[str, float]:
    import segno
    from weasyprint import HTML
    frozen, start = batch(count), time.perf_counter()
    pages = []
    for p in frozen.plates:
        svg = segno.make_qr(p.url, error="q", boost_error=False).svg_inline(border=4, omitsize=True)
        panel = f"<div class=symbol>{svg}</div><div class=code>{grouped(p.code)}</div><div class=host>menpai.example</div>"
        pages.append(f"<div class=plate><div class=line></div><div class=street>{escape(p.street)}</div>"
                     f"<div class=number>{escape(p.number)}</div><div class=panel>{panel}</div></div>")
    html = f"<html lang=zh-CN><meta charset=utf-8><style>{NAIVE_CSS}</style>{''.join(pages)}"
    size = len(HTML(string=html).write_pdf())
    return {"seconds": time.perf_counter() - start, "kb": size / 1024 / count}


def press(count: int, cache: Path | None) -> dict[str, float]:
    from print_jobs.artwork import typeset
    from print_jobs.fonts import fonts_of
    from print_jobs.job import PrintJob
    from print_jobs.plate_design import load_design
    from print_jobs.press import Press, write_volume
    from print_jobs.sheet import load_sheet
    if cache is None:
        import print_jobs.typesetter  # noqa: F401 - so that, as for the naive way, its import is no part of the work
    frozen, start, out = batch(count), time.perf_counter(), io.BytesIO()
    design = load_design("small-gate")
    fonts = fonts_of(design.font)
    artwork = typeset(design, "menpai.example", fonts, sample=True, cache=cache)
    sheet = load_sheet("single")
    (volume,) = PrintJob(frozen, design, sheet, fonts, count).volumes
    write_volume(Press(frozen, design, sheet, fonts, artwork), volume, out)
    return {"seconds": time.perf_counter() - start, "kb": len(out.getvalue()) / 1024 / count}


def whole(count: int, cache: Path) -> dict[str, float]:
    from print_jobs.run import run_batch
    started: dict[str, float] = {}
    spent = {"proof": 0.0}
    last = time.perf_counter()

    def watch(step: str, _done: int, _total: int) -> None:
        nonlocal last
        now = time.perf_counter()
        if step == "proof":
            spent["proof"] += now - last
        last = now
    with tempfile.TemporaryDirectory() as out:
        started["all"] = time.perf_counter()
        run_batch(batch(count), design="small-gate", sheet="single", out=Path(out), cache=cache, progress=watch)
        seconds = time.perf_counter() - started["all"]
        size = sum(path.stat().st_size for path in Path(out).glob("*.pdf"))
    return {"seconds": seconds, "proof": spent["proof"], "kb": size / 1024 / count}


def symbols(count: int) -> dict[str, float]:
    from doorplate.plates.symbol import matrix, symbol_batch
    codes = [p.code for p in batch(count).plates]
    start = time.perf_counter()
    encoder = symbol_batch(f"{BASE_URL}/d/", 38)
    ready = time.perf_counter()
    encoder.encode(codes)
    done = time.perf_counter()
    for code in codes[:100]:
        matrix(f"{BASE_URL}/d/{code}")
    return {"seconds": done - ready, "setup": ready - start, "segno": (time.perf_counter() - done) / 100 * count}


def child(what: str, count: int, cache: str) -> None:
    measured = {"naive": lambda: naive(count), "cold": lambda: press(count, None), "warm": lambda: press(count, Path(cache)),
                "whole": lambda: whole(count, Path(cache)), "symbols": lambda: symbols(count)}[what]()
    print(json.dumps({**measured, "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


def measure(what: str, count: int, cache: str) -> dict[str, float]:
    start = time.perf_counter()
    command = [sys.executable, __file__, "--child", what, "--plates", str(count), "--cache", cache]
    result = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1]
    return {**json.loads(result), "process": time.perf_counter() - start}


def report(count: int, naive_count: int, cache: str) -> None:
    slow = measure("naive", naive_count, cache)
    measure("warm", 1, cache)  # fills the cache
    rows = [("naive WeasyPrint", naive_count, slow), ("press, nothing kept", count, measure("cold", count, cache)),
            ("press, typeset kept", count, measure("warm", count, cache)),
            ("press + proof + manifest", count, measure("whole", count, cache))]
    heads = ("plates", "work s", "plates/s", "× naive", "process s", "× naive", "MB", "KB each")
    print(f"{'':26}" + "".join(f"{head:>10}" for head in heads))
    for name, n, row in rows:
        work, process = ((slow[kind] / naive_count) / (row[kind] / n) for kind in ("seconds", "process"))
        print(f"{name:26}{n:>10}{row['seconds']:>10.3f}{n / row['seconds']:>10.0f}{work:>10.1f}{row['process']:>10.2f}"
              f"{process:>10.1f}{row['mb']:>10.0f}{row['kb']:>10.2f}")
    print(f"proof alone: {count / rows[-1][2]['proof']:.0f} plates/s")
    encoder = measure("symbols", 20_000, cache)
    print(f"symbols: {20_000 / encoder['seconds']:.0f}/s, {encoder['segno'] / encoder['seconds']:.0f} × segno, "
          f"ready in {encoder['setup'] * 1000:.0f} ms")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--plates", type=int, default=1000)
    arguments.add_argument("--quick", action="store_true", help="the naive way with 200 plates only")
    arguments.add_argument("--child", help=argparse.SUPPRESS)
    arguments.add_argument("--cache", default="", help=argparse.SUPPRESS)
    asked = arguments.parse_args()
    if asked.child:
        child(asked.child, asked.plates, asked.cache)
        return
    with tempfile.TemporaryDirectory() as cache:
        report(asked.plates, min(asked.plates, 200) if asked.quick else asked.plates, cache)


if __name__ == "__main__":
    main()
