"""The child that opens a workbook: `python -m doorplate.exchange.formats.sheet_child cells|marks FILE LIMITS-JSON`.

It sets its own memory and time limit and answers in frames, each a length (4 bytes, big-endian) and a marshalled tuple:
("sheet", name, hidden, merges), ("rows", numbers, cells, {row: what was cut}), ("marks", {sheet: (hidden rows, struck
cells)}), ("refused", code, why), at last ("end",). Imports nothing heavy: it starts in a twentieth of a second.
"""

from __future__ import annotations

import gc
import json
import marshal
import resource
import sys
from collections.abc import Iterator
from typing import Any
from zipfile import BadZipFile

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from doorplate.exchange.formats.sheet_marks import SheetTooLarge, read_marks
from doorplate.exchange.meaning.values import cut, to_text

_BATCH = 1000


class _Refused(Exception):
    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code, self.why = code, why


def main() -> int:
    task, path, limits = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
    resource.setrlimit(resource.RLIMIT_AS, (limits["child_bytes"], limits["child_bytes"]))
    resource.setrlimit(resource.RLIMIT_CPU, (int(limits["seconds"]) + 1, int(limits["seconds"]) + 2))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    gc.disable()  # it only makes rows and ends
    for frame in _guarded(_marks(path, limits) if task == "marks" else _cells(path, limits)):
        data = marshal.dumps(frame)
        sys.stdout.buffer.write(len(data).to_bytes(4, "big") + data)
    return 0


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
    except (CalamineError, BadZipFile, OSError, ValueError, SyntaxError, KeyError, RuntimeError, NotImplementedError) as exc:
        yield "refused", "list.password" if "password" in str(exc).lower() else "list.broken", type(exc).__name__


def _marks(path: str, limits: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    found = read_marks(path, limits["workbook_cells"])
    yield "marks", {name: (sorted(marks.hidden_rows), sorted(marks.struck_cells)) for name, marks in found.items()}


def _cells(path: str, limits: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    book = CalamineWorkbook.from_path(path)
    for meta in book.sheets_metadata:
        if meta.typ == SheetTypeEnum.WorkSheet:
            sheet = book.get_sheet_by_name(meta.name)
            merges = [(*a, *b) for a, b in (sheet.merged_cell_ranges or ())]
            yield "sheet", meta.name, meta.visible != SheetVisibleEnum.Visible, merges
            yield from _rows(sheet, meta.name, limits)


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
