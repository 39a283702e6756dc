"""What is missing: numbers, streets, and households that one list has and the sheets have not."""

from __future__ import annotations

from dataclasses import replace

from doorplate.addresses.quality.evidence import gather
from doorplate.addresses.quality.lines import Claim, Line
from doorplate.addresses.quality.village import Village
from doorplate.model import Confidence, Elements

_AT_HOME_M, _CLEARLY_M = 12.0, 8.0  # (D) one plot from the number's place, and this much nearer than on any other street


def find_missing_streets(village: Village) -> None:
    """`incomplete.street`, with the street another list, the point or the sheet's neighbours give."""
    for at, line in enumerate(village.lines):
        if line.elements.thoroughfare or (line.elements.building and line.elements.room):
            continue
        street = _street_elsewhere(line, village)
        sure = street is not None
        street = street or _street_by_point(line, village) or _street_by_neighbours(village, at)
        value = line.row.cell("address") or line.row.cell("number")
        if street is None:
            message = "没有写街路巷, 从名单里也推不出来, 请问网格员。"
            line.find("incomplete.street", Claim(message, value, "", "ask"))
        else:
            message = f"没有写街路巷, 按{'另一份名单' if sure else '位置和邻居'}应在{street.thoroughfare}。请核对。"
            confidence: Confidence = "sure" if sure else "likely"
            line.find("incomplete.street", Claim(message, value, street.thoroughfare, confidence))
        if sure and street:
            line.elements = replace(line.elements, hamlet=street.hamlet, street=street.street, lane=street.lane)
        else:
            line.settled = False


def find_missing_numbers(village: Village) -> None:
    """`incomplete.number`, with the free number that fits the place."""
    for line in village.lines:
        if line.elements.number or line.elements.room or (line.kind == "retired" and not line.person):
            continue
        line.settled = False
        said = [o for o in village.elsewhere(line) if o.elements.number and o.way == line.way]
        if said:
            message = f"没有门牌号, 另一份名单写的是 {said[0].number} 号。请核对。"
            proposal = said[0].elements.painted_number
            line.find("incomplete.number", Claim(message, line.parsed.no_number, proposal, "likely", (said[0].ref,)))
            continue
        free = gather(line, village).free_numbers() if line.elements.thoroughfare else []
        told = f"按位置和左右邻居, 可编 {free[0]} 号" if free else "名单里看不出该是几号"
        confidence: Confidence = "likely" if len(free) == 1 else "ask"
        proposal = f"{free[0]}号" if free else ""
        line.find("incomplete.number", Claim(f"没有门牌号, {told}。请核对后新编。", line.parsed.no_number, proposal, confidence))


def find_omitted(village: Village) -> None:
    """`omitted` on the line of another list whose household stands on no sheet."""
    if next(village.listed(), None) is None:
        return
    for same in village.households.values():
        first = same[0]
        if any(x.list_name == "sheets" for x in same) or first.kind != "household" or not first.person or first.correction:
            continue
        message = "这一户只在这份名单上, 核对表里没有。请上门核实后补登。"
        confidence: Confidence = "sure" if len(same) > 1 else "likely"
        first.find("omitted", Claim(message, proposal="补登", confidence=confidence, with_=tuple(x.ref for x in same[1:])))


def _street_elsewhere(line: Line, village: Village) -> Elements | None:
    found = [o.elements for o in village.elsewhere(line) if o.elements.thoroughfare]
    return next((e for e in found if not line.elements.number or e.number == line.elements.number), None)


def _street_by_point(line: Line, village: Village) -> Elements | None:
    """The street on which this number belongs where the point is, if there is only one."""
    if line.number is None:
        return None
    near = village.doors.near(line)
    fits = sorted((away, street.way) for street in near if (away := street.misfit(line, line.number)) is not None)
    if not fits or fits[0][0] > _AT_HOME_M or (len(fits) > 1 and fits[1][0] < fits[0][0] + _CLEARLY_M):
        return None
    hamlet, street, lane, compound = fits[0][1].split("/")
    return Elements(hamlet=hamlet, street=street, lane=lane, compound=compound)


def _street_by_neighbours(village: Village, at: int) -> Elements | None:
    """The street of the lines before and after, where it is one and the number lies between theirs."""
    line, lines = village.lines[at], village.lines
    around = [lines[i] for i in (at - 1, at + 1) if 0 <= i < len(lines) and lines[i].sheet == line.sheet]
    if len(around) < 2 or around[0].way != around[1].way or not around[0].elements.thoroughfare:
        return None
    low, high, own = around[0].number, around[1].number, line.number
    if low is not None and high is not None and own is not None and not low <= own <= high:
        return None
    e = around[0].elements
    return Elements(hamlet=e.hamlet, street=e.street, lane=e.lane)
