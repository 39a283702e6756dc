"""Streets written wrongly: misspelt, or another street than the household's other lines and its point say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from doorplate.addresses.quality.doors import Doors
from doorplate.addresses.quality.lines import Line
from doorplate.addresses.quality.names import Names


def correct_slips(lines: Sequence[Line], names: Names) -> None:
    """`wrong.street` for misspelt names; the line's elements hold the right one from here on."""
    for line in lines:
        elements, written, slip = names.corrected(line.elements)
        if not slip:
            continue
        line.elements = elements
        line.find("wrong.street", f"写的是“{written}”, 村里没有这条街路, 应是“{slip.meant}”。已按后者理解。", field="street", value=written,
                  proposal=slip.meant, confidence="sure")


def settle_slips(lines: Sequence[Line], households: Mapping[int, Sequence[Line]], names: Names) -> None:
    """Where a slip may mean several streets, the household's other lists decide."""
    for line in lines:
        _, written, slip = names.corrected(line.written)
        if not slip or not slip.others:
            continue
        for other in households[line.household]:
            e = other.elements
            if other.list_name != line.list_name and e.number == line.elements.number and (e.street or e.hamlet) in slip.others:
                line.elements = replace(line.elements, **({"street": e.street} if e.street else {"hamlet": e.hamlet}))
                line.findings = [f for f in line.findings if f.code != "wrong.street"]
                line.find("wrong.street", f"写的是“{written}”, 村里没有这条街路, 另一份名单写的是“{e.thoroughfare}”。已按后者理解。", field="street",
                          value=written, proposal=e.street or e.hamlet, confidence="sure")
                break


def judge_strange_names(lines: Sequence[Line], households: Mapping[int, Sequence[Line]], names: Names) -> None:
    """`wrong.street` for a name nobody else writes: the other list's street where it is known, else a question."""
    for line in lines:
        if not names.is_strange(line.elements) or "wrong.street" in line.codes():
            continue
        known = [o.elements for o in households[line.household] if o.list_name != line.list_name and o.elements.thoroughfare
                 and not names.is_strange(o.elements)]
        written = line.elements.street or line.elements.hamlet
        if known and known[0].number == line.elements.number:
            e = known[0]
            line.elements = replace(line.elements, hamlet=e.hamlet, street=e.street, lane=e.lane)
            line.find("wrong.street", f"写的是“{written}”, 别处都没有这个名字; 另一份名单写的是“{e.thoroughfare}”。", field="street", value=written,
                      proposal=e.thoroughfare, confidence="sure")
        elif line.list_name != "late":
            line.settled = False
            line.find("wrong.street", f"“{written}”只在这一行出现, 不知道是不是本村的街路。请核对。", field="street", value=written, confidence="ask")


def judge_other_streets(lines: Sequence[Line], households: Mapping[int, Sequence[Line]], doors: Doors) -> None:
    """`wrong.street` where another list has the same household and number on another real street."""
    for line in lines:
        if line.list_name != "sheets" or not line.elements.thoroughfare or "wrong.street" in line.codes():
            continue
        for other in households[line.household]:
            if other.list_name == line.list_name or not other.elements.thoroughfare or other.way == line.way:
                continue
            here, there = _fit(line, line.way, doors), _fit(line, other.way, doors)
            if here is not None and (there is None or here <= there):
                continue
            clear = here is not None and there is not None and there <= 12.0 < here
            line.find("wrong.street", f"写的是“{line.elements.thoroughfare}”, 另一份名单写的是“{other.elements.thoroughfare}”"
                      + (", 坐标也在那里" if clear else "") + "。请核对。", field="street", value=line.elements.thoroughfare,
                      proposal=other.elements.thoroughfare, confidence="likely" if clear else "ask", with_=(other.ref,))
            line.settled = False
            break


def _fit(line: Line, way: str, doors: Doors) -> float | None:
    street = doors.streets.get(way)
    return street.misfit(line, line.number) if street and line.number is not None else None
