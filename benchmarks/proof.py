"""The proof of every plate against the naive way: draw each page at 150 dpi, search it with zbar, compare the text that was read.

    python benchmarks/proof.py [--plates 1000] [--naive 30]

Both on the same finished PDF in one run, on one core. Seconds are processor time, so that other work on the machine counts less.
The naive way is pdfium's page.render(), a Pillow picture, and zbar as it comes, in one process: what pyzbar.decode does. It reads
a sample, and its time a plate is taken for all. It compares nothing but the decoded text; the proof also compares every module
and every painted text, and measures. Best of eight rounds, in turn.
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
_ROUNDS = 8


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


def timed(work: Callable[[], int]) -> tuple[int, float]:
    """What it gave, and its processor time."""
    start = time.process_time()
    return work(), time.process_time() - start


def compare(folder: str, plates: int, sample: int, across: int, decoder: Zbar | None) -> None:
    """Both ways in turn, round after round, on one volume; the best of each counts."""
    press, volume = _ready(batch(plates), folder, across)
    path, urls = Path(folder) / "volume.pdf", [plate.url for plate in volume.plates][:sample]
    with path.open("wb") as file:
        write_volume(press, volume, file)
    ours, theirs = [], []
    for _ in range(_ROUNDS):
        found, seconds = timed(lambda: proven(path, press, volume))
        ours.append(seconds / plates)
        if decoder and not across:
            right, seconds = timed(lambda: naive(path, urls, decoder))
            theirs.append(seconds / len(urls))
    print(f"{f'{across} up' if across else 'a page each'}: {found}/{plates} plates proven, {1 / min(ours):,.0f} plates/s a core, "
          f"{min(ours) * 1000:.3f} ms each (slowest round {max(ours) * 1000:.3f})")
    if theirs:
        print(f"naive ({READERS['second']}, {_DPI} dpi): {right}/{len(urls)} read, {1 / min(theirs):,.1f} plates/s, "
              f"{min(theirs) * 1000:.1f} ms each: the proof is {min(theirs) / min(ours):.1f} x as fast")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--plates", type=int, default=1000)
    arguments.add_argument("--naive", type=int, default=30)
    asked = arguments.parse_args()
    decoder = zbar(every_kind=True)
    with tempfile.TemporaryDirectory() as folder:
        for across in (0, 8):
            compare(folder, asked.plates, asked.naive, across, decoder)
    if decoder is None:
        print("no zbar on this machine: nothing to compare with")


if __name__ == "__main__":
    main()
