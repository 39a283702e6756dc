"""Findings and rows as JSON lines, in the order and with the keys other programs rely on (design.md, Interfaces)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from doorplate.exchange.report import write_report
from doorplate.exchange.whole_file import whole_file
from doorplate.model import CheckedRow, Finding

__all__ = ["write_findings", "write_report", "write_rows"]


def write_findings(path: Path, findings: Iterable[Finding]) -> None:
    """One finding a line; the same findings give the same bytes."""
    _write(path, (finding.as_json() for finding in findings))


def write_rows(path: Path, rows: Iterable[CheckedRow]) -> None:
    """One checked row a line; the same rows give the same bytes."""
    _write(path, (row.as_json() for row in rows))


def _write(path: Path, records: Iterable[Mapping[str, Any]]) -> None:
    with whole_file(path) as draft, draft.open("w", encoding="utf-8", newline="\n") as out:
        for record in records:
            out.write(json.dumps(record, ensure_ascii=False) + "\n")
