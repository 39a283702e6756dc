"""What a walker should know of each street: where it runs, on which side odd numbers stand, which numbers are missing. Pure.

Learned from the doors alone, by the same survey the numbering assistant uses.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from statistics import median
from typing import Any

import numpy as np
import shapely

from doorplate.addresses.format import thoroughfare_key
from doorplate.addresses.numbering.nouns import Door, Street
from doorplate.addresses.numbering.profile import load_profile
from doorplate.addresses.numbering.streets import mouth_of
from doorplate.addresses.numbering.survey import Survey, survey
from doorplate.field.pack_initials import initials
from doorplate.model import Address, Elements, Point
from doorplate.plates.pinyin import spell

_SMOOTH = 2e-5  # degrees: two metres
_DECIMALS = 6
_MOST_GAPS = 40  # (D) a street that lacks more has another rule than we see
_FEWEST = 4  # (D) doors with number and place that show a rule
_CLEAR = 0.75  # (D) share of them that must keep it
_SIDES = {1: "left", -1: "right", 0: ""}


def streets_part(community: str, addresses: Iterable[Address]) -> dict[str, Any]:
    """The part of kind "streets". line: in the direction in which numbers rise; left and right are meant walking so.
    expected: numbers no door has, each behind the one before it on its side; not those that were once used up."""
    alike: dict[tuple[str, ...], list[Address]] = defaultdict(list)
    for address in addresses:
        e = address.elements
        alike[e.hamlet, e.street, e.lane, e.compound].append(address)
    ways: dict[str, list[Address]] = defaultdict(list)
    for members in alike.values():
        if members[0].elements.thoroughfare:
            ways[thoroughfare_key(_counted(members[0].elements))] += members
    rows = [_street(community, way, ways) for way in sorted(ways)]
    return {"community": community, "rows": rows}


def _counted(elements: Elements) -> Elements:
    """Doors of a compound that have numbers of a street belong to the street."""
    return replace(elements, compound="") if elements.street or elements.hamlet else elements


def _street(community: str, way: str, ways: Mapping[str, Sequence[Address]]) -> dict[str, Any]:
    here = ways[way]
    elements = _counted(here[0].elements)
    name = elements.thoroughfare
    doors = _doors(a for a in here if a.status != "retired")
    used = frozenset(int(a.elements.number) for a in here if _is_number(a.elements.number))
    mouth = None
    if elements.lane:
        main = ways.get(thoroughfare_key(replace(elements, lane="")), ())
        mouth = mouth_of(doors, _doors(a for a in main if a.status != "retired"))
    facts = _walk(Street(name, None, "dead-end" if elements.lane else "through", mouth), doors, used)
    return {"name": name, "hamlet": elements.hamlet, "initials": initials(name, community),
            "pinyin": spell(name, "plain", community), **facts}


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) < 6


def _doors(living: Iterable[Address]) -> tuple[Door, ...]:
    """One for each painted number, in the middle of its points; those without a readable number only tell where the street is."""
    groups: dict[tuple[int, int] | str, list[Address]] = defaultdict(list)
    for a in living:
        number, suffix = a.elements.number, a.elements.suffix
        told = _is_number(number) and (not suffix or _is_number(suffix))
        groups[(int(number), int(suffix or 0)) if told else a.id].append(a)
    made = [_one_door(house, members) for house, members in groups.items()]
    return tuple(sorted(made, key=lambda d: (d.number or 0, d.suffix, d.id)))


def _one_door(house: tuple[int, int] | str, members: Sequence[Address]) -> Door:
    points = [a.point for a in members if a.point]
    middle = Point(median(p.lon for p in points), median(p.lat for p in points)) if points else None
    number, suffix = house if isinstance(house, tuple) else (None, 0)
    return Door(min(a.id for a in members), middle, number, suffix)


@lru_cache(maxsize=8192)  # after a change at one door only its street is measured again
def _walk(street: Street, doors: tuple[Door, ...], used: frozenset[int]) -> dict[str, Any]:
    seen = survey(street, doors, load_profile(), keeping=True)
    if seen.axis is None:
        return {"line": [], "rule": None, "expected": []}
    line = shapely.get_coordinates(shapely.simplify(shapely.LineString(seen.path), _SMOOTH))
    rule = _rule(seen)
    gaps = _gaps(seen, used) if rule and rule["sure"] else []
    return {"line": np.round(line, _DECIMALS).tolist(), "rule": rule, "expected": gaps}


def _rule(seen: Survey) -> dict[str, Any] | None:
    """None where too few doors tell. sure: most doors stand on the side their number belongs to."""
    told = [i for i, door in enumerate(seen.doors) if door.number is not None and seen.placed[i]]
    if len(told) < _FEWEST:
        return None
    kept = [seen.rule.fits(seen.doors[i].number or 0, seen.rule.row_of(float(seen.beside[i]))) for i in told]
    odd = next((row for row, parity in seen.rule.parity.items() if parity == 1 and row), 0)
    return {"odd": _SIDES[odd], "sure": sum(kept) >= _CLEAR * len(kept), "words": "; ".join((*seen.rule.words, *seen.warnings))}


def _gaps(seen: Survey, used: frozenset[int]) -> list[dict[str, Any]]:
    """Where numbers are distances, a number that is left out says nothing."""
    if seen.rule.metric:
        return []
    found: list[dict[str, Any]] = []
    for row, parity in seen.rule.parity.items():
        have = sorted({d.number for d in seen.doors if d.number is not None and (parity is None or d.number % 2 == parity)})
        if not have:
            continue
        before = have[0]
        for number in range(have[0], have[-1] + 1):
            if number in have:
                before = number
            elif number not in used and seen.rule.fits(number, row):
                found.append({"number": str(number), "after": str(before), "side": _SIDES[row]})
    return found if len(found) <= _MOST_GAPS else []
