"""The proof of every plate against the naive way: draw each page at 150 dpi, search it with zbar, compare the text that was read.

    python benchmarks/proof.py [--plates 5000] [--naive 60]

Both on the same finished PDF in one run, on one core. Seconds are processor time, so that other work on the machine counts less.
The naive way is pdfium's page.render(), a Pillow picture, and zbar as it comes, in one process: what pyzbar.decode does. It reads
a sample, and its time a plate is taken for all. It compares nothing but the decoded text; the proof also compares every module
and every painted text, and measures. Best of three.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

import numpy as np  # noqa: E402
import pypdfium2  # noqa: E402
from press import _ready, batch  # noqa: E402

from print_jobs.press import write_volume  # noqa: E402
from print_jobs.proof import READERS, prove_volume  # noqa: E402
from print_jobs.proof_second import Zbar, zbar  # noqa: E402

_DPI = 150
_TIMES = 3


def proven(path: Path, press: Any, volume: Any) -> int:
    """Our way: how many plates read back without a fault."""
    return sum(not proof.problems for proof in prove_volume(path, press, volume))


def naive(path: Path, urls: list[str], decoder: Zbar) -> int:
    """The naive way: how many pages said the right text."""
    right = 0
    with pypdfium2.PdfDocument(path) as document:
        for page, url in zip(document, urls, strict=False):
            raster = np.asarray(page.render(scale=_DPI / 72).to_pil().convert("L"))
            right += decoder.read(raster) == [url]
    return right


def best(work: Callable[[], int], times: int) -> tuple[int, float]:
    """What it gave, and its least processor time."""
    seconds = []
    for _ in range(times):
        start = time.process_time()
        found = work()
        seconds.append(time.process_time() - start)
    return found, min(seconds)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--plates", type=int, default=5000)
    arguments.add_argument("--naive", type=int, default=60)
    asked = arguments.parse_args()
    decoder = zbar(every_kind=True)
    with tempfile.TemporaryDirectory() as folder:
        for title, across in (("a page each", 0), ("eight up", 8)):
            press, volume = _ready(batch(asked.plates), folder, across)
            path = Path(folder) / "volume.pdf"
            with path.open("wb") as file:
                write_volume(press, volume, file)
            found, seconds = best(lambda path=path, press=press, volume=volume: proven(path, press, volume), _TIMES)
            ours = seconds / asked.plates
            print(f"{title}: {found}/{asked.plates} plates proven, {1 / ours:,.0f} plates/s a core, {ours * 1000:.3f} ms each")
            if decoder is None or across:
                continue
            urls = [plate.url for plate in volume.plates][:asked.naive]
            found, seconds = best(lambda path=path, urls=urls: naive(path, urls, decoder), _TIMES)
            theirs = seconds / len(urls)
            print(f"naive ({READERS['second']}, {_DPI} dpi): {found}/{len(urls)} read, {1 / theirs:,.1f} plates/s, "
                  f"{theirs * 1000:.1f} ms each: the proof is {theirs / ours:.1f} x as fast")
    if decoder is None:
        print("no zbar on this machine: nothing to compare with")


if __name__ == "__main__":
    main()
