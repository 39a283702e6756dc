"""A place name taken apart into the words it is spelled in: 广渠门南小街 → 广渠门, 南小街; 天宁寺西里一巷 → 天宁寺, 西里, 一, 巷.

Source of the rules: 中国地名汉语拼音字母拼写规则 (汉语地名部分), 1984. What they leave to judgement is marked (D).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from doorplate.addresses.numerals import to_number

_HOUSE_NUMBER = re.compile(r"([0-9]+)(号[院楼]?)")
_NUMERAL_ENDING = re.compile(r"(?:第)?[一二三四五六七八九十百廿卅0-9]+$")


@dataclass(frozen=True, slots=True)
class Word:
    """Characters spelled together. ordinal: written in digits."""

    text: str
    ordinal: bool = False


@dataclass(frozen=True)
class SpellingRules:
    """The word lists of data/rules.toml."""

    ways: tuple[str, ...]
    after_ordinals: frozenset[str]
    modifiers: str
    directions: str
    no_r_ending: str
    modified: frozenset[str]
    settlements: tuple[str, ...]
    landmarks: tuple[str, ...]
    numeral_names: tuple[str, ...]
    numbered_places: tuple[str, ...]


@lru_cache(maxsize=1)
def rules() -> SpellingRules:
    """The rules that come with the product."""
    data = tomllib.loads((files(__package__) / "data" / "rules.toml").read_text("utf-8"))
    longest_first = {key: tuple(sorted(value, key=len, reverse=True)) for key, value in data.items() if isinstance(value, list)}
    return SpellingRules(
        longest_first["ways"], frozenset(data["after_ordinals"]), data["modifiers"], data["directions"],
        data["no_r_ending"], frozenset(data["modified"]),
        longest_first["settlements"], longest_first["landmarks"], longest_first["numeral_names"],
        longest_first["numbered_places"])


def words(name: str) -> tuple[Word, ...]:
    """The words of a name, in order; spaces part words too, and a house number stands apart: 幸福路10号 Xìngfú Lù 10 Hào."""
    known = rules()
    found: list[Word] = []
    for part in _HOUSE_NUMBER.sub(r" \1 \2 ", name).split():
        found += [Word(part, ordinal=True)] if part.isdigit() and part.isascii() else _parted(part, known)
    return tuple(found)


def _parted(name: str, known: SpellingRules) -> tuple[Word, ...]:
    head, tail = _village(name, known)
    return (*((Word(head),) if head else ()), *_ways(tail, known))


def _village(name: str, known: SpellingRules) -> tuple[str, str]:
    """A settlement's name that a way of its own follows, and the rest: 营上村南环路 → 营上村, 南环路 (D)."""
    for end in known.settlements:
        at = name.find(end, 1)
        rest = name[at + len(end):]
        if at > 0 and len(rest) >= 2 and _way(rest, known):
            return name[:at + len(end)], rest
    return "", name


def _ways(name: str, known: SpellingRules) -> tuple[Word, ...]:
    """From the end: the kind of way with what is spelled with it, the ordinal before it, then what is left, again."""
    found: list[Word] = []
    while name:
        way = _way(name, known)
        rest = name[:len(name) - len(way)] if way else name
        if not way or (not rest and not found):
            return (*_specific(name, known), *found)
        ordinal = _ordinal(rest, known)
        if ordinal:
            name = rest[:len(rest) - len(ordinal)]
            apart = name[-1:] if len(name) >= 3 and name[-1] in known.directions else ""
            name = name[:len(name) - len(apart)]
            found[:0] = [*((Word(apart),) if apart else ()), Word(ordinal, ordinal=True), Word(way)]
        else:
            way, rest = _with_modifiers(way, rest, known)
            found.insert(0, Word(way))
            if not _ends_in_way(rest, known):
                return (*_specific(rest, known), *found)
            name = rest
    return tuple(found)


def _way(name: str, known: SpellingRules) -> str:
    for way in known.ways:
        if name.endswith(way) and (way not in known.after_ordinals or _ordinal(name[:-len(way)], known)):
            return way
    return ""


def _ends_in_way(name: str, known: SpellingRules) -> bool:
    """Whether what stands before a way is a way itself with a name of its own: 幸福路 in 幸福路二巷, 西里 in 天宁寺西里一巷."""
    way = _way(name, known)
    return bool(way) and len(name) - len(way) >= 2 and not name.endswith(known.landmarks)


def _ordinal(name: str, known: SpellingRules) -> str:
    """The numeral at the end of `name` that counts the way behind it; "" when it is part of the name (五一路, 三八路)."""
    match = _NUMERAL_ENDING.search(name)
    if not match or name.endswith(known.numeral_names):
        return ""
    text = match[0]
    text = next((name[len(p):] for p in known.numbered_places if name.startswith(p) and 0 < len(name) - len(p) < len(text)), text)
    digits = text.removeprefix("第")
    well_formed = digits.isascii() or len(digits) == 1 or any(c in "十百廿卅" for c in digits)
    return text if well_formed and to_number(digits) is not None else ""


def _with_modifiers(way: str, rest: str, known: SpellingRules) -> tuple[str, str]:
    """Single syllables before the way belong to it, as long as something is left: 小南街 → 小, 南街."""
    if way not in known.modified:
        return way, rest
    while len(rest) >= 2 and rest[-1] in known.modifiers and not (rest[-1] in "内外" and rest[-2:-1] in "门关城"):
        way, rest = rest[-1] + way, rest[:-1]
    return (rest + way, "") if rest in known.modifiers and len(way) == 1 else (way, rest)


def _specific(name: str, known: SpellingRules) -> Iterator[Word]:
    """The name proper in one word, parted behind a landmark when two syllables or more follow: 广安门北滨河 → 广安门, 北滨河."""
    start = 0
    for i, character in enumerate(name):
        if character in known.landmarks and i - start >= 1 and len(name) - i - 1 >= 2:
            yield Word(name[start:i + 1])
            start = i + 1
    if name[start:]:
        yield Word(name[start:])
