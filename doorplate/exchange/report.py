"""The check's result as a workbook for print staff: what is wrong, in words, and what to do first."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from doorplate.exchange.sheet_writer import Book, Column
from doorplate.exchange.table import ReadResult, SheetReport
from doorplate.exchange.whole_file import whole_file
from doorplate.model import CheckedRow, CheckResult, Division, Finding, SourceRef

_CONFIDENCE = {"sure": "可直接改", "likely": "很可能，请核对", "ask": "须问人或到现场"}
_ROW_KIND = {"household": "住户", "public": "公共场所", "retired": "停用", "note": "说明"}
_OPERATION = {"keep": "保留", "correct": "更正", "assign": "新编", "merge": "合并", "replate": "换牌", "retire": "停用"}
_SHEET_KIND = {
    "list": "名单",
    "instructions": "填表说明",
    "summary": "汇总",
    "contacts": "通讯录",
    "areas": "边界",
    "empty": "空表",
    "unknown": "不认识",
    "ignored": "按读表说明不读",
}
_LIST_NAME = {"sheets": "登记表", "register": "户籍册", "late": "补报", "buildings": "房屋图"}
_CRS = {"wgs84": "WGS84/CGCS2000", "gcj02": "高德、腾讯（GCJ-02）", "bd09": "百度（BD-09）", None: "未写明"}
_ROLE = {
    "seq": "序号",
    "head": "户主",
    "members": "人口",
    "resident": "常住",
    "address": "地址",
    "village": "村",
    "hamlet": "组",
    "street": "街路巷",
    "lane": "巷",
    "number": "门牌号",
    "suffix": "附号",
    "phone": "电话",
    "lon": "经度",
    "lat": "纬度",
    "position": "坐标",
    "installed": "安装情况",
    "installed_on": "安装日期",
    "note": "备注",
    "household_no": "户号",
    "registered_on": "登记日期",
    "grid": "网格",
}
_WHERE = (Column("文件", 36), Column("表", 16), Column("行", 7))


@cache
def finding_words() -> dict[str, tuple[str, str]]:
    """code → (what it is called, what to do), in the order of work."""
    data = tomllib.loads(resources.files("doorplate.exchange").joinpath("finding_words.toml").read_text("utf-8"))
    return {entry["code"]: (entry["word"], entry["todo"]) for entry in data["finding"]}


def write_report(path: Path, result: CheckResult, read: ReadResult, division: Division, *, sample: bool = False) -> None:
    """Write the workbook: 汇总, 问题清单, 逐行结果, 读表说明, 未读入的行. The same result gives the same bytes.
    sample: the data is invented, and the first sheet says so."""
    with whole_file(path) as draft:
        book = Book(draft, f"{division.name}地址核对报告")
        book.table("汇总", _SUMMARY, _summary(result.findings), _lead(result, division, sample))
        book.table("问题清单", _FINDINGS, map(_finding_row, _in_order(result.findings)))
        book.table("逐行结果", _ROWS, map(_checked_row, result.rows))
        book.table("读表说明", _SHEETS, [_sheet_row(s) for s in read.sheets])
        book.table("未读入的行", _DROPPED, _dropped(read.sheets))
        book.close()


_SUMMARY = (
    Column("问题", 40),
    Column("条数", 9),
    Column("可直接改", 13),
    Column("请核对", 11),
    Column("须问人", 11),
    Column("先做什么", 56),
)
_FINDINGS = (
    *_WHERE,
    Column("类别", 26),
    Column("原值", 24),
    Column("说明", 56),
    Column("建议", 30),
    Column("把握", 16),
    Column("相关行", 30),
)
_ROWS = (
    *_WHERE,
    Column("性质", 10),
    Column("标准地址", 46),
    Column("街路巷", 14),
    Column("巷", 10),
    Column("门牌号", 9),
    Column("附号", 7),
    Column("网格", 20),
    Column("经度", 13),
    Column("纬度", 13),
    Column("处理", 9),
)
_SHEETS = (
    Column("文件", 36),
    Column("表", 16),
    Column("认作", 16),
    Column("表头行", 10),
    Column("读入行数", 10),
    Column("各列的意思", 60),
    Column("坐标系", 20),
    Column("网格", 10),
    Column("街路", 16),
)
_DROPPED = (*_WHERE, Column("原因", 20), Column("内容", 80))


def _lead(result: CheckResult, division: Division, sample: bool) -> list[str]:
    kinds = Counter(row.kind for row in result.rows)
    flagged = len({finding.ref for finding in result.findings})
    return [
        f"{division.name}地址核对报告",
        division.prefix + f"（{division.code}）" + ("　样例数据，人名、电话和住户都是虚构的" if sample else ""),
        f"共读入 {len(result.rows)} 行：住户 {kinds['household']} 行，公共场所 {kinds['public']} 行，停用 {kinds['retired']} 行；"
        f"合为 {len(result.households)} 户；{flagged} 行有问题，共 {len(result.findings)} 条。",
    ]


def _summary(findings: Sequence[Finding]) -> Iterator[tuple[Any, ...]]:
    counts = Counter((f.code, f.confidence) for f in findings)
    words = finding_words()
    codes = {code for code, _ in counts}
    for code in [*(c for c in words if c in codes), *sorted(codes - words.keys())]:
        word, todo = words.get(code, (code, "逐条核对"))
        sure, likely, ask = (counts[code, c] for c in ("sure", "likely", "ask"))
        yield word, sure + likely + ask, sure, likely, ask, todo


def _in_order(findings: Sequence[Finding]) -> list[Finding]:
    rank = {code: i for i, code in enumerate(finding_words())}
    return sorted(findings, key=lambda f: rank.get(f.code, len(rank)))


def _where(ref: SourceRef) -> tuple[str, str, int]:
    return ref.file, ref.sheet or "", ref.row


def _finding_row(finding: Finding) -> tuple[Any, ...]:
    word = finding_words().get(finding.code, (finding.code, ""))[0]
    others = "\n".join(f"{r.sheet or r.file} 第 {r.row} 行" for r in finding.with_)
    return (*_where(finding.ref), word, finding.value, finding.message, finding.proposal, _CONFIDENCE[finding.confidence], others)


def _checked_row(row: CheckedRow) -> tuple[Any, ...]:
    e, p = row.elements, row.point
    return (
        *_where(row.ref),
        _ROW_KIND[row.kind],
        row.standard_address or "（待定）",
        e.street or e.hamlet or e.compound if e else "",
        e.lane if e else "",
        e.number if e else "",
        e.suffix if e else "",
        row.grid or "",
        round(p.lon, 7) if p else "",
        round(p.lat, 7) if p else "",
        _OPERATION[row.operation],
    )


def _sheet_row(sheet: SheetReport) -> tuple[Any, ...]:
    columns = "；".join(
        f"{_ROLE[role]}←{header or '（按内容认出）'}".replace("\n", "") for role, header in sheet.columns.items() if role in _ROLE
    )
    kind = _SHEET_KIND[sheet.kind] + (f"·{_LIST_NAME.get(sheet.list_name, '')}" if sheet.list_name else "")
    return (
        sheet.file,
        sheet.sheet or "",
        kind,
        "、".join(map(str, sheet.header_rows)),
        sheet.rows_read,
        columns,
        _CRS[sheet.crs] if {"lon", "position"} & sheet.columns.keys() else "",
        sheet.grid_hint,
        sheet.street_hint,
    )


def _dropped(sheets: Sequence[SheetReport]) -> Iterator[tuple[Any, ...]]:
    for sheet in sheets:
        for row, reason, text in sheet.dropped:
            yield sheet.file, sheet.sheet or "", row, reason, text
