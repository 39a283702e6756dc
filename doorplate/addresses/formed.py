"""Addresses that are already in their standard form, by the hundred thousand: only what varies is read line by line.

The thoroughfare of a text (everything before its number) is read once by `parse`; a text is taken apart here only where
putting it together again gives the very same text. All others are for `parse`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from doorplate.addresses.format import address_key, local_address
from doorplate.addresses.parse import parse
from doorplate.model import Division, Elements

Formed = tuple[tuple[str, ...], str, tuple[str, ...], str]
"""The ten texts of `Elements` in order: hamlet, street and lane; the number; suffix to room. Then the address's key in the
registry. The first and the third are the same objects from row to row, so that what is made of them is made once."""

_NUMBER = "([1-9][0-9]{0,5})"
_LOCAL = rf"(?:([^0-9\n]+){_NUMBER}号(.*)|.*)$"
_INSIDE = re.compile(rf"(?:附{_NUMBER}号)?(?:{_NUMBER}号楼)?(?:{_NUMBER}单元)?(?:{_NUMBER}层)?(?:{_NUMBER}室)?")
_MOST_KNOWN = 100_000  # texts behind a number that are remembered (D)
_STAND_IN = "1"


class _Part(NamedTuple):
    """What one piece of text says: values of `Elements` in order, and its part of the key."""

    values: tuple[str, ...]
    key: str


class _Known(dict[str, _Part | None]):
    """Pieces of text → what they say; each is read once."""

    def __init__(self, read: Callable[[str], _Part | None]) -> None:
        self._read = read

    def __missing__(self, text: str) -> _Part | None:
        part = self[text] = self._read(text)
        return part


class FormedReader:
    """Reads the addresses of one community; remembers its thoroughfares and what stands behind the numbers."""

    def __init__(self, division: Division) -> None:
        self._division = division
        self._lines = re.compile(f"^(?:{re.escape(division.prefix)})?{_LOCAL}", re.MULTILINE)
        self._streets = _Known(self._street)
        self._insides = _Known(_inside)

    def read(self, texts: Sequence[str]) -> list[Formed | None]:
        """Each standard address (with the division's prefix, or from the thoroughfare on) without line ends in it; None where
        only `parse` can tell."""
        streets, insides = self._streets, self._insides
        if len(insides) > _MOST_KNOWN:
            insides.clear()
        return [
            (street.values, number, inside.values, f"{street.key}{number}{inside.key}")
            if (street := streets[head]) and (inside := insides[tail]) else None
            for head, number, tail in self._lines.findall("\n".join(texts))]

    def _street(self, head: str) -> _Part | None:
        """Hamlet, street and lane."""
        if not head:
            return None
        parsed = parse(f"{head}{_STAND_IN}号", self._division)
        e = parsed.elements
        same = Elements(hamlet=e.hamlet, street=e.street, lane=e.lane, number=_STAND_IN)
        if parsed.leftovers or parsed.mentions or e != same or local_address(same) != f"{head}{_STAND_IN}号":
            return None
        key = address_key(self._division.code, replace(same, number=""))
        return _Part((e.hamlet, e.street, e.lane), "/".join(key.split("/")[:3]) + "/")


def _inside(tail: str) -> _Part | None:
    """Suffix, compound (none), building, unit, floor and room."""
    match = _INSIDE.fullmatch(tail)
    if match is None:
        return None
    suffix, *parts = match.groups(default="")
    values = (suffix, "", *parts)
    return _Part(values, "/" + "/".join(values))
