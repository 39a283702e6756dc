"""Web pages saved as .xls, as many office systems export them: their tables as RawTable."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import islice
from pathlib import Path

from doorplate.exchange.formats.encoding import decode_lines
from doorplate.exchange.formats.workbook import refuse
from doorplate.exchange.limits import Limits
from doorplate.exchange.meaning.values import to_text
from doorplate.exchange.table import RawRow, RawTable

_TABLE = re.compile(r"<\s*(?:html|table|!doctype html)", re.IGNORECASE)
_MOST_SPAN = 500


def is_html(head: str) -> bool:
    """Does the text begin like a web page or a bare table?"""
    return bool(_TABLE.search(head[:2000])) and "<" in head.lstrip("\ufeff \r\n\t")[:1]


def read_html(path: Path, limits: Limits) -> RawTable:
    """All tables of the page, one below the other; rows are counted as they stand in them. Raises InputError list.too_large."""
    if path.stat().st_size > limits.workbook_bytes:
        raise refuse("list.too_large", path.name)
    reader = _TableReader(limits)
    for line in decode_lines(path, limits.line_chars):
        reader.feed(line)
    reader.close()
    return RawTable(path.name, None, list(reader.rows()), frozenset(reader.merged))


class _TableReader(HTMLParser):
    def __init__(self, limits: Limits) -> None:
        super().__init__(convert_charrefs=True)
        self.merged: set[int] = set()
        self._limits = limits
        self._lines: list[tuple[dict[int, str], set[int], list[tuple[int, int]]]] = []
        self._below: dict[int, tuple[int, str]] = {}  # column → (rows still to fill, text)
        self._cell: list[str] | None = None
        self._span = (1, 1)
        self._column = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self._open_row()
        elif tag in ("td", "th"):
            self._close_cell()
            if not self._lines:
                self._open_row()
            given = dict(attrs)
            self._cell, self._span = [], (_number(given.get("rowspan")), _number(given.get("colspan")))
        elif tag in ("br", "p", "div") and self._cell:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._close_cell()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def rows(self) -> Iterator[RawRow]:
        """The rows with something in them."""
        for number, (cells, filled, spans) in enumerate(islice(self._lines, self._limits.rows), 1):
            if any(cells.values()):
                width = min(max(cells) + 1, self._limits.columns)
                yield RawRow(number, tuple(cells.get(i, "") for i in range(width)), frozenset(filled), tuple(spans))

    def _open_row(self) -> None:
        self._close_cell()
        self._lines.append(({}, set(), []))
        self._column = 0
        for column, (rows, text) in list(self._below.items()):
            self._lines[-1][0][column] = text
            self._lines[-1][1].add(column)
            self._below[column] = (rows - 1, text)
            if rows <= 1:
                del self._below[column]

    def _close_cell(self) -> None:
        if self._cell is None:
            return
        text = to_text(re.sub(r"[ \t\r\xa0]+", " ", "".join(self._cell)))
        self._cell = None
        cells, _, spans = self._lines[-1]
        while self._column in cells:
            self._column += 1
        rows, columns = self._span
        cells[self._column] = text
        if rows > 1:
            self.merged.add(self._column)
            self._below[self._column] = (rows - 1, text)
        if columns > 1:
            spans.append((self._column, self._column + columns - 1))
        cells.update((self._column + i, "") for i in range(1, columns))
        self._column += columns


def _number(text: str | None) -> int:
    return max(1, min(int(text), _MOST_SPAN)) if text and text.isdigit() else 1
