"""A numbering plan as a table people can work through: old number, new number, why."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from doorplate.addresses.numbering import Assignment, StreetPlan
from doorplate.exchange.whole_file import whole_file

_HEADER = ("次序", "街路巷", "原门牌", "新门牌", "变动", "原因", "侧", "离起点（米）", "现地址", "登记号")
# A spreadsheet takes a text that begins so for a formula; the apostrophe in front marks it as text.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "'")


def write_plan(path: Path, plan: StreetPlan, addresses: Mapping[str, str]) -> None:
    """One line a door in walking order, CSV in UTF-8 with BOM; whole or not at all. addresses: door id → standard address."""
    with whole_file(path) as draft, draft.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(_HEADER)
        for at, door in enumerate(plan.assignments, 1):
            writer.writerow([_safe(cell) for cell in _cells(at, door, plan, addresses)])


def _cells(at: int, door: Assignment, plan: StreetPlan, addresses: Mapping[str, str]) -> tuple[str, ...]:
    side = plan.sides[0 if door.row > 0 else 1] if plan.sides and door.row else ""
    along = f"{max(door.along_m, 0.0):.0f}" if door.along_m is not None and plan.kind != "compound" else ""
    return (str(at), plan.street, str(door.old or ""), str(door.new or ""), change_in_words(door), door.why, side, along,
            addresses.get(door.door_id, ""), door.door_id)


def change_in_words(door: Assignment) -> str:
    """不变, 改号, 新编, 待定."""
    if door.new is None:
        return "待定"
    return "不变" if not door.changed else "改号" if door.old else "新编"


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
