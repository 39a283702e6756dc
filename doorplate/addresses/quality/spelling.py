"""Streets written wrongly: misspelt, or another street than the household's other lines and its point say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from doorplate.addresses.quality.lines import Claim, Line
from doorplate.addresses.quality.names import Names
from doorplate.addresses.quality.village import Village
from doorplate.model import Confidence, Elements

_AT_HOME_M = 12.0  # (D) one plot from the number's place


def correct_slips(lines: Sequence[Line], names: Names) -> None:
    """`wrong.street` for misspelt names; the line's elements hold the right one from here on."""
    for line in lines:
        elements, written, slip = names.corrected(line.elements)
        if slip:
            line.elements = elements
            message = f"写的是“{written}”, 村里没有这条街路, 应是“{slip.meant}”。已按后者理解。"
            line.find("wrong.street", Claim(message, written, slip.meant))


def settle_slips(lines: Sequence[Line], households: Mapping[int, Sequence[Line]], names: Names) -> None:
    """Where a slip may mean several streets, the household's other lists decide; where they are silent, a person."""
    for line in lines:
        _, written, slip = names.corrected(line.written)
        if not slip or not slip.others:
            continue
        possible = (slip.meant, *slip.others)
        told = [o.elements for o in households[line.household] if o.list_name != line.list_name]
        known = next((e for e in told if e.number == line.elements.number and (e.street or e.hamlet) in possible), None)
        line.findings = [f for f in line.findings if f.code != "wrong.street"]
        if known:
            _take_street(line, known)
            message = f"写的是“{written}”, 村里没有这条街路, 另一份名单写的是“{known.thoroughfare}”。已按后者理解。"
            line.find("wrong.street", Claim(message, written, known.street or known.hamlet))
        else:
            message = f"写的是“{written}”, 村里没有这条街路, 可能是{'或'.join(possible)}。请核对。"
            line.find("wrong.street", Claim(message, written, slip.meant, "likely"))
            line.settled = slip.alike


def judge_strange_names(lines: Sequence[Line], households: Mapping[int, Sequence[Line]], names: Names) -> None:
    """`wrong.street` for a name nobody else writes: the other list's street where it is known, else a question."""
    for line in lines:
        if not names.is_strange(line.elements) or "wrong.street" in line.codes():
            continue
        told = [o.elements for o in households[line.household] if o.list_name != line.list_name and o.elements.thoroughfare]
        known = next((e for e in told if not names.is_strange(e)), None)
        written = line.elements.street or line.elements.hamlet
        if known and known.number == line.elements.number:
            _take_street(line, known)
            message = f"写的是“{written}”, 别处都没有这个名字; 另一份名单写的是“{known.thoroughfare}”。已按后者理解。"
            line.find("wrong.street", Claim(message, written, known.thoroughfare))
        elif line.list_name != "late":
            line.settled = False
            message = f"“{written}”只在这一行出现, 不知道是不是本村的街路。请核对。"
            line.find("wrong.street", Claim(message, written, "", "ask"))


def judge_other_streets(village: Village) -> None:
    """`wrong.street` where another list has the same household on another real street."""
    for line in village.listed():
        if not line.elements.thoroughfare or "wrong.street" in line.codes():
            continue
        for other in village.elsewhere(line):
            if other.elements.thoroughfare and other.way != line.way and _doubts(line, other, village):
                break


def _doubts(line: Line, other: Line, village: Village) -> bool:
    """Find `wrong.street` on the line unless its point stands on its own street."""
    here, there = _fit(line, line.way, village), _fit(line, other.way, village)
    if here is not None and (there is None or here <= there):
        return False
    clear = here is not None and there is not None and there <= _AT_HOME_M < here
    confidence: Confidence = "likely" if clear else "ask"
    mine, theirs = line.elements.thoroughfare, other.elements.thoroughfare
    message = f"写的是“{mine}”, 另一份名单写的是“{theirs}”{', 坐标也在那里' if clear else ''}。请核对。"
    line.find("wrong.street", Claim(message, mine, theirs, confidence, (other.ref,)))
    line.settled = False
    return True


def _fit(line: Line, way: str, village: Village) -> float | None:
    street = village.doors.streets.get(way)
    return street.misfit(line, line.number) if street and line.number is not None else None


def _take_street(line: Line, elements: Elements) -> None:
    line.elements = replace(line.elements, hamlet=elements.hamlet, street=elements.street, lane=elements.lane)
