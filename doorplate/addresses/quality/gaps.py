"""What is missing: numbers, streets, and households that one list has and the sheets have not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from doorplate.addresses.quality.context import CheckContext
from doorplate.addresses.quality.doors import Doors
from doorplate.addresses.quality.evidence import gather
from doorplate.addresses.quality.lines import Line
from doorplate.addresses.quality.order import Order
from doorplate.model import Confidence, Elements


def find_missing_streets(lines: Sequence[Line], households: Mapping[int, Sequence[Line]], doors: Doors, context: CheckContext) -> None:
    """`incomplete.street`, with the street another list, the point or the sheet's neighbours give."""
    for at, line in enumerate(lines):
        if line.elements.thoroughfare or line.elements.building and line.elements.room:
            continue
        street, confidence = _street_elsewhere(line, households[line.household]), "sure"
        if not street:
            street, confidence = _street_by_point(line, doors), "likely"
        if not street:
            street, confidence = _street_by_neighbours(lines, at), "likely"
        told = f"按{'另一份名单' if confidence == 'sure' else '位置和邻居'}应在{_name(street)}" if street else "也推不出来, 请问网格员"
        line.find("incomplete.street", f"没有写街路巷, {told}。", field="street", value=line.row.cell("address") or line.row.cell("number"),
                  proposal=_name(street) if street else "", confidence=_as(confidence) if street else "ask")
        if street and confidence == "sure":
            line.elements = replace(line.elements, hamlet=street.hamlet, street=street.street, lane=street.lane)
        else:
            line.settled = False


def find_missing_numbers(lines: Sequence[Line], households: Mapping[int, Sequence[Line]], doors: Doors, order: Order, context: CheckContext) -> None:
    """`incomplete.number`, with the free number that fits the place."""
    for line in lines:
        if line.elements.number or line.elements.room or line.kind == "retired" and not line.person:
            continue
        line.settled = False
        said = [o for o in households[line.household] if o.elements.number and o.list_name != line.list_name and o.way == line.way]
        if said:
            line.find("incomplete.number", f"没有门牌号, 另一份名单写的是 {said[0].number} 号。请核对。", field="number", value=line.parsed.no_number,
                      proposal=said[0].elements.painted_number, confidence="likely", with_=(said[0].ref,))
            continue
        free = gather(line, doors, order, context).free_numbers() if line.elements.thoroughfare else []
        proposal = f"{free[0]}号" if free else ""
        told = f"按位置和左右邻居, 可编 {free[0]} 号" if free else "名单里看不出该是几号"
        line.find("incomplete.number", f"没有门牌号, {told}。请核对后新编。", field="number", value=line.parsed.no_number,
                  proposal=proposal, confidence="likely" if len(free) == 1 else "ask")


def find_omitted(lines: Sequence[Line], households: Mapping[int, Sequence[Line]]) -> None:
    """`omitted` on the line of another list whose household stands on no sheet."""
    if not any(line.list_name == "sheets" for line in lines):
        return
    for same in households.values():
        first = same[0]
        if any(line.list_name == "sheets" for line in same) or first.kind != "household" or not first.person or first.correction:
            continue
        first.find("omitted", "这一户只在这份名单上, 核对表里没有。请上门核实后补登。", field="head", proposal="补登",
                   confidence="sure" if len(same) > 1 else "likely", with_=tuple(x.ref for x in same[1:]))


def _street_elsewhere(line: Line, household: Sequence[Line]) -> Elements | None:
    found = [o.elements for o in household if o.list_name != line.list_name and o.elements.thoroughfare]
    return next((e for e in found if not line.elements.number or e.number == line.elements.number), None)


def _street_by_point(line: Line, doors: Doors) -> Elements | None:
    """The street on which this number belongs where the point is."""
    if line.number is None or not line.fix or not line.fix.fine:
        return None
    fits = sorted((m, way) for way, street in doors.streets.items() if len(street.doors) > 2 and (m := street.misfit(line, line.number)) is not None)
    if not fits or fits[0][0] > 12.0 or len(fits) > 1 and fits[1][0] < fits[0][0] + 8.0:
        return None
    return _elements_of(fits[0][1])


def _street_by_neighbours(lines: Sequence[Line], at: int) -> Elements | None:
    """The street of the lines before and after, where it is one and the number lies between theirs."""
    line = lines[at]
    around = [lines[i] for i in (at - 1, at + 1) if 0 <= i < len(lines) and lines[i].sheet == line.sheet]
    if len(around) < 2 or around[0].way != around[1].way or not around[0].elements.thoroughfare:
        return None
    low, high = around[0].number, around[1].number
    if None not in (low, high, line.number) and not (low or 0) <= (line.number or 0) <= (high or 0):
        return None
    e = around[0].elements
    return Elements(hamlet=e.hamlet, street=e.street, lane=e.lane)


def _elements_of(way: str) -> Elements:
    hamlet, street, lane, compound = way.split("/")
    return Elements(hamlet=hamlet, street=street, lane=lane, compound=compound)


def _name(elements: Elements | None) -> str:
    return elements.thoroughfare if elements else ""


def _as(confidence: str) -> Confidence:
    return "sure" if confidence == "sure" else "likely"
