"""The penalty by which the mask of a QR symbol is chosen (ISO/IEC 18004 clause 7.8.3, table 11), for many symbols at once.

Symbols come as packed lines: 64-bit words, bit i = module i, rows first and then columns, shape (2 * size, n). Up to 57 modules a
side fit, shifts included. The points equal segno's, whose reading of the standard decides where it leaves room.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]

_N = [np.uint64(n) for n in range(8)]


def balance_penalty(size: int) -> NDArray[np.int32]:
    """N4 by number of dark modules: 10 points for every full 5 % away from one half (ISO/IEC 18004 table 11)."""
    total = size ** 2
    return np.array([10 * int(abs(dark / total * 100 - 50) / 5) for dark in range(total + 1)], np.int32)


def penalty(lines: Words, balance: NDArray[np.int32]) -> NDArray[np.int32]:
    """Penalty of each symbol (ISO/IEC 18004 clause 7.8.3, table 11); lines: rows then columns, shape (2 * size, n)."""
    size = len(lines) // 2
    rows = lines[:size]
    same = ~(lines ^ (lines >> _N[1])) & np.uint64((1 << (size - 1)) - 1)  # module i equals module i + 1
    dark = _count(rows)
    return _runs(same) + 3 * _blocks(rows, same[:size]) + 40 * _finders(lines) + balance[dark]


def _runs(same: Words) -> NDArray[np.int32]:
    """N1: a run of 5 + i equal modules costs 3 + i."""
    five = same & (same >> _N[1])
    five &= five >> _N[2]
    return _count(five) + 2 * _count(five & ~(five << _N[1]))


def _blocks(rows: Words, same: Words) -> NDArray[np.int32]:
    """N2: the number of 2 × 2 blocks of one colour."""
    return _count(same[1:] & same[:-1] & ~(rows[1:] ^ rows[:-1]))


def _finders(lines: Words) -> NDArray[np.int32]:
    """N3: the number of patterns 1011101 with four light modules (or the symbol's edge) before or after.

    As segno counts, a counted pattern takes its seven modules: one beginning inside it (4 or 6 further on) is not counted again.
    """
    after = lines >> _N[7]
    after |= after >> _N[1]
    after |= after >> _N[2]
    before = lines << _N[1]
    before |= before << _N[1]
    before |= before << _N[2]
    found = lines & ~(lines >> _N[1]) & (lines >> _N[2]) & (lines >> _N[3]) & (lines >> _N[4]) & ~(lines >> _N[5])
    found &= (lines >> _N[6]) & ~(before & after)
    found &= ~(found << _N[4] | found << _N[6])
    return _count(found)


def _count(words: Words) -> NDArray[np.int32]:
    """Set bits of each symbol, summed over its lines."""
    counts: NDArray[np.int32] = np.bitwise_count(words).sum(axis=0, dtype=np.int32)
    return counts
