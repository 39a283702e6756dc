"""Hidden rows and struck-through cells in XLS (BIFF8); clauses are those of MS-XLS. calamine reads the values.

Raises ValueError, struct.error for a workbook that is odd, and finds nothing in one that is encrypted or older than BIFF8.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from doorplate.exchange.formats.compound_file import stream_of
from doorplate.exchange.formats.marks import MOST_MARKS, Marks

_BOF, _EOF, _FILEPASS, _BOUNDSHEET, _FONT, _XF = 0x0809, 0x000A, 0x002F, 0x0085, 0x0031, 0x00E0
_ROW, _MULRK = 0x0208, 0x00BD
# BOOLERR, FORMULA, LABEL, LABELSST, NUMBER, RK, RSTRING: all begin with row, column and XF (2.5.13 Cell). Blank cells
# say nothing, so nobody asks whether they are struck.
_CELLS = frozenset({0x0205, 0x0006, 0x0204, 0x00FD, 0x0203, 0x027E, 0x00D6})
_BIFF8 = 0x0600
_STRUCK_FONT = 0x0008  # 2.4.122 Font: fStrikeOut
_HIDDEN_ROW = 0x20  # 2.4.221 Row: fDyZero
_NO_FONT = 4  # 2.5.129 FontIndex: this number is never used
_WIDE_NAME = 1  # 2.5.240 ShortXLUnicodeString: fHighByte

Record = tuple[int, int, int]


@dataclass(slots=True)
class _Book:
    """sheets: (name, where its records begin) · struck: the XFs with a struck-through font."""

    sheets: list[tuple[str, int]] = field(default_factory=list)
    struck: set[int] = field(default_factory=set)


def read_marks(path: Path) -> dict[str, Marks]:
    """Marks by sheet name."""
    stream = stream_of(path.read_bytes(), "Workbook")
    book = _globals(stream)
    found: dict[str, Marks] = {}
    left, room = len(stream), MOST_MARKS
    for name, start in book.sheets:
        found[name], size = _sheet(stream, start, book.struck, left, room)
        left, room = left - size, room - len(found[name])
    return found


def _records(stream: bytes, start: int, most: int) -> Iterator[Record]:
    """(kind, where its data stands, how long it is) up to the end of this part of the workbook; at most `most` bytes of records,
    since parts do not overlap in a workbook that is in order. Parts within it (charts) are left out."""
    at, depth, end = start, 0, min(len(stream), start + most)
    read = struct.Struct("<HH").unpack_from
    while at + 4 <= end:
        kind, size = read(stream, at)
        at += 4
        if kind == _BOF:
            depth += 1
        if depth <= 1:
            yield kind, at, size
        at += size
        if kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
    raise ValueError("no end")


def _globals(stream: bytes) -> _Book:
    book, struck_fonts, fonts, formats = _Book(), set(), 0, 0
    for kind, at, _ in _records(stream, 0, len(stream)) if stream else ():
        if kind == _BOF and struct.unpack_from("<H", stream, at)[0] != _BIFF8:
            return _Book()
        if kind == _FILEPASS:
            return _Book()
        if kind == _FONT:
            if struct.unpack_from("<H", stream, at + 2)[0] & _STRUCK_FONT:
                struck_fonts.add(fonts if fonts < _NO_FONT else fonts + 1)
            fonts += 1
        elif kind == _XF:
            if struct.unpack_from("<H", stream, at)[0] in struck_fonts:
                book.struck.add(formats)
            formats += 1
        elif kind == _BOUNDSHEET:
            book.sheets.append(_named(stream, at))
    return book


def _named(stream: bytes, at: int) -> tuple[str, int]:
    """2.4.28 BoundSheet8."""
    start, count, flags = struct.unpack_from("<I2xBB", stream, at)
    raw = stream[at + 8 : at + 8 + count * (2 if flags & _WIDE_NAME else 1)]
    return raw.decode("utf-16-le" if flags & _WIDE_NAME else "latin-1"), start


def _sheet(stream: bytes, start: int, struck: set[int], most: int, room: int) -> tuple[Marks, int]:
    """The marks of one sheet, and how many bytes of records it has. Raises OverflowError for more marks than there is room."""
    marks, last, cell = Marks(), start, struct.Struct("<HHH").unpack_from
    for kind, at, size in _records(stream, start, most):
        last = at + size
        if kind == _ROW:
            if struct.unpack_from("<H", stream, at + 12)[0] & _HIDDEN_ROW:
                marks.hidden_rows.add(struct.unpack_from("<H", stream, at)[0] + 1)
        elif kind in _CELLS and struck:
            row, column, style = cell(stream, at)
            if style in struck:
                marks.struck_cells.add((row + 1, column))
        elif kind == _MULRK and struck:
            row, first = struct.unpack_from("<HH", stream, at)
            styles = struct.unpack_from("<" + "H4x" * ((size - 6) // 6), stream, at + 4)
            marks.struck_cells.update((row + 1, first + i) for i, style in enumerate(styles) if style in struck)
        if len(marks.struck_cells) > room:
            raise OverflowError("marks")
    return marks, last - start
