"""XLSX, XLS and ODS → RawTable, opened in a child process with limited memory and time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import doorplate
from doorplate.errors import InputError
from doorplate.exchange.limits import Limits
from doorplate.exchange.table import RawRow, RawTable

_SPAN_ROWS = 20  # sideways merges matter in headers and subtitles only
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
    with tempfile.TemporaryFile() as answer:
        code = _run_child(path, limits, answer)
        answer.seek(0)
        sheets, complete = _sheets(answer, path.name)
    if code not in (0, 1):  # killed by a limit; 1 is a parser that gave up on what it read
        raise refuse("list.too_large", path.name)
    if not complete:
        raise refuse("list.broken", path.name)
    return [_table(path.name, s, limits) for s in sheets]


def _run_child(path: Path, limits: Limits, answer: IO[bytes]) -> int:
    root = str(Path(doorplate.__file__).resolve().parent.parent)
    env = {"PYTHONPATH": root, "PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"}
    command = [sys.executable, "-m", "doorplate.exchange.formats.sheet_child", str(path.resolve()), json.dumps(asdict(limits))]
    try:
        return subprocess.run(  # noqa: S603 - our own interpreter and module; the file's name is one argument
            command,
            stdin=subprocess.DEVNULL,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            env=env,
            timeout=limits.seconds,
            check=False,
        ).returncode
    except subprocess.TimeoutExpired as exc:
        raise refuse("list.too_large", path.name) from exc


@dataclass(slots=True)
class _Sheet:
    name: str
    head: dict[str, Any]
    rows: list[tuple[int, list[str]]]
    cut: dict[int, str]  # row → what was cut off


def _sheets(answer: IO[bytes], file: str) -> tuple[list[_Sheet], bool]:
    sheets: list[_Sheet] = []
    complete = False
    for raw in answer:
        line = json.loads(raw) if raw.endswith(b"\n") else {}
        if "rows" in line:
            sheets[-1].rows += [(number, cells) for number, cells, _ in line["rows"]]
            sheets[-1].cut |= {number: told for number, _, told in line["rows"] if told}
        elif "sheet" in line:
            sheets.append(_Sheet(line["sheet"], line, [], {}))
        elif "refused" in line:
            raise refuse(line["refused"], file, line["why"])
        complete = "end" in line
    return sheets, complete


def _table(file: str, sheet: _Sheet, limits: Limits) -> RawTable:
    if len(sheet.rows) > limits.rows:
        raise refuse("list.too_large", file)
    merged = frozenset(c0 for r0, c0, r1, _ in sheet.head["merges"] if r1 > r0)
    return RawTable(file, sheet.name, list(_rows(sheet)), merged)


def _rows(sheet: _Sheet) -> Iterator[RawRow]:
    """Rows with merged cells filled downwards: every row of a run shows the text written once at its top."""
    texts = dict(sheet.rows)
    numbers = [number for number, _ in sheet.rows]
    filled: dict[int, set[int]] = {}
    spans: dict[int, list[tuple[int, int]]] = {}
    for r0, c0, r1, c1 in sheet.head["merges"]:
        run = numbers[bisect_left(numbers, r0 + 1) : bisect_right(numbers, r1 + 1)]
        for number in run[1:] if run and run[0] == r0 + 1 else ():
            _fill(texts[number], c0, texts[run[0]], filled.setdefault(number, set()))
        for number in run[:_SPAN_ROWS] if c1 > c0 else ():
            spans.setdefault(number, []).append((c0, c1))
    struck: dict[int, set[int]] = {}
    for row, column in sheet.head["struck"]:
        struck.setdefault(row, set()).add(column)
    hidden = set(sheet.head["hidden_rows"])
    for number in numbers:
        trouble = ("unreadable.too_long", sheet.cut[number]) if number in sheet.cut else None
        yield RawRow(
            number,
            tuple(texts[number]),
            frozenset(filled.get(number, ())),
            tuple(spans.get(number, ())),
            frozenset(struck.get(number, ())),
            number in hidden or sheet.head["hidden"],
            trouble,
        )


def _fill(cells: list[str], column: int, top: list[str], filled: set[int]) -> None:
    if column < len(top) and top[column]:
        cells.extend([""] * (column + 1 - len(cells)))
        cells[column] = top[column]
        filled.add(column)
