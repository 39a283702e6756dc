"""QR symbols of plates (ISO/IEC 18004, byte or alphanumeric mode), one at a time or a whole batch at once.

Everything here gives modules without the quiet zone: True = dark, row 0 on top. Version, mode and mask are never left to a
guess: the smallest version at the level asked for, alphanumeric mode when every character allows it (a URL in capitals), else
byte mode, no boosting of the level, mask by the standard's penalty (7.8.3).

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
Mode = Literal["byte", "alphanumeric"]
Modules = NDArray[np.bool_]

QUIET_MODULES = 4  # ISO/IEC 18004 clause 6.3.8
_MAX_VERSION = 10  # 57 modules: a row fits one 64-bit word
_CHUNK = 1024  # symbols scored together: their words stay in the processor's cache
_MASKS = 8
_CODE_BITS = 5
_MOST_KEPT = 16
_NOTHING: Words = np.empty(0, np.uint64)
_ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"  # ISO/IEC 18004 table 5, in the order of their values
_PAIR_BITS, _SINGLE_BITS = 11, 6  # ISO/IEC 18004 clause 7.4.4


def mode_of(text: str) -> Mode:
    """The mode a text is encoded in. What a batch's symbols share in front of their codes decides for the whole batch."""
    return "alphanumeric" if set(text) <= set(_ALPHANUMERIC) else "byte"


def matrix(url: str, level: Level = "Q") -> Modules:
    """The symbol of one URL by segno, shape (size, size). Raises InputError(symbol.too_long)."""
    mode = mode_of(url)
    return _modules(_segno(url, level, version_for(len(url), level, mode), mode))


@lru_cache(maxsize=256)
def version_for(url_length: int, level: Level = "Q", mode: Mode = "byte") -> int:
    """The smallest version that holds a URL of so many ASCII characters. Raises InputError(symbol.too_long) above version 10."""
    for version in range(1, _MAX_VERSION + 1):
        try:
            return int(_segno("X" * url_length, level, version, mode, mask=0).version)
        except segno.DataOverflowError:
            continue
    raise InputError("symbol.too_long", f"网址有 {url_length} 个字符, 二维码放不下: 请换短一些的域名", length=url_length)


def side_modules(url_length: int, level: Level = "Q", mode: Mode = "byte") -> int:
    """Modules along one side of the symbol, quiet zone not counted."""
    return 17 + 4 * version_for(url_length, level, mode)


def module_mm(field_mm: float, url_length: int, level: Level = "Q", mode: Mode = "byte") -> float:
    """Size of one module in mm when the symbol and its quiet zone of four modules fill a square field of `field_mm`."""
    return field_mm / (side_modules(url_length, level, mode) + 2 * QUIET_MODULES)


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

    prefix: ASCII; length: characters of the whole URL; level: L M Q H. `mode`, `version` and `size` (modules a side) are fixed by
    these. Raises InputError(symbol.too_long). drawings: what another such encoder drew, so that segno need not be asked again;
    ValueError when they are not this encoder's.
    """

    def __init__(self, prefix: str, length: int, level: Level = "Q", drawings: Words | None = None) -> None:
        self.prefix, self.length, self.level = prefix, length, level
        self._known = None if drawings is None else iter(drawings)
        self._drawings: list[Words] = []
        self.mode = mode_of(prefix)
        self.version = version_for(length, level, self.mode)
        self.size = 17 + 4 * self.version
        self._code_length = length - len(prefix)
        bases = [self._drawn(prefix + "0" * self._code_length, mask) for mask in range(_MASKS)]
        self._base = bases[0]
        self._masks: Words = np.stack([base ^ bases[0] for base in bases])
        self._scored = _pack(~_format_area(self.size))
        self._tables = self._code_tables()
        self._balance = balance_penalty(self.size)
        if self._known is not None and next(self._known, None) is not None:
            raise ValueError("more drawings than this encoder needs")

    @property
    def drawings(self) -> Words:
        """Every symbol segno drew for this encoder, packed, in order: shape (n, 2 * size)."""
        return np.stack(self._drawings)

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
        """Table indices, shape (tables, n): two code characters (10 bits) each; the first or the last may stand alone."""
        if any(len(code) != self._code_length for code in codes):
            raise ValueError(f"every code must have {self._code_length} characters")
        text = np.frombuffer("".join(codes).encode("ascii", "replace"), np.uint8).reshape(len(codes), self._code_length)
        values = _VALUE_OF[text].T
        if (values < 0).any():
            raise ValueError("codes must be Crockford base 32")
        return np.stack([values[group[0]] if len(group) == 1 else values[group[0]] << _CODE_BITS | values[group[1]]
                         for group in self._groups])

    @property
    def _groups(self) -> list[range]:
        """The code's characters (counted from 0) that have a table together: pairs, in alphanumeric mode the mode's own pairs."""
        first = len(self.prefix) % 2 if self.mode == "alphanumeric" else 0
        starts = [0] * first + list(range(first, self._code_length, 2))
        ends = [*starts[1:], self._code_length] if not first else [1, *starts[2:], self._code_length]
        return [range(start, end) for start, end in zip(starts, ends, strict=True)]

    def _code_tables(self) -> list[Words]:
        """What the characters of each group change against zeros, shape (32 or 1024, 2 * size)."""
        if self.mode == "alphanumeric":
            return [self._alphanumeric_table(group) for group in self._groups]
        tables = [[self._byte_table(position) for position in group] for group in self._groups]
        return [_both(*there) if len(there) == 2 else there[0] for there in tables]

    def _byte_table(self, position: int) -> Words:
        """What each of the 32 characters at `position` changes against "0", shape (32, 2 * size)."""
        changes = [self._change(position, chr(ord("0") ^ 1 << bit)) for bit in range(7)]
        return np.stack([_sum(changes, ord(character) ^ ord("0")) for character in ALPHABET])

    def _alphanumeric_table(self, group: range) -> Words:
        """Two characters a and b are the number 45 a + b in 11 bits, one alone is its number in 6 bits (clause 7.4.4)."""
        values = [_ALPHANUMERIC.index(character) for character in ALPHABET]
        base = len(_ALPHANUMERIC)
        if len(self.prefix) % 2 and group.start == 0:  # the first character shares its pair with the prefix's last
            before = _ALPHANUMERIC.index(self.prefix[-1]) * base
            changes = [self._change(-1, _pair(1 << bit)) for bit in range(_PAIR_BITS)]
            zero = _sum(changes, before)
            return np.stack([_sum(changes, before + value) ^ zero for value in values])
        if len(group) == 1:
            changes = [self._change(group.start, _ALPHANUMERIC[1 << bit]) for bit in range(_SINGLE_BITS)]
            return np.stack([_sum(changes, value) for value in values])
        changes = [self._change(group.start, _pair(1 << bit)) for bit in range(_PAIR_BITS)]
        return np.stack([_sum(changes, a * base + b) for a in values for b in values])

    def _change(self, position: int, text: str) -> Words:
        """What `text` from `position` of the code on changes in a symbol with zeros there; -1: the prefix's last character."""
        at = len(self.prefix) + position
        zeros = self.prefix + "0" * self._code_length
        zeros = zeros[:at] + "0" * len(text) + zeros[at + len(text):]
        before = self._base if position >= 0 else self._drawn(zeros, 0)
        return self._drawn(zeros[:at] + text + zeros[at + len(text):], 0) ^ before

    def _drawn(self, text: str, mask: int) -> Words:
        if self._known is None:
            drawn = _pack(_modules(_segno(text, self.level, self.version, self.mode, mask)))
        else:
            drawn = next(self._known, _NOTHING)
            if drawn.shape != (2 * self.size,):
                raise ValueError("drawings of another encoder")
        self._drawings.append(drawn)
        return drawn


_kept: dict[tuple[str, int, Level], SymbolBatch] = {}


def symbol_batch(prefix: str, length: int, level: Level = "Q") -> SymbolBatch:
    """SymbolBatch, kept: making one asks segno a hundred times."""
    found = _kept.get((prefix, length, level))
    return found or keep(SymbolBatch(prefix, length, level))


def keep(encoder: SymbolBatch) -> SymbolBatch:
    """Makes `symbol_batch` hand out this encoder; of many, those kept first are let go."""
    while len(_kept) >= _MOST_KEPT:
        _kept.pop(next(iter(_kept)), None)
    _kept[encoder.prefix, encoder.length, encoder.level] = encoder
    return encoder


_VALUE_OF = np.full(256, -1, np.int64)
_VALUE_OF[np.frombuffer(ALPHABET.encode(), np.uint8)] = np.arange(len(ALPHABET))


def _pair(number: int) -> str:
    return _ALPHANUMERIC[number // len(_ALPHANUMERIC)] + _ALPHANUMERIC[number % len(_ALPHANUMERIC)]


def _sum(changes: Sequence[Words], bits: int) -> Words:
    """The changes of these bits together."""
    total = np.zeros_like(changes[0])
    for i, change in enumerate(changes):
        if bits >> i & 1:
            total = total ^ change
    return total


def _both(first: Words, second: Words) -> Words:
    """The table of two characters from the tables of each."""
    table: Words = (first[:, None] ^ second[None, :]).reshape(-1, first.shape[1])
    return table


def _segno(text: str, level: Level, version: int, mode: Mode, mask: int | None = None) -> segno.QRCode:
    encoding = "iso-8859-1" if mode == "byte" else None
    return segno.make_qr(text, error=level, version=version, mode=mode, mask=mask, encoding=encoding, boost_error=False)


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
