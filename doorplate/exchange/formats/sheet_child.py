"""The child that opens a workbook: `python -m doorplate.exchange.formats.sheet_child FILE LIMITS-JSON`.

It sets its own memory and time limit, then writes JSON lines: one `sheet` line, its rows in batches, at last `end`.
A refusal is a line {"refused": code, "why": text}. Imports nothing heavy: it starts in a tenth of a second.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator
from typing import IO, Any
from zipfile import BadZipFile

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from doorplate.exchange.formats.sheet_marks import Marks, SheetTooLarge, read_marks
from doorplate.exchange.meaning.values import cut, to_text

_BATCH = 500


class _Refused(Exception):
    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code, self.why = code, why


def main() -> int:
    path, limits = sys.argv[1], json.loads(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (limits["child_bytes"], limits["child_bytes"]))
    resource.setrlimit(resource.RLIMIT_CPU, (int(limits["seconds"]) + 1, int(limits["seconds"]) + 2))
    out = sys.stdout
    try:
        for line in _lines(path, limits):
            _write(out, line)
        _write(out, {"end": True})
    except _Refused as refusal:
        _write(out, {"refused": refusal.code, "why": refusal.why})
    except SheetTooLarge as exc:
        _write(out, {"refused": "list.too_wide", "why": str(exc)})
    except PasswordError:
        _write(out, {"refused": "list.password", "why": ""})
    except MemoryError:
        _write(out, {"refused": "list.too_large", "why": ""})
    except (CalamineError, BadZipFile, OSError, ValueError, SyntaxError, KeyError, RuntimeError, NotImplementedError) as exc:
        _write(out, {"refused": "list.password" if "password" in str(exc).lower() else "list.broken", "why": type(exc).__name__})
    return 0


def _write(out: IO[str], line: dict[str, Any]) -> None:
    out.write(json.dumps(line, ensure_ascii=True, separators=(",", ":")) + "\n")


def _lines(path: str, limits: dict[str, Any]) -> Iterator[dict[str, Any]]:
    marks = read_marks(path, limits["workbook_cells"])
    book = CalamineWorkbook.from_path(path)
    for meta in book.sheets_metadata:
        if meta.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = book.get_sheet_by_name(meta.name)
        found = marks.get(meta.name, Marks())
        yield {
            "sheet": meta.name,
            "hidden": meta.visible != SheetVisibleEnum.Visible,
            "hidden_rows": sorted(found.hidden_rows),
            "struck": sorted(found.struck_cells),
            "merges": [[*a, *b] for a, b in (sheet.merged_cell_ranges or ())],
        }
        yield from _row_lines(sheet, meta.name, limits)


def _row_lines(sheet: CalamineSheet, name: str, limits: dict[str, Any]) -> Iterator[dict[str, Any]]:
    start, end = sheet.start, sheet.end
    if start is None or end is None:
        return
    if (end[0] + 1) * (end[1] + 1) > limits["workbook_cells"]:
        raise _Refused("list.too_wide", f"{name}|{end[1] + 1}")
    indent = [""] * start[1]
    batch: list[list[Any]] = []
    for number, row in enumerate(sheet.iter_rows(), 1):
        texts = [to_text(v) for v in row]
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            told = cut(texts, limits["cell_chars"])
            batch.append([number, indent + texts, told])
        if len(batch) == _BATCH:
            yield {"rows": batch}
            batch = []
    yield {"rows": batch}


if __name__ == "__main__":
    sys.exit(main())
