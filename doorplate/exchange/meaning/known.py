"""What is known of a table beforehand, from its format or from a mapping file, and need not be recognised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from doorplate.errors import InputError
from doorplate.exchange.meaning.columns import fold
from doorplate.exchange.meaning.header import Header, header_at
from doorplate.exchange.table import Crs, RawRow, RawTable, SheetKind, column_of_letter


@dataclass(frozen=True, slots=True)
class Known:
    """None or "" = to be recognised. header: physical rows, () = there is none; columns: role → letters or header words;
    grid, street: "" = the sheet claims none."""

    first_is_header: bool = False
    crs: Crs | None = None
    list_name: str = ""
    kind: SheetKind | None = None
    header: tuple[int, ...] | None = None
    columns: Mapping[str, tuple[str, ...]] | None = None
    says_no_crs: bool = False
    grid: str | None = None
    street: str | None = None


NOTHING = Known()


def known_header(table: RawTable, rows: Sequence[RawRow], wanted: Sequence[int]) -> Header | None:
    """The header in these physical rows. Raises InputError(mapping.no_such_row)."""
    if not wanted:
        return None
    at = [i for i, row in enumerate(rows) if min(wanted) <= row.number <= max(wanted)]
    if not at:
        shown = "、".join(map(str, wanted))
        message = f"读表说明里{where(table)}的表头写在第 {shown} 行, 那里没有字, 请改正"
        raise InputError("mapping.no_such_row", message, file=table.file, sheet=table.sheet)
    return header_at(rows, at[0], at[-1])


def known_columns(
    table: RawTable, header: Header | None, rows: Sequence[RawRow], wanted: Mapping[str, tuple[str, ...]]
) -> dict[str, list[int]]:
    """role → column indices. Raises InputError(mapping.no_such_column)."""
    width = max([len(row.cells) for row in rows] + [len(header.labels) if header else 0])
    labels = [(fold(label.text), fold(str(label))) if label else () for label in (header.labels if header else ())]
    return {role: [_index(table, text, labels, width) for text in texts] for role, texts in wanted.items()}


def _index(table: RawTable, text: str, labels: Sequence[tuple[str, ...]], width: int) -> int:
    """A letter within the table counts before a header of the same word."""
    letter = column_of_letter(text)
    if letter is not None and letter < width:
        return letter
    found = [i for i, words in enumerate(labels) if fold(text) in words]
    if found:
        return found[0]
    message = f"读表说明里{where(table)}写了列“{text}”, 表里没有这一列, 也没有这个表头, 请改正"
    raise InputError("mapping.no_such_column", message, file=table.file, sheet=table.sheet)


def where(table: RawTable) -> str:
    """The table in words, for a message."""
    return f"文件 {table.file} " + (f"的表“{table.sheet}”" if table.sheet is not None else "")
