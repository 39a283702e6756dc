"""The cells of a stretch of sheet XML, found with numpy instead of a parser: one pass over all bytes for each question.

Only the forms that spreadsheet programs write by the million are understood, and every byte of such a cell is checked.
Any other cell is handed on as it stands (`odd`); what does not look like rows of cells raises NotPlain.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Words = NDArray[np.uint64]
PAD = bytes(32)  # behind every stretch, so that sixteen bytes can be looked at from any place in it
NO_STYLE = -1
_MOST_ROW, _MOST_COLUMN = 1_048_576, 16_384  # what the programs themselves allow (XFD1048576)
_EXACT = 15  # so many digits survive the way through a double (IEEE 754), so the text may stay as it is
_ZEROS, _TOPS = np.uint64(0x3030303030303030), np.uint64(0x8080808080808080)
_TO_TOP = np.uint64(0x7676767676767676)  # added to a byte, sets its top bit unless it is 0–9
_HALVES = ((10, 8, 0x00FF00FF00FF00FF), (100, 16, 0x0000FFFF0000FFFF), (10_000, 32, 0x00000000FFFFFFFF))
_MASKS = np.array([(1 << 8 * count) - 1 for count in range(9)], dtype=np.uint64)
_PLACES = np.arange(16)
_LT, _GT, _DOT, _SLASH, _ZERO, _QUOTE, _NEWLINE = b'<>./0"\n'


class NotPlain(Exception):
    """Something is not written in the plain way: calamine must read the whole workbook."""


@dataclass(slots=True)
class Cells:
    """The cells of one stretch in reading order: row (index into `numbers`), column from 0, style (-1: none).

    Four groups name cells by their index: shared, with `strings` (indexes into the shared strings); exact, with `digits`
    (numbers as they are shown, each ended by a line feed); rough (decimal numbers still to be rounded, bytes begin to
    end); odd (bytes from quote, which ends the reference, to stop). All others are empty.
    """

    numbers: Ints
    row: Ints
    column: Ints
    style: Ints
    quote: Ints
    begin: Ints
    end: Ints
    stop: Ints
    shared: Ints
    strings: Ints
    exact: Ints
    digits: bytes
    rough: Ints
    odd: Ints


def words_of(text: bytes, count: int) -> Words:
    """The eight bytes from each of the first `count` places on, as little-endian numbers; seven more bytes must follow."""
    return np.ndarray((count,), "<u8", buffer=text, strides=(1,))


def like(words: Words, text: bytes) -> Flags:
    """Which words begin with a text of at most eight bytes."""
    return np.asarray((words & _MASKS[len(text)]) == np.uint64(int.from_bytes(text, "little")))


class _Stretch:
    """Bytes, and the same seen as eight-byte words beginning at every place."""

    def __init__(self, text: bytes, size: int) -> None:
        self.size = size
        self.bytes = np.frombuffer(text, np.uint8)
        self.words = words_of(text, size + len(PAD) - 8)
        self.opens: Flags = self.bytes[:size] == _LT

    def tags(self, text: bytes) -> Ints:
        """Where tags begin that start with this text: "<" and at least one letter more, at most eight."""
        found = np.flatnonzero(self.opens & (self.bytes[1 : self.size + 1] == text[1]))
        return found[like(self.words[found], text)]

    def number(self, at: Ints) -> tuple[Ints, Ints]:
        """The decimal number at each place and its number of digits, 0 to 8."""
        bits = self.words[at] ^ _ZEROS
        wrong = ((bits + _TO_TOP) | bits) & _TOPS
        digits = np.bitwise_count((wrong & (~wrong + np.uint64(1))) - np.uint64(1)) >> 3
        value = np.where(digits, bits << ((8 - digits).astype(np.uint64) << np.uint64(3)), 0)
        for factor, shift, mask in _HALVES:
            value = (value * np.uint64(factor) + (value >> np.uint64(shift))) & np.uint64(mask)
        return value.astype(np.int64), digits.astype(np.int64)


@dataclass(slots=True)
class _Rows:
    """Row tags: number as written and as words, its digits; where the row's cells end; how many end tags there are."""

    numbers: Ints
    written: Words
    digits: Ints
    end: Ints
    closed: int
    first: Ints
    cells: Ints


def find_cells(text: bytes, size: int, is_date: Callable[[Ints], Flags]) -> Cells:
    """The cells in the first `size` bytes, which are whole rows; at least 32 more bytes follow. is_date: which of the styles
    show a number as a date. Raises NotPlain."""
    stretch = _Stretch(text, size)
    at = stretch.tags(b"<c ")
    rows = _find_rows(stretch, at)
    row = np.repeat(np.arange(len(rows.numbers)), rows.cells)
    column, quote = _references(stretch, at, row, rows)
    end = np.append(at[1:], stretch.size)
    filled = rows.cells > 0
    end[(rows.first + rows.cells - 1)[filled]] = rows.end[filled]
    return _sorted_out(stretch, rows, _Places(row, column, quote, end), is_date)


def _find_rows(stretch: _Stretch, cells: Ints) -> _Rows:
    at = stretch.tags(b"<row ")
    if not len(at) or at[0] != 0 or not like(stretch.words[at], b'<row r="').all():
        raise NotPlain("row")
    numbers, digits = stretch.number(at + 8)
    first = np.searchsorted(cells, at)
    count = np.diff(first, append=len(cells))
    after = np.append(at[1:], stretch.size)
    closed = like(stretch.words[np.maximum(after - 6, 0)], b"</row>")
    alone = (count == 0) & (stretch.bytes[after - 1] == _GT) & (stretch.bytes[after - 2] == _SLASH)
    ordered = (np.diff(numbers, prepend=0) > 0).all() and numbers[-1] <= _MOST_ROW and (digits < 8).all()
    if not (ordered and (closed | alone).all() and (stretch.bytes[at + 8 + digits] == _QUOTE).all()):
        raise NotPlain("row")
    return _Rows(numbers, stretch.words[at + 8], digits, after - 6 * closed, int(np.count_nonzero(closed)), first, count)


def _references(stretch: _Stretch, at: Ints, row: Ints, rows: _Rows) -> tuple[Ints, Ints]:
    """Columns, and the place of the quotation mark that ends each reference. Every cell must stand in its own row, to the
    right of the one before."""
    start = stretch.words[at]
    letters = np.ones(len(at), np.int64)
    column = (start >> np.uint64(48) & np.uint64(255)).astype(np.int64) - 64
    valid = like(start, b'<c r="') & (column >= 1) & (column <= 26)
    more = np.arange(len(at))
    for place in (7, 8):
        letter = stretch.bytes[at[more] + place].astype(np.int64) - 64
        more, letter = more[letter > 0], letter[letter > 0]
        valid[more] &= letter <= 26
        column[more] = column[more] * 26 + letter
        letters[more] += 1
    digits = at + 6 + letters
    same = ((stretch.words[digits] ^ rows.written[row]) & _MASKS[rows.digits + 1][row]) == 0
    ahead = (np.diff(column, prepend=0) > 0) | (np.diff(row, prepend=-1) > 0)
    if not (valid & same & ahead & (column <= _MOST_COLUMN)).all():
        raise NotPlain("reference")
    return column - 1, digits + rows.digits[row]


@dataclass(slots=True)
class _Places:
    """Cells before anybody looked into them."""

    row: Ints
    column: Ints
    quote: Ints
    stop: Ints


def _sorted_out(stretch: _Stretch, rows: _Rows, cells: _Places, is_date: Callable[[Ints], Flags]) -> Cells:
    style, is_shared, closing = _attributes(stretch, cells.quote)
    begin, end = closing + 5, cells.stop - 8
    closed = stretch.words[closing]
    whole = (end > begin) & like(closed, b'"><v>') & like(stretch.words[end], b"</v></c>")
    shared = np.flatnonzero(whole & is_shared)
    strings, digits = stretch.number(begin[shared])
    right = digits == (end - begin)[shared]
    shared, strings = shared[right], strings[right]
    number = np.flatnonzero(whole & ~is_shared)
    number = number[~is_date(style[number])]
    exact, texts = _exact(stretch, begin[number], end[number])
    is_odd = ~(like(closed, b'"/>') & (closing + 3 == cells.stop))
    is_odd[shared] = is_odd[number] = False
    odd = np.flatnonzero(is_odd)
    tags = len(rows.numbers) + rows.closed + len(is_odd) + 3 * (len(shared) + len(number))
    if tags + _opens_in(stretch, cells.quote[odd], cells.stop[odd]) != np.count_nonzero(stretch.opens):
        raise NotPlain("tags")
    found = (rows.numbers, cells.row, cells.column, style, cells.quote, begin, end, cells.stop)
    return Cells(*found, shared, strings, number[exact], texts, number[~exact], odd)


def _attributes(stretch: _Stretch, quote: Ints) -> tuple[Ints, Flags, Ints]:
    """Style, whether the type is a shared string, and the quotation mark that ends the last attribute understood."""
    style, is_shared, closing = np.full(len(quote), NO_STYLE), np.zeros(len(quote), np.bool_), quote.copy()
    typed = is_shared.copy()
    left = np.arange(len(quote))
    for _ in range(2):  # style and type, in either order
        at = closing[left]
        words = stretch.words[at]
        shared = like(words, b'" t="s"')
        is_type = (shared | like(words, b'" t="n"')) & ~typed[left]
        is_shared[left[shared & is_type]] = typed[left[is_type]] = True
        closing[left[is_type]] += 6
        styled = left[like(words, b'" s="')]
        value, digits = stretch.number(closing[styled] + 5)
        good = (digits > 0) & (digits < 6) & (stretch.bytes[closing[styled] + 5 + digits] == _QUOTE) & (style[styled] < 0)
        style[styled[good]] = value[good]
        closing[styled[good]] += 5 + digits[good]
        left = left[closing[left] > at]
    return style, is_shared, closing


def _exact(stretch: _Stretch, begin: Ints, end: Ints) -> tuple[Flags, bytes]:
    """Which numbers are written as they are shown — at most 15 digits, no needless zero, no exponent —, and their texts."""
    around: NDArray[np.uint8] = np.lib.stride_tricks.as_strided(stretch.bytes, (stretch.size, 16), (1, 1))[begin]
    length = end - begin
    inside = length[:, None] > _PLACES
    is_dot = (around == _DOT) & inside
    dots = np.bitwise_count(is_dot.view(np.uint64)).sum(axis=1)
    wrong = (inside & ~is_dot & (around - np.uint8(48) > 9)).view(np.uint64)
    first, second, third, last = around[:, 0], around[:, 1], around[:, 2], stretch.bytes[end - 1]
    leads = (first != _DOT) & ((first != _ZERO) | (length == 1) | ((second == _DOT) & (third != _ZERO)))
    ends = (dots == 0) | ((dots == 1) & (last != _DOT) & (last != _ZERO))
    exact = ((wrong[:, 0] | wrong[:, 1]) == 0) & leads & ends & (length <= _EXACT)
    texts, lengths = around[exact], length[exact]
    texts[np.arange(len(texts)), lengths] = _NEWLINE
    return exact, texts[lengths[:, None] >= _PLACES].tobytes()


def _opens_in(stretch: _Stretch, begin: Ints, end: Ints) -> int:
    """How many tags begin in these ranges."""
    if not len(begin):
        return 0
    opens = np.flatnonzero(stretch.opens)
    return int((np.searchsorted(opens, end) - np.searchsorted(opens, begin)).sum())
