"""Words of a place name in Latin letters: readings, apostrophes, r-endings, capitals."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from doorplate.addresses.numerals import to_number
from doorplate.plates.pinyin.words import Word, rules, words

Style_ = Literal["tones", "plain", "capitals"]

_VOWEL_FIRST = tuple("aoeāáǎàōóǒòēéěè")  # such a syllable inside a word takes an apostrophe: Xī'ān
_DIAERESIS = "\u0308"
_R_ENDING = "儿"
_R_BEFORE = ("胡同", "巷", "街")
_HANZI = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


@lru_cache(maxsize=8192)
def spell(name: str, style: Style_ = "tones", division: str = "") -> str:
    """The name in pinyin, words apart. division: code of the place, for readings that hold in one province only.

    style: "tones" Xìngfú Lù, "plain" Xingfu Lu, "capitals" XINGFU LU. "" when some character has no reading known here."""
    parts = words(name)
    spelled = [_spelled(word, parts[i + 1].text if i + 1 < len(parts) else "", division) for i, word in enumerate(parts)]
    if not all(spelled):
        return ""
    return styled(" ".join(spelled), style)


def syllables(name: str, division: str = "") -> list[str]:
    """The readings of the characters of a name, one each, with tones; letters and digits stay as they are. Empty when some
    character has no reading known here."""
    return _syllables(name, "", division)


def styled(text: str, style: Style_) -> str:
    """Pinyin with tone marks as it is painted; ü keeps its dots."""
    if style == "tones":
        return text
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if c == _DIAERESIS or not unicodedata.combining(c))
    plain = unicodedata.normalize("NFC", bare)
    return plain.upper() if style == "capitals" else plain


def _spelled(word: Word, following: str, division: str) -> str:
    if word.ordinal:
        number = to_number(word.text.removeprefix("第"))
        return f"Dì-{number}" if word.text.startswith("第") else str(number)
    syllables = _syllables(word.text, following, division)
    if not syllables:
        return ""
    joined = syllables[0]
    for syllable in syllables[1:]:
        joined += ("'" if syllable.startswith(_VOWEL_FIRST) else "") + syllable
    return joined[0].upper() + joined[1:]


def _syllables(text: str, following: str, division: str) -> list[str]:
    """A syllable for each hanzi; letters and digits stay as they are. Empty when a reading is missing."""
    found: list[str] = []
    at = 0
    for start, length, reading in _told(text, division):
        found += _common(text[at:start]) + reading.split()
        at = start + length
    found += _common(text[at:])
    if any(_HANZI.search(syllable) for syllable in found):
        return []
    ends_in_r = (text.endswith(_R_ENDING) and len(found) >= 2 and following in _R_BEFORE
                 and text[-2] not in rules().no_r_ending)
    return [*found[:-2], found[-2] + "r"] if ends_in_r else found


def _told(text: str, division: str) -> list[tuple[int, int, str]]:
    """The stretches of `text` whose reading our lists tell, longest first from the left: (start, length, syllables)."""
    found = []
    at = 0
    while at < len(text):
        length, reading = next(((n, _readings(division)[text[at:at + n]]) for n in range(min(6, len(text) - at), 1, -1)
                                if text[at:at + n] in _readings(division)), (0, ""))
        if not length and text[at] in _data()["characters"]:
            length, reading = 1, _data()["characters"][text[at]]
        if length:
            found.append((at, length, reading))
        at += length or 1
    return found


def _common(text: str) -> list[str]:
    if not text:
        return []
    from pypinyin import Style, pinyin  # takes a quarter of a second to load, and the press only wants the rules of painting

    return [syllable for group in pinyin(text, style=Style.TONE, errors="default") for syllable in group]


@lru_cache(maxsize=64)
def _readings(division: str) -> Mapping[str, str]:
    """The told readings that hold in a division: everywhere, and those of the codes it begins with."""
    found = dict(_data()["everywhere"])
    for code, readings in _data().items():
        if code.isdigit() and division.startswith(code):
            found |= readings
    return found


@lru_cache(maxsize=1)
def _data() -> dict[str, dict[str, str]]:
    return tomllib.loads((files(__package__) / "data" / "readings.toml").read_text("utf-8"))
