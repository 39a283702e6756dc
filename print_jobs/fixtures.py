"""What all pages of a volume share: the page boxes, and a form with crop marks, the line for the printer, and spot inks.

The forms are named /A (the fixed part of a plate), /M (what stands around plates), /W and /C (white and cutting line of a plate).
"""

from __future__ import annotations

from dataclasses import dataclass

from print_jobs.inks import Inks, SpotInk, add_spot
from print_jobs.pdf_file import PT, PdfFile, box, resources
from print_jobs.plate_design import PlateFace
from print_jobs.runs import Run
from print_jobs.sheet import Marks, SheetLayout
from print_jobs.stamp import circle, crop_marks, outline
from print_jobs.text_font import UsedFonts

_SLUG_MM = 2.6
_SLUG_BELOW_MM = 6.6  # from the trim down to the slug's baseline: clear of a 3 mm bleed
_SLUG_INK = (0, 0, 0, 100)
_LONGEST_PAGE = "99999"
_OVERPRINT = b"<</Type/ExtGState/OP true/op true/OPM 1>>"  # ISO 32000-1, 8.6.7
_KEEP_SPOTS = b"<</Type/ExtGState/OP true/op true/OPM 0>>"


@dataclass(frozen=True, slots=True)
class Slug:
    """The line outside the trim that tells printers what they hold: one text on all pages, and behind it, still empty, the place
    for the page's number."""

    shared: Run
    number: Run


def slug(text: str, face: PlateFace, layout: SheetLayout, used: UsedFonts) -> Slug:
    """The line below the lowest plate, within the crop marks of the first column."""
    font = used.fonts.main
    shared, whole = font.advance(text), font.advance(text + _LONGEST_PAGE)
    em = min(_SLUG_MM, 0.95 * face.width_mm / whole)
    left = min(x for x, _ in layout.slots) + (face.width_mm - whole * em) / 2
    baseline = layout.height_mm - min(y for _, y in layout.slots) + _SLUG_BELOW_MM
    return Slug(Run(text, left, baseline, em, _SLUG_INK), Run("", left + shared * em, baseline, em, _SLUG_INK))


def add_surround(pdf: PdfFile, layout: SheetLayout, face: PlateFace, marks: Marks, inks: Inks, text: bytes, font: int) -> int:
    """The form around the plates: crop marks in registration colour, and the slug's shared part `text` in font /F."""
    ink = add_spot(pdf, inks.registration)
    content = b"/R CS 1 SCN\n" + crop_marks(layout, face, marks) + text
    names = resources({"ColorSpace": {"R": ink}, "Font": {"F": font}})
    return _add_form(pdf, content, box(0, 0, layout.width_mm, layout.height_mm), names)


def add_cut_contour(pdf: PdfFile, face: PlateFace, ink: SpotInk) -> int:
    """The line a cutter follows: the trim with its corners, and the holes. It overprints."""
    holes = b"".join(circle(hole.x_mm, face.height_mm - hole.y_mm, hole.diameter_mm / 2) for hole in face.holes)
    content = b"/S CS 1 SCN /O gs %.4f w\n%b%bS\n" % (ink.line_mm * PT, outline(face), holes)
    return _add_spot_form(pdf, content, face, ink)


def add_white(pdf: PdfFile, face: PlateFace, ink: SpotInk) -> int:
    """White below everything, for foils that are not white. It overprints."""
    content = b"/S cs 1 scn /O gs\n%bf\n" % outline(face, face.bleed_mm)
    return _add_spot_form(pdf, content, face, ink)


def add_spot_keeper(pdf: PdfFile) -> int:
    """The graphics state in which the four colours replace each other but leave the white below them."""
    return pdf.gather(_KEEP_SPOTS)


def page_boxes(layout: SheetLayout, face: PlateFace) -> bytes:
    """Media, bleed and trim (ISO 32000-1, 14.11.2); on a sheet bleed and trim are those of the block of plates. Every page says
    them itself: some tools do not look for what is inherited."""
    left, bottom = min(x for x, _ in layout.slots), min(y for _, y in layout.slots)
    right, top = max(x for x, _ in layout.slots) + face.width_mm, max(y for _, y in layout.slots) + face.height_mm
    bleed = face.bleed_mm
    outer = box(left - bleed, bottom - bleed, right + bleed, top + bleed)
    media = box(0, 0, layout.width_mm, layout.height_mm)
    return b"/MediaBox" + media + b"/BleedBox" + outer + b"/TrimBox" + box(left, bottom, right, top)


def _add_spot_form(pdf: PdfFile, content: bytes, face: PlateFace, ink: SpotInk) -> int:
    more = face.bleed_mm + ink.line_mm
    names = resources({"ColorSpace": {"S": add_spot(pdf, ink)}, "ExtGState": {"O": pdf.gather(_OVERPRINT)}})
    return _add_form(pdf, content, box(-more, -more, face.width_mm + more, face.height_mm + more), names)


def _add_form(pdf: PdfFile, content: bytes, bbox: bytes, names: bytes) -> int:
    return pdf.add_stream(content, b"/Type/XObject/Subtype/Form/BBox%b/Resources%b" % (bbox, names))
