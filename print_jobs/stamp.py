"""What changes from plate to plate, as PDF operators: the symbol as one vector path in black ink only, and the texts.

The operators of a plate are written in points from the lower left corner of its face, so they do not depend on where it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np

from doorplate.plates.symbol import QUIET_MODULES, Modules
from print_jobs.fonts import Face
from print_jobs.layout import Run
from print_jobs.pdf_file import PT
from print_jobs.plate_design import Cmyk, PlateFace, QrField
from print_jobs.sheet import Marks, SheetLayout

_BLACK = b"0 0 0 1 k"


def symbol_operators(modules: Modules, field: QrField, face_height_mm: float) -> list[bytes]:
    """One path for each symbol of `modules` (n, size, size), filled once so that no seams show between its rows.

    In every row the dark modules that touch are one rectangle; a module is one unit of the symbol's own space."""
    size = modules.shape[1]
    module = field.field_mm / (size + 2 * QUIET_MODULES)
    x, y = field.x_mm + QUIET_MODULES * module, face_height_mm - field.y_mm - field.field_mm + QUIET_MODULES * module
    start = b"q %.6f 0 0 %.6f %.5f %.5f cm %b\n" % (module * PT, module * PT, x * PT, y * PT, _BLACK)
    return [start + b"\n".join(rectangles) + b"\nf Q" for rectangles in _rectangles(modules)]


def text_operators(runs: Iterable[Run], face: Face, face_height_mm: float) -> bytes:
    """The runs as one text object; the font is named /F."""
    return b"BT\n" + b"\n".join([_run(run, face, face_height_mm) for run in runs]) + b"\nET"


def crop_marks(layout: SheetLayout, face: PlateFace, marks: Marks) -> bytes:
    """Crop marks around the block of plates in all four inks, at every edge a knife follows."""
    xs = sorted({edge for x, _ in layout.slots for edge in (x, x + face.width_mm)})
    ys = sorted({edge for _, y in layout.slots for edge in (y, y + face.height_mm)})
    near, far = marks.offset_mm, marks.offset_mm + marks.length_mm
    lines = [(x, y - near, x, y - far) for x in xs for y in ys[:1]] + [(x, y + near, x, y + far) for x in xs for y in ys[-1:]]
    lines += [(x - near, y, x - far, y) for x in xs[:1] for y in ys] + [(x + near, y, x + far, y) for x in xs[-1:] for y in ys]
    drawn = b"\n".join(b"%.4f %.4f m %.4f %.4f l" % tuple(value * PT for value in line) for line in lines)
    return b"1 1 1 1 K %.4f w\n%b S" % (marks.line_mm * PT, drawn)


def fill_color(color: Cmyk) -> bytes:
    """The operator that sets the fill colour, CMYK in per cent."""
    return b" ".join(b"%g" % (ink / 100) for ink in color) + b" k"


@lru_cache(maxsize=4096)
def _run(run: Run, face: Face, face_height_mm: float) -> bytes:
    where = (run.x_mm * PT, (face_height_mm - run.baseline_mm) * PT)
    return b"%b /F %.4f Tf %.4f Tc 1 0 0 1 %.4f %.4f Tm <%b> Tj" % (
        fill_color(run.color), run.em_mm * PT, run.tracking_mm * PT, *where, face.codes(run.text))


def _rectangles(modules: Modules) -> Sequence[list[bytes]]:
    count, size, _ = modules.shape
    edges = np.diff(np.pad(modules.astype(np.int8), ((0, 0), (0, 0), (1, 1))), axis=2)
    symbol, row, first = np.nonzero(edges == 1)
    last = np.nonzero(edges == -1)[2]
    pieces = _pieces(size)[row, first, last - first - 1].tolist()
    bounds = np.searchsorted(symbol, np.arange(count + 1)).tolist()
    return [pieces[a:b] for a, b in pairwise(bounds)]


@lru_cache(maxsize=8)
def _pieces(size: int) -> np.ndarray[tuple[int, int, int], np.dtype[np.object_]]:
    """The rectangle operator for every row (from the top), first column and width."""
    pieces = np.empty((size, size, size), object)
    for row in range(size):
        for first in range(size):
            for width in range(1, size - first + 1):
                pieces[row, first, width - 1] = b"%d %d %d 1 re" % (first, size - 1 - row, width)
    return pieces
