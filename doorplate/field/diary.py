"""The diary of a day 工作日志, which writes itself: what somebody did at doors, each thing one line of words. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from doorplate.china import minute_of
from doorplate.field.records import ItemStatus, MountOutcome

OUTCOMES: Mapping[MountOutcome, str] = {
    "mounted": "已安装", "absent": "家里没人, 要再去", "refused": "住户不同意", "no_place": "没有合适的位置",
    "damaged": "门牌损坏", "lost": "门牌遗失"}
OPERATIONS: Mapping[str, str] = {"correct": "更正", "retire": "停用", "assign": "新编", "verify": "核对"}
_STATUSES: Mapping[ItemStatus, str] = {"waiting": "待审核", "approved": "已通过", "amended": "改后通过", "rejected": "退回"}


@dataclass(frozen=True, slots=True)
class DiaryLine:
    """One thing done. kind: as in the summary ("走访"). place: of the door, "" where there is none."""

    at: datetime
    kind: str
    place: str
    words: str

    @property
    def told(self) -> str:
        """09:05 幸福路3号 走访: 核对门牌地址"""
        return " ".join(part for part in (minute_of(self.at)[-5:], self.place, f"{self.kind}: {self.words}") if part)


@dataclass(frozen=True, slots=True)
class Diary:
    """A person's day, the earliest first."""

    day: date
    who: str
    lines: tuple[DiaryLine, ...]

    @property
    def summary(self) -> str:
        """2026-11-23 王明: 走访 2, 安装 5; empty days say so."""
        counts = Counter(line.kind for line in self.lines)
        told = ", ".join(f"{kind} {n}" for kind, n in counts.items()) or "没有记录"
        return f"{self.day.isoformat()} {self.who}: {told}"


def visit_words(purposes: Sequence[str], done: Sequence[str], *, matter: bool, scanned: bool) -> str:
    """purposes, done: as they are called."""
    parts = ["、".join(purposes), f"办了 {'、'.join(done)}" if done else "", "带回一件诉求" if matter else "",
             "" if scanned else "没有扫牌"]
    return "; ".join(part for part in parts if part)


def item_words(fields: Collection[str], names: Mapping[str, str], status: ItemStatus) -> str:
    """Which fields, never what they became: 门牌号、街路巷 (待审核). names: field → its word."""
    told = "、".join(dict.fromkeys(names[one] for one in fields if one in names))
    state = _STATUSES.get(status, "")
    return f"{told or '已上报'}{f' ({state})' if state else ''}"


def in_order(lines: Iterable[DiaryLine]) -> tuple[DiaryLine, ...]:
    return tuple(sorted(lines, key=lambda line: (line.at, line.kind, line.place)))
