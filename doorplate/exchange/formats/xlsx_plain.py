"""XLSX of the plain kind: what most programs write, read many times faster than a parser does; calamine says what is odd in it.

Tells what calamine would tell, or raises NotPlain, possibly after a part of the answer. Frames: see `sheet_child`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from doorplate.exchange.formats.xlsx_cells import PAD, Cells, Ints, NotPlain, find_cells
from doorplate.exchange.formats.xlsx_meanings import Meanings
from doorplate.exchange.formats.xlsx_parts import PROLOGUE, Parts
from doorplate.exchange.formats.xlsx_shell import Shell
from doorplate.exchange.formats.xlsx_strings import BETWEEN, Strings

_STRETCH = 1 << 20  # bytes looked at together: they stay in the processor's cache
_MOST_PENDING = 32 << 20  # a row, or what stands around the rows, that is longer is not plain
_HEAD = re.compile(PROLOGUE + rb"<worksheet[\s>]")
_ROWS, _NO_ROWS, _ROW_END, _ROWS_END = b"<sheetData>", b"<sheetData/>", b"</row>", b"</sheetData>"
_HIDDEN = re.compile(rb"""<row r="([0-9]+)"[^<>]*\shidden=["'](?:1|true)["']""")


@dataclass(slots=True)
class _Sheet:
    """What one stretch of a sheet tells about the others. struck: (row from 1, column from 0)."""

    head: bytes = b""
    foot: bytes = b""
    last_row: int = 0
    width: int = 0
    hidden_rows: list[int] = field(default_factory=list)
    struck: list[tuple[int, int]] = field(default_factory=list)


def plain_frames(path: str, limits: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """The workbook as frames. Raises NotPlain, CalamineError, OSError, zipfile.BadZipFile, zlib.error."""
    parts = Parts(path)
    shell = Shell(parts)
    strings = Strings(parts, shell, limits["cell_chars"])
    meanings = Meanings(shell, strings, limits["cell_chars"])
    yield "strings", strings.told, strings.separator, strings.separator == BETWEEN
    for number, (name, part, is_hidden) in enumerate(shell.sheets):
        yield "sheet", name, is_hidden
        sheet = _Sheet()
        for text, size in _stretches(parts.stream(part), sheet):
            cells = find_cells(text, size, meanings.is_date)
            _take_note(sheet, cells, text, size, limits["workbook_cells"])
            sheet.struck += meanings.struck(cells, text)
            yield _grid(cells, text, meanings)
        yield "marks", shell.merges(number, sheet.head + sheet.foot), sheet.hidden_rows, sheet.struck


def _stretches(pieces: Iterator[bytes], sheet: _Sheet) -> Iterator[tuple[bytes, int]]:
    """Whole rows, some at a time: a text, and how many bytes of it they are. What stands around them goes to head and foot."""
    rest, is_more = _after_head(pieces, sheet), True
    while is_more and len(rest) < _MOST_PENDING:
        pending, size, is_more = [rest], len(rest), False
        for piece in pieces:
            pending.append(piece)
            size += len(piece)
            if size >= _STRETCH:
                is_more = True
                break
        text = b"".join((*pending, PAD))
        last = text.rfind(_ROW_END)
        end = last + len(_ROW_END) if last >= 0 else 0
        if end:
            yield text, end
        rest = text[end : -len(PAD)]
        at = rest.find(_ROWS_END)
        if at >= 0:
            sheet.foot = rest[at:] + b"".join(pieces)
            if rest[:at].strip():  # rows without cells
                yield rest[:at] + PAD, at
            return
    raise NotPlain("end")


def _after_head(pieces: Iterator[bytes], sheet: _Sheet) -> bytes:
    text, at = b"", -1
    for piece in pieces:
        text += piece
        at = text.find(_ROWS[:-1])
        if 0 <= at < len(text) - len(_NO_ROWS) or len(text) > _MOST_PENDING:
            break
    if not _HEAD.match(text) or b"<!" in text[:at]:
        raise NotPlain("head")
    sheet.head = text[:at] + _ROWS
    if text.startswith(_NO_ROWS, at):
        return _ROWS_END + text[at + len(_NO_ROWS) :]
    if not text.startswith(_ROWS, at):
        raise NotPlain("head")
    return text[at + len(_ROWS) :]


def _take_note(sheet: _Sheet, cells: Cells, text: bytes, size: int, most_cells: int) -> None:
    if cells.numbers[0] <= sheet.last_row:
        raise NotPlain("order")
    sheet.last_row = int(cells.numbers[-1])
    sheet.width = max(sheet.width, int(cells.column.max(initial=-1)) + 1)
    if sheet.last_row * sheet.width > most_cells:
        raise NotPlain("size")  # calamine knows how far the written cells reach
    if text.find(b"hidd", 0, size) >= 0:  # a short search costs a fourth of a long one
        sheet.hidden_rows += [int(match[1]) for match in _HIDDEN.finditer(text, 0, size)]


def _grid(cells: Cells, text: bytes, meanings: Meanings) -> tuple[Any, ...]:
    """The frame of one stretch. numbers and lengths of the rows with something in them, each as long as its last text; width of
    a grid of these rows, in which places are told for the shared strings (with their indexes), for numbers as shown (with
    their texts, line feeds between) and for other texts; row → what was cut. Numbers are packed, four bytes each."""
    shared, strings = meanings.not_blank(cells)
    other, texts = meanings.asked(cells, text)
    written = np.zeros(len(cells.row), np.bool_)
    written[shared] = written[cells.exact] = written[other] = True
    places = np.flatnonzero(written)
    length = np.zeros(len(cells.numbers), np.int64)
    length[cells.row[places]] = cells.column[places] + 1  # cells come from left to right: the last one counts
    kept = length > 0
    width = int(length.max(initial=0))
    at = (np.cumsum(kept) - 1)[cells.row] * width + cells.column
    told = meanings.cut(cells, (shared, strings), (other, texts))
    rows = (_packed(cells.numbers[kept]), _packed(length[kept]), width)
    known = (_packed(at[shared]), _packed(strings), _packed(at[cells.exact]), cells.digits)
    return "grid", *rows, *known, _packed(at[other]), texts, told


def _packed(numbers: Ints) -> bytes:
    return numbers.astype("<i4").tobytes()
