"""Any handed-over list, in whatever format, as ListRow. The only door into `exchange` for lists."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from doorplate.errors import InputError
from doorplate.exchange.formats.encoding import decode_lines
from doorplate.exchange.formats.files import form_of
from doorplate.exchange.formats.html_table import is_html, read_html
from doorplate.exchange.formats.outlines import is_outline
from doorplate.exchange.formats.text_table import read_text_table
from doorplate.exchange.formats.workbook import read_workbook
from doorplate.exchange.limits import Limits
from doorplate.exchange.meaning.chat import is_chat, read_chat
from doorplate.exchange.meaning.geo_points import read_geo
from doorplate.exchange.meaning.recognise import Sheet, harvest_streets, recognise
from doorplate.exchange.table import RawTable, ReadResult, SheetReport
from doorplate.model import Finding, ListRow

_HEAD_LINES = 400
_LONG_ENOUGH = 8_000  # characters of a line that tell what kind of text it is
__all__ = ["Limits", "ReadResult", "SheetReport", "read_lists"]


def read_lists(paths: Sequence[Path], *, limits: Limits = Limits()) -> ReadResult:  # noqa: B008 - frozen
    """Every line of every list, in the order of `paths`.

    A line that cannot be read is a finding, never an exception. Raises InputError with codes list.not_found,
    list.not_a_table, list.password, list.empty, list.header_only, list.no_address_column, list.too_wide,
    list.too_large, list.encoding, list.broken when a file as a whole cannot be used.
    """
    rows: list[ListRow] = []
    findings: list[Finding] = []
    reports: list[SheetReport] = []
    for path in paths:
        one = _read_one(path, limits)
        _must_be_useful(path.name, one)
        rows += one.rows
        findings += one.findings
        reports += one.sheets
    return ReadResult(tuple(rows), tuple(findings), tuple(reports))


def _read_one(path: Path, limits: Limits) -> ReadResult:
    form = form_of(path)
    if form == "geo":
        return _collect(read_geo(path, limits))
    if form == "workbook":
        return _read_tables(path, read_workbook(path, limits), limits)
    return _read_text(path, limits)


def _read_text(path: Path, limits: Limits) -> ReadResult:
    """A table with columns, chat, or plain lines of addresses — tried in this order."""
    head = [line[:_LONG_ENOUGH] for line in islice(decode_lines(path, limits.line_chars), _HEAD_LINES)]
    if is_outline(head):
        return ReadResult((), (), (SheetReport(path.name, None, "areas"),))
    if is_html("".join(head)):
        return _collect([recognise(read_html(path, limits))])
    table, has_columns = read_text_table(path, limits)
    sheet = recognise(table)
    if sheet.meaning.header is None and is_chat(head):
        rows, report = read_chat(path, limits)
        return ReadResult(tuple(rows), (), (report,))
    if not has_columns and sheet.kind not in ("list", "empty"):
        raise InputError(
            "list.not_a_table", f"文件 {path.name} 不是表格, 也不是接龙文字, 请给表格文件、CSV 或文本文件", file=path.name
        )
    return _collect([sheet])


def _read_tables(path: Path, tables: list[RawTable], limits: Limits) -> ReadResult:
    """Sheets are looked at twice: what a summary sheet says about grids helps to read the others."""
    streets: dict[str, str] = {}
    for table in tables:
        streets |= harvest_streets(recognise(table))
    return _collect([recognise(table, streets) for table in tables])


def _collect(sheets: Sequence[Sheet]) -> ReadResult:
    rows = [row for sheet in sheets for row in sheet.lines()]
    findings = [finding for sheet in sheets for finding in sheet.reader.findings]
    return ReadResult(tuple(rows), tuple(findings), tuple(sheet.report() for sheet in sheets))


def _must_be_useful(file: str, read: ReadResult) -> None:
    """A file without one line for us is refused, unless it is known to be something else that belongs to a handover."""
    kinds = [sheet.kind for sheet in read.sheets]
    if read.rows or "contacts" in kinds or "areas" in kinds:
        return
    if all(kind == "empty" for kind in kinds):
        raise InputError("list.empty", f"文件 {file} 是空的, 没有可读的内容, 请换成填好的文件", file=file)
    if "list" in kinds:
        raise InputError("list.header_only", f"文件 {file} 只有表头, 表头下面没有住户, 请检查是不是交错了空表", file=file)
    raise InputError("list.no_address_column", f"文件 {file} 里没有找到地址、街路巷、门牌号或坐标的列, 请检查表头", file=file)
