"""QR symbols of plates (ISO/IEC 18004, byte mode), one at a time or a whole batch at once.

Everything here gives modules without the quiet zone: True = dark, row 0 on top. Version, mode and mask are never left to a
guess: the smallest version at the level asked for, byte mode, no boosting of the level, mask by the standard's penalty (7.8.3).

The symbols of a batch differ only in the bits of their codes, and error correction, placement and masking are linear over
GF(2). So a symbol is an affine image of its code: segno is asked once for a base symbol and for what each bit changes, and a
batch is then a few XORs of table rows in numpy. The eight masks are scored on packed rows and columns, all symbols together.
The result equals segno's module by module, the choice of mask included (tests/core/test_plate_symbol.py).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

import numpy as np
import qrcode
import segno
from numpy.typing import NDArray

from doorplate.errors import InputError
from doorplate.plates.code import ALPHABET
from doorplate.plates.penalty import Words, balance_penalty, penalty

Level = Literal["L", "M", "Q", "H"]
Modules = NDArray[np.bool_]

QUIET_MODULES = 4  # ISO/IEC 18004 clause 6.3.8
_MAX_VERSION = 10  # 57 modules: a row fits one 64-bit word
_CHUNK = 1024  # symbols scored together: their words stay in the processor's cache
_MASKS = 8
_CODE_BITS = 5


def matrix(url: str, level: Level = "Q") -> Modules:
    """The symbol of one URL by segno, shape (size, size). Raises InputError(symbol.too_long)."""
    return _modules(_segno(url, level, version_for(len(url), level)))


@lru_cache(maxsize=256)
def version_for(url_length: int, level: Level = "Q") -> int:
    """The smallest version that holds a URL of so many ASCII characters. Raises InputError(symbol.too_long) above version 10."""
    for version in range(1, _MAX_VERSION + 1):
        try:
            return int(_segno("x" * url_length, level, version, mask=0).version)
        except segno.DataOverflowError:
            continue
    raise InputError("symbol.too_long", f"网址有 {url_length} 个字符, 二维码放不下: 请换短一些的域名", length=url_length)


def side_modules(url_length: int, level: Level = "Q") -> int:
    """Modules along one side of the symbol, quiet zone not counted."""
    return 17 + 4 * version_for(url_length, level)


def module_mm(field_mm: float, url_length: int, level: Level = "Q") -> float:
    """Size of one module in mm when the symbol and its quiet zone of four modules fill a square field of `field_mm`."""
    return field_mm / (side_modules(url_length, level) + 2 * QUIET_MODULES)


def terminal(url: str) -> str:
    """The symbol for a terminal, two rows of modules a line, dark on light when the terminal shows light on dark."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=QUIET_MODULES)
    code.add_data(url, optimize=0)
    code.make(fit=True)
    out = io.StringIO()
    code.print_ascii(out=out, invert=True)
    return out.getvalue().replace("\u00a0", " ")


class SymbolBatch:
    """Encoder for the URLs prefix + code, all of one length.

    prefix: ASCII; length: characters of the whole URL; level: L M Q H. `version` and `size` (modules a side) are fixed by these.
    Raises InputError(symbol.too_long).
    """

    def __init__(self, prefix: str, length: int, level: Level = "Q") -> None:
        self.prefix, self.length, self.level = prefix, length, level
        self.version = version_for(length, level)
        self.size = 17 + 4 * self.version
        self._code_length = length - len(prefix)
        bases = [self._packed("0" * self._code_length, mask) for mask in range(_MASKS)]
        self._base = bases[0]
        self._masks: Words = np.stack([base ^ bases[0] for base in bases])
        self._scored = _pack(~_format_area(self.size))
        self._tables = self._code_tables()
        self._balance = balance_penalty(self.size)

    def encode(self, codes: Sequence[str]) -> Modules:
        """The symbols of `codes`, shape (n, size, size). Raises ValueError when a code has another length or alphabet."""
        values = self._values(codes)
        rows = np.empty((len(codes), self.size), np.uint64)
        for start in range(0, len(codes), _CHUNK):
            rows[start:start + _CHUNK] = self._encode_chunk(values[:, start:start + _CHUNK])
        bits = np.unpackbits(rows.astype("<u8").view(np.uint8).reshape(len(codes), self.size, 8), axis=2, bitorder="little")
        return bits[:, :, :self.size].astype(np.bool_)

    def _encode_chunk(self, values: NDArray[np.int64]) -> Words:
        words = np.repeat(self._base[None, :], values.shape[1], axis=0)
        for table, value in zip(self._tables, values, strict=True):
            words ^= table[value]
        scored = np.ascontiguousarray((words & self._scored).T)
        penalties = np.stack([penalty(scored ^ (mask & self._scored)[:, None], self._balance) for mask in self._masks])
        best = penalties.argmin(axis=0)  # of equal penalties the lowest mask number, as segno does
        chosen: Words = words[:, :self.size] ^ self._masks[best, :self.size]
        return chosen

    def _values(self, codes: Sequence[str]) -> NDArray[np.int64]:
        """Table indices, shape (tables, n): two code characters (10 bits) each, the last alone when their number is odd."""
        if any(len(code) != self._code_length for code in codes):
            raise ValueError(f"every code must have {self._code_length} characters")
        text = np.frombuffer("".join(codes).encode("ascii", "replace"), np.uint8).reshape(len(codes), self._code_length)
        values = _VALUE_OF[text].T
        if (values < 0).any():
            raise ValueError("codes must be Crockford base 32")
        pairs = values[:-1:2] << _CODE_BITS | values[1::2]
        return pairs if self._code_length % 2 == 0 else np.vstack([pairs, values[-1:]])

    def _code_tables(self) -> list[Words]:
        singles = [self._character_table(position) for position in range(self._code_length)]
        pairs = [(a[:, None] ^ b[None, :]).reshape(-1, a.shape[1]) for a, b in zip(singles[:-1:2], singles[1::2], strict=True)]
        return pairs if self._code_length % 2 == 0 else [*pairs, singles[-1]]

    def _character_table(self, position: int) -> Words:
        """What each of the 32 characters at `position` changes against "0", shape (32, 2 * size)."""
        before, after = "0" * position, "0" * (self._code_length - position - 1)
        bits = [self._packed(before + chr(ord("0") ^ 1 << bit) + after, 0) ^ self._base for bit in range(7)]
        table = np.zeros((len(ALPHABET), 2 * self.size), np.uint64)
        for value, character in enumerate(ALPHABET):
            for bit, change in enumerate(bits):
                if (ord(character) ^ ord("0")) >> bit & 1:
                    table[value] ^= change
        return table

    def _packed(self, code: str, mask: int) -> Words:
        return _pack(_modules(_segno(self.prefix + code, self.level, self.version, mask)))


@lru_cache(maxsize=16)
def symbol_batch(prefix: str, length: int, level: Level = "Q") -> SymbolBatch:
    """SymbolBatch, kept: making one asks segno a hundred times."""
    return SymbolBatch(prefix, length, level)


_VALUE_OF = np.full(256, -1, np.int64)
_VALUE_OF[np.frombuffer(ALPHABET.encode(), np.uint8)] = np.arange(len(ALPHABET))


def _segno(text: str, level: Level, version: int, mask: int | None = None) -> segno.QRCode:
    return segno.make_qr(text, error=level, version=version, mode="byte", mask=mask, encoding="iso-8859-1", boost_error=False)


def _modules(symbol: segno.QRCode) -> Modules:
    return np.array([list(row) for row in symbol.matrix], np.bool_)


def _pack(modules: Modules) -> Words:
    """Rows, then columns, as one word each: bit i = module i. Shape (2 * size,)."""
    weights = np.uint64(1) << np.arange(len(modules), dtype=np.uint64)
    both = np.concatenate([modules, modules.T]).astype(np.uint64)
    words: Words = (both * weights).sum(axis=1, dtype=np.uint64)
    return words


def _format_area(size: int) -> Modules:
    """Modules of format and version information, which are light while masks are compared (ISO/IEC 18004 clause 7.8)."""
    area = np.zeros((size, size), np.bool_)
    area[8, :9] = area[8, -8:] = True
    area[8, 6] = False  # timing pattern
    area |= area.T
    area[size - 8, 8] = True  # the dark module
    if size >= 45:  # version 7 and above
        area[:6, -11:-8] = area[-11:-8, :6] = True
    return area
