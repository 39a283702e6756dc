"""What the helper tells about a sheet, put together to numbered rows of text."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from doorplate.exchange.table import RawRow, RawTable

Texts = NDArray[np.object_]
_NONE: frozenset[int] = frozenset()
_SPAN_ROWS = 20  # sideways merges matter in headers and subtitles only


def shared_texts(told: bytes | None, separator: bytes = b"", is_spaced: bool = False) -> Texts:
    """The shared strings of a workbook from the frame "strings". is_spaced: there may be spaces around them."""
    texts = [] if told is None else told.decode().split(separator.decode())
    return np.array(list(map(str.strip, texts)) if is_spaced else texts, dtype=object)


class SheetRows:
    """A sheet while it comes in, frame by frame (see `sheet_child`).

    rows: those with a text · texts: how many there are · merges: (first row, first column, last row, last column) from 0 ·
    cut: row → what was cut off · struck: (row from 1, column from 0).
    """

    def __init__(self, name: str, hidden: bool) -> None:
        self.name, self.hidden = name, hidden
        self.rows: list[RawRow] = []
        self.texts = 0
        self.cut: dict[int, str] = {}
        self.merges: list[tuple[int, int, int, int]] = []
        self.hidden_rows: list[int] = []
        self.struck: list[tuple[int, int]] = []

    def add_rows(self, numbers: list[int], cells: list[list[str]], told: dict[int, str]) -> None:
        """Rows as calamine reads them."""
        self.rows += map(RawRow, numbers, map(tuple, cells))
        self.texts += sum(map(len, cells))
        self.cut |= told

    def add_grid(self, shared: Texts, frame: list[Any]) -> None:
        """Rows as `xlsx_plain` reads them; shared: the workbook's strings."""
        numbers, lengths, width, places, strings, exact, digits, other, texts, told = frame
        count = _ints(lengths)
        grid = np.full(len(count) * width, "", dtype=object)
        grid[_ints(places)] = shared[_ints(strings)]
        grid[_ints(exact)] = digits.decode().split("\n")[:-1]
        grid[_ints(other)] = texts
        lines = grid.reshape(len(count), width).tolist()
        if count.min(initial=width) == width:
            cells = list(map(tuple, lines))
        else:
            cells = [tuple(line[:length]) for line, length in zip(lines, count.tolist(), strict=True)]
        self.rows += map(RawRow, _ints(numbers).tolist(), cells)
        self.texts += int(count.sum())
        self.cut |= told

    def add_marks(self, merges: list[Any], hidden_rows: list[int], struck: list[Any]) -> None:
        """What is known only at the sheet's end."""
        self.merges, self.hidden_rows, self.struck = merges, hidden_rows, struck

    def table(self, file: str) -> RawTable:
        """The sheet as a table, merged cells filled downwards."""
        merged = frozenset(c0 for r0, c0, r1, _ in self.merges if r1 > r0)
        is_marked = self.merges or self.struck or self.hidden_rows or self.hidden or self.cut
        return RawTable(file, self.name, list(self._marked_rows()) if is_marked else self.rows, merged)

    def _marked_rows(self) -> Iterator[RawRow]:
        """Rows with merged cells filled downwards: every row of a run shows the text written once at its top."""
        numbers = [row.number for row in self.rows]
        texts = {row.number: list(row.cells) for row in self.rows}
        filled: dict[int, set[int]] = {}
        spans: dict[int, list[tuple[int, int]]] = {}
        for r0, c0, r1, c1 in self.merges:
            run = numbers[bisect_left(numbers, r0 + 1) : bisect_right(numbers, r1 + 1)]
            for number in run[1:] if run and run[0] == r0 + 1 else ():
                _fill(texts[number], c0, texts[run[0]], filled.setdefault(number, set()))
            for number in run[:_SPAN_ROWS] if c1 > c0 else ():
                spans.setdefault(number, []).append((c0, c1))
        struck: dict[int, set[int]] = {}
        for row, column in self.struck:
            struck.setdefault(row, set()).add(column)
        hidden = set(self.hidden_rows)
        for number, cells in texts.items():
            yield RawRow(
                number,
                tuple(cells),
                frozenset(filled[number]) if number in filled else _NONE,
                tuple(spans[number]) if number in spans else (),
                frozenset(struck[number]) if number in struck else _NONE,
                self.hidden or number in hidden,
                self.cut.get(number, ""),
            )


def _ints(packed: bytes) -> NDArray[np.int32]:
    return np.frombuffer(packed, "<i4")


def _fill(cells: list[str], column: int, top: list[str], filled: set[int]) -> None:
    if column < len(top) and top[column]:
        cells.extend([""] * (column + 1 - len(cells)))
        cells[column] = top[column]
        filled.add(column)
