"""What every format is brought to before anybody asks what it means: numbered rows of plain text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from doorplate.model import Finding, ListRow

Crs = Literal["wgs84", "gcj02", "bd09"]
SheetKind = Literal["list", "instructions", "summary", "contacts", "areas", "empty", "unknown", "ignored"]


class RawRow(NamedTuple):
    """One physical row (number from 1). filled: columns whose text stands in a merged cell above; spans: merged runs
    of columns (first, last); struck: columns crossed out; trouble: what to tell about a line that was damaged on
    the way in."""

    number: int
    cells: tuple[str, ...]
    filled: frozenset[int] = frozenset()
    spans: tuple[tuple[int, int], ...] = ()
    struck: frozenset[int] = frozenset()
    hidden: bool = False
    trouble: str = ""

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
    dropped: (row, reason, text) of every line that is not a household's line · places: role → columns from 0 (several for
    notes), empty for chats · from_map: columns are the fields of a map layer.
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
    places: dict[str, tuple[int, ...]] = field(default_factory=dict)
    from_map: bool = False


@dataclass(frozen=True, slots=True)
class ReadResult:
    """All lines of all files in the order given, what could not be read, and what was recognised."""

    rows: tuple[ListRow, ...]
    findings: tuple[Finding, ...]
    sheets: tuple[SheetReport, ...]


def column_letter(index: int) -> str:
    """0 → "A", 26 → "AA"."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_of_letter(text: str) -> int | None:
    """ "A" → 0, "XFD" → 16383; None for anything that is no column's letter."""
    if not (1 <= len(text) <= 3 and text.isascii() and text.isalpha() and text.isupper()):
        return None
    index = 0
    for letter in text:
        index = index * 26 + ord(letter) - 64
    return index - 1
