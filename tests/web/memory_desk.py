"""Matters in memory for the desk's page: `CaseDesk` over a dictionary, with the errors the registry gives."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from doorplate.cases_desk_view import CasePage, CaseRow, CaseSheet, DeskStep, PersonChoice, Show
from doorplate.cases_view import FileView
from doorplate.errors import InputError, NotFound, Refused, Unavailable

NOW = datetime(2026, 11, 23, 6, 5, tzinfo=UTC)
OWNER = "测试民警甲 (社区民警)"
PEOPLE = (PersonChoice("s3", "测试网格员一甲 (网格员)", True), PersonChoice("s1", OWNER),
          PersonChoice("desk:station", "派出所值班"))


def row(number: int, **more: Any) -> CaseRow:
    values: dict[str, Any] = {
        "id": f"c{number}", "number": f"7K3M X9QA {number:02d}", "kind": "report", "category": "门牌损坏、脱落、被覆盖",
        "place": f"幸福路二巷{number}号 · 营上村", "status": "accepted", "level": "officer", "owner": OWNER,
        "asked_at": NOW - timedelta(hours=number), "due_at": NOW + timedelta(hours=24 - number), "overdue": False,
        "urgent": False}
    return CaseRow(**{**values, **more})


def sheet(number: int = 1, **more: Any) -> CaseSheet:
    values: dict[str, Any] = {
        "row": row(number), "text": "门牌掉了一个角, 二维码扫不出来。\n麻烦看看。",
        "name": "测试居民甲", "phone": "15400009000转12",
        "files": (), "steps": (DeskStep(NOW - timedelta(hours=1), "accepted", "居民", "", True),), "service": "", "wanted": "",
        "about": (), "near": (), "people": PEOPLE, "may_settle": True, "may_route": True,
        "may_confirm_answered": False, "version": 1}
    return CaseSheet(**{**values, **more})


@dataclass
class MemoryDesk:
    """asked: what was done, in order. trouble: raised by the next act. down: every call fails, as when the database is away."""

    sheets: dict[str, CaseSheet] = field(default_factory=lambda: {"c1": sheet()})
    rows: list[CaseRow] = field(default_factory=lambda: [row(1)])
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    asked: list[tuple[Any, ...]] = field(default_factory=list)
    trouble: Exception | None = None
    down: bool = False
    who: str = "测试民警甲 · 社区民警"

    def cases(self, show: Show, page: int) -> CasePage:
        self._ready()
        counts = {"mine": len(self.rows), "open": len(self.rows), "overdue": sum(one.overdue for one in self.rows), "done": 0}
        shown = [] if show == "done" else [one for one in self.rows if show != "overdue" or one.overdue]
        pages = max(1, -(-len(shown) // 20))
        page = min(page, pages)
        return CasePage(shown[20 * page - 20:20 * page], len(shown), page, pages, show, counts)

    def open(self, case_id: str) -> CaseSheet:
        self._ready()
        if case_id not in self.sheets:
            raise NotFound("case.unknown", "没有这件事, 或者不归您办理")
        return self.sheets[case_id]

    def file(self, case_id: str, file_id: str) -> tuple[str, bytes]:
        self.open(case_id)
        if file_id not in self.files:
            raise NotFound("case.unknown", "没有这个附件, 或已经删除")
        return self.files[file_id]

    def note(self, case_id: str, version: int, words: str) -> CaseSheet:
        return self._do(("note", case_id, version, words), words)

    def route(self, case_id: str, version: int, to: str, words: str) -> CaseSheet:
        return self._do(("route", case_id, version, to, words), words)

    def settle(self, case_id: str, version: int, answer: str) -> CaseSheet:
        if not answer.strip():
            raise Refused("case.no_answer", "没有写答复, 不能办结: 请写下给居民的答复", field="answer")
        return self._do(("settle", case_id, version, answer), answer)

    def confirm_answered(self, case_id: str, version: int, how: str, words: str) -> CaseSheet:
        return self._do(("answered", case_id, version, how, words), words or "-")

    def _do(self, what: tuple[Any, ...], words: str) -> CaseSheet:
        found = self.open(what[1])
        if self.trouble is not None:
            raise self.trouble
        if not words.strip():
            raise InputError("case.no_words", "请写下要记的内容", field="words")
        if what[2] != found.version:
            raise Refused("store.stale", "这件事刚刚有了新的进展, 这次没有保存; 请看过之后再操作")
        self.asked.append(what)
        self.sheets[what[1]] = replace(found, version=found.version + 1)
        return self.sheets[what[1]]

    def _ready(self) -> None:
        if self.down:
            raise Unavailable("store.unreachable", "登记簿连不上, 请过几分钟再试")


PHOTO = FileView("f1", "photo", "image/jpeg", 800, 600, 0)
VOICE = FileView("f2", "voice", "audio/mpeg", 0, 0, 7.4)
