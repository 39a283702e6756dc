"""Lines that name another village: in the address itself or in a note that says how the papers have it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from doorplate.addresses.grammar import choice, grammar
from doorplate.addresses.quality.context import CheckContext
from doorplate.addresses.quality.lines import Line

_VILLAGE_IN_NOTE = re.compile(rf"([一-龥]{{1,6}}{choice(grammar().community_kinds)})(?![部路街头口])")


def find_wrong_villages(lines: Iterable[Line], context: CheckContext) -> None:
    """`wrong.village` where a line names a community that is not this one."""
    siblings = {d.name for d in context.siblings}
    for line in lines:
        written_here = not {"street", "address", "village"} & line.row.filled  # a merged cell speaks for its first line
        others = [m for m in line.parsed.mentions if not m.own and written_here]
        named = [m.name for m in others if m.level == "community"]
        foreign = [m.name for m in others if m.level == "township"]
        if named and not any(m.own and m.level == "community" for m in line.parsed.mentions):
            sure = any(_same(named[0], s) for s in siblings)
            _find(line, context, named[0], f"地址写的是{named[0]}, 这份名单是{context.division.name}的。按本村登记, 请核对。", sure)
        elif village := _in_note(line, siblings, context):
            _find(line, context, village, f"备注说别处写成了{village}, 这份名单是{context.division.name}的。按本村登记, 请核对户籍。", True, "note")
        elif foreign:
            line.settled = False
            _find(line, context, foreign[0], f"地址写的是{foreign[0]}, 不是{context.division.names[-2]}。请核对这一户是否属于本村。", None)


def _find(line: Line, context: CheckContext, village: str, message: str, sure: bool | None, field: str = "address") -> None:
    confidence = "ask" if sure is None else "sure" if sure else "likely"
    line.find("wrong.village", message, field=field, value=village, proposal=context.division.name, confidence=confidence)


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
