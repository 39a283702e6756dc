"""XML spreadsheets of Office 2003 (SpreadsheetML), which office systems name .xls: their sheets as RawTable."""

from __future__ import annotations

import re
from pathlib import Path
from xml.parsers import expat

from doorplate.exchange.formats.encoding import decode_lines
from doorplate.exchange.formats.sheet_rows import SheetRows
from doorplate.exchange.formats.workbook import refuse
from doorplate.exchange.limits import Limits
from doorplate.exchange.meaning.values import cut, to_text
from doorplate.exchange.table import RawTable

_SPACE = "urn:schemas-microsoft-com:office:spreadsheet"
_MIDNIGHT = re.compile(r"T00:00:00(?:\.0+)?$")
_MOST_ROW, _MOST_COLUMN = 1_048_576, 16_384


def is_xml_2003(head: str) -> bool:
    """Does the text begin like an XML spreadsheet of Office 2003?"""
    return head.lstrip("\ufeff \r\n\t").startswith("<?xml") and _SPACE in head


def read_xml_2003(path: Path, limits: Limits) -> list[RawTable]:
    """Every sheet. Raises InputError list.too_large, and list.broken for what is no XML or declares entities."""
    if path.stat().st_size > limits.workbook_bytes:
        raise refuse("list.too_large", path.name)
    reader = _Reader(limits)
    try:
        for line in decode_lines(path, limits.line_chars):
            reader.feed(line)
        reader.feed("", is_end=True)
    except (expat.ExpatError, ValueError) as exc:
        raise refuse("list.broken", path.name) from exc
    except OverflowError as exc:
        raise refuse("list.too_large", path.name) from exc
    return [sheet.table(path.name) for sheet in reader.sheets]


class _Reader:
    """Rows while the parser walks through them. Raises ValueError for entities and senseless places, OverflowError for too many
    texts."""

    def __init__(self, limits: Limits) -> None:
        self.sheets: list[SheetRows] = []
        self._limits = limits
        self._row, self._column, self._width = 0, 0, 1
        self._cells: dict[int, str] = {}
        self._data: list[str] | None = None
        self._type = ""
        self._parser = expat.ParserCreate("utf-8", " ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.EntityDeclHandler = self._entity

    def feed(self, text: str, *, is_end: bool = False) -> None:
        self._parser.Parse(text.encode(), is_end)

    def _entity(self, *_: object) -> None:
        raise ValueError("entities are not read")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        own = {name.removeprefix(_SPACE + " "): value for name, value in attributes.items()}
        name = tag.removeprefix(_SPACE + " ")
        if name == "Worksheet":
            self.sheets.append(SheetRows(own.get("Name", ""), False))
            self._row = 0
        elif name == "Row" and self.sheets:
            self._row = _place(own.get("Index", self._row + 1), _MOST_ROW)
            self._column, self._width, self._cells = 0, 1, {}
            if own.get("Hidden") == "1":
                self.sheets[-1].hidden_rows.append(self._row)
        elif name == "Cell" and self.sheets:
            self._column = _place(own.get("Index", self._column + self._width), _MOST_COLUMN)
            across, down = _place(own.get("MergeAcross", 0), _MOST_COLUMN, 0), _place(own.get("MergeDown", 0), _MOST_ROW, 0)
            self._width = across + 1
            if across or down:
                first = (self._row - 1, self._column - 1)
                self.sheets[-1].merges.append((*first, first[0] + down, first[1] + across))
        elif name == "Data":
            self._data, self._type = [], own.get("Type", "")

    def _text(self, text: str) -> None:
        if self._data is not None:
            self._data.append(text)

    def _end(self, tag: str) -> None:
        name = tag.removeprefix(_SPACE + " ")
        if name == "Data" and self._data is not None:
            self._cells[self._column - 1] = _shown("".join(self._data), self._type)
            self._data = None
        elif name == "Row" and self.sheets and any(self._cells.values()):
            last = max(column for column, text in self._cells.items() if text)
            texts = [self._cells.get(column, "") for column in range(last + 1)]
            told = cut(texts, self._limits.cell_chars)
            self.sheets[-1].add_rows([self._row], [texts], {self._row: told} if told else {})
            if sum(sheet.texts for sheet in self.sheets) > self._limits.workbook_texts:
                raise OverflowError


def _place(told: str | int, most: int, least: int = 1) -> int:
    place = int(told)
    if not least <= place <= most:
        raise ValueError("no such place")
    return place


def _shown(text: str, kind: str) -> str:
    if kind == "Number":
        return to_text(float(text))
    if kind == "Boolean":
        return to_text(text.strip() == "1")
    return _MIDNIGHT.sub("", text.strip()) if kind == "DateTime" else to_text(text)
