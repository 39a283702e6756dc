"""Small workbooks made of another one's odd pieces, so that calamine says what these mean.

What the plain reader does not understand — dates, formulas, rich text, entities, merged cells — is given to calamine in the
frame of the workbook it comes from: there it means what it means in its own place.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from doorplate.exchange.formats.xlsx_cells import NotPlain
from doorplate.exchange.formats.xlsx_marks import sheet_parts
from doorplate.exchange.formats.xlsx_parts import STRINGS, STYLES, WORKBOOK, Parts

_RELATIONS = "xl/_rels/workbook.xml.rels"
_FRAME = ("[Content_Types].xml", "_rels/.rels", _RELATIONS, WORKBOOK, STYLES)
_MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_GUARD = "\ue000guard\ue000"
_NUMBERED = b'<row r="%d"><c r="A%d"%s</row>'


class Shell:
    """The frame of a workbook — list of sheets, relations, styles —, to be filled with other contents.

    sheets: (name, part, is hidden) of the worksheets in their order · styles: the part as it is. Its methods raise NotPlain
    when calamine lost something on the way, and CalamineError for what it cannot read.
    """

    def __init__(self, parts: Parts) -> None:
        self._frame = {name: parts.small(name) for name in _FRAME if name in parts.names}
        try:
            named = sheet_parts(self._frame[WORKBOOK], self._frame.get(_RELATIONS, b""))
        except ET.ParseError as exc:
            raise NotPlain("workbook") from exc
        sheets = [meta for meta in _book(self._frame).sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]
        self.styles = self._frame.get(STYLES, b"")
        self.sheets = [(meta.name, named.get(meta.name, ""), meta.visible != SheetVisibleEnum.Visible) for meta in sheets]
        if not sheets or len(set(named.values())) < len(named) or not {part for _, part, _ in self.sheets} <= set(parts.names):
            raise NotPlain("sheets")
        self.strings([])  # do the parts stand where everybody puts them?

    def merges(self, sheet: int, rest: bytes) -> list[tuple[int, int, int, int]]:
        """A sheet's merged cells: first row and column, last row and column from 0. rest: its XML without the rows."""
        name, part, _ = self.sheets[sheet]
        read = _book(self._frame | {part: rest}).get_sheet_by_name(name)
        return [(*first, *last) for first, last in (read.merged_cell_ranges or ())]

    def values(self, cells: Sequence[bytes]) -> list[Any]:
        """What cells say. cells: the XML of each from the quotation mark on that ends its reference."""
        return self._column([cell[1:] for cell in cells], ())

    def strings(self, items: Sequence[bytes]) -> list[Any]:
        """What shared strings say. items: the XML of each, "<si>…</si>"."""
        cells = [b' t="s"><v>%d</v></c>' % number for number in range(len(items))]
        return self._column(cells, items)

    def _column(self, cells: Sequence[bytes], strings: Sequence[bytes]) -> list[Any]:
        """The values of cells, with a guard before and behind them, and nowhere else, if nothing vanished, moved or asked for
        a string that is not here."""
        name, part, _ = self.sheets[0]
        guard = b' t="s"><v>%d</v></c>' % len(strings)
        rows = b"".join(_NUMBERED % (i, i, cell) for i, cell in enumerate((guard, *cells, guard), 1))
        more = {
            part: b"<worksheet %s><sheetData>%s</sheetData></worksheet>" % (_MAIN, rows),
            STRINGS: b"<sst %s>%s<si><t>%s</t></si></sst>" % (_MAIN, b"".join(strings), _GUARD.encode()),
        }
        told = [row[0] for row in _book(self._frame | more).get_sheet_by_name(name).to_python()]
        if len(told) != len(cells) + 2 or [i for i, value in enumerate(told) if value == _GUARD] != [0, len(told) - 1]:
            raise NotPlain("guard")
        return told[1:-1]


def _book(parts: Mapping[str, bytes]) -> CalamineWorkbook:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    file.seek(0)
    return CalamineWorkbook.from_filelike(file)
