"""One table → what it is and what its columns mean → its lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice

from doorplate.errors import InputError
from doorplate.exchange.meaning.columns import NOT_OURS, assign, meanings
from doorplate.exchange.meaning.header import Header, find_header, header_at, stands_twice
from doorplate.exchange.meaning.hints import crs_in, grid_in, is_register, streets_in
from doorplate.exchange.meaning.kinds import kind_of
from doorplate.exchange.meaning.lines import LineReader, Meaning, run_roles
from doorplate.exchange.meaning.values import is_blank
from doorplate.exchange.table import Crs, RawRow, RawTable, SheetKind, SheetReport
from doorplate.model import ListRow

_LOOK_AHEAD = 300


@dataclass(slots=True)
class Sheet:
    """A table that has been looked at. `lines()` reads it; `report()` is complete afterwards.
    roles: every recognised column, those that no ListRow carries (职务, 户数) included."""

    kind: SheetKind
    roles: Mapping[str, int]
    meaning: Meaning
    head: list[RawRow]
    rest: Iterator[RawRow]
    header_texts: dict[str, str]
    reader: LineReader = field(init=False)

    def __post_init__(self) -> None:
        self.reader = LineReader(self.meaning)

    def lines(self) -> Iterator[ListRow]:
        """The lines, streaming. Nothing unless this is a list."""
        if self.kind == "list":
            yield from self.reader.lines(chain(self.body(), self.rest))

    def body(self) -> list[RawRow]:
        """The rows below the header that have been looked at."""
        header = self.meaning.header
        return self.head[header.last + 1 :] if header else self.head

    def report(self) -> SheetReport:
        """What was recognised, and what `lines()` left out."""
        m = self.meaning
        header = m.header
        numbers = tuple(r.number for r in self.head[header.first : header.last + 1]) if header else ()
        is_list = self.kind == "list"
        return SheetReport(
            m.file,
            m.sheet,
            self.kind,
            numbers,
            self.header_texts,
            m.crs,
            m.list_name if is_list else "",
            m.grid_hint,
            m.street_hint,
            self.reader.count,
            tuple(self.reader.dropped),
        )


def recognise(
    table: RawTable,
    streets_of_grid: Mapping[str, str] | None = None,
    *,
    first_is_header: bool = False,
    crs: Crs | None = None,
    list_name: str = "",
    kind: SheetKind | None = None,
) -> Sheet:
    """Look at the first rows and decide what the table is. streets_of_grid: from a summary sheet, used where the sheet
    itself names a grid but no street. The other arguments state what is known and need not be recognised."""
    rows = iter(table.rows)
    head = list(islice(rows, _LOOK_AHEAD))
    header = header_at(head, 0, 0) if first_is_header and head else find_header(head)
    body = head[header.last + 1 :] if header else head
    if header and stands_twice(header):
        where = f"文件 {table.file}" + (f" 的表“{table.sheet}”" if table.sheet else "")
        raise InputError(
            "list.side_by_side",
            f"{where}左右并排了两栏住户(第 {head[header.first].number} 行的表头重复), 请把右边一栏剪贴到左边一栏的下面再试",
            file=table.file,
            sheet=table.sheet,
        )
    roles, texts, notes = _columns(header, body)
    titles = [t for r in (head[: header.first] if header else []) for t in dict.fromkeys(r.cells) if t]
    name = table.sheet if table.sheet is not None else table.file
    kind = kind or kind_of(name, titles, roles, head, has_header=header is not None)
    columns = {role: i for role, i in roles.items() if role not in NOT_OURS}
    grid = grid_in(name) or next(filter(None, map(grid_in, titles)), "")
    streets = streets_in(name.rsplit(".", 1)[0]) or next(filter(None, map(streets_in, titles)), [])
    words = [*titles, *texts.values(), *([str(x) for x in header.labels if x] if header else []), name]
    meaning = Meaning(
        table.file,
        table.sheet,
        columns,
        notes,
        roles.get("relation"),
        run_roles(columns, body, table.merged),
        header,
        crs or crs_in(words) or crs_in([table.file]),
        list_name or ("register" if is_register([table.file, *titles], texts) else "sheets"),
        grid,
        "、".join(streets) or (streets_of_grid or {}).get(grid, ""),
    )
    return Sheet(kind, roles, meaning, head, rows, texts)


def _columns(header: Header | None, body: list[RawRow]) -> tuple[dict[str, int], dict[str, str], tuple[int, ...]]:
    """(role → column, role → header text, further note columns)."""
    width = max([len(r.cells) for r in body] + [len(header.labels) if header else 0])
    labels = list(header.labels) if header else []
    telling = [r for r in body if len(r.written()) > min(1, width - 1)]
    samples = [[r.cell(i) for r in telling if not is_blank(r.cell(i)) and i not in r.filled] for i in range(width)]
    roles = assign(labels, samples)
    in_order = sorted(roles.items(), key=lambda item: item[1])
    texts = {role: str(labels[i]) if i < len(labels) and labels[i] else "" for role, i in in_order}
    notes = tuple(i for i, label in enumerate(labels) if label and i not in roles.values() and "note" in meanings(label.text))
    return roles, texts, notes


def harvest_streets(sheet: Sheet) -> dict[str, str]:
    """grid number → streets, from a summary sheet's rows."""
    grid, street = sheet.meaning.columns.get("grid"), sheet.meaning.columns.get("street")
    if sheet.kind != "summary" or grid is None or street is None:
        return {}
    found = {grid_in(r.cell(grid)): r.cell(street) for r in sheet.body() if r.cell(street)}
    found.pop("", None)
    return found
