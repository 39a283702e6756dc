"""Page contents as Flate streams (RFC 1950, 1951), many pages at once and by table look-up alone.

A general compressor searches every page for what repeats in it. What repeats on pages of plates is known before they are made, so
one Huffman table serves all of them, every piece of a page carries its code words beside its text, and a page is their bits one
after the other. That is several times faster than zlib, smaller, and the same on every machine, whatever its zlib.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
Sizes = NDArray[np.int64]
Code = tuple[Any, Any]  # code words, first bit lowest, and how many bits they have: numbers or arrays

# Bits of the code words of characters and of lengths, by the frequencies on pages of plates (D). What is not named is not coded.
_BITS: dict[int, tuple[str | int, ...]] = {
    3: (*" 12", 265), 4: (*"03", 258), 5: (*"4689", 260, 261), 6: tuple(".57T"), 8: tuple("\n/<>BFcdfj"), 9: tuple("ADEkmoq"),
    10: (*"CMQer", 256), 11: tuple("-"), 14: tuple(")*+,:;=?@GHIJKLNOPRSUVWXYZ[\\]^_`abghilnpstuvwxyz{|}~"),
    15: tuple("!\"#$%&'(")}
_END = 256
_SYMBOLS = 266
_REPEATS = {4: (258, 0, 0), 6: (260, 0, 0), 7: (261, 0, 0), 11: (265, 0, 1), 12: (265, 1, 1)}  # symbol, extra, its bits (3.2.5)
_DISTANCES = 8  # codes 6 and 7 have one bit each: distances 9 to 12, 13 to 16
_DISTANCE_WORD, _DISTANCE_EXTRA, _FIRST_DISTANCE = 1, 2, 13
_LENGTHS_ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)  # RFC 1951, 3.2.7
_UNUSED_LENGTHS = (2, 7, 13)  # so that the 16 others have four bits each
_ZLIB_HEADER = b"\x78\x01"  # 32 KB window, no dictionary (RFC 1950, 2.2)
_CHARACTERS_A_WORD = 4  # of 15 bits at most


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a page: its text, and its code: words hold a few code words each, first bit lowest; sizes are the bits they use."""

    text: bytes
    words: Words
    sizes: Sizes


def literal(text: bytes) -> Piece:
    """Any printable ASCII text with line feeds, character by character. Raises ValueError for others."""
    return literals([text])[0]


def literals(texts: Sequence[bytes]) -> list[Piece]:
    """Many texts, all at once; spaces are put before them until they fill whole words. Raises ValueError as `literal`."""
    filled = [b" " * (-len(text) % _CHARACTERS_A_WORD) + text for text in texts]
    raw = np.frombuffer(b"".join(filled), np.uint8)
    if not _SIZES[raw].all():
        raise ValueError("page contents are ASCII")
    words, bits = chain(*((_WORDS[raw[i::_CHARACTERS_A_WORD]], _SIZES[raw[i::_CHARACTERS_A_WORD]])
                          for i in range(_CHARACTERS_A_WORD)))
    ends = [0, *accumulate(len(text) // _CHARACTERS_A_WORD for text in filled)]
    return [Piece(text, words[a:b], bits[a:b]) for text, (a, b) in zip(filled, pairwise(ends), strict=True)]


def repeat(length: int, distance: int) -> Code:
    """The code that copies `length` characters from `distance` (13 to 16) characters back."""
    symbol, extra, extra_bits = _REPEATS[length]
    return chain((_WORDS[symbol], _SIZES[symbol]), (extra, extra_bits), (_DISTANCE_WORD, 1),
                 (distance - _FIRST_DISTANCE, _DISTANCE_EXTRA))


def character(text: str) -> Code:
    """The code of one character."""
    return _WORDS[ord(text)], _SIZES[ord(text)]


def chain(*codes: Code) -> Code:
    """Codes one after the other as one, element by element for arrays."""
    word: Any = np.uint64(0)
    bits: Any = np.int64(0)
    for value, size in codes:
        word = word | np.asarray(value, np.uint64) << np.asarray(bits, np.uint64)
        bits = bits + np.asarray(size, np.int64)
    return word, bits


def streams(pages: Sequence[Sequence[Piece]]) -> list[bytes]:
    """Every page, given as its pieces, as a whole zlib stream."""
    if not pages:
        return []
    framed = [[_HEAD, *page, _TAIL] for page in pages]
    words = np.concatenate([piece.words for page in framed for piece in page])
    sizes = np.concatenate([piece.sizes for page in framed for piece in page])
    firsts = np.array([0, *accumulate(sum([len(piece.words) for piece in page]) for page in framed)])
    data, starts = _packed(words, sizes, firsts)
    texts = [b"".join([piece.text for piece in page]) for page in pages]
    return [b"%b%b%b" % (_ZLIB_HEADER, data[start:end], zlib.adler32(text).to_bytes(4, "big"))
            for text, start, end in zip(texts, starts, starts[1:], strict=False)]


def _packed(words: Words, sizes: Sizes, firsts: NDArray[np.int64]) -> tuple[bytes, list[int]]:
    """All bits, every page from a new byte on; and at which bytes pages start. firsts: index of each page's first word."""
    ends = np.cumsum(sizes)
    edges = np.concatenate([[0], ends[firsts[1:] - 1]])
    starts = np.concatenate([[0], np.cumsum(-(-np.diff(edges) // 8))])
    at = ends - sizes + np.repeat(starts[:-1] * 8 - edges[:-1], np.diff(firsts))
    unit, shift = at >> 6, (at & 63).astype(np.uint64)
    groups = np.flatnonzero(np.diff(unit, prepend=-1))  # words that begin in the same 64 bits
    into = unit[groups]
    out = np.zeros(int(unit[-1]) + 2, np.uint64)
    out[into] |= np.bitwise_or.reduceat(words << shift, groups)
    out[into + 1] |= np.bitwise_or.reduceat(words >> np.uint64(1) >> (np.uint64(63) - shift), groups)
    return out.astype("<u8").tobytes(), starts.tolist()


def _lengths() -> list[int]:
    """Bits of every symbol's code word; 0 = not used."""
    lengths = [0] * _SYMBOLS
    for bits, symbols in _BITS.items():
        for symbol in symbols:
            lengths[ord(symbol) if isinstance(symbol, str) else symbol] = bits
    return lengths


def _canonical(lengths: Sequence[int]) -> list[int]:
    """The code words of these lengths (RFC 1951, 3.2.2), first bit lowest."""
    words, code = [0] * len(lengths), 0
    for bits in range(1, max(lengths) + 1):
        code <<= 1
        for symbol in [symbol for symbol, length in enumerate(lengths) if length == bits]:
            words[symbol] = int(f"{code:0{bits}b}"[::-1], 2)
            code += 1
    return words


def _counted(lengths: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """The lengths as symbols of their own alphabet, with extra bits: runs are counted (RFC 1951, 3.2.7)."""
    for length, group in groupby(lengths):
        left = len(list(group))
        if length:
            yield length, 0, 0
            left -= 1
        many = (138, 18, 11, 7) if left > 10 else (10, 17, 3, 3)
        most, symbol, least, bits = (6, 16, 3, 2) if length else many
        while left >= least:
            run = min(left, most)
            yield symbol, run - least, bits
            left -= run
        yield from [(length, 0, 0)] * left


def _header() -> Piece:
    """The head of a last block with its own Huffman codes: the table (RFC 1951, 3.2.7)."""
    lengths = [0 if n in _UNUSED_LENGTHS else 4 for n in range(19)]
    words = _canonical(lengths)
    fields = [(1, 1), (2, 2), (_SYMBOLS - 257, 5), (_DISTANCES - 1, 5), (19 - 4, 4), *((lengths[n], 3) for n in _LENGTHS_ORDER)]
    for symbol, extra, bits in _counted([*_lengths(), *[0] * (_DISTANCES - 2), 1, 1]):
        fields += [(words[symbol], lengths[symbol]), (extra, bits)]
    return Piece(b"", np.array([word for word, _ in fields], np.uint64), np.array([bits for _, bits in fields]))


_SIZES = np.array(_lengths())
_WORDS = np.array(_canonical(_lengths()), np.uint64)
_HEAD = _header()
_TAIL = Piece(b"", _WORDS[[_END]], _SIZES[[_END]])
