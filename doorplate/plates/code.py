"""The public code of a plate: 12 random Crockford base-32 characters and one check character.

The check character follows ISO/IEC 7064 MOD 37,36 (hybrid system, 36-character alphabet). It catches every single wrong
character, and all but one in 640 swaps of neighbours. Two kinds of code are drawn again (D): those whose check character falls on
I, L, O or U, which Crockford leaves out because people misread them (so all 13 can be read aloud), and those where a swap of two
neighbours would go unnoticed (so for codes we give out, none does). Together they cost 0.2 bits of the 60.
"""

from __future__ import annotations

import unicodedata
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford base 32
LENGTH = 13  # 12 random characters (60 bits) and the check character
_RANDOM_BITS = 60
_ISO_7064 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})
_ISO_OF = np.array([_ISO_7064.index(character) for character in ALPHABET], np.int64)  # by Crockford value
_WRITTEN = np.array([character in ALPHABET for character in _ISO_7064], np.bool_)
_ISO_BYTES = np.frombuffer(_ISO_7064.encode(), np.uint8)
_SEPARATORS = frozenset("-_\u00ad\u200b\u200c\u200d\u2060\ufeff")


class RandomBits(Protocol):
    """What new_code draws from: random.SystemRandom() in service, random.Random(seed) in tests."""

    def getrandbits(self, k: int, /) -> int: ...


def check_character(text: str) -> str:
    """The MOD 37,36 check character for `text` (digits and capital letters), ISO/IEC 7064 clause 9.

    Raises ValueError when a character is outside the 36-character alphabet.
    """
    product = 36
    for character in text:
        total = (product + _ISO_7064.index(character)) % 36 or 36
        product = total * 2 % 37
    return _ISO_7064[(37 - product) % 36]


def new_code(rng: RandomBits) -> str:
    """A random code of 13 Crockford characters. Whether it was given before is the registry's business."""
    while True:
        bits = rng.getrandbits(_RANDOM_BITS)
        body = "".join(ALPHABET[bits >> shift & 31] for shift in range(_RANDOM_BITS - 5, -1, -5))
        code = body + check_character(body)
        if is_valid(code) and not _hides_a_swap(code):
            return code


def new_codes(rng: RandomBits, count: int) -> list[str]:
    """So many random codes, all different; as new_code gives them, in a fraction of the time."""
    found: dict[str, None] = {}
    while len(found) < count:
        missing = count - len(found)
        found.update(dict.fromkeys(_drawn(rng, missing + missing // 5 + 8)))
    return list(found)[:count]


def is_valid(code: str) -> bool:
    """Whether `code` is in its one written form (13 Crockford characters, no separators) and its check character fits."""
    return len(code) == LENGTH and all(c in ALPHABET for c in code) and check_character(code[:-1]) == code[-1]


def normalise(text: str) -> str | None:
    """`text` as people type, dictate or paste it, in the written form of a code; None when it cannot be one.

    Full-width and lower-case letters, spaces and any kind of dash are forgiven; O is read as 0, I and L as 1 (Crockford).
    The check character is not tested here: a well-formed code that fails is_valid deserves its own answer.
    """
    kept = (c for c in unicodedata.normalize("NFKC", text) if not _separates(c))
    code = "".join(kept).upper().translate(_MISREAD)
    return code if len(code) == LENGTH and all(c in ALPHABET for c in code) else None


def grouped(code: str) -> str:
    """The code as printed on the plate, in groups of four: "ABCD EFGH JKMN P"."""
    return " ".join(code[i:i + 4] for i in range(0, len(code), 4))


def _drawn(rng: RandomBits, count: int) -> list[str]:
    """What of so many draws may be given: see the module's text for what is drawn again."""
    bits = np.array([rng.getrandbits(_RANDOM_BITS) for _ in range(count)], np.uint64)
    shifts = np.arange(_RANDOM_BITS - 5, -1, -5, dtype=np.uint64)
    values = _ISO_OF[(bits[:, None] >> shifts & np.uint64(31)).astype(np.int64)]
    check = _check_values(values)
    good = _WRITTEN[check]
    whole = np.column_stack([values, check])
    for i in range(LENGTH - 1):
        swapped = whole.copy()
        swapped[:, [i, i + 1]] = swapped[:, [i + 1, i]]
        unnoticed = (_check_values(swapped[:, :-1]) == swapped[:, -1]) & (whole[:, i] != whole[:, i + 1])
        good &= ~unnoticed
    letters = _ISO_BYTES[whole[good]]
    return letters.view(f"S{LENGTH}").ravel().astype(str).tolist()


def _check_values(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """check_character for many texts at once, as positions in the 36-character alphabet. values: shape (n, characters)."""
    product = np.full(len(values), 36, np.int64)
    for column in values.T:
        total = (product + column) % 36
        product = np.where(total == 0, 36, total) * 2 % 37
    return (37 - product) % 36


def _hides_a_swap(code: str) -> bool:
    pairs = range(len(code) - 1)
    return any(code[i] != code[i + 1] and is_valid(code[:i] + code[i + 1] + code[i] + code[i + 2:]) for i in pairs)


def _separates(character: str) -> bool:
    return character.isspace() or character in _SEPARATORS or unicodedata.category(character) == "Pd"
