"""Any handed-over list, in whatever format, as ListRow. The only door into `exchange` for lists."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import islice
from pathlib import Path

from doorplate.errors import InputError
from doorplate.exchange.formats.encoding import decode_lines
from doorplate.exchange.formats.files import form_of
from doorplate.exchange.formats.html_table import is_html, read_html
from doorplate.exchange.formats.outlines import is_outline
from doorplate.exchange.formats.text_table import read_text_table
from doorplate.exchange.formats.workbook import read_workbook
from doorplate.exchange.formats.xml_2003 import is_xml_2003, read_xml_2003
from doorplate.exchange.limits import Limits
from doorplate.exchange.mapping import ListMapping
from doorplate.exchange.meaning.chat.reading import is_chat, read_chat
from doorplate.exchange.meaning.geo_points import read_geo
from doorplate.exchange.meaning.known import NOTHING, Known
from doorplate.exchange.meaning.recognise import Sheet, harvest_streets, recognise
from doorplate.exchange.table import RawTable, ReadResult, SheetReport
from doorplate.model import Finding, SourceRef

_FEWEST_LINES = 5
_HEAD_LINES = 400
_TABLE_SUFFIXES = {".csv", ".tsv", ".tab", ".psv"}
_LONG_ENOUGH = 8_000  # characters of a line that tell what kind of text it is
AS_RECOGNISED = ListMapping()
__all__ = ["Limits", "ReadResult", "SheetReport", "read_lists"]


def read_lists(
    paths: Sequence[Path],
    *,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    mapping: ListMapping = AS_RECOGNISED,
) -> ReadResult:
    """Every line of every list, in the order of `paths`. mapping overrules what is recognised.

    A line that cannot be read is a finding, never an exception. Raises InputError with codes list.not_found,
    list.not_a_table, list.password, list.empty, list.header_only, list.no_address_column, list.side_by_side,
    list.too_wide, list.too_large, list.encoding, list.broken when a file as a whole cannot be used (its message names
    all files that cannot), and mapping.* for a mapping that does not fit.
    """
    mapping.require(path.name for path in paths)
    read: list[ReadResult] = []
    refused: list[InputError] = []
    for path in paths:
        try:
            one = _read_one(path, limits, mapping)
            _must_be_useful(path.name, one)
            read.append(one)
        except InputError as exc:
            refused.append(exc)
    if refused:
        raise _refusal(refused, len(paths))
    rows = tuple(row for one in read for row in one.rows)
    findings = tuple(finding for one in read for finding in one.findings)
    return ReadResult(rows, findings, tuple(sheet for one in read for sheet in one.sheets))


def _refusal(refused: Sequence[InputError], files: int) -> InputError:
    """The first refusal; of several files it also says which others cannot be used, so that one round mends them all."""
    first = refused[0]
    if files == 1:
        return first
    others = "、".join(str(exc.details.get("file", "")) for exc in refused[1:])
    also = f"; 另外 {others} 也不能用" if others else f"; 其余 {files - 1} 个文件能读" if files > 1 else ""
    return InputError(first.code, f"{first.message}{also}, 这次什么都没有读入", **first.details)


def _read_one(path: Path, limits: Limits, mapping: ListMapping) -> ReadResult:
    form = form_of(path)
    if form == "geo":
        return _collect(read_geo(path, limits, partial(_known, mapping, path.name)))
    if form == "workbook":
        return _read_tables(read_workbook(path, limits), mapping)
    return _read_text(path, limits, mapping)


def _known(mapping: ListMapping, file: str, sheet: str | None) -> Known:
    entry = mapping.of(file, sheet)
    return entry.known() if entry else NOTHING


def _read_text(path: Path, limits: Limits, mapping: ListMapping) -> ReadResult:
    """A workbook or page in disguise, a table with columns, chat, or plain lines of addresses — tried in this order."""
    entry = mapping.of(path.name, None)
    known = entry.known() if entry else NOTHING
    head = [line[:_LONG_ENOUGH] for line in islice(decode_lines(path, limits.line_chars), _HEAD_LINES)]
    if is_outline(head):
        return ReadResult((), (), (SheetReport(path.name, None, "areas"),))
    if is_xml_2003("".join(head)):
        return _read_tables(read_xml_2003(path, limits), mapping)
    if is_html("".join(head)):
        return _collect([recognise(read_html(path, limits), known=known)])
    table, has_columns = read_text_table(path, limits)
    sheet = recognise(table, known=known)
    is_table = sheet.meaning.header is not None or (has_columns and path.suffix.lower() in _TABLE_SUFFIXES)
    asked = entry.read if entry else "auto"
    if asked == "chat" or (known.kind is None and not is_table and is_chat(head, path.name, has_columns=has_columns)):
        rows, findings, report = read_chat(path, limits, known.list_name)
        if rows:
            return ReadResult(tuple(rows), tuple(findings), (report,))
        raise _no_text(path)
    if not has_columns and sheet.kind not in ("list", "empty", "ignored"):
        raise _no_text(path)
    return _collect([sheet])


def _no_text(path: Path) -> InputError:
    message = f"文件 {path.name} 不是表格, 也没有读出一户接龙, 请给表格、CSV, 或每行写“户主 地址 人数”的文本文件"
    return InputError("list.not_a_table", message, file=path.name)


def _read_tables(tables: list[RawTable], mapping: ListMapping) -> ReadResult:
    """What a summary sheet says about grids helps to read the others, which are looked at once more then."""
    sheets = [recognise(table, known=_known(mapping, table.file, table.sheet)) for table in tables]
    streets = {grid: street for sheet in sheets for grid, street in harvest_streets(sheet).items()}
    if streets:
        sheets = [recognise(table, streets, _known(mapping, table.file, table.sheet)) for table in tables]
    return _collect(sheets)


def _collect(sheets: Sequence[Sheet]) -> ReadResult:
    rows = [row for sheet in sheets for row in sheet.lines()]
    findings = [finding for sheet in sheets for finding in (*sheet.reader.findings, *_not_understood(sheet))]
    return ReadResult(tuple(rows), tuple(findings), tuple(sheet.report() for sheet in sheets))


def _not_understood(sheet: Sheet) -> list[Finding]:
    """A table beside a list that nobody recognised may hold households: say so instead of leaving it out silently."""
    lines = [row for row in sheet.head if len(row.written()) > 1]
    if sheet.kind != "unknown" or len(lines) < _FEWEST_LINES:
        return []
    ref = SourceRef(sheet.meaning.file, sheet.meaning.sheet, lines[0].number)
    message = "这张表没有认出地址列, 一行也没有读入。如果里面有住户, 请补上表头(户主、地址或街路巷和门牌号)再试"
    return [Finding(ref, "incomplete.unreadable", "", "", message, "", "ask")]


def _must_be_useful(file: str, read: ReadResult) -> None:
    """A file without one line for us is refused, unless it is known to be something else that belongs to a handover."""
    kinds = [sheet.kind for sheet in read.sheets]
    if read.rows or {"contacts", "areas", "ignored"} & set(kinds):
        return
    if all(kind == "empty" for kind in kinds):
        raise InputError("list.empty", f"文件 {file} 是空的, 没有可读的内容, 请换成填好的文件", file=file)
    if "list" in kinds:
        raise InputError("list.header_only", f"文件 {file} 只有表头, 表头下面没有住户, 请检查是不是拿成了空表", file=file)
    raise InputError("list.no_address_column", f"文件 {file} 里没有找到地址、街路巷、门牌号或坐标的列, 请检查表头", file=file)
