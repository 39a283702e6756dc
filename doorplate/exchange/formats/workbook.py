"""XLSX, XLS and ODS → RawTable, opened in a child process with limited memory and time."""

from __future__ import annotations

import json
import marshal
import os
import subprocess
import sys
import threading
import zipfile
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import doorplate
from doorplate.errors import InputError
from doorplate.exchange.formats.sheet_marks import may_have_marks
from doorplate.exchange.limits import Limits
from doorplate.exchange.table import RawRow, RawTable

_NONE: frozenset[int] = frozenset()
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
    sheets: list[_Sheet] = []
    with _Child("cells", path, limits) as child:
        is_marked = may_have_marks(path)  # while the child is busy
        for kind, *told in child.frames():
            if kind == "sheet":
                sheets.append(_Sheet(*told))
            else:
                sheets[-1].add(*told)
    for sheet, (hidden, struck) in _marks(path, limits).items() if is_marked or not sheets else ():
        for one in sheets:
            if one.name == sheet:
                one.hidden_rows, one.struck = hidden, struck
    return [_table(path.name, sheet, limits) for sheet in sheets]


def _marks(path: Path, limits: Limits) -> dict[str, tuple[list[int], list[tuple[int, int]]]]:
    with _Child("marks", path, limits) as child:
        return {name: found for frame in child.frames() for name, found in frame[1].items()}


class _Child:
    """The program that opens the workbook, and its answer as a stream; killed when its time is over."""

    def __init__(self, task: str, path: Path, limits: Limits) -> None:
        self._task, self._path, self._limits = task, path, limits

    def __enter__(self) -> _Child:
        root = str(Path(doorplate.__file__).resolve().parent.parent)
        env = {"PYTHONPATH": root, "PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"}
        wanted = [self._task, str(self._path.resolve()), json.dumps(asdict(self._limits))]
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module; the file's name is one argument
            [sys.executable, "-m", "doorplate.exchange.formats.sheet_child", *wanted],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=env,
        )
        self._clock = threading.Timer(self._limits.seconds, self._process.kill)
        self._clock.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._clock.cancel()
        self._process.kill()
        self._process.communicate()

    def frames(self) -> Iterator[tuple[Any, ...]]:
        """What the child tells, up to its end. Raises InputError when it refuses or does not come to an end."""
        answer = self._process.stdout
        while answer and len(head := answer.read(4)) == 4:
            size = int.from_bytes(head, "big")
            data = answer.read(size)
            frame: tuple[Any, ...] = marshal.loads(data) if len(data) == size else ("cut off",)  # noqa: S302 - written by our own child
            if frame[0] == "end":
                return
            if frame[0] == "refused":
                raise self._refusal(frame[1], frame[2])
            if frame[0] != "cut off":
                yield frame
        stopped = self._process.wait() not in (0, 1)  # killed by a limit; 1 is a parser that gave up on what it read
        raise self._refusal("list.too_large" if stopped else "list.broken", "")

    def _refusal(self, code: str, why: str) -> InputError:
        """A sheet that reaches too far takes all memory: then its last column is what to tell."""
        if code == "list.too_large" and self._task == "cells" and zipfile.is_zipfile(self._path):
            _marks(self._path, self._limits)
        return refuse(code, self._path.name, why)


@dataclass(slots=True)
class _Sheet:
    """merges: (first row, first column, last row, last column) from 0; struck: (row from 1, column from 0)."""

    name: str
    hidden: bool
    merges: list[tuple[int, int, int, int]]
    texts: dict[int, list[str]] = field(default_factory=dict)
    cut: dict[int, str] = field(default_factory=dict)  # row → what was cut off
    hidden_rows: list[int] = field(default_factory=list)
    struck: list[tuple[int, int]] = field(default_factory=list)

    def add(self, numbers: list[int], cells: list[list[str]], told: dict[int, str]) -> None:
        self.texts.update(zip(numbers, cells, strict=True))
        self.cut |= told


def _table(file: str, sheet: _Sheet, limits: Limits) -> RawTable:
    if len(sheet.texts) > limits.rows:
        raise refuse("list.too_large", file)
    merged = frozenset(c0 for r0, c0, r1, _ in sheet.merges if r1 > r0)
    if sheet.merges or sheet.struck or sheet.hidden_rows or sheet.hidden or sheet.cut:
        return RawTable(file, sheet.name, list(_rows(sheet)), merged)
    return RawTable(file, sheet.name, [RawRow(number, tuple(cells)) for number, cells in sheet.texts.items()], merged)


def _rows(sheet: _Sheet) -> Iterator[RawRow]:
    """Rows with merged cells filled downwards: every row of a run shows the text written once at its top."""
    texts = sheet.texts
    numbers = list(texts)
    filled: dict[int, set[int]] = {}
    spans: dict[int, list[tuple[int, int]]] = {}
    for r0, c0, r1, c1 in sheet.merges:
        run = numbers[bisect_left(numbers, r0 + 1) : bisect_right(numbers, r1 + 1)]
        for number in run[1:] if run and run[0] == r0 + 1 else ():
            _fill(texts[number], c0, texts[run[0]], filled.setdefault(number, set()))
        for number in run[:_SPAN_ROWS] if c1 > c0 else ():
            spans.setdefault(number, []).append((c0, c1))
    struck: dict[int, set[int]] = {}
    for row, column in sheet.struck:
        struck.setdefault(row, set()).add(column)
    hidden = set(sheet.hidden_rows)
    for number, cells in texts.items():
        yield RawRow(
            number,
            tuple(cells),
            frozenset(filled[number]) if number in filled else _NONE,
            tuple(spans[number]) if number in spans else (),
            frozenset(struck[number]) if number in struck else _NONE,
            sheet.hidden or number in hidden,
            sheet.cut.get(number, ""),
        )


def _fill(cells: list[str], column: int, top: list[str], filled: set[int]) -> None:
    if column < len(top) and top[column]:
        cells.extend([""] * (column + 1 - len(cells)))
        cells[column] = top[column]
        filled.add(column)
