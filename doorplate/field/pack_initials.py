"""First letters of a street's name as people type them: 幸福路二巷 → xflex. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from doorplate.plates.pinyin.spelling import syllables

_HANZI = re.compile(r"([\u3400-\u9fff\U00020000-\U0003ffff]+)")


@lru_cache(maxsize=16384)
def initials(name: str, division: str) -> str:
    """Lower case, one letter for each hanzi by its local reading, Latin letters and digits as they stand; a hanzi without a known
    reading gives none. division: code of the place."""
    parts = _HANZI.split(unicodedata.normalize("NFKC", name))
    return "".join(_of_hanzi(part, division) if i % 2 else _of_others(part) for i, part in enumerate(parts))


def _of_hanzi(text: str, division: str) -> str:
    return "".join(_plain(syllable[0]) for syllable in syllables(text, division) if syllable)


def _of_others(text: str) -> str:
    return "".join(_plain(c) for c in text if c.isalnum())


def _plain(letter: str) -> str:
    """Á → a."""
    return unicodedata.normalize("NFD", letter)[0].lower()
