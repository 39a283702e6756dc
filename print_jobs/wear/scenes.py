"""Plates of a design with invented codes, printed by the press and photographed from the finished PDF."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pypdfium2

from doorplate.model import BatchPlate, PrintBatch
from doorplate.plates.code import new_code
from doorplate.plates.symbol import module_mm
from print_jobs.artwork import typeset
from print_jobs.batch import base_url_problems
from print_jobs.fonts import fonts_of
from print_jobs.job import PrintJob
from print_jobs.plate_design import PlateDesign
from print_jobs.preflight import host_of, require_printable
from print_jobs.press import Press, write_volume
from print_jobs.proof_page import Glass, Window
from print_jobs.sheet import load_sheet
from print_jobs.wear.damage import Scene

_AROUND = 0.12  # of the field's width: what a phone sees of the plate around it
_PIXELS = 12  # to a module


def scenes(design: PlateDesign, base_url: str, count: int, seed: int, cache: Path | None) -> Iterator[tuple[str, Scene]]:
    """`count` plates: what their symbol says, and what is to be seen around it.

    Raises PreflightFailed(batch.…) for a base URL that cannot be printed, InputError(symbol.too_long), Unavailable(font.…)."""
    rng = random.Random(seed)  # noqa: S311 (invented codes: the same test every time)
    batch = _batch(design, base_url, [new_code(rng) for _ in range(count)])
    require_printable(base_url_problems(base_url, sample=True))
    fonts = fonts_of(design.fonts)
    artwork = typeset(design, host_of(batch), fonts, sample=True, cache=cache)
    job = PrintJob(batch, design, load_sheet("single"), fonts, count)
    press, file = Press(batch, design, job.paper, fonts, artwork), io.BytesIO()
    write_volume(press, job.volumes[0], file)
    window, module = _window(press), module_mm(design.qr.field_mm, len(batch.plates[0].url), design.qr.level)
    glass, field = Glass(), window.columns * design.qr.field_mm / window.width
    with pypdfium2.PdfDocument(file.getvalue()) as document:
        for plate, page in zip(batch.plates, document, strict=True):
            picture = glass.draw(page, window).astype(np.float32)
            yield plate.url, Scene(picture, field * module / design.qr.field_mm, field)


def _window(press: Press) -> Window:
    """The field and a little around it, as far as the face reaches."""
    face, qr, (left, bottom) = press.design.face, press.design.qr, press.layout.slots[0]
    top, around = press.layout.height_mm - bottom - face.height_mm, _AROUND * qr.field_mm
    x, y = max(qr.x_mm - around, 0), max(qr.y_mm - around, 0)
    right, foot = min(qr.box.right_mm + around, face.width_mm), min(qr.box.bottom_mm + around, face.height_mm)
    scale = _PIXELS / module_mm(qr.field_mm, len(press.batch.plates[0].url), qr.level)
    return Window(left + x, top + y, right - x, foot - y, round((right - x) * scale), round((foot - y) * scale))


def _batch(design: PlateDesign, base_url: str, codes: list[str]) -> PrintBatch:
    plates = tuple(BatchPlate(code, f"{base_url}/d/{code}", "", "", "", design.kind, "", "") for code in codes)
    return PrintBatch("0" * 32, "", "wear", design.name, base_url, datetime(2000, 1, 1, tzinfo=UTC), plates, sample=True)
