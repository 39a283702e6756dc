"""Symbols as vector paths: in every row the dark modules that touch are one rectangle of one path, filled once, without seams.

Every rectangle takes the same number of characters and those of a row stand in the order of their widths, so that what repeats
from one rectangle to the next is known: its code words are looked up together with its text.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from doorplate.plates.symbol import Modules
from print_jobs.flate import Code, Piece, chain, character, literal, repeat

_LENGTH = 13  # characters of "xx yy w 1 re\n"
_WIDEST = 9  # modules a rectangle may have: one digit
_COLUMN_BITS = 6  # a row takes 64 places
_WIDTHS = 10

Indices = NDArray[np.int64]


def symbol_paths(modules: Modules) -> list[tuple[Piece, ...]]:
    """The rectangles of each symbol of `modules` (n, size, size), without the operator that fills them. A module is one unit, the
    symbol's lower left corner is the origin."""
    count, size, _ = modules.shape
    table = _table(size)
    row, width, column = _rectangles(modules)
    line = np.tile(np.arange(size), count)[row]
    bounds = np.searchsorted(row, np.arange(count + 1) * size)
    texts = table.texts[line, width, column].tobytes()
    index = table.index(line, width, column, bounds)
    words, sizes = table.words[index], table.sizes[index].astype(np.int64)
    return [(_first(texts[a * _LENGTH:(a + 1) * _LENGTH]),
             Piece(texts[(a + 1) * _LENGTH:b * _LENGTH], words[a + 1:b], sizes[a + 1:b])) if a < b else ()
            for a, b in pairwise(bounds.tolist())]


def _rectangles(modules: Modules) -> tuple[Indices, Indices, Indices]:
    """The runs of dark modules in the order of their rows (counted through all symbols), widths and first columns."""
    count, size, _ = modules.shape
    framed = np.zeros((count, size, 1 << _COLUMN_BITS), np.bool_)
    framed[:, :, 1:size + 1] = modules
    flat = framed.reshape(-1)
    edges = np.flatnonzero(flat[1:] != flat[:-1])  # the place before each edge: light to dark, dark to light, ...
    starts, widths = edges[::2], edges[1::2] - edges[::2]
    while (wide := np.flatnonzero(widths > _WIDEST)).size:
        starts, rest = np.concatenate([starts, starts[wide] + _WIDEST]), widths[wide] - _WIDEST
        widths[wide] = _WIDEST
        widths = np.concatenate([widths, rest])
    row, column = starts >> _COLUMN_BITS, starts & (1 << _COLUMN_BITS) - 1
    keys = np.sort(row << 10 | widths << _COLUMN_BITS | column)
    return keys >> 10, keys >> _COLUMN_BITS & 15, keys & (1 << _COLUMN_BITS) - 1


@dataclass(frozen=True)
class _Table:
    """texts[line, width, column]: the rectangle, lines counted from the top. words, sizes: its code after another rectangle, in
    the order of `index`: done (the tens of its column are written already), open (it writes those of the next), line + 1 (0:
    the same line), width (0: the same), column."""

    size: int
    texts: NDArray[np.void]
    words: NDArray[np.uint64]
    sizes: NDArray[np.uint8]

    def index(self, line: Indices, width: Indices, column: Indices, bounds: Indices) -> Indices:
        """Where the code of each rectangle is found; bounds: where each symbol's begin. That of a first one is no use."""
        first = np.zeros(len(line) + 1, np.bool_)
        first[bounds] = True
        other_line = np.diff(line, prepend=-1) != 0
        other_width = other_line | (np.diff(width, prepend=0) != 0)
        done = np.diff(column // 10, prepend=-1, append=-1) == 0
        done &= ~first
        done[1:] &= ~first[:-1]
        index = (done[:-1] * 2 + done[1:]) * (self.size + 1) + np.where(other_line, line + 1, 0)
        places: Indices = (index * _WIDTHS + np.where(other_width, width, 0) << _COLUMN_BITS) + column
        return places


@lru_cache(maxsize=8)
def _table(size: int) -> _Table:
    columns, lines = 1 << _COLUMN_BITS, range(size)
    texts = np.zeros((size, _WIDTHS, columns), f"V{_LENGTH}")
    for line in lines:
        for width in range(1, _WIDTHS):
            texts[line, width, :size] = [b"%2d %2d %d 1 re\n" % (x, size - 1 - line, width) for x in lines]
    place = (2, 2, size + 1, _WIDTHS, columns)
    words, sizes = np.zeros(place, np.uint64), np.zeros(place, np.uint8)
    foot = [f"{size - 1 - line:2d}" for line in lines]
    height = chain(character(" "), _each([y[0] for y in foot]), _each([y[1] for y in foot]), character(" "))
    height = height[0][:, None, None], height[1][:, None, None]
    wide = _each([str(width) for width in range(1, _WIDTHS)])
    wide = wide[0][:, None], wide[1][:, None]
    tens, units = (_each([f"{x % 100:2d}"[i] for x in range(columns)]) for i in (0, 1))
    for done in (0, 1):
        column = units if done else chain(tens, units)
        for open_ in (0, 1):
            rest = repeat(6 + open_, _LENGTH)
            for at, code in ((np.s_[0, 0], chain(column, repeat(11 + open_, _LENGTH))),
                             (np.s_[0, 1:], chain(column, repeat(4, _LENGTH), wide, rest)),
                             (np.s_[1:, 1:], chain(column, height, wide, rest))):
                words[done, open_][at], sizes[done, open_][at] = code
    return _Table(size, texts, words.reshape(-1), sizes.reshape(-1))


def _each(texts: list[str]) -> Code:
    """The codes of single characters as arrays."""
    codes = [character(text) for text in texts]
    return np.array([word for word, _ in codes], np.uint64), np.array([size for _, size in codes])


@lru_cache(maxsize=1024)
def _first(text: bytes) -> Piece:
    """Nothing stands before a symbol's first rectangle that it could repeat."""
    return literal(text)
