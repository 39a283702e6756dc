"""The program that opens workbooks: `python -m doorplate.exchange.formats.sheet_child`, kept running by `sheet_helper`.

It reads requests, one JSON object a line (task "cells" or "marks", path, limits), and opens each workbook in a child of its
own that has limited memory and time. That child answers in frames, each a length (4 bytes, big-endian) and a marshalled tuple:
("strings", all shared strings, what stands between them, whether spaces are around them) · ("sheet", name, is hidden) ·
("grid", …) as `xlsx_plain` makes it · ("rows", numbers, cells, {row: what was cut}) · ("marks", merges, hidden rows, struck
cells) of the sheet before · ("again",): forget everything so far · ("all marks", {sheet: (hidden rows, struck cells)}) ·
("refused", code, why) · at last ("end",). When a child comes to another end, the program ends too: with 3 if a limit killed
the child, otherwise with 1.
"""

from __future__ import annotations

import gc
import json
import marshal
import os
import resource
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn
from zipfile import BadZipFile

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from doorplate.exchange.formats.marks import SheetTooLarge
from doorplate.exchange.formats.sheet_marks import read_marks
from doorplate.exchange.formats.xlsx_cells import PAD, NotPlain, find_cells
from doorplate.exchange.formats.xlsx_plain import plain_frames
from doorplate.exchange.meaning.values import cut, to_text
from doorplate.helpers.loop import NO_MORE, answer_all

_BATCH = 1000
_UNREADABLE = (CalamineError, BadZipFile, zlib.error, OSError, ValueError, SyntaxError, KeyError, RuntimeError, OverflowError)


class _Refused(Exception):
    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code, self.why = code, why


def main() -> int:
    gc.disable()  # nothing here lives long enough to be collected
    gc.freeze()
    return answer_all(_answer_one)


def _answer_one() -> NoReturn:
    _warm_up()
    line = sys.stdin.buffer.readline()
    if not line:
        os._exit(NO_MORE)
    wanted = json.loads(line)
    path, limits = wanted["path"], wanted["limits"]
    resource.setrlimit(resource.RLIMIT_AS, (limits["child_bytes"], limits["child_bytes"]))
    resource.setrlimit(resource.RLIMIT_CPU, (int(limits["seconds"]) + 1, int(limits["seconds"]) + 2))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for frame in _guarded(_marks(path, limits) if wanted["task"] == "marks" else _cells(path, limits)):
        data = marshal.dumps(frame)
        sys.stdout.buffer.write(len(data).to_bytes(4, "big") + data)
        sys.stdout.buffer.flush()
    os._exit(0)


def _warm_up() -> None:
    """Touch what a first workbook would have to wait for: lazily made parts of numpy, memory shared with the parent."""
    cells = b'<row r="1"><c r="A1"><v>1</v></c><c r="B1" s="1" t="s"><v>0</v></c></row>'
    find_cells(cells + PAD, len(cells), lambda styles: styles > 0)


def _guarded(frames: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """The frames and the end, or why there is none."""
    try:
        yield from frames
        yield ("end",)
    except _Refused as refusal:
        yield "refused", refusal.code, refusal.why
    except SheetTooLarge as exc:
        yield "refused", "list.too_wide", str(exc)
    except PasswordError:
        yield "refused", "list.password", ""
    except MemoryError:
        yield "refused", "list.too_large", ""
    except _UNREADABLE as exc:
        yield "refused", "list.password" if "password" in str(exc).lower() else "list.broken", type(exc).__name__


def _marks(path: str, limits: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    found = read_marks(Path(path), limits["workbook_cells"])
    yield "all marks", {name: (sorted(marks.hidden_rows), sorted(marks.struck_cells)) for name, marks in found.items()}


def _cells(path: str, limits: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    try:
        yield from plain_frames(path, limits)
    except (NotPlain, MemoryError, *_UNREADABLE):
        yield ("again",)  # whatever it was, calamine decides what the whole workbook is
        yield from _calamine_cells(path, limits)


def _calamine_cells(path: str, limits: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    book = CalamineWorkbook.from_path(path)
    for meta in book.sheets_metadata:
        if meta.typ == SheetTypeEnum.WorkSheet:
            sheet = book.get_sheet_by_name(meta.name)
            yield "sheet", meta.name, meta.visible != SheetVisibleEnum.Visible
            yield from _rows(sheet, meta.name, limits)
            yield "marks", [(*a, *b) for a, b in (sheet.merged_cell_ranges or ())], [], []


def _rows(sheet: CalamineSheet, name: str, limits: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    start, end = sheet.start, sheet.end
    if start is None or end is None:
        return
    if (end[0] + 1) * (end[1] + 1) > limits["workbook_cells"]:
        raise _Refused("list.too_wide", f"{name}|{end[1] + 1}")
    indent, most = [""] * start[1], limits["cell_chars"]
    numbers: list[int] = []
    cells: list[list[str]] = []
    told: dict[int, str] = {}
    for number, row in enumerate(sheet.iter_rows(), 1):
        texts = [v.strip() if v.__class__ is str and v[:1] != "'" else to_text(v) for v in row]
        while texts and not texts[-1]:
            texts.pop()
        if not texts:
            continue
        if max(map(len, texts)) > most:
            told[number] = cut(texts, most)
        numbers.append(number)
        cells.append(indent + texts if indent else texts)
        if len(numbers) == _BATCH:
            yield "rows", numbers, cells, told
            numbers, cells, told = [], [], {}
    yield "rows", numbers, cells, told


if __name__ == "__main__":
    sys.exit(main())
