"""What accepting a finding means: its proposal, written for people, read back as the elements of an address."""

from __future__ import annotations

import re
from dataclasses import replace

from doorplate.addresses.operations import is_complete
from doorplate.addresses.parse import parse
from doorplate.addresses.vocabulary import Vocabulary, vocabulary
from doorplate.areas.angles import parse_angles
from doorplate.errors import InputError, Refused
from doorplate.model import Community, Division, Elements, Finding, Point
from doorplate.store import Reader

NUMBER = frozenset({"wrong.number", "incomplete.number", "duplicate.number", "disordered"})
STREET = frozenset({"wrong.street", "incomplete.street"})
ADDRESS = NUMBER | STREET | {"wrong.village"}
SAME_DOOR = STREET | {"wrong.number", "wrong.village"}  # the house is known to be the one that has this address already
CONVERTED = frozenset({"point.gcj02", "point.bd09", "point.swapped"})  # the check knows where the point really is
_COORDINATES = re.compile(r"(-?\d+\.\d+)\s*,\s*(-?\d+\.\d+)")


class Reading:
    """Address texts of one community, read with the streets it is known to have."""

    def __init__(self, community: Community, elements: tuple[Elements, ...]) -> None:
        self._division = Division(community.code, community.names)
        streets = [e.street for e in elements] + [e.street + e.lane for e in elements if e.lane]
        self._words: Vocabulary = vocabulary(streets, [e.hamlet for e in elements])

    def elements(self, text: str) -> Elements | None:
        """None where some of it cannot be read."""
        parsed = parse(text, self._division, self._words)
        return None if parsed.leftovers else parsed.elements

    def address(self, text: str) -> Elements:
        """A whole address a person gives. Raises InputError(address.unreadable)."""
        read = self.elements(text)
        if read is None or not is_complete(read):
            raise InputError("address.unreadable", f"看不懂地址“{text}”, 要写到门牌号, 例如 幸福路二巷5号", value=text)
        return read


def reading(reader: Reader, community: Community) -> Reading:
    """A reading that knows the streets of the addresses in the register."""
    return Reading(community, tuple(dict.fromkeys(a.elements for a in reader.each_address(community.code))))


def proposed(finding: Finding, base: Elements, words: Reading) -> Elements:
    """The address when the finding's proposal is accepted. base: as it is understood without it.

    Raises Refused(finding.no_proposal) where the finding proposes nothing one could write into a register.
    """
    if finding.code == "wrong.village":
        return base
    read = words.elements(finding.proposal) if finding.proposal else None
    if read is not None and finding.code in NUMBER and read.number:
        return replace(base, number=read.number, suffix=read.suffix)
    if read is not None and finding.code in STREET and read.thoroughfare:
        hamlet = read.hamlet or (base.hamlet if read.street else "")
        return replace(base, hamlet=hamlet, street=read.street, lane=read.lane, compound=read.compound or base.compound)
    raise Refused("finding.no_proposal", "没有可以直接采纳的建议, 请现场核对后用 --address 写明正确地址, 或用 --dismiss 说明无误")


def corrected_point(finding: Finding) -> Point:
    """The point a finding proposes, WGS84. Raises Refused(finding.field_work) where somebody must go and take one."""
    found = _COORDINATES.fullmatch(finding.proposal.strip())
    if finding.code not in CONVERTED or finding.confidence == "ask" or found is None:
        told = "坐标要到门口补采; 采到以后用 --point 经度,纬度 写明, 确实不用补采的, 用 --dismiss 说明理由"
        raise Refused("finding.field_work", told)
    return Point(float(found[1]), float(found[2]))


def written_points(finding: Finding) -> tuple[Point, ...]:
    """The coordinates as the list had them, in either order; () where they cannot be read."""
    both = [angle.value for angle in parse_angles(finding.value)]
    return (Point(both[0], both[1]), Point(both[1], both[0])) if len(both) == 2 else ()
