"""The paper plates are put on, one a page or several on a sheet, as data (print_jobs/sheets/*.toml), and where each stands.

Positions of slots are millimetres from the lower left corner of the page, y upwards, as in PDF.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import Field, model_validator

from doorplate.errors import InputError
from print_jobs.plate_design import Data, Mm, PlateFace, data_names, load_data

PaperMm = Annotated[float, Field(gt=0, le=5000)]  # a PDF page ends at 14,400 units, 5,080 mm (ISO 32000-1, annex C)
_HAIR_MM = 1e-6  # plates that fill the paper to the last bit do fit


class Marks(Data):
    """Crop marks: how long, how far from the trim, how thick."""

    length_mm: Mm = 5
    offset_mm: Mm = 3
    line_mm: Mm = 0.1


class Sheet(Data):
    """A form of paper. With width and height a sheet; with a width and longest_mm, the longest piece cut off it, a roll; without
    any the page is the plate plus its margin. gap_mm: between neighbouring plates; neighbours share the colour of the face, so a
    gap as wide as the bleed serves both. turns: the paper may be laid the other way when more plates fit."""

    name: str = Field(pattern=r"^[a-z0-9-]+$")
    title: str
    width_mm: PaperMm | None = None
    height_mm: PaperMm | None = None
    longest_mm: PaperMm | None = None
    margin_mm: Mm
    gap_mm: Mm = 0
    turns: bool = False
    marks: Marks = Marks()

    @property
    def is_roll(self) -> bool:
        return self.longest_mm is not None

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.is_roll and (self.width_mm is None or self.height_mm is not None):
            raise ValueError("卷材要写 width_mm 和 longest_mm, 不写 height_mm")
        if not self.is_roll and (self.width_mm is None) != (self.height_mm is None):
            raise ValueError("width_mm 和 height_mm 要么都写, 要么都不写; 卷材写 width_mm 和 longest_mm")
        if self.margin_mm < self.marks.offset_mm + self.marks.length_mm:
            raise ValueError("margin_mm 放不下裁切标记")
        return self


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """A page with its slots in reading order: (x, y) of the lower left corner of each plate's trim, mm."""

    width_mm: float
    height_mm: float
    slots: tuple[tuple[float, float], ...]


def load_sheet(name: str) -> Sheet:
    """A sheet of ours by name, or a user's file ending in .toml. Raises InputError(sheet.unknown, sheet.invalid)."""
    return load_data(Sheet, "sheets", name, "sheet", "纸张")


def sheet_names() -> tuple[str, ...]:
    """The sheets that come with the product."""
    return data_names("sheets")


def arrange(face: PlateFace, sheet: Sheet) -> SheetLayout:
    """As many plates as fit, in the middle of the page; of a roll, on its longest piece.

    Raises InputError(sheet.too_small, sheet.gap)."""
    if sheet.width_mm is None:
        m = sheet.margin_mm
        return SheetLayout(face.width_mm + 2 * m, face.height_mm + 2 * m, ((m, m),))
    paper = cut_to_length(sheet, face, None)
    width, height = paper.width_mm or 0, paper.height_mm or 0
    ways = [(width, height), (height, width)] if paper.turns else [(width, height)]
    layouts = [_grid(face, sheet, *way) for way in ways]
    best = max(layouts, key=lambda layout: len(layout.slots))
    if not best.slots:
        raise _too_small(face, sheet)
    if len(best.slots) > 1 and sheet.gap_mm < face.bleed_mm:
        raise InputError("sheet.gap", f"{sheet.title}的间隔 {sheet.gap_mm:g} mm 小于出血 {face.bleed_mm:g} mm", sheet=sheet.name)
    return best


def cut_to_length(sheet: Sheet, face: PlateFace, items: int | None) -> Sheet:
    """A roll as equal pieces that hold so many items and use least of it (None: as long as they may be), plates upright or, when
    that takes less, with the paper running sideways. Other sheets stay as they are. Raises InputError(sheet.too_small)."""
    if sheet.width_mm is None or sheet.longest_mm is None:
        return sheet
    pieces = []
    for across, along in ((face.width_mm, face.height_mm), (face.height_mm, face.width_mm)):
        columns, most = _fitting(sheet.width_mm, across, sheet), _fitting(sheet.longest_mm, along, sheet)
        if columns < 1 or most < 1:
            continue
        rows = most if items is None else -(-items // columns) or 1
        pages = -(-rows // most)
        length = -(-rows // pages) * (along + sheet.gap_mm) - sheet.gap_mm + 2 * sheet.margin_mm
        paper = (sheet.width_mm, length) if across == face.width_mm else (length, sheet.width_mm)
        pieces.append((length / (rows * columns) if items is None else pages * length, paper))
    if not pieces:
        raise _too_small(face, sheet)
    width, height = min(pieces)[1]
    return sheet.model_copy(update={"width_mm": width, "height_mm": height, "longest_mm": None, "turns": False})


def plates_per_volume(volume_size: int, slots: int) -> int:
    """The largest number of plates not above volume_size that fills whole pages; one page at least."""
    return max(volume_size // slots, 1) * slots


def _grid(face: PlateFace, sheet: Sheet, width: float, height: float) -> SheetLayout:
    columns, rows = max(_fitting(width, face.width_mm, sheet), 0), max(_fitting(height, face.height_mm, sheet), 0)
    step_x, step_y = face.width_mm + sheet.gap_mm, face.height_mm + sheet.gap_mm
    left = (width - columns * step_x + sheet.gap_mm) / 2
    bottom = (height - rows * step_y + sheet.gap_mm) / 2
    return SheetLayout(width, height, tuple(
        (left + c * step_x, bottom + r * step_y) for r in reversed(range(rows)) for c in range(columns)))


def _fitting(paper_mm: float, plate_mm: float, sheet: Sheet) -> int:
    return int((paper_mm - 2 * sheet.margin_mm + sheet.gap_mm + _HAIR_MM) // (plate_mm + sheet.gap_mm))


def _too_small(face: PlateFace, sheet: Sheet) -> InputError:
    size = f"{face.width_mm:g}×{face.height_mm:g} mm"
    return InputError("sheet.too_small", f"{sheet.title}放不下 {size} 的门牌", sheet=sheet.name)
