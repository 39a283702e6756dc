"""Presses volumes: the fixed part once as a Form XObject, and on each page what changes, stamped as plain PDF operators.

Pages are written one after the other and not kept. The same batch gives the same bytes: no clock, no random names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import BinaryIO

from doorplate.model import BatchPlate, PrintBatch
from doorplate.plates.code import grouped
from doorplate.plates.symbol import symbol_batch
from print_jobs.artwork import SAMPLE_NOTE, Artwork
from print_jobs.fonts import FontSet
from print_jobs.job import Volume
from print_jobs.layout import Run, set_plate
from print_jobs.pdf_file import PT, PdfFile, text_string
from print_jobs.plate_design import PlateDesign
from print_jobs.sheet import Sheet, SheetLayout, arrange
from print_jobs.stamp import crop_marks, symbol_operators, text_operators
from print_jobs.text_font import add_text_font

_CHUNK = 250  # plates whose symbols are encoded together
_SLUG_MM = 2.6
_SLUG_BELOW_MM = 6.6  # from the trim down to the slug's baseline: clear of a 3 mm bleed
_INK = (0, 0, 0, 100)


@dataclass(frozen=True)
class Press:
    """Everything the volumes of one batch share."""

    batch: PrintBatch
    design: PlateDesign
    sheet: Sheet
    fonts: FontSet
    artwork: Artwork

    @cached_property
    def layout(self) -> SheetLayout:
        return arrange(self.design.face, self.sheet)

    @cached_property
    def characters(self) -> frozenset[str]:
        """All characters of the batch, so that every volume carries the same font."""
        plates = (text for p in self.batch.plates for text in (p.street, p.number, p.code))
        return frozenset("".join(plates)) | frozenset(_slug(self, 1234567890, 0, "")) | {" "}


def write_volume(press: Press, volume: Volume, file: BinaryIO) -> list[str]:
    """Writes one volume and gives the SHA-256 of each plate's own artwork, in the order of its plates.

    That hash covers what is stamped for the plate (symbol and texts), wherever it stands: the same plate on another sheet or in
    another volume has the same hash.
    """
    pdf = PdfFile(file)
    for data in press.artwork.objects:  # first of all, because they refer to each other by numbers from 1
        pdf.add(data)
    pages = pdf.reserve()
    shared = b"/Type/Page/Parent %d 0 R%b/Resources %d 0 R" % (pages, _boxes(press), _resources(pdf, press))
    kids: list[int] = []
    plates, stamps = volume.plates, list(_stamps(press, volume.plates))
    hashes = [hashlib.sha256(stamp).hexdigest() for stamp in stamps]
    for page in volume.imposition.pages(len(volume.items)):
        there = {slot: i for slot, i in enumerate(page) if i is not None}
        subject = f"{plates[page[0]].painted} {grouped(plates[page[0]].code)}" if len(page) == 1 and page[0] is not None else ""
        slug = _slug(press, volume.number, len(kids) + 1, subject)
        content = pdf.add_stream(_page(press, {slot: stamps[i] for slot, i in there.items()}, slug))
        kids.append(pdf.add(b"<<%b/Contents %d 0 R>>" % (shared, content)))
    pdf.add(b"<</Type/Pages/Count %d/Kids[%b]>>" % (len(kids), b" ".join(b"%d 0 R" % kid for kid in kids)), pages)
    pdf.finish(pdf.add(b"<</Type/Catalog/Pages %d 0 R/Lang(zh-CN)/ViewerPreferences<</DisplayDocTitle true>>>>" % pages),
               pdf.add(_information(press)))
    return hashes


def _stamps(press: Press, plates: Sequence[BatchPlate]) -> Iterator[bytes]:
    """What changes on each plate, in the face's own coordinates."""
    height, design = press.design.face.height_mm, press.design
    for start in range(0, len(plates), _CHUNK):
        chunk = plates[start:start + _CHUNK]
        encoder = symbol_batch(f"{press.batch.base_url}/d/", len(chunk[0].url), design.qr.level)
        symbols = symbol_operators(encoder.encode([p.code for p in chunk]), design.qr, height)
        for plate, symbol in zip(chunk, symbols, strict=True):
            yield symbol + b"\n" + text_operators(set_plate(plate, design, press.fonts).runs, press.fonts.main, height)


def _page(press: Press, stamps: Mapping[int, bytes], slug: str) -> bytes:
    at = press.layout.slots
    parts = [b"q 1 0 0 1 %.4f %.4f cm /A Do\n%b\nQ" % (at[slot][0] * PT, at[slot][1] * PT, stamp)
             for slot, stamp in stamps.items()]
    advance = press.fonts.main.advance(slug)
    first, lowest = min(x for x, _ in press.layout.slots), min(y for _, y in press.layout.slots)
    width = press.design.face.width_mm  # the slug stays between the crop marks of one plate
    em = min(_SLUG_MM, 0.95 * width / advance)
    run = Run(slug, first + (width - advance * em) / 2, press.layout.height_mm - lowest + _SLUG_BELOW_MM, em, _INK)
    return b"\n".join([*parts, b"/M Do", text_operators([run], press.fonts.main, press.layout.height_mm)])


def _slug(press: Press, volume: int, page: int, subject: str) -> str:
    """The line outside the trim that tells printers what they hold."""
    face = press.design.face
    parts = [SAMPLE_NOTE if press.batch.sample else "", f"{press.design.title} {face.width_mm:g}×{face.height_mm:g} mm",
             f"批次 {press.batch.id[:8]}", f"第 {volume} 册 第 {page} 页", subject]
    return " · ".join(part for part in parts if part)


def _resources(pdf: PdfFile, press: Press) -> int:
    media = b"/Type/XObject/Subtype/Form/BBox" + _box(0, 0, press.layout.width_mm, press.layout.height_mm)
    marks = pdf.add_stream(crop_marks(press.layout, press.design.face, press.sheet.marks), media)
    font = add_text_font(pdf, press.fonts.main, press.characters)
    return pdf.add(b"<</XObject<</A 1 0 R/M %d 0 R>>/Font<</F %d 0 R>>>>" % (marks, font))


def _boxes(press: Press) -> bytes:
    """Page boxes (ISO 32000-1, 14.11.2). On a sheet, trim and bleed are those of the block of plates."""
    face, slots = press.design.face, press.layout.slots
    left, bottom = min(x for x, _ in slots), min(y for _, y in slots)
    right, top = max(x for x, _ in slots) + face.width_mm, max(y for _, y in slots) + face.height_mm
    bleed = face.bleed_mm
    media = _box(0, 0, press.layout.width_mm, press.layout.height_mm)
    outer = _box(left - bleed, bottom - bleed, right + bleed, top + bleed)
    return b"/MediaBox" + media + b"/BleedBox" + outer + b"/TrimBox" + _box(left, bottom, right, top)


def _box(left: float, bottom: float, right: float, top: float) -> bytes:
    return b"[%.4f %.4f %.4f %.4f]" % (left * PT, bottom * PT, right * PT, top * PT)


def _information(press: Press) -> bytes:
    subject = b"/Subject" + text_string(SAMPLE_NOTE) if press.batch.sample else b""
    return b"<</Title%b%b/Producer(doorplate)>>" % (text_string("门牌"), subject)
