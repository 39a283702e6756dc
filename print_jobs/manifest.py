"""manifest.csv: which plate stands where, for the people who cut, sort and pack.

UTF-8 with a byte order mark so that office programs open it rightly; a cell that a spreadsheet would take for a formula gets an
apostrophe. sha256 is that of the plate's own artwork (see press.write_volume), not of the volume: it names a plate's ink wherever
it is printed. Of copies every one has its line. The volumes' hashes stand in proof.json.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from doorplate.model import BatchPlate
from print_jobs.imposition import Place

COLUMNS = ("code", "url", "standard_address", "painted", "kind", "grid", "zone", "volume", "page", "slot", "sha256")


@dataclass(frozen=True, slots=True)
class ManifestLine:
    """One plate in its place; volume is the file's name."""

    plate: BatchPlate
    volume: str
    place: Place
    sha256: str


def manifest_head() -> bytes:
    """What the file begins with: byte order mark and column names."""
    return b"\xef\xbb\xbf" + _lines([COLUMNS])


def manifest_lines(lines: Iterable[ManifestLine]) -> bytes:
    """A stretch of the file, lines ending in CR LF (RFC 4180)."""
    rows = []
    for line in lines:
        p, place = line.plate, line.place
        texts = (p.code, p.url, p.standard_address, p.painted, p.kind, p.grid, p.zone, line.volume)
        rows.append([*map(formula_safe, texts), place.page, place.slot, line.sha256])
    return _lines(rows)


def _lines(rows: Iterable[Sequence[object]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def formula_safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
