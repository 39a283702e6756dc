"""Symbols as text in the font of modules: two settings of a symbol, the second half a character to the left and higher."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from doorplate.plates.symbol import Modules
from print_jobs.module_font import CHARACTER

_HEX = np.frombuffer(b"".join(b"%02X" % number for number in range(256)), "V2")
_ROWS, _COLUMNS = CHARACTER

Columns = NDArray[np.uint8]


def symbol_texts(modules: Modules, module: float) -> list[bytes]:
    """The operators that set each symbol of `modules` (n, size, size) in lines, from the upper left corner down; a module is so
    many points."""
    count, size, _ = modules.shape
    lines, places = -(-size // _ROWS), -(-(size + 1) // _COLUMNS)
    whole, digits = _form(lines, places, module)
    text = np.repeat(whole[None, :], count, axis=0)
    for shift, at in zip((0, _COLUMNS // 2), digits, strict=True):
        numbers = _numbers(modules, (lines, places), shift * _ROWS // _COLUMNS, shift)
        text[:, at] = _HEX[numbers.reshape(count, lines * places)].view(np.uint8).reshape(count, len(at))
    data, length = text.tobytes(), text.shape[1]
    return [data[start:start + length] for start in range(0, len(data), length)]


def _numbers(modules: Modules, shape: tuple[int, int], above: int, before: int) -> Columns:
    """The characters, shape (n, lines, places), of a setting that begins so many modules above and before the symbol."""
    (count, size, _), (lines, places) = modules.shape, shape
    framed = np.zeros((count, lines * _ROWS, places * _COLUMNS), np.uint8)
    rows, columns = min(size, lines * _ROWS - above), min(size, places * _COLUMNS - before)
    framed[:, above:above + rows, before:before + columns] = modules[:, :rows, :columns]
    numbers = np.zeros((count, lines, places), np.uint8)
    for row in range(_ROWS):
        for column in range(_COLUMNS):
            numbers <<= 1
            numbers |= framed[:, row::_ROWS, column::_COLUMNS]
    return numbers


@lru_cache(maxsize=8)
def _form(lines: int, places: int, module: float) -> tuple[Columns, tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """The operators with empty strings, and where the digits of the first and the second setting go."""
    line = b"<" + b"_" * 2 * places + b">'"
    em = b"%.6g" % (_ROWS * module)
    back = b" %.6g %.6g Td" % (-_COLUMNS / 2 * module, (lines + 0.5) * float(em))
    text = b"/Q %b Tf %b TL" % (em, em) + line * lines + back + line * lines + b"\n"
    whole = np.frombuffer(text, np.uint8)
    first, second = np.split(np.flatnonzero(whole == ord("_")), 2)
    return whole, (first, second)
