"""Which street and group names are real: learned from how often and in how many lists they are written.

A name that only one list writes, seldom, one character away from a name that all lists write, is a slip.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from doorplate.addresses.numerals import NUMERAL
from doorplate.addresses.quality.context import CheckContext
from doorplate.addresses.quality.lines import Line
from doorplate.addresses.rules import Rules
from doorplate.addresses.vocabulary import Vocabulary, is_street_name, street_stem, vocabulary
from doorplate.model import Elements, ListRow

_NUMERAL = re.compile(f"[{NUMERAL}]")
_LANE = re.compile(rf"(.+?)第?[{NUMERAL}]+(?:巷|弄|胡同|条|支路)$")
_OPPOSITE = ("东西", "南北", "前后", "上下", "左右", "内外", "大小", "新老", "新旧",
             "东南", "东北", "西南", "西北", "东中", "西中", "南中", "北中")
_COMPLETE = 20  # (D) a list of fewer lines (a chat) does not claim to name every street


@dataclass(frozen=True, slots=True)
class Slip:
    """A misspelt name: what was most likely meant, and what else it may have been (光花路: 光华路, not 光明路)."""

    meant: str
    others: tuple[str, ...] = ()
    alike: bool = True  # the characters are ones that people do confuse


@dataclass(frozen=True, slots=True)
class Names:
    """real: names that exist; slips: misspelt → meant; strange: written once and like nothing else."""

    vocabulary: Vocabulary
    slips: dict[str, Slip] = field(default_factory=dict)
    strange: frozenset[str] = frozenset()

    def corrected(self, elements: Elements) -> tuple[Elements, str, Slip | None]:
        """(elements with the meant name, the name as written, the slip); unchanged where nothing is misspelt."""
        for part in ("street", "hamlet"):
            written = getattr(elements, part)
            if slip := self.slips.get(written):
                return replace(elements, **{part: slip.meant}), written, slip
        return elements, "", None

    def is_strange(self, elements: Elements) -> bool:
        return elements.street in self.strange or (not elements.street and elements.hamlet in self.strange)


def seed_vocabulary(rows: Sequence[ListRow], context: CheckContext) -> Vocabulary:
    """The names that areas and titles give before any line is read."""
    hinted = {s for row in rows for s in re.split(r"[、,，\s]+", row.street_hint) if s}
    given = {s for area in context.areas for s in area.streets}
    return _known(_without_lanes(hinted | given, hinted | given))


def learn_names(lines: Sequence[Line], seeds: Vocabulary, context: CheckContext) -> Names:
    """Names real, misspelt and strange, out of all lists together."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for line in lines:
        name = line.elements.street or line.elements.hamlet
        if name:
            counts[name][line.list_name] += 1
    sizes = Counter(line.list_name for line in lines)
    complete = {name for name, size in sizes.items() if size >= _COMPLETE}
    seeded = seeds.streets | seeds.hamlets
    streets = _without_lanes(counts, {*counts, *seeded})
    counts = {name: count for name, count in counts.items() if name in streets}
    near = _near_names(counts)
    spelt = _Spelling(counts, complete, context.rules)
    slips = {name: slip for name in sorted(counts) if name not in seeded and (slip := spelt.slip(name, near[name]))}
    often = context.rules.names.min_count
    real = {n for n in counts if n not in slips and counts[n].total() >= often} | seeded
    strange = frozenset(n for n in counts if n not in real and n not in slips)
    return Names(_known(real), slips, strange)


def _known(names: set[str]) -> Vocabulary:
    return vocabulary({n for n in names if is_street_name(n)}, {n for n in names if not is_street_name(n)})


def _without_lanes(names: Iterable[str], streets: Iterable[str]) -> set[str]:
    """幸福二巷 and 幸福路二巷 are a lane of 幸福路 where 幸福路 exists, not streets of their own."""
    known = {form for name in streets if is_street_name(name) for form in (name, street_stem(name))}
    return {name for name in names if not ((lane := _LANE.match(name)) and lane[1] in known)}


@dataclass(frozen=True, slots=True)
class _Spelling:
    """counts: how often each list writes each name; complete: the lists that claim to name every street."""

    counts: dict[str, Counter[str]]
    complete: set[str]
    rules: Rules

    def slip(self, name: str, near: Iterable[str]) -> Slip | None:
        """What a name was meant to be, None where it is one of its own."""
        meant = sorted(((self._alike(name, other), self.counts[other].total(), other) for other in near
                        if self._outweighs(other, name)), reverse=True)
        return Slip(meant[0][2], tuple(m[2] for m in meant[1:]), meant[0][0]) if meant else None

    def _outweighs(self, other: str, name: str) -> bool:
        """Whether the other name is written by every list that does not write this one, or far more often."""
        own, theirs = self.counts[name], self.counts[other]
        if theirs.total() <= own.total() or not _may_be_confused(name, other):
            return False
        elsewhere = self.complete - set(own)
        if elsewhere:
            return all(theirs[x] for x in elsewhere)
        return len(self.complete) < 2 and own.total() <= self.rules.names.typo_ratio * theirs.total()

    def _alike(self, name: str, other: str) -> bool:
        """Whether the one character that differs is one that people do confuse."""
        if len(name) != len(other):
            return False
        return any(self.rules.confusions.alike(a, b) for a, b in zip(name, other, strict=True) if a != b)


def _near_names(names: Iterable[str]) -> dict[str, list[str]]:
    """For each name the names one character away: another one, one more or one less. Linear in the number of names."""
    index: dict[str, list[str]] = defaultdict(list)
    ordered = sorted(names)
    for name in ordered:
        for pattern in _patterns(name):
            index[pattern].append(name)
    return {name: sorted({other for pattern in _patterns(name) for other in index[pattern]} - {name}) for name in ordered}


def _patterns(name: str) -> Iterable[str]:
    return [name[:i] + "*" + name[i + 1:] for i in range(len(name))] + [name[:i] + "*" + name[i:] for i in range(len(name) + 1)]


def _may_be_confused(a: str, b: str) -> bool:
    """Not 一组 and 二组, not 东大街 and 西大街: those differ on purpose."""
    if len(a) != len(b):
        return len(a) > 2 and len(b) > 2
    x, y = next((p, q) for p, q in zip(a, b, strict=True) if p != q)
    return not (_NUMERAL.match(x) and _NUMERAL.match(y)) and x + y not in _OPPOSITE and y + x not in _OPPOSITE
