"""The same household twice on the sheets, also under a relative's name. Two households in one house are not one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import hypot

from doorplate.addresses.quality.context import CheckContext
from doorplate.addresses.quality.households import Households
from doorplate.addresses.quality.lines import Claim, Line
from doorplate.model import Confidence


@dataclass(frozen=True, slots=True)
class Double:
    """Two lines of one list that are the same household: the first one, the one repeated, how sure."""

    first: Line
    again: Line
    confidence: Confidence

    @property
    def lines(self) -> tuple[Line, Line]:
        return self.first, self.again


_CROWD = 12  # (D) more lines at one door than this are a block of flats, where only the name joins


def join_doubles(lines: Sequence[Line], households: Households, context: CheckContext) -> list[Double]:
    """Join lines of one list that are the same household."""
    doubles: list[Double] = []
    elsewhere = _heads_elsewhere(lines)
    for same in _at_one_door(lines) + _by_head_and_phone(lines):
        for a, b in combinations(same, 2):
            sure = _same_household(a, b, elsewhere, context)
            if sure and not households.same(a, b):
                households.join(a, b)
                doubles.append(Double(a, b, sure))
    return doubles


def report_doubles(doubles: Sequence[Double]) -> dict[int, Line]:
    """`duplicate.household` on the later line, or on the one that stands on the wrong grid's sheet.

    Gives the line that stands for each repeated one, by the repeated one's index.
    """
    merged = {}
    for double in doubles:
        standing, again = double.lines
        if "wrong.grid" in standing.codes() and "wrong.grid" not in again.codes():
            standing, again = again, standing
        where = place_of(standing, again)
        message = f"与{where}是同一户, 重复登记。请合并, 只留一行。"
        again.find("duplicate.household", Claim(message, "", f"合并到{where}", double.confidence, (standing.ref,)))
        merged[again.index] = standing
    return merged


def place_of(line: Line, seen_from: Line) -> str:
    """第 12 行, or with the sheet's name where it is another one."""
    if line.sheet == seen_from.sheet:
        return f"第 {line.ref.row} 行"
    return f"“{(line.ref.sheet or line.ref.file).strip()}”第 {line.ref.row} 行"


def _at_one_door(lines: Sequence[Line]) -> list[list[Line]]:
    doors: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in lines:
        if line.kind == "household" and line.elements.number and line.elements.thoroughfare:
            doors[line.list_name, line.door].append(line)
    return [same for same in doors.values() if 1 < len(same) <= _CROWD]


def _by_head_and_phone(lines: Sequence[Line]) -> list[list[Line]]:
    people: dict[tuple[str, str, str], list[Line]] = defaultdict(list)
    for line in lines:
        if line.person and line.kind == "household" and line.phone:
            people[line.list_name, line.head, line.phone].append(line)
    return [same for same in people.values() if 1 < len(same) <= _CROWD]


def _heads_elsewhere(lines: Sequence[Line]) -> set[tuple[str, str]]:
    """(head, door) as the register has them: two of them at one door are two households."""
    return {(line.head, line.door) for line in lines if line.list_name == "register" and line.person}


def _same_household(a: Line, b: Line, registered: set[tuple[str, str]], context: CheckContext) -> Confidence | None:
    phones = bool(a.phone and b.phone)
    if phones and a.phone == b.phone:
        return "sure" if a.head == b.head or a.members == b.members else "likely"
    if a.person and a.head == b.head:
        return _namesakes(a, b, phones)
    if _says_so(a, b, context) or _says_so(b, a, context):
        return "likely"
    if phones or a.members is None or a.members != b.members or not registered or _apart(a, b, context):
        return None
    known = [(x.head, x.door) in registered for x in (a, b)]
    return "likely" if known.count(True) == 1 else None


def _namesakes(a: Line, b: Line, phones: bool) -> Confidence | None:
    """One name at one door: the same household unless phone and people both differ."""
    members_differ = a.members is not None and b.members is not None and a.members != b.members
    if phones and members_differ:
        return None
    return "likely" if phones or members_differ else "sure"


def _says_so(a: Line, b: Line, context: CheckContext) -> bool:
    """The note calls it a double or names the other line's head."""
    if b.person and b.head in a.note and len(b.head) > 1:
        return True
    return context.rules.notes.same_household.said_in(a.note) and (a.members is None or a.members == b.members)


def _apart(a: Line, b: Line, context: CheckContext) -> bool:
    if not (a.fix and b.fix and a.fix.fine and b.fix.fine):
        return False
    return hypot(a.fix.east - b.fix.east, a.fix.north - b.fix.north) > 2 * context.rules.points.same_place_m
