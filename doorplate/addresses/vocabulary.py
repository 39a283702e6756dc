"""The thoroughfares a community is known to have: what lets 幸福二巷 be read as 幸福路二巷 and 五一路 as a name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from doorplate.addresses.grammar import grammar


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Street and hamlet names known to exist. stems: 幸福 → 幸福路, only where one street alone has that stem."""

    streets: frozenset[str] = frozenset()
    hamlets: frozenset[str] = frozenset()
    stems: dict[str, str] = field(default_factory=dict)
    longest: int = 0

    def street_at_start(self, text: str) -> str:
        """The longest known street that the text begins with, "" where there is none."""
        return next((text[:n] for n in range(min(self.longest, len(text)), 0, -1) if text[:n] in self.streets), "")

    def hamlet_at_start(self, text: str) -> str:
        """The longest known hamlet that the text begins with."""
        return next((text[:n] for n in range(min(self.longest, len(text)), 0, -1) if text[:n] in self.hamlets), "")

    def stem_at_start(self, text: str) -> tuple[str, str]:
        """(stem, street) for a street's name written without its last word, ("", "") where none fits."""
        for n in range(min(self.longest, len(text)), 1, -1):
            if text[:n] in self.stems:
                return text[:n], self.stems[text[:n]]
        return "", ""


def vocabulary(streets: Iterable[str] = (), hamlets: Iterable[str] = ()) -> Vocabulary:
    """A vocabulary of these names."""
    names, groups = frozenset(s for s in streets if s), frozenset(h for h in hamlets if h)
    stems: dict[str, str] = {}
    shared: set[str] = set()
    for name in sorted(names):
        stem = street_stem(name)
        if stem in stems:
            shared.add(stem)
        if stem and stem != name:
            stems[stem] = name
    for stem in shared:
        del stems[stem]
    return Vocabulary(names, groups, stems, max((len(n) for n in names | groups), default=0))


def street_stem(name: str) -> str:
    """幸福路 → 幸福; a name without a known last word stays."""
    for word in sorted(grammar().street_words, key=len, reverse=True):
        if name.endswith(word) and len(name) > len(word):
            return name[:-len(word)]
    return name


def is_street_name(name: str) -> bool:
    """Whether a name ends like a street or lane; 三组 and 王家湾 do not, they are groups of houses."""
    return name.endswith(grammar().street_words + grammar().lane_words)


NO_VOCABULARY = Vocabulary()
