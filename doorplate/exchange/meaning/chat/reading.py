"""Lines of chat → rows of a list, findings for what may be one, and the talk that was left out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from doorplate.exchange.formats.encoding import decode_lines
from doorplate.exchange.limits import Limits
from doorplate.exchange.meaning.chat.entries import (
    ITEM,
    is_entry,
    key_values,
    several,
    split_glued,
    without_lead,
)
from doorplate.exchange.meaning.chat.envelope import Opener, without_speaker
from doorplate.exchange.meaning.chat.patterns import NUMERAL, close_up, is_name, says_where
from doorplate.exchange.meaning.hints import grid_in
from doorplate.exchange.table import SheetReport
from doorplate.model import Finding, ListRow, SourceRef

_LONGEST_LINE = 500
_TALK, _QUOTE, _FRAME = "聊天内容", "引用别人的话", "发言人和时间"
_UNREAD = "这一行像是报住户, 但没有读出户主和门牌, 请核对后按“户主 地址 人数”补上"
_CHAIN = re.compile(r"^#?\s*群?接龙")
_CHAT_FILE = re.compile(r"接龙|微信|群|聊天|QQ|补报|漏报|漏登", re.IGNORECASE)
_GRID_LINE = re.compile(r"第?\S{1,3}(?:号)?网格(?:的)?(?:补报|漏登|补登|补充)?[:：]?")
_FINE = re.compile(r"没有?问题|没有?漏|都齐了|无误|收到|已报|没了|完了|不用")


@dataclass(slots=True)
class Entry:
    """One household named in line `number`; part counts the households of one line from 1."""

    number: int
    part: int
    cells: dict[str, str]
    grid: str
    quoted: bool = False


@dataclass(slots=True)
class Transcript:
    """What a chat says, line by line. `signs` counts what only chats have."""

    entries: list[Entry] = field(default_factory=list)
    unread: list[tuple[int, str]] = field(default_factory=list)
    dropped: list[tuple[int, str, str]] = field(default_factory=list)
    lines: int = 0
    signs: int = 0
    _opener: Opener = field(default_factory=Opener)
    _labelled: dict[str, str] = field(default_factory=dict)
    _labelled_at: int = 0
    _section: str = ""
    _name: str = ""

    def read(self, lines: Iterable[str]) -> Transcript:
        for number, raw in enumerate(lines, 1):
            text = close_up(raw[:_LONGEST_LINE].strip().strip("\ufeff"))
            if text:
                self.lines += 1
                self._line(number, text)
        self._close_labels()
        self._settle_quotes()
        self._split_names()
        return self

    def _line(self, number: int, text: str) -> None:
        labelled = key_values(text, fewest=1)
        if len(labelled) == 1 and not self._opener.quoting:
            self._label(number, text, labelled)
            return
        self._close_labels()
        said = self._opener.open(text)
        self.signs += said.kind != "message" or bool(ITEM.match(text)) or bool(without_lead(text)[1])
        if said.kind == "system":
            self.dropped.append((number, _TALK, text[:80]))
        elif not self._households(number, said.text, quoted=said.kind == "quote"):
            self._talk(number, text, said.text, said.kind)

    def _households(self, number: int, text: str, *, quoted: bool) -> bool:
        found = several(text)
        spoken = "" if ITEM.match(text) or without_lead(text)[1] else without_speaker(text)
        if spoken and (behind := several(spoken)) and all("head" in cells for cells in behind):
            found = behind
        if len(found) == 1 and "head" not in found[0] and self._name:
            found[0]["head"] = self._name
            self.dropped.pop()
        self._name = ""
        for part, cells in enumerate(found, 1):
            self.entries.append(Entry(number, part, cells, cells.get("grid") or grid_in(text) or self._section, quoted))
            self.signs += cells.get("note", "") == text
        return bool(found)

    def _talk(self, number: int, line: str, text: str, kind: str) -> None:
        if kind == "frame":
            self._section = ""
        elif _GRID_LINE.fullmatch(text):
            self._section = grid_in(text)
        body, led = without_lead(text)
        item = ITEM.match(body)
        rest = body[item.end() :].strip() if item else body
        asked = (led or item) and (re.search(NUMERAL, rest) or is_name(rest))
        if kind == "message" and (asked or says_where(body)) and not _FINE.search(text):
            self.unread.append((number, text[:80]))
            return
        self.dropped.append((number, {"quote": _QUOTE, "frame": _FRAME}.get(kind, _TALK), line[:80]))
        self._name = text if kind == "message" and is_name(text) and len(text) <= 4 else ""

    def _label(self, number: int, text: str, labelled: dict[str, str]) -> None:
        """A block of 户主：… 地址：… lines is one household; a label that comes again opens the next block."""
        if labelled.keys() & self._labelled.keys():
            self._close_labels()
        self._labelled_at = self._labelled_at or number
        self._labelled |= labelled

    def _close_labels(self) -> None:
        cells, number = self._labelled, self._labelled_at
        self._labelled, self._labelled_at = {}, 0
        if is_entry(cells):
            self.entries.append(Entry(number, 1, cells, cells.get("grid", "") or self._section))
            self.signs += 1
        elif cells:
            self.dropped.append((number, _TALK, " ".join(cells.values())[:80]))

    def _settle_quotes(self) -> None:
        """A quotation repeats what stands elsewhere; where it does not, it is all there is and counts."""
        told = {_who_where(e.cells) for e in self.entries if not e.quoted}
        again = [e for e in self.entries if e.quoted and _who_where(e.cells) in told]
        self.dropped += [(e.number, _QUOTE, " ".join(e.cells.values())[:80]) for e in again]
        self.entries = [e for e in self.entries if e not in again]

    def _split_names(self) -> None:
        told = [e.cells["address"] for e in self.entries if {"head", "address"} <= e.cells.keys()]
        places = {place for place in (re.sub(rf"第?{NUMERAL}.*", "", address) for address in told) if len(place) > 1}
        for entry in self.entries:
            if "head" not in entry.cells and "address" in entry.cells:
                name, address = split_glued(entry.cells["address"], places)
                entry.cells |= {"head": name, "address": address} if name else {}


def _who_where(cells: dict[str, str]) -> tuple[str, str]:
    return cells.get("head", ""), "".join(cells.get("address", "").split())


def is_chat(lines: Iterable[str], file: str, *, has_columns: bool) -> bool:
    """Is this text a chat? It calls itself 接龙, or it names households and shows what only chats have — senders,
    numbered items, labels, pictures; without such signs most of its lines name a household (and do not fall into columns)."""
    kept = [line for line in lines if line.strip()]
    if any(_CHAIN.match(line.strip()) for line in kept):
        return True
    told = Transcript().read(kept)
    named = sum("head" in e.cells for e in told.entries)
    if not told.entries:
        return False
    if told.signs and named:
        return told.signs * 3 >= told.lines or not has_columns
    return not has_columns and (named * 2 > told.lines or bool(named and _CHAT_FILE.search(file)))


def read_chat(path: Path, limits: Limits, list_name: str = "") -> tuple[list[ListRow], list[Finding], SheetReport]:
    """The households of a chat; what may be one but cannot be read is a finding, everything else in the report's
    `dropped`. list_name is "late" unless nothing but households is written. The second household of one line has
    the sheet "第2条", so that every household can be pointed at."""
    told = Transcript().read(decode_lines(path, limits.line_chars))
    if not list_name:
        list_name = "late" if told.signs or _CHAT_FILE.search(path.name) else "sheets"
    rows = [
        ListRow(SourceRef(path.name, f"第{e.part}条" if e.part > 1 else None, e.number), e.cells, list_name, grid_hint=e.grid)
        for e in sorted(told.entries, key=lambda e: (e.number, e.part))
    ]
    findings = [
        Finding(SourceRef(path.name, None, number), "incomplete.unreadable", "", text, _UNREAD, "", "ask")
        for number, text in told.unread
    ]
    columns = dict.fromkeys((role for row in rows for role in row.cells), "")
    dropped = tuple(sorted(told.dropped))
    report = SheetReport(path.name, None, "list", (), columns, None, list_name, rows_read=len(rows), dropped=dropped)
    return rows, findings, report
