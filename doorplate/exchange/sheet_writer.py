"""A table in an XLSX workbook that people can live in: frozen header, filter, widths, wrapped text, zebra."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

PLATE_BLUE = "#0B4EA2"
_MIST = "#F3F6FA"
_LINE = "#D5DDE6"
_FONT = "Microsoft YaHei"
# Excel ends at 1,048,576 rows; a longer table goes on in a further sheet.
_ROWS_A_SHEET = 1_000_000


@dataclass(frozen=True, slots=True)
class Column:
    """header text, width in characters."""

    header: str
    width: float


class Book:
    """A workbook whose bytes depend on its contents only. Text beginning with = stays text."""

    def __init__(self, path: Path, title: str) -> None:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self._book = xlsxwriter.Workbook(str(path), options)
        self._book.set_properties({"title": title, "created": datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)})
        base = {"font_name": _FONT, "font_size": 10.5, "valign": "vcenter", "text_wrap": True, "bottom": 1, "bottom_color": _LINE}
        self._plain, self._zebra = self._book.add_format(base), self._book.add_format({**base, "bg_color": _MIST})
        self._header = self._book.add_format({**base, "bold": True, "font_color": "#FFFFFF", "bg_color": PLATE_BLUE})
        self._title = self._book.add_format({"font_name": _FONT, "font_size": 16, "bold": True, "font_color": PLATE_BLUE})
        self._lead = self._book.add_format({"font_name": _FONT, "font_size": 10.5, "font_color": "#5B6B7B"})

    def table(self, name: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]], lead: Sequence[str] = ()) -> None:
        """Write rows under a header; lead: a title line and further lines above it. Cells may be text, numbers or None."""
        part = 1
        sheet, at, first = self._start(name, columns, lead)
        for i, row in enumerate(rows):
            if at - first >= _ROWS_A_SHEET:
                self._finish(sheet, columns, first, at)
                part += 1
                sheet, at, first = self._start(f"{name}{part}", columns, ())
            for column, value in enumerate(row):
                sheet.write(at, column, value, self._zebra if i % 2 else self._plain)
            at += 1
        self._finish(sheet, columns, first, at)

    def close(self) -> None:
        """Write the file."""
        self._book.close()

    def _start(self, name: str, columns: Sequence[Column], lead: Sequence[str]) -> tuple[Any, int, int]:
        sheet = self._book.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        for i, column in enumerate(columns):
            sheet.set_column(i, i, column.width)
        for i, line in enumerate(lead):
            if i == 0:
                sheet.set_row(0, 30)
            sheet.write(i, 0, line, self._lead if i else self._title)
        at = len(lead) + 1 if lead else 0
        sheet.set_row(at, 24)
        for i, column in enumerate(columns):
            sheet.write(at, i, column.header, self._header)
        sheet.freeze_panes(at + 1, 0)
        sheet.repeat_rows(at)
        return sheet, at + 1, at + 1

    def _finish(self, sheet: Any, columns: Sequence[Column], first: int, after: int) -> None:
        if after > first:
            sheet.autofilter(first - 1, 0, after - 1, len(columns) - 1)
