"""The lists of a factory pack: plates.csv for machines and plates.xlsx for people, a line for each plate in walking order.

The CSV is UTF-8 with a byte order mark, formula-safe, lines ending in CR LF. Both are written line by line and not kept.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import xlsxwriter

from doorplate.model import BatchPlate
from print_jobs.job import PrintJob
from print_jobs.manifest import formula_safe

COLUMNS: Mapping[str, str] = {
    "order": "序号", "code": "编码", "url": "网址", "standard_address": "标准地址", "street": "路名", "number": "号码",
    "pinyin": "拼音", "minority": "民族文字", "postcode": "邮编", "kind": "种类", "width_mm": "宽 mm", "height_mm": "高 mm",
    "copies": "份数", "grid": "网格", "zone": "安装分区", "files": "图样文件"}
_WIDTHS = (6, 17, 44, 44, 22, 14, 20, 16, 8, 12, 8, 8, 6, 20, 20, 34)
_ROWS_A_SHEET = 1_000_000  # Excel ends at 1,048,576 rows


class FactoryLists:
    """Both lists of one pack, open while the pack is made. Their bytes depend on their contents only."""

    def __init__(self, folder: Path, job: PrintJob) -> None:
        self._job, self._row = job, 0
        self._open = ExitStack()
        self._file = self._open.enter_context((folder / "plates.csv").open("w", encoding="utf-8-sig", newline=""))
        self._table = csv.writer(self._file)
        self._table.writerow(COLUMNS)
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
                   "tmpdir": str(folder)}
        self._book = xlsxwriter.Workbook(str(folder / "plates.xlsx"), options)
        self._book.set_properties({"title": "门牌", "created": datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)})
        self._bold = self._book.add_format({"bold": True, "font_color": "#FFFFFF", "bg_color": "#0B4EA2"})
        self._sheet: Any = None

    def __enter__(self) -> FactoryLists:
        return self

    def __exit__(self, kind: type[BaseException] | None, _exc: BaseException | None, _trace: TracebackType | None) -> None:
        self._open.close()
        self._book.close()

    def add(self, plate: BatchPlate, files: tuple[str, ...]) -> None:
        """The next plate, and the names of its artwork."""
        face, copies = self._job.design.face, self._job.arrangement.copies
        texts = (plate.code, plate.url, plate.standard_address, plate.street, plate.number, plate.pinyin, plate.minority,
                 plate.postcode, plate.kind)
        cells = [self._row + 1, *texts, face.width_mm, face.height_mm, copies, plate.grid, plate.zone, " ".join(files)]
        self._table.writerow([formula_safe(cell) if isinstance(cell, str) else cell for cell in cells])
        at = self._row % _ROWS_A_SHEET
        if at == 0:
            self._start_sheet()
        for column, cell in enumerate(cells):
            self._sheet.write(at + 1, column, cell)
        self._row += 1

    def _start_sheet(self) -> None:
        part = self._row // _ROWS_A_SHEET
        name = "样品 虚构数据" if self._job.batch.sample else "门牌"
        self._sheet = self._book.add_worksheet(f"{name} {part + 1}" if part else name)
        self._sheet.freeze_panes(1, 0)
        for column, (title, width) in enumerate(zip(COLUMNS.values(), _WIDTHS, strict=True)):
            self._sheet.set_column(column, column, width)
            self._sheet.write(0, column, title, self._bold)
