"""From a recognised table to ListRow: fills what stands for several lines, leaves out what is no line, says why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from doorplate.exchange.meaning.header import Header, repeats
from doorplate.exchange.meaning.headings import Heading, read_heading
from doorplate.exchange.meaning.hints import folded
from doorplate.exchange.meaning.values import NUMERAL, is_blank, is_ditto, plain
from doorplate.exchange.table import Crs, RawRow
from doorplate.model import Finding, ListRow, SourceRef

_SUBTOTAL = re.compile(
    r"(?:本页|本表|全村|全组|本组|总|页)?(?:小计|合计|总计|共计|累计|统计|total|sum|subtotal)(?:[:：(（0-9].*)?", re.IGNORECASE
)
_EXAMPLE = re.compile(r"(?:填写)?(?:示例|样例|范例|例如|例)(?:[:：0-9].*|行)?")
_SIGNATURE = re.compile(
    r"填表人|审核人|签字|签章|盖章|制表|填报单位|填报日期|填表日期|负责人[:：]|第[0-9一二三四五六七八九十]+页|共[0-9]+页|以下空白|以下无正文"
)
_REMARK = re.compile(r"^(?:注|备注|说明|附注|提示)[:：0-9]|^※|^★|^\*+")
_ISO_DATE = re.compile(r"\d{4}-0?(\d{1,2})-0?(\d{1,2})")
_HEADS = ("", "户主", "本人", "户主本人", "本人或户主", "戶長")
_STREET_PART = re.compile(r"^(.*(?:大道|路|街|巷|弄|里|道|组|队|村|庄|屯|小区))")
# Roles whose blank cells below a value mean "the same", when that is how most of the column is written.
_RUN_ROLES = ("street", "hamlet", "village", "grid")
_FEWEST_LINES = 6
_INDOORS = re.compile(r"栋|幢|单元|号楼|層|层|室")
_EVIDENCE = frozenset(
    {
        "address",
        "street",
        "number",
        "head",
        "position",
        "lon",
        "lat",
        "suffix",
        "phone",
        "household_no",
        "members",
        "installed",
        "note",
    }
)
_SEVERAL = 4
_TOTAL = re.compile(r"计|total|sum", re.IGNORECASE)
_DITTO_STARTS = ("同上", "〃", "″", "々")
_LONGEST_VALUE = 40
_SENTENCE = re.compile(r"^[0-9]{1,2}[.、．)）]\s*[一-鿿].{4,}|[。；！]$|坐标[系为是]|填写|须知")
_PIECES = (("compound", ""), ("building", "栋"), ("unit", "单元"), ("floor", "层"), ("room", "室"))
_WHERE = frozenset({"street", "address", "hamlet"})  # columns that say where without a heading
# A number's cell that names a place of its own: 杨家岭29号. Words that only qualify the number are no place.
_OWN_PLACE = re.compile(
    rf"(?!.{{0,6}}(?:门牌|新|临|旧|老|原|编|无|没|待|附|第|约|不))(?!第?[{NUMERAL}]+\s*(?:号|號|#|＃|巷|弄|胡同|[-之]|$))"
    r"(?:[一-鿿]{2,12}|[0-9０-９]{1,3}\s*(?:村民小)?(?:组|队|社))\s*"
    r"(?:第|[Nn][Oo]\.?|№)?\s*[0-9０-９〇零一二三四五六七八九十百]+\s*(?:号|號|#|＃|[-附之]|$)"
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What was recognised about one sheet: everything its lines need."""

    file: str
    sheet: str | None
    columns: Mapping[str, int]
    notes: tuple[int, ...]  # further columns with remarks
    relation: int | None  # the column 与户主关系 of a list with a line per person
    runs: frozenset[str]  # roles written once for a run of lines, without merged cells
    header: Header | None
    crs: Crs | None
    list_name: str
    grid_hint: str
    street_hint: str


@dataclass(slots=True)
class LineReader:
    """Turns the rows below the header into lines. After `lines()` is exhausted, dropped, findings and count are complete."""

    meaning: Meaning
    dropped: list[tuple[int, str, str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    count: int = 0
    _last: dict[str, str] = field(default_factory=dict)
    _section: Heading = field(default_factory=Heading)
    _plan: tuple[tuple[str, int], ...] = ()
    _in_pieces: bool = False
    _has_where: bool = False

    def __post_init__(self) -> None:
        columns = self.meaning.columns
        self._plan = tuple(columns.items())
        self._in_pieces = bool({role for role, _ in _PIECES} & columns.keys())
        self._has_where = bool(_WHERE & columns.keys())

    def lines(self, rows: Iterator[RawRow]) -> Iterator[ListRow]:
        """The households' lines in order; everything else goes to `dropped` with its reason."""
        for row in rows:
            reason = self._why_not(row)
            if reason:
                self.dropped.append((row.number, reason, "" if reason == "家庭成员" else _shown(row)))
                continue
            line = self._line(row)
            if line is None:
                self.dropped.append((row.number, "没有户主也没有地址", _shown(row)))
                continue
            self.count += 1
            yield line

    def _why_not(self, row: RawRow) -> str:
        """Why a row is no line of the list; "" when it is one."""
        texts = [text for i, text in enumerate(row.cells) if not is_blank(text) and i not in row.filled]
        if not texts:
            return "空行"
        if self._is_plain(texts):
            return ""
        if self.meaning.header and repeats(row, self.meaning.header):
            return "重复的表头"
        first, second = (folded(t) for t in ([*texts, ""])[:2])
        if _SUBTOTAL.fullmatch(first) or (_SUBTOTAL.fullmatch(second) and not self._evidence(row, "address")):
            return "小计合计"
        if _EXAMPLE.fullmatch(first):
            return "示例"
        if self.meaning.relation is not None and row.cell(self.meaning.relation) not in _HEADS:
            return "家庭成员"
        if _SIGNATURE.search(first) and len(texts) <= 3:
            return "落款"
        if len(texts) == 1 or len(set(texts)) == 1:
            return self._lonely(row, texts[0])
        return ""

    def _is_plain(self, texts: Sequence[str]) -> bool:
        """A numbered line with several texts, as nearly all are: no need to ask what else it might be."""
        if len(texts) < _SEVERAL or self.meaning.relation is not None or not (texts[0].isascii() and texts[0].isdigit()):
            return False
        words = self.meaning.header.words if self.meaning.header else ()
        return texts[0] not in words and "".join(texts[1].split()) not in words and not _TOTAL.search(texts[1])

    def _lonely(self, row: RawRow, text: str) -> str:
        """A row with one text: a subtitle for the lines below it, a remark, or a line that is all there is."""
        column = row.written()[0]
        at = next((role for role, i in self.meaning.columns.items() if i == column), "")
        heading = read_heading(text, places=not _WHERE & self.meaning.columns.keys())
        if _REMARK.match(text):
            return "说明文字"
        if at in ("address", "position") or (at == "number" and not heading and not _is_prose(text)):
            return ""
        if at == "head" and not row.spans and (not heading or heading.hamlet == folded(text)) and not _is_prose(text):
            return ""
        if at == "seq" and plain(text).isdigit():
            return "只有序号"
        if heading:
            self._open_section(heading)
            return "小标题"
        return "" if at in ("street", "hamlet", "phone") and not _is_prose(text) else "说明文字"

    def _open_section(self, heading: Heading) -> None:
        """A lane without a street belongs to the street of the heading above it; a grid counts until the next one."""
        street = self._section.street if heading.lane and heading.street is None else heading.street
        self._section = replace(heading, street=street, grid=heading.grid or self._section.grid)
        self._last = {}

    def _evidence(self, row: RawRow, *roles: str) -> bool:
        columns = self.meaning.columns
        return any(
            role in columns and not is_blank(row.cell(columns[role])) and columns[role] not in row.filled for role in roles
        )

    def _line(self, row: RawRow) -> ListRow | None:
        ref = SourceRef(self.meaning.file, self.meaning.sheet, row.number)
        cells, filled = self._cells(row)
        if not (cells.keys() - filled) & _EVIDENCE and not self._evidence(row, *_EVIDENCE):
            return None
        if row.trouble:
            self.findings.append(Finding(ref, "incomplete.unreadable", "", "", row.trouble, "", "ask"))
        if date := _ISO_DATE.fullmatch(cells.get("number", "")):
            self.findings.append(_number_from_date(ref, cells["number"], f"{date[1]}-{date[2]}"))
            cells["number"] = f"{date[1]}-{date[2]}"
        columns = self.meaning.columns
        return ListRow(
            ref,
            cells,
            self.meaning.list_name,
            self.meaning.crs,
            self._section.grid or self.meaning.grid_hint,
            self._street(),
            frozenset(filled),
            _is_struck(row, columns),
            row.hidden,
        )

    def _cells(self, row: RawRow) -> tuple[dict[str, str], set[str]]:
        cells: dict[str, str] = {}
        filled: set[str] = set()
        given, width = row.cells, len(row.cells)
        for role, column in self._plan:
            text = given[column] if column < width else ""
            if is_ditto(text) or (is_blank(text) and role in self.meaning.runs):
                text = self._last.get(role, "")
                filled.add(role)
            elif role in ("address", "street") and (rest := _after_ditto(text)) is not None:
                text = _leading_part(self._last.get(role, "")) + rest
            elif column in row.filled:
                filled.add(role)
            if not is_blank(text):
                cells[role] = self._last[role] = text
        if self._section.hamlet or ("address" not in cells and (self._section.lane or "street" not in cells)):
            self._from_titles(cells, filled)
        if self.meaning.notes:
            self._join_notes(row, cells)
        if self._in_pieces:
            _join_pieces(cells)
        return cells, filled & cells.keys() if filled else filled

    def _street(self) -> str:
        """The street a heading or else the title claims; a heading may say that it is none."""
        return self.meaning.street_hint if self._section.street is None else self._section.street

    def _from_titles(self, cells: dict[str, str], filled: set[str]) -> None:
        """What headings and titles say in place of a column: the group, and the one street of a list without streets.
        A number's cell that names a place of its own is the address."""
        if not {"address", "street", "hamlet"} & cells.keys() and _OWN_PLACE.match(cells.get("number", "")):
            cells["address"] = cells.pop("number")
            return
        street = self._street()
        alone = street if not self._has_where and "、" not in street and not self._section.hamlet else ""
        for role, text in (("hamlet", self._section.hamlet), ("street", alone), ("lane", self._section.lane)):
            if text and role not in cells:
                cells[role] = text
                filled.add(role)

    def _join_notes(self, row: RawRow, cells: dict[str, str]) -> None:
        notes = [cells.get("note", ""), *(row.cell(i) for i in self.meaning.notes)]
        joined = "；".join(dict.fromkeys(n for n in notes if not is_blank(n)))
        if joined:
            cells["note"] = joined


def _is_prose(text: str) -> bool:
    """A sentence, not a value: 2.门牌号按实际悬挂填写。"""
    return len(text) > _LONGEST_VALUE or bool(_SENTENCE.search(text))


def _shown(row: RawRow) -> str:
    return " ".join(row.cells[i] for i in row.written())[:80]


def _number_from_date(ref: SourceRef, value: str, proposal: str) -> Finding:
    message = f"门牌号“{proposal}”被表格软件变成了日期 {value}, 已按 {proposal} 读入, 请核对"
    return Finding(ref, "wrong.number", "number", value, message, proposal, "likely")


def _is_struck(row: RawRow, columns: Mapping[str, int]) -> bool:
    """Struck through: half of what is written, or all that says who and where."""
    if not row.struck:
        return False
    written = row.written()
    telling = [columns[r] for r in ("head", "address", "street", "number") if r in columns and columns[r] in written]
    return len(row.struck & set(written)) * 2 >= len(written) or (bool(telling) and row.struck.issuperset(telling))


def _after_ditto(text: str) -> str | None:
    """What follows a ditto mark ("同上19号" → "19号"); None when there is no such mark."""
    for mark in _DITTO_STARTS if text.startswith(_DITTO_STARTS) else ():
        if text.startswith(mark) and len(text) > len(mark):
            return text.removeprefix(mark).lstrip(" ,，、")
    return None


def _leading_part(address: str) -> str:
    match = _STREET_PART.match(address)
    return match[1] if match else ""


def _join_pieces(cells: dict[str, str]) -> None:
    """Columns for building, unit, floor and room become the end of the address, which ListRow has no roles for — unless
    the address column already goes so far."""
    pieces = [(cells.pop(role, ""), word) for role, word in _PIECES]
    if not any(text for text, _ in pieces) or _INDOORS.search(cells.get("address", "")):
        return
    base = cells.get("address") or "".join(cells.get(r, "") for r in ("village", "hamlet", "street", "lane", "number"))
    parts = (text + word if re.search(r"[0-9A-Za-z]$", text) else text for text, word in pieces if text)
    cells["address"] = base + "".join(part for part in parts if part not in base)


def run_roles(columns: Mapping[str, int], rows: Sequence[RawRow], merged: frozenset[int]) -> frozenset[str]:
    """Roles written once at the top of a run and left blank below, where the file itself (merged cells) does not say so:
    the first line has a text, most lines have none, no two texts in a row are equal, and no full address says otherwise."""
    found = set()
    for role in _RUN_ROLES if "address" not in columns and len(rows) >= _FEWEST_LINES else ():
        if role not in columns or columns[role] in merged:
            continue
        texts = [r.cell(columns[role]) for r in rows if len(r.written()) > 1]
        kept = [t for t in texts if not is_blank(t)]
        if kept and texts[0] == kept[0] and len(kept) < 0.4 * len(texts) and all(a != b for a, b in pairwise(kept)):
            found.add(role)
    return frozenset(found)
