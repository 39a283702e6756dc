"""Lines that name another village: in the address itself or in a note that says how the papers have it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from doorplate.addresses.grammar import choice, grammar
from doorplate.addresses.quality.context import CheckContext
from doorplate.addresses.quality.lines import Claim, Line
from doorplate.addresses.steps.state import Mention
from doorplate.model import Confidence

_VILLAGE_IN_NOTE = re.compile(rf"([一-龥]{{1,6}}{choice(grammar().community_kinds)})(?![部路街头口])")


def find_wrong_villages(lines: Sequence[Line], context: CheckContext) -> None:
    """`wrong.village` where a line names a community that is not this one."""
    siblings, name = {d.name for d in context.siblings}, context.division.name
    strayed = _strayed_sheets(lines)
    for line in lines:
        others = _others(line) if line.sheet in strayed or not _taken_over(line) else []
        named = [m.name for m in others if m.level == "community"]
        foreign = [m.name for m in others if m.level == "township"]
        if named and not any(m.own and m.level == "community" for m in line.parsed.mentions):
            confidence: Confidence = "sure" if any(_same(named[0], s) for s in siblings) else "likely"
            message = f"地址写的是{named[0]}, 这份名单是{name}的。按本村登记, 请核对。"
            line.find("wrong.village", Claim(message, named[0], name, confidence))
        elif village := _in_note(line, siblings, context):
            message = f"备注说别处写成了{village}, 这份名单是{name}的。按本村登记, 请核对户籍。"
            line.find("wrong.village", Claim(message, village, name, field="note"))
        elif foreign:
            line.settled = False
            message = f"地址写的是{foreign[0]}, 不是{context.division.names[-2]}。请核对这一户是否属于本村。"
            line.find("wrong.village", Claim(message, foreign[0], name, "ask"))


def _others(line: Line) -> list[Mention]:
    return [m for m in line.parsed.mentions if not m.own]


def _taken_over(line: Line) -> bool:
    """A merged cell speaks for the line it is written on; the lines below take over its street, not its village."""
    return bool({"street", "address", "village"} & line.row.filled)


def _strayed_sheets(lines: Sequence[Line]) -> set[tuple[str, str | None]]:
    """Sheets most of whose lines name another village: there the merged cells mean what they say."""
    lengths = Counter(line.sheet for line in lines)
    named = Counter(line.sheet for line in lines if any(m.level == "community" for m in _others(line)))
    return {sheet for sheet, count in named.items() if 2 * count > lengths[sheet]}


def _in_note(line: Line, siblings: set[str], context: CheckContext) -> str:
    if not context.rules.notes.other_village.said_in(line.note):
        return ""
    for sibling in sorted(siblings, key=lambda s: (-len(s), s)):
        if sibling in line.note:
            return sibling
    match = _VILLAGE_IN_NOTE.search(re.sub("|".join(context.rules.notes.other_village.words), " ", line.note))
    return match[1] if match and not _same(match[1], context.division.name) else ""


def _same(a: str, b: str) -> bool:
    kinds = re.compile(choice(grammar().community_kinds) + "$")
    return kinds.sub("", a) == kinds.sub("", b)
