"""Sample village list → proven batch: what the main job costs in time and memory, step by step.

The peer is the naive way to the same paper: one HTML document with an inline SVG per plate through WeasyPrint, without reading
anything back. usage: python benchmarks/village.py [--no-peer]
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

URL = "https://menpai.example/d/"


def whole_job(folder: Path) -> tuple[float, float]:
    """Runs `doorplate demo --no-serve` into an empty folder: seconds, and peak memory in MiB of its largest process."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("DOORPLATE_")}
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "doorplate", "demo", "--dir", str(folder), "--no-serve"],
        env=env,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def naive(plates: int) -> float:
    """Seconds for the same number of plates the naive way."""
    import segno
    from weasyprint import HTML

    start = time.perf_counter()
    body = "".join(
        f"<section><h1>幸福路</h1><h2>{n}号</h2>{segno.make(f'{URL}{n:013d}', error='q').svg_inline(scale=2)}</section>"
        for n in range(plates)
    )
    HTML(string=f"<html lang=zh-CN><style>@page{{size:150mm 90mm}}section{{break-after:page}}</style>{body}</html>").write_pdf()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-peer", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "demo"
        first, memory = whole_job(folder)
        second, _ = whole_job(folder)
        plates = len((folder / "print" / "single" / "manifest.csv").read_text("utf-8-sig").splitlines()) - 1
    print(f"lists → {plates} proven plates, twice (single pages and A3): {first:.1f} s, peak {memory:.0f} MiB")
    print(f"the same again (nothing left to do): {second:.1f} s")
    if not options.no_peer:
        peer = naive(plates)
        times = peer / first
        print(f"naive WeasyPrint, {plates} pages, no check, registry or proof: {peer:.1f} s = {times:.1f} × our whole job")


if __name__ == "__main__":
    main()
