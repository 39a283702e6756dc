"""One street as the register has it: its doors to be numbered and the numbers that were ever used up on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median

from doorplate.addresses.format import thoroughfare_key
from doorplate.addresses.numbering.nouns import Door, HouseNumber, Street, StreetKind
from doorplate.addresses.numbering.streets import mouth_of
from doorplate.addresses.parse import parse
from doorplate.addresses.text import clean, simplified
from doorplate.addresses.vocabulary import NO_VOCABULARY, vocabulary
from doorplate.errors import InputError, NotFound
from doorplate.model import Address, Division, Elements, Point, RecordedFinding

_NAMED = 8


@dataclass(frozen=True)
class RegisteredStreet:
    """doors: one for each painted number, for each address without one, and for each household that waits for a number
    (its id is the finding's); for a compound one for each building.
    spent: numbers of retired addresses and old numbers of living ones, unless some living door has them now.
    skipped: addresses whose number is no number ("A12"), left out. compound: whether the doors are buildings.
    """

    street: Street
    doors: tuple[Door, ...]
    spent: frozenset[HouseNumber]
    skipped: int
    compound: bool


def street_in(addresses: Sequence[Address], name: str, division: Division, kind: StreetKind | None = None,
              waiting: Iterable[RecordedFinding] = ()) -> RegisteredStreet:
    """A thoroughfare (幸福路, 幸福路二巷, 三组) or compound by its name. kind: None = lanes are dead ends, all else is open.
    waiting: open findings; those that say a number is missing on this street are doors to be numbered.

    A lane's mouth is its end nearest to the street it leads off. Raises NotFound(street.unknown) where no address has
    that name, InputError(street.ambiguous) where two streets of different hamlets have it.
    """
    way = _way(addresses, name)
    compound = _is_compound(addresses, way)
    here = [a for a in addresses if thoroughfare_key(_counted(a.elements)) == way]
    living = [a for a in here if a.status != "retired"]
    readable = [a for a in living if _readable(a.elements, compound=compound)]
    doors = _doors(readable, compound=compound) + _waiting(waiting, way)
    used = {_house(a.elements, compound=compound) for a in readable}
    old = {_house(a.elements, compound=compound) for a in here if a.status == "retired"}
    old |= _former(addresses, way, division, compound=compound)
    elements = _counted(here[0].elements)
    shape: StreetKind = kind or ("dead-end" if elements.lane else "through")
    street = Street(elements.thoroughfare, None, shape, _mouth(addresses, elements, doors))
    return RegisteredStreet(street, doors, frozenset(h for h in old - used if h), len(living) - len(readable), compound)


def _mouth(addresses: Iterable[Address], lane: Elements, doors: Sequence[Door]) -> Point | None:
    """Where a lane leads off its street, None for anything else."""
    if not lane.lane:
        return None
    parent = thoroughfare_key(replace(lane, lane=""))
    main = [Door(a.id, a.point) for a in addresses if a.status != "retired" and thoroughfare_key(a.elements) == parent]
    return mouth_of(doors, main)


def _way(addresses: Iterable[Address], name: str) -> str:
    """The key of the thoroughfare meant."""
    wanted, exact, loose = _folded(name), set(), set()
    known: dict[str, None] = {}
    for address in addresses:
        e = _counted(address.elements)
        known.setdefault(e.thoroughfare)
        if wanted == _folded(e.hamlet + e.street + e.lane + e.compound):
            exact.add(thoroughfare_key(e))
        elif wanted in (_folded(e.thoroughfare), _folded(e.compound)):
            loose.add(thoroughfare_key(e))
    found = sorted(exact or loose)
    if not found:
        near = [n for n in known if n and (n[:2] == name[:2])] or [n for n in known if n]
        raise NotFound("street.unknown", f"登记簿里没有 {name}; 有的是: {'、'.join(near[:_NAMED])}", street=name)
    if len(found) > 1:
        raise InputError("street.ambiguous", f"有 {len(found)} 条街叫 {name}, 请连村民小组一起写, 例如 三组{name}", street=name)
    return found[0]


def _folded(name: str) -> str:
    return simplified(clean(name)).replace(" ", "")


def _counted(elements: Elements) -> Elements:
    """What the number counts along: inside a compound its buildings do, whatever street its gate is on."""
    return replace(elements, street="", lane="", hamlet="") if elements.compound and elements.building else elements


def _is_compound(addresses: Iterable[Address], way: str) -> bool:
    return any(a.elements.compound and a.elements.building and thoroughfare_key(_counted(a.elements)) == way for a in addresses)


def _waiting(findings: Iterable[RecordedFinding], way: str) -> tuple[Door, ...]:
    """One door for each household without a number, by the first of its lines that has a point."""
    doors: dict[str, Door] = {}
    for f in findings:
        place, who = f.place, f.household_id or f.id
        if f.finding.code != "incomplete.number" or place is None or place.elements.number:
            continue
        if thoroughfare_key(place.elements) == way and (who not in doors or doors[who].point is None):
            doors[who] = Door(f.id, place.point)
    return tuple(doors.values())


def _words(elements: Elements, *, compound: bool) -> tuple[str, str]:
    return (elements.building, "") if compound else (elements.number, elements.suffix)


def _readable(elements: Elements, *, compound: bool) -> bool:
    """Whether what stands as number and 附号 are numbers, or nothing at all."""
    return all(not word or (word.isascii() and word.isdigit()) for word in _words(elements, compound=compound))


def _house(elements: Elements, *, compound: bool) -> HouseNumber | None:
    """The painted number, None where there is none that could be counted."""
    number, suffix = _words(elements, compound=compound)
    return HouseNumber(int(number), int(suffix or 0)) if number and _readable(elements, compound=compound) else None


def _doors(living: Iterable[Address], *, compound: bool) -> tuple[Door, ...]:
    """Rooms behind one number are one door, in the middle of their points."""
    groups: dict[HouseNumber | str, list[Address]] = defaultdict(list)
    for address in living:
        groups[_house(address.elements, compound=compound) or address.id].append(address)
    doors = []
    for house, members in groups.items():
        points = [a.point for a in members if a.point]
        middle = Point(median(p.lon for p in points), median(p.lat for p in points)) if points else None
        number, suffix = (house.number, house.suffix) if isinstance(house, HouseNumber) else (None, 0)
        doors.append(Door(members[0].id, middle, number, suffix))
    return tuple(doors)


def _former(addresses: Sequence[Address], way: str, division: Division, *, compound: bool) -> set[HouseNumber | None]:
    """Numbers on this street that living addresses once had: they were painted, so they are used up."""
    named = [alias for a in addresses for alias in a.aliases]
    words = vocabulary((a.elements.street for a in addresses), (a.elements.hamlet for a in addresses)) if named else NO_VOCABULARY
    former = [parse(alias, division, words).elements for alias in named]
    return {_house(e, compound=compound) for e in former if thoroughfare_key(_counted(e)) == way}
