"""Finding doors by what people type: the ways of all communities in memory, doors by one range of an index each.

A county has a million doors on some ten thousand ways. So the words of a question are held against the ways (as written, in
pinyin, by initials), and only the number goes to the database. The index is made at the first question and follows the trail; a
way that has no door any more stays in it and simply leads to none.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from doorplate.addresses.format import thoroughfare_key
from doorplate.addresses.text import clean, simplified
from doorplate.model import Address, Community, Elements
from doorplate.plates.pinyin.spelling import syllables
from doorplate.store import Reader
from doorplate.store.register_reader import Street

_WITH_WORD = re.compile(r"(.*?)(\d{1,6})[号號](.*)")
_ENDS_IN_DIGITS = re.compile(r"(.*?)(\d{1,6})")
_LETTERS = re.compile(r"[a-z' ]+")
_FOLLOWED = 2_000  # events after which everything is read anew
_BULK = frozenset({"list.loaded", "list.imported", "register.loaded"})


@dataclass(frozen=True, slots=True)
class Way:
    """One way of a community. text: as written, folded; start: what the keys of its doors begin with; pinyin: syllables run
    together; initials: their first letters."""

    community: str
    text: str
    start: str
    pinyin: str
    initials: str


@dataclass(frozen=True, slots=True)
class Typed:
    """A question taken apart: words of a way, the number's digits, what stood behind it."""

    words: str
    number: str
    rest: str = ""


def typed(text: str) -> Typed:
    """幸福路12号附3 → 幸福路, 12, 附3; xfl12 → xfl, 12."""
    told = simplified(clean(text)).replace(" ", "")
    found = _WITH_WORD.fullmatch(told) or _ENDS_IN_DIGITS.fullmatch(told)
    if found is None:
        return Typed(told, "")
    words, number, *rest = found.groups()
    return Typed(words, number.lstrip("0") or number, rest[0] if rest else "")


def within(text: str, communities: Sequence[Community]) -> tuple[str, tuple[str, ...]]:
    """The question below the village, and the codes of the villages it names; all of them where it names none."""
    plain = simplified(clean(text)).replace(" ", "")
    named = [(one, plain.rfind(one.names[-1])) for one in communities if one.names[-1] in plain]
    longest = max((len(one.names[-1]) for one, _ in named), default=0)
    named = [(one, at) for one, at in named if len(one.names[-1]) == longest]
    if not named:
        return plain, tuple(one.code for one in communities)
    return plain[named[0][1] + longest:], tuple(one.code for one, _ in named)


class StreetIndex:
    """One for a process; threads may share it."""

    def __init__(self) -> None:
        self._ways: dict[Street, Way] = {}
        self._seen = -1
        self._making = threading.Lock()

    def matching(self, reader: Reader, words: str, communities: Collection[str], most: int) -> list[Way]:
        """Ways that fit, the best first: the same, begin so, hold it."""
        self._follow(reader)
        folded = words.upper()
        letters = words.lower().replace("'", "").replace(" ", "") if _LETTERS.fullmatch(words.lower()) else ""
        ranked = []
        for way in self._ways.values():
            if way.community in communities and (rank := _rank(way, folded, letters)) is not None:
                ranked.append((rank, len(way.text), way.community, way.text, way))
        ranked.sort(key=lambda one: one[:4])
        return [way for *_, way in ranked[:most]]

    def _follow(self, reader: Reader) -> None:
        newest = reader.event_count()
        if newest == self._seen:
            return
        with self._making:
            if newest == self._seen:
                return
            if self._seen < 0 or newest - self._seen > _FOLLOWED:
                self._add(reader.streets())
            else:
                events = [one.event for one in reader.events(after_seq=self._seen, limit=_FOLLOWED)]
                if any(event.verb in _BULK for event in events):
                    self._add(reader.streets())
                else:
                    touched = {event.subject_id for event in events if event.verb.startswith("address.")}
                    self._add(map(_street_of, reader.addresses_of(touched)))
            self._seen = newest

    def _add(self, streets: Iterable[Street]) -> None:
        fresh = {street: way for street in streets if street not in self._ways for way in _ways_of(street)}
        if fresh:
            self._ways = self._ways | fresh  # replaced whole: who is reading goes on with the old one


def _street_of(address: Address) -> Street:
    e = address.elements
    return address.community, e.hamlet, e.street, e.lane, e.compound


def _ways_of(street: Street) -> Iterator[Way]:
    community, hamlet, name, lane, compound = street
    folded = thoroughfare_key(Elements(hamlet=hamlet, street=name, lane=lane, compound=compound)).split("/")
    behind = f"//{folded[3]}/" if compound else ""  # the number of a building stands there
    text = f"{hamlet}{name}{lane}{compound}"
    sounds = [one for part in (hamlet, name, lane, compound) if part for one in _sounds(part)]
    yield Way(community, simplified(clean(text)).upper(), f"{community}:{'/'.join(folded[:3])}/{behind}", "".join(sounds),
              "".join(one[:1] for one in sounds))


@lru_cache(maxsize=65536)
def _sounds(name: str) -> tuple[str, ...]:
    """Syllables as they are typed: without tones, ü as v."""
    told = unicodedata.normalize("NFD", " ".join(syllables(name))).replace("u\u0308", "v")
    return tuple("".join(one for one in told if not unicodedata.combining(one)).lower().split())


def _rank(way: Way, folded: str, letters: str) -> int | None:
    if not folded:
        return 3
    if folded in way.text:
        return 0 if way.text == folded else 1 if way.text.startswith(folded) else 2
    if letters and (letters in way.initials or letters in way.pinyin):
        begins = way.initials.startswith(letters) or way.pinyin.startswith(letters)
        return 1 if begins else 2
    return None
