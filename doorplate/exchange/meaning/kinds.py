"""What a sheet is for: a list of households, or something that only surrounds one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from doorplate.exchange.meaning.hints import folded
from doorplate.exchange.table import RawRow, SheetKind

_INSTRUCTIONS = re.compile(r"说明|须知|要求|规范|示例|样例|填写|填表|指南|模板说明|注意事项|封面|目录|數據說明|字典|枚举|下拉")
_SUMMARY = re.compile(r"汇总|统计|合计|总表|进度|一览|情况表|小计")
ADDRESS_ROLES = frozenset({"address", "street", "number", "hamlet", "lane", "position", "lon", "room", "compound", "building"})


def kind_of(name: str, titles: Sequence[str], roles: Mapping[str, int], rows: Sequence[RawRow], *, has_header: bool) -> SheetKind:
    """name: the sheet's (or file's) name; titles: texts above the header; roles: recognised columns; rows: a sample."""
    if not rows:
        return "empty"
    words = folded(name) + " ".join(map(folded, titles))
    has_address = bool(ADDRESS_ROLES & roles.keys())
    if has_address and _is_prose(rows) and _INSTRUCTIONS.search(words + _first_text(rows)):
        return "instructions"
    if _looks_like_contacts(roles):
        return "contacts"
    if _looks_like_summary(words, roles):
        return "summary"
    if has_address and (has_header or _says_where(roles)):
        return "list"
    words += _first_text(rows)
    if _INSTRUCTIONS.search(words):
        return "instructions"
    return "summary" if _SUMMARY.search(words) and not has_address else "unknown"


def _says_where(roles: Mapping[str, int]) -> bool:
    """Without a header: enough to be sure that these are addresses."""
    return (
        "address" in roles
        or {"street", "number"} <= roles.keys()
        or ("head" in roles and bool({"number", "position", "lon"} & roles.keys()))
    )


def _first_text(rows: Sequence[RawRow]) -> str:
    return folded(next((t for t in rows[0].cells if t), ""))


def _is_prose(rows: Sequence[RawRow]) -> bool:
    """Nearly all rows have one cell: sentences, not a table."""
    return sum(len(r.written()) <= 1 for r in rows) >= 0.8 * len(rows)


def _looks_like_contacts(roles: Mapping[str, int]) -> bool:
    """Officials with telephones; a list of households may name its grid worker too, but it also says where they live."""
    is_duty_list = bool({"job", "duty", "worker"} & roles.keys())
    return is_duty_list and "phone" in roles and not {"address", "number", "position", "lon", "members"} & roles.keys()


def _looks_like_summary(words: str, roles: Mapping[str, int]) -> bool:
    if {"address", "number", "position", "lon"} & roles.keys():
        return False
    totals = "count" in roles and bool({"grid", "street", "worker", "village", "hamlet"} & roles.keys())
    return totals and ("head" not in roles or bool(_SUMMARY.search(words)))
