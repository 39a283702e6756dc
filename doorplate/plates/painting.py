"""Which words of an address go on which kind of plate, by rules that are data.

A rule is a list of patterns such as "{thoroughfare}" or "{building}号楼"; the first whose parts are all there is painted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from doorplate.errors import InputError
from doorplate.model import Address, Elements
from doorplate.plates.pinyin import spell, styled

PinyinStyle = Literal["", "tones", "plain", "capitals"]

PARTS = ("hamlet", "street", "lane", "number", "suffix", "compound", "building", "unit", "floor", "room", "thoroughfare",
         "painted_number", "painted_building")
"""What a pattern may name: the parts of Elements, what gates carry (thoroughfare, painted_number), and the building with its
word: 3号楼, A栋."""

_PART = re.compile(r"\{([a-z_]*)\}")


@dataclass(frozen=True, slots=True)
class PaintRule:
    """name, number: patterns, the first that fits is painted. pinyin: how the name is spelled below it, "" = not at all.
    postcode: whether the plate carries one."""

    name: tuple[str, ...] = ("{thoroughfare}",)
    number: tuple[str, ...] = ("{painted_number}",)
    pinyin: PinyinStyle = ""
    postcode: bool = False


@dataclass(frozen=True, slots=True)
class Painted:
    """The words of one plate; "" = none."""

    name: str
    number: str
    pinyin: str = ""
    minority: str = ""
    postcode: str = ""


@dataclass(frozen=True, slots=True)
class NameSpelling:
    """How one name is written beside the hanzi: pinyin where the rules would spell it otherwise, and the local script."""

    pinyin: str = ""
    minority: str = ""


@dataclass(frozen=True, slots=True)
class Spellings:
    """What people have laid down. names: by name as painted; postcodes: by a community's code or what it begins with."""

    names: Mapping[str, NameSpelling] = field(default_factory=dict)
    postcodes: Mapping[str, str] = field(default_factory=dict)

    def postcode(self, community: str) -> str:
        """The postcode laid down for the longest beginning of the community's code, "" when there is none."""
        return next((self.postcodes[community[:n]] for n in range(len(community), 0, -1) if community[:n] in self.postcodes), "")


GATE = PaintRule()
NONE_LAID_DOWN = Spellings()


def painted(address: Address, rule: PaintRule, spellings: Spellings = NONE_LAID_DOWN) -> Painted:
    """What a plate of this rule says for an address; "" where no pattern fits or nothing is known."""
    name = _first(rule.name, address.elements)
    told = spellings.names.get(name, NameSpelling())
    return Painted(
        name, _first(rule.number, address.elements),
        styled(told.pinyin, rule.pinyin) or spell(name, rule.pinyin, address.community) if rule.pinyin else "",
        told.minority, spellings.postcode(address.community) if rule.postcode else "")


@lru_cache(maxsize=256)
def parts_of(pattern: str) -> tuple[str, ...]:
    """The parts a pattern needs. Raises InputError(design.pattern) for one that no address has."""
    found = tuple(_PART.findall(pattern))
    strange = [name for name in found if name not in PARTS]
    if strange or "{" in _PART.sub("", pattern) or "}" in _PART.sub("", pattern):
        told = f"没有叫 {strange[0]} 的地址要素" if strange else "花括号不成对"
        raise InputError("design.pattern", f"文字规则 {pattern} 不能用: {told}, 可用的有 {'、'.join(PARTS)}", pattern=pattern)
    return found


def _value(elements: Elements, part: str) -> str:
    if part != "painted_building":
        return str(getattr(elements, part))
    return elements.building and elements.building + ("号楼" if elements.building.isdigit() else "栋")


def _first(patterns: Sequence[str], elements: Elements) -> str:
    for pattern in patterns:
        values = {part: _value(elements, part) for part in parts_of(pattern)}
        if all(values.values()):
            return pattern.format_map(values)
    return ""
