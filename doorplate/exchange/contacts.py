"""The contact list that comes with a handover: who is responsible for which grid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from doorplate.errors import InputError
from doorplate.exchange.formats.files import form_of
from doorplate.exchange.formats.text_table import read_text_table
from doorplate.exchange.formats.workbook import read_workbook
from doorplate.exchange.limits import Limits
from doorplate.exchange.meaning.hints import grid_in, streets_in
from doorplate.exchange.meaning.recognise import Sheet, recognise
from doorplate.exchange.meaning.values import is_blank, is_ditto
from doorplate.exchange.table import RawRow

_LONGEST_NUMBER = 3


@dataclass(frozen=True, slots=True)
class ContactLine:
    """One official contact. grid_hint: "第3网格" where the list gives a number, else the grid's code or "" for the whole
    village; phone as written."""

    grid_hint: str
    role: str
    name: str
    phone: str
    streets: tuple[str, ...] = ()


def read_contacts(path: Path) -> tuple[ContactLine, ...]:
    """Everyone named with a phone or a role, in the file's order. A merged grid cell counts for all its lines.

    Raises InputError contacts.none when no sheet has names with phones, and the list.* codes of unreadable files.
    """
    found = [line for sheet in _sheets(path) for line in _lines(sheet)]
    if not found:
        raise InputError(
            "contacts.none", f"文件 {path.name} 里没有找到通讯录(要有姓名、电话和职务的列), 请检查表头", file=path.name
        )
    return tuple(found)


def _sheets(path: Path) -> list[Sheet]:
    limits = Limits()
    tables = read_workbook(path, limits) if form_of(path) == "workbook" else [read_text_table(path, limits)[0]]
    return [sheet for sheet in (recognise(table) for table in tables) if sheet.kind == "contacts"]


def _lines(sheet: Sheet) -> Iterator[ContactLine]:
    """A blank or ditto cell repeats the one above; streets are carried on only within the same grid."""
    held: dict[str, str] = {}
    person = "head" if "head" in sheet.roles else "worker"
    default_job = sheet.header_texts.get("worker", "") if person == "worker" else ""
    for row in sheet.body():
        if _own(row, sheet.roles.get("grid")):
            held.pop("duty", None)
        for role in ("grid", "job", "duty"):
            held[role] = _own(row, sheet.roles.get(role)) or held.get(role, "")
        name, phone = _own(row, sheet.roles.get(person)), _own(row, sheet.roles.get("phone"))
        job = held["job"] or default_job
        if name and (phone or job):
            yield ContactLine(_grid(held["grid"]), job, name, phone, tuple(streets_in(held["duty"])))


def _grid(text: str) -> str:
    named = grid_in(text)
    return f"第{named}网格" if named.isdigit() and len(named) <= _LONGEST_NUMBER else named


def _own(row: RawRow, column: int | None) -> str:
    text = row.cell(column) if column is not None else ""
    return "" if is_blank(text) or is_ditto(text) else text
