"""The links of services and notices with what became of them, as a table for the office."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from doorplate.exchange.whole_file import whole_file
from doorplate.link_check import WORDS, CheckedLink

HEADS = ("结果", "状态", "用在哪里", "区域", "链接", "说明")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet takes a text that begins so for a formula


def link_rows(checked: Iterable[CheckedLink]) -> list[tuple[str, ...]]:
    """A row a link under HEADS."""
    return [(WORDS[one.verdict], str(one.status or ""), one.link.source, one.link.area or "各处", one.link.url, one.detail)
            for one in checked]


def write_links(path: Path, rows: Sequence[Sequence[str]]) -> None:
    """CSV as spreadsheets read it; the file appears whole or not at all."""
    with whole_file(path) as draft, draft.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADS)
        writer.writerows([f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell for cell in row] for row in rows)
