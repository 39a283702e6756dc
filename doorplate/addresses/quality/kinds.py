"""Household, public place or a house that is no more; and plates that need replacing."""

from __future__ import annotations

import re
from collections.abc import Iterable

from doorplate.addresses.quality.context import CheckContext
from doorplate.addresses.quality.lines import Claim, Line
from doorplate.addresses.rules import Rules
from doorplate.addresses.text import clean


def tell_kinds(lines: Iterable[Line], context: CheckContext) -> None:
    """Set kind and person of every line; find `retired` and `damaged`."""
    for line in lines:
        line.person = bool(line.head) and not _gone(line, context.rules)
        if _public(line, context):
            line.kind, line.person = "public", False
        elif reason := _retired(line, context.rules):
            line.kind = "retired"
            note = line.row.cell("note")
            message = f"{reason}, 这个门牌号应当停用, 不再给别人。请核对后停用。"
            line.find("retired", Claim(message, note, "停用", "sure" if note or line.members == 0 else "likely"))
        if line.kind != "retired":
            _damaged(line, context.rules)


def _public(line: Line, context: CheckContext) -> bool:
    heads, name = context.rules.heads, line.head
    stem = context.division.name.rstrip("村社区")
    if name.endswith(heads.public_endings_short):
        return len(name) >= 4 or bool(stem and stem in name)
    return name.endswith(heads.public_endings) and (len(name) >= 3 or name in heads.public_endings)


def _gone(line: Line, rules: Rules) -> bool:
    return line.head.strip("()（）") in rules.heads.gone


def _retired(line: Line, rules: Rules) -> str:
    """Why nobody lives there any more, "" where somebody may."""
    nobody = not line.members and not line.phone
    if rules.notes.demolished.said_in(line.note) and not line.members:
        return "备注说房屋已拆或已废弃"
    if rules.notes.demolished.said_in(line.head) or (line.head and _gone(line, rules) and nobody):
        return "户主栏说已无人居住"
    if line.members == 0 and (line.list_name == "register" or nobody):
        return "人口为 0"
    if nobody and not line.row.cell("members") and re.fullmatch(r".{1,4}氏", line.head):
        return "没有人口和电话"
    return ""


def _damaged(line: Line, rules: Rules) -> None:
    for role in ("note", "installed"):
        if rules.notes.damaged.said_in(clean(line.row.cell(role))):
            line.find("damaged", Claim("登记说门牌损坏、丢失或看不清, 要重做一块牌。", line.row.cell(role), "换牌", field=role))
