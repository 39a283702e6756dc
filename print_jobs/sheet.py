"""The paper plates are put on, one a page or several on a sheet, as data (print_jobs/sheets/*.toml), and where each stands.

Positions of slots are millimetres from the lower left corner of the page, y upwards, as in PDF.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from pydantic import Field, model_validator

from doorplate.errors import InputError
from print_jobs.plate_design import Data, Mm, PlateFace, data_names, load_data


class Marks(Data):
    """Crop marks: how long, how far from the trim, how thick."""

    length_mm: Mm = 5
    offset_mm: Mm = 3
    line_mm: Mm = 0.1


class Sheet(Data):
    """A form of paper. Without a size of its own the page is the plate plus its margin. gap_mm: between neighbouring plates;
    neighbours share the colour of the face, so a gap as wide as the bleed serves both."""

    name: str = Field(pattern=r"^[a-z0-9-]+$")
    title: str
    width_mm: Mm | None = None
    height_mm: Mm | None = None
    margin_mm: Mm
    gap_mm: Mm = 0
    marks: Marks = Marks()

    @model_validator(mode="after")
    def _room_for_marks(self) -> Self:
        if (self.width_mm is None) != (self.height_mm is None):
            raise ValueError("width_mm 和 height_mm 要么都写, 要么都不写")
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
    """As many plates as fit, in the middle of the page. Raises InputError(sheet.too_small, sheet.gap)."""
    if sheet.width_mm is None or sheet.height_mm is None:
        m = sheet.margin_mm
        return SheetLayout(face.width_mm + 2 * m, face.height_mm + 2 * m, ((m, m),))
    columns = _fitting(sheet.width_mm, face.width_mm, sheet)
    rows = _fitting(sheet.height_mm, face.height_mm, sheet)
    if columns < 1 or rows < 1:
        size = f"{face.width_mm:g}×{face.height_mm:g} mm"
        raise InputError("sheet.too_small", f"{sheet.title}放不下 {size} 的门牌", sheet=sheet.name)
    if columns * rows > 1 and sheet.gap_mm < face.bleed_mm:
        raise InputError("sheet.gap", f"{sheet.title}的间隔 {sheet.gap_mm:g} mm 小于出血 {face.bleed_mm:g} mm", sheet=sheet.name)
    step_x, step_y = face.width_mm + sheet.gap_mm, face.height_mm + sheet.gap_mm
    left = (sheet.width_mm - columns * step_x + sheet.gap_mm) / 2
    bottom = (sheet.height_mm - rows * step_y + sheet.gap_mm) / 2
    slots = tuple((left + c * step_x, bottom + r * step_y) for r in reversed(range(rows)) for c in range(columns))
    return SheetLayout(sheet.width_mm, sheet.height_mm, slots)


def plates_per_volume(volume_size: int, slots: int) -> int:
    """The largest number of plates not above volume_size that fills whole pages; one page at least."""
    return max(volume_size // slots, 1) * slots


def _fitting(paper_mm: float, plate_mm: float, sheet: Sheet) -> int:
    return int((paper_mm - 2 * sheet.margin_mm + sheet.gap_mm) // (plate_mm + sheet.gap_mm))
