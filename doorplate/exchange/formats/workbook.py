"""XLSX, XLS and ODS → RawTable, opened in a process with limited memory and time."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path

from doorplate.collecting import uncollected
from doorplate.errors import InputError
from doorplate.exchange.formats.sheet_helper import Refused, opened
from doorplate.exchange.formats.sheet_marks import are_needed, may_have_marks
from doorplate.exchange.formats.sheet_rows import SheetRows, shared_texts
from doorplate.exchange.limits import Limits
from doorplate.exchange.table import RawTable

_WHY = {
    "list.password": "文件 {file} 设了打开密码, 请取消密码后另存再试",
    "list.too_wide": "文件 {file} 的表“{sheet}”一直写到第 {column} 列, 请删去右边和下边用不到的行列后再试",
    "list.too_large": "文件 {file} 太大, 打开它要用的内存或时间超出限度, 请分成几个文件再试",
    "list.broken": "文件 {file} 已损坏, 打不开, 请用表格软件打开后另存再试",
}


def refuse(code: str, file: str, why: str = "") -> InputError:
    """The InputError for one of the codes above; why: "sheet|column" for list.too_wide."""
    sheet, _, column = why.partition("|")
    return InputError(code, _WHY[code].format(file=file, sheet=sheet, column=column), file=file, sheet=sheet or None)


def check_container(path: Path, limits: Limits) -> None:
    """Refuse what is too big on disk or would unpack to too much, before anything is unpacked."""
    if path.stat().st_size > limits.workbook_bytes:
        raise refuse("list.too_large", path.name)
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as exc:
        raise refuse("list.broken", path.name) from exc
    if sum(i.file_size for i in infos) > limits.unpacked_bytes or len(infos) > 10_000:
        raise refuse("list.too_large", path.name)


def read_workbook(path: Path, limits: Limits) -> list[RawTable]:
    """Every sheet in the workbook's own order. Raises InputError list.password, .too_wide, .too_large, .broken."""
    check_container(path, limits)
    try:
        with uncollected():
            sheets = _sheets(path, limits)
    except Refused as refused:
        raise refuse(refused.code, path.name, refused.why) from refused
    if any(len(sheet.rows) > limits.rows for sheet in sheets):
        raise refuse("list.too_large", path.name)
    return [sheet.table(path.name) for sheet in sheets]


def _sheets(path: Path, limits: Limits) -> list[SheetRows]:
    sheets: list[SheetRows] = []
    strings, is_marked = shared_texts(None), False
    try:
        with opened("cells", path, limits) as frames:
            for kind, *told in frames:
                if kind == "strings":
                    strings = shared_texts(*told)
                elif kind == "sheet":
                    sheets.append(SheetRows(*told))
                elif kind == "grid":
                    sheets[-1].add_grid(strings, told)
                elif kind == "rows":
                    sheets[-1].add_rows(*told)
                elif kind == "marks":
                    sheets[-1].add_marks(*told)
                elif kind == "again":
                    sheets.clear()
                    is_marked = may_have_marks(path)  # while the child begins again
                if sum(sheet.texts for sheet in sheets) > limits.workbook_texts:
                    raise Refused("list.too_large")
    except Refused as refused:
        if refused.code == "list.too_large" and zipfile.is_zipfile(path):
            _add_marks(path, limits, ())  # a sheet that reaches too far takes all memory: then its last column is what to tell
        raise
    if is_marked or not sheets:
        _add_marks(path, limits, sheets)
    return sheets


def _add_marks(path: Path, limits: Limits, sheets: Iterable[SheetRows]) -> None:
    """Hidden rows and struck cells, which calamine does not tell. Raises Refused where they are needed (see `sheet_marks`)."""
    try:
        with opened("marks", path, limits) as frames:
            marks = {name: found for frame in frames for name, found in frame[1].items()}
    except Refused:
        if are_needed(path):
            raise
        return
    for sheet in sheets:
        sheet.hidden_rows, sheet.struck = marks.get(sheet.name, ([], []))
