"""What every format is brought to before anybody asks what it means: numbered rows of plain text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from doorplate.model import Finding, ListRow

Crs = Literal["wgs84", "gcj02", "bd09"]
SheetKind = Literal["list", "instructions", "summary", "contacts", "areas", "empty", "unknown"]


@dataclass(frozen=True, slots=True)
class RawRow:
    """One physical row (number from 1). filled: columns whose text stands in a merged cell above; spans: merged runs
    of columns (first, last); struck: columns crossed out; trouble: (finding code, message) when the line was damaged
    on the way in."""

    number: int
    cells: tuple[str, ...]
    filled: frozenset[int] = frozenset()
    spans: tuple[tuple[int, int], ...] = ()
    struck: frozenset[int] = frozenset()
    hidden: bool = False
    trouble: tuple[str, str] | None = None

    def cell(self, column: int) -> str:
        return self.cells[column] if column < len(self.cells) else ""

    def written(self) -> list[int]:
        """Columns with a text of this row's own."""
        return [i for i, text in enumerate(self.cells) if text and i not in self.filled]


@dataclass(frozen=True, slots=True)
class RawTable:
    """A sheet or text file as rows; `rows` may be read once only (text files stream). merged: columns in which the
    file itself says which cells belong together."""

    file: str
    sheet: str | None
    rows: Iterable[RawRow]
    merged: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class SheetReport:
    """What was recognised in one sheet or file, shown before anything is written.

    columns: role → header text · grid_hint: grid number as digits ("3") or the grid's name or code as written ·
    dropped: (row, reason, text) of every line that is not a household's line.
    """

    file: str
    sheet: str | None
    kind: SheetKind
    header_rows: tuple[int, ...] = ()
    columns: dict[str, str] = field(default_factory=dict)
    crs: Crs | None = None
    list_name: str = ""
    grid_hint: str = ""
    street_hint: str = ""
    rows_read: int = 0
    dropped: tuple[tuple[int, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ReadResult:
    """All lines of all files in the order given, what could not be read, and what was recognised."""

    rows: tuple[ListRow, ...]
    findings: tuple[Finding, ...]
    sheets: tuple[SheetReport, ...]
