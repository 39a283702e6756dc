"""What a list may cost before it is refused. All values (D)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds checked before and while a file is read.

    text_bytes, workbook_bytes, geo_bytes: size on disk · unpacked_bytes: what a zip container may unpack to ·
    rows: lines per sheet · features: shapes of a map layer · columns: columns of a text table · workbook_cells: width ×
    height of one sheet · workbook_texts: cells of a workbook with something in them · told_bytes: what the child may hand
    over, about what these texts take · cell_chars: a longer cell is cut and reported · line_chars: a longer line of text
    is refused · record_lines: physical lines one quoted CSV record may span · child_bytes: address space of the child that
    opens workbooks · seconds: its time.
    """

    text_bytes: int = 1 << 30
    workbook_bytes: int = 64 << 20
    geo_bytes: int = 64 << 20
    unpacked_bytes: int = 512 << 20
    rows: int = 2_000_000
    features: int = 300_000
    columns: int = 1_000
    workbook_cells: int = 6_000_000
    workbook_texts: int = 4_000_000
    told_bytes: int = 96 << 20
    cell_chars: int = 2_000
    line_chars: int = 12 << 20
    record_lines: int = 40
    child_bytes: int = 480 << 20
    seconds: float = 60.0
