"""Hidden rows and struck-through cells in ODS (OpenDocument 1.3 part 3). calamine reads the values.

Reads the contents as a stream, without entities. Raises ValueError, OverflowError, ExpatError, zipfile.BadZipFile, zlib.error
for what is odd.
"""

from __future__ import annotations

import re
import zipfile
from bisect import bisect_right
from collections.abc import Callable, Mapping
from operator import itemgetter
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from doorplate.exchange.formats.marks import MOST_MARKS, Marks
from doorplate.exchange.formats.ods_styles import OFFICE, TABLE, TEXT, Styles

CONTENT = "content.xml"
_STYLES = "styles.xml"
_CHUNK = 1 << 18
_SIGN = re.compile(rb"""visibility\s*=\s*["'](?:collapse|filter)|display\s*=\s*["']false|line-through-style\s*=\s*["'](?!none)""")
_LONGEST_SIGN = 60
_DEEPEST = 200
_TABLE, _COLUMN, _GROUP, _ROW = (f"{TABLE} {name}" for name in ("table", "table-column", "table-row-group", "table-row"))
_CELLS = frozenset({f"{TABLE} table-cell", f"{TABLE} covered-table-cell"})
_TEXTS = {f"{TEXT} p": "paragraph", f"{TEXT} h": "paragraph", f"{TEXT} span": "text"}
_ASIDE = frozenset({f"{OFFICE} annotation", f"{TABLE} shapes"})  # what they say stands in no cell
_HIDING = ("collapse", "filter")


def may_have_marks(path: Path) -> bool:
    """A quick look for struck-through styles and hidden rows, without parsing."""
    with zipfile.ZipFile(path) as archive:
        return any(_has_sign(archive, part) for part in (CONTENT, _STYLES) if part in archive.NameToInfo)


def _has_sign(archive: zipfile.ZipFile, part: str) -> bool:
    tail = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            if _SIGN.search(tail + chunk):
                return True
            tail = chunk[-_LONGEST_SIGN:]
    return False


def read_marks(path: Path) -> dict[str, Marks]:
    """Marks by sheet name."""
    reader = _Reader()
    with zipfile.ZipFile(path) as archive:
        if _STYLES in archive.NameToInfo:  # first, since those of the contents may build on them
            _parse(archive, _STYLES, _parser(reader.styles.start, reader.styles.end))
        parser = _parser(reader.start, reader.end)
        parser.CharacterDataHandler = reader.text
        _parse(archive, CONTENT, parser)
    return reader.found


def _parser(start: Callable[[str, dict[str, str]], None], end: Callable[[str], None]) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = _refuse
    return parser


def _parse(archive: zipfile.ZipFile, part: str, parser: expat.XMLParserType) -> None:
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _refuse(*_: object) -> NoReturn:
    raise ValueError("document types are not read")


def _count(attributes: Mapping[str, str], what: str) -> int:
    count = int(attributes.get(f"{TABLE} number-{what}-repeated", 1))
    if count < 1:
        raise ValueError("repeated")
    return count


class _Row:
    """A row while it comes in. number from 1, count: how many rows are like it · width: columns so far · filled: has it a text or
    a value · struck: (first column, how many) of cells."""

    def __init__(self, number: int, attributes: Mapping[str, str]) -> None:
        self.number, self.count = number, _count(attributes, "rows")
        self.is_hidden = attributes.get(f"{TABLE} visibility") in _HIDING
        self.style = attributes.get(f"{TABLE} default-cell-style-name", "")
        self.width, self.filled = 0, False
        self.struck: list[tuple[int, int]] = []


class _Cell:
    """A cell while it comes in. lines: is text struck through here, for the cell and each element of text in it · said: which of
    the two was found in texts."""

    def __init__(self, attributes: Mapping[str, str], is_struck: bool) -> None:
        self.count = _count(attributes, "columns")
        self.has_value = f"{OFFICE} value-type" in attributes
        self.lines = [is_struck]
        self.said: set[bool] = set()


class _Reader:
    """Marks while the parser walks through the contents. found: by sheet name."""

    def __init__(self) -> None:
        self.found: dict[str, Marks] = {}
        self.styles = Styles()
        self._marks: Marks | None = None
        self._columns: list[tuple[int, str]] = []  # last column from 1, style of its cells
        self._groups: list[bool] = []  # is it shown
        self._row: _Row | None = None
        self._cell: _Cell | None = None
        self._next = 1
        self._depth = self._aside = 0
        self._room = MOST_MARKS

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ValueError("depth")
        if self._aside or tag in _ASIDE or (tag == _TABLE and self._marks is not None):
            self._aside += 1
        elif tag == _TABLE:
            self._marks = self.found.setdefault(attributes.get(f"{TABLE} name", ""), Marks())
            self._columns, self._groups, self._next = [], [], 1
        elif self._marks is None:
            self.styles.start(tag, attributes)
        elif tag == _COLUMN:
            last = self._columns[-1][0] if self._columns else 0
            style = attributes.get(f"{TABLE} default-cell-style-name", "")
            self._columns.append((last + _count(attributes, "columns"), style))
        elif tag == _GROUP:
            self._groups.append(attributes.get(f"{TABLE} display") != "false")
        elif tag == _ROW:
            self._row = _Row(self._next, attributes)
        elif tag in _CELLS and self._row:
            self._cell = _Cell(attributes, self._is_struck(self._row, attributes.get(f"{TABLE} style-name", "")))
        elif tag in _TEXTS and self._cell:
            own = self.styles.is_struck(_TEXTS[tag], attributes.get(f"{TEXT} style-name", ""))
            self._cell.lines.append(self._cell.lines[-1] if own is None else own)

    def text(self, text: str) -> None:
        if self._cell and not self._aside and not text.isspace():
            self._cell.said.add(self._cell.lines[-1])

    def end(self, tag: str) -> None:
        self._depth -= 1
        if self._aside:
            self._aside -= 1
        elif tag == _TABLE:
            self._marks = self._row = self._cell = None
        elif self._marks is None:
            self.styles.end(tag)
        elif tag == _GROUP and self._groups:
            self._groups.pop()
        elif tag == _ROW and self._row:
            self._end_row(self._row, self._marks)
        elif tag in _CELLS and self._row and self._cell:
            self._end_cell(self._row, self._cell)
        elif tag in _TEXTS and self._cell:
            self._cell.lines.pop()

    def _is_struck(self, row: _Row, style: str) -> bool:
        """A cell's own style counts, otherwise its row's, otherwise its column's (table:default-cell-style-name)."""
        at = bisect_right(self._columns, row.width, key=itemgetter(0))
        name = style or row.style or (self._columns[at][1] if at < len(self._columns) else "")
        return bool(self.styles.is_struck("table-cell", name))

    def _end_cell(self, row: _Row, cell: _Cell) -> None:
        is_filled = bool(cell.said) or cell.has_value
        if is_filled and False not in (cell.said or {cell.lines[0]}):
            row.struck.append((row.width, cell.count))
        row.filled = row.filled or is_filled
        row.width += cell.count
        self._cell = None

    def _end_row(self, row: _Row, marks: Marks) -> None:
        """Only rows that say something are marked: thousands of hidden ones may follow the last."""
        is_hidden = row.filled and (row.is_hidden or not all(self._groups))
        self._room -= row.count * (is_hidden + sum(count for _, count in row.struck))
        if self._room < 0:
            raise OverflowError("marks")
        numbers = range(row.number, row.number + row.count) if is_hidden or row.struck else ()
        marks.hidden_rows.update(numbers if is_hidden else ())
        marks.struck_cells.update((i, column + k) for i in numbers for column, count in row.struck for k in range(count))
        self._next += row.count
        self._row = None
