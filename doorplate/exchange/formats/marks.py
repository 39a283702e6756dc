"""The marks that calamine does not hand over with the values: hidden rows and struck-through cells."""

from __future__ import annotations

from dataclasses import dataclass, field

MOST_MARKS = 1_000_000  # (D) of one workbook; kept as Python's pairs of numbers they take 150 MB


class SheetTooLarge(Exception):
    """A sheet reaches so far that opening it would take more memory than allowed; text: "sheet|last column"."""


@dataclass(slots=True)
class Marks:
    """hidden_rows: row numbers from 1; struck_cells: (row from 1, column from 0)."""

    hidden_rows: set[int] = field(default_factory=set)
    struck_cells: set[tuple[int, int]] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.hidden_rows) + len(self.struck_cells)
