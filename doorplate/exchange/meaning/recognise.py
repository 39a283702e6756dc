"""One table → what it is and what its columns mean → its lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

from doorplate.errors import InputError
from doorplate.exchange.meaning.columns import NOT_OURS, assign, meanings
from doorplate.exchange.meaning.header import Header, find_header, header_at, stands_twice
from doorplate.exchange.meaning.hints import crs_in, folded, grid_in, is_register, streets_in
from doorplate.exchange.meaning.kinds import kind_of
from doorplate.exchange.meaning.known import NOTHING, Known, known_columns, known_header, where
from doorplate.exchange.meaning.lines import LineReader, Meaning, run_roles
from doorplate.exchange.meaning.values import is_blank
from doorplate.exchange.table import Crs, RawRow, RawTable, SheetKind, SheetReport
from doorplate.model import ListRow

_LOOK_AHEAD = 300
_FOOT_ROWS = 12
_FEWEST_TELLING = 5


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
    from_map: bool = False
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
        numbers = tuple(r.number for r in self.head[header.first : header.last + 1] if r.number) if header else ()
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
            self._places(),
            self.from_map,
        )

    def _places(self) -> dict[str, tuple[int, ...]]:
        m = self.meaning
        places: dict[str, tuple[int, ...]] = {role: (i,) for role, i in m.columns.items()}
        if m.notes:
            places["note"] = (*places.get("note", ()), *m.notes)
        if m.relation is not None:
            places["relation"] = (m.relation,)
        return places


def recognise(table: RawTable, streets_of_grid: Mapping[str, str] | None = None, known: Known = NOTHING) -> Sheet:
    """Look at the first rows and decide what the table is. streets_of_grid: from a summary sheet, used where the sheet
    itself names a grid but no street. Raises InputError list.side_by_side."""
    rows = iter(table.rows)
    head = list(islice(rows, _LOOK_AHEAD))
    header = _header(table, head, known)
    if header and stands_twice(header) and known.columns is None:
        raise _side_by_side(table, head[header.first].number)
    body = head[header.last + 1 :] if header else head
    roles, texts, notes = _columns(header, body) if known.columns is None else _given(table, header, head, known.columns)
    titles = [t for r in (head[: header.first] if header else []) for t in dict.fromkeys(r.cells) if t]
    claims = _claims(table, titles, streets_of_grid or {})
    columns = {role: i for role, i in roles.items() if role not in NOT_OURS}
    meaning = Meaning(
        file=table.file,
        sheet=table.sheet,
        columns=columns,
        notes=notes,
        relation=roles.get("relation"),
        runs=run_roles(columns, body, table.merged),
        header=header,
        crs=_crs(table, known, header, titles, claims),
        list_name=known.list_name or ("register" if is_register([table.file, *titles], texts) else "sheets"),
        grid_hint=claims.grid if known.grid is None else known.grid,
        street_hint=_borne_out(claims.streets, columns, body) if known.street is None else known.street,
    )
    kind = known.kind or kind_of(claims.name, titles, roles, head, has_header=header is not None)
    return Sheet(kind, roles, meaning, head, rows, texts, known.first_is_header)


def _header(table: RawTable, head: list[RawRow], known: Known) -> Header | None:
    if known.header is not None:
        return known_header(table, head, known.header)
    return header_at(head, 0, 0) if known.first_is_header and head else find_header(head)


def _given(
    table: RawTable, header: Header | None, head: list[RawRow], wanted: Mapping[str, tuple[str, ...]]
) -> tuple[dict[str, int], dict[str, str], tuple[int, ...]]:
    """As `_columns`, from a mapping file."""
    places = known_columns(table, header, head, wanted)
    labels = header.labels if header else ()
    roles = {role: columns[0] for role, columns in places.items() if columns}
    texts = {role: str(labels[i]) if i < len(labels) and labels[i] else "" for role, i in roles.items()}
    return roles, texts, tuple(places.get("note", ())[1:])


def _crs(table: RawTable, known: Known, header: Header | None, titles: Sequence[str], claims: _Claims) -> Crs | None:
    if known.crs or known.says_no_crs:
        return known.crs
    return _declared(header, [*titles, *_foot(table)]) or crs_in([claims.name, table.file])


def _declared(header: Header | None, titles: Sequence[str]) -> Crs | None:
    return crs_in([*titles, *(str(label) for label in header.labels if label)]) if header else None


def _foot(table: RawTable) -> list[str]:
    """What is written about coordinates below the last line; only of sheets, text files are not read to their end first."""
    rows = table.rows[-_FOOT_ROWS:] if isinstance(table.rows, list) else []
    lonely = [row.cells[columns[0]] for row in rows if len(columns := row.written()) == 1]
    return [text for text in lonely if "坐标" in text]


def _borne_out(streets: str, columns: Mapping[str, int], body: Sequence[RawRow]) -> str:
    """The streets a title claims, "" where the lines themselves name others: 全村(前街) is not all in 前街."""
    column = columns.get("street", columns.get("address"))
    written = [folded(row.cell(column)) for row in body if not is_blank(row.cell(column))] if column is not None else []
    if not streets or len(written) < _FEWEST_TELLING:
        return streets
    named = sum(any(street in text for street in streets.split("、")) for text in written)
    return streets if named * 2 >= len(written) else ""


def _side_by_side(table: RawTable, row: int) -> InputError:
    return InputError(
        "list.side_by_side",
        f"{where(table)}左右并排了两栏住户(第 {row} 行的表头重复), 请把右边一栏剪贴到左边一栏的下面再试",
        file=table.file,
        sheet=table.sheet,
    )


@dataclass(frozen=True, slots=True)
class _Claims:
    """What the name and the titles of a sheet claim for all its lines."""

    name: str
    grid: str
    streets: str


def _claims(table: RawTable, titles: Sequence[str], streets_of_grid: Mapping[str, str]) -> _Claims:
    name = table.sheet if table.sheet is not None else table.file
    spoken = [name.rsplit(".", 1)[0] if table.sheet is None else name, *titles]
    grid = next(filter(None, map(grid_in, spoken)), "")
    streets = next(filter(None, map(streets_in, spoken)), [])
    return _Claims(name, grid, "、".join(streets) or streets_of_grid.get(grid, ""))


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
