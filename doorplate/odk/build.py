"""A form made: its XLSForm as a workbook, and from that very workbook the XForm by pyxform, the converter ODK itself uses."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

import xlsxwriter
from pyxform.xls2xform import convert

from doorplate.odk.form import BuiltForm, Form

_MADE = datetime(2026, 1, 1)  # noqa: DTZ001 - a workbook's own date has no zone; the same form gives the same bytes


@lru_cache(maxsize=8)
def build(form: Form) -> BuiltForm:
    """The same form gives the same bytes."""
    xlsx = workbook(form)
    made = convert(xlsx, file_type=".xlsx", form_name="data")
    return BuiltForm(form, xlsx, made.xform.encode())


def workbook(form: Form) -> bytes:
    """The XLSForm: sheets survey, choices, settings."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": form.title.zh, "created": _MADE})
    head = book.add_format({"bold": True, "bottom": 1})
    for name, rows in (("survey", form.survey_rows()), ("choices", form.choice_rows()), ("settings", [form.settings_row()])):
        columns = list(dict.fromkeys(column for row in rows for column in row))
        used = [column for column in columns if any(row.get(column) for row in rows)]
        _sheet(book.add_worksheet(name), head, used, [[row.get(column, "") for column in used] for row in rows])
    book.close()
    return out.getvalue()


def _sheet(sheet: xlsxwriter.worksheet.Worksheet, head: object, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(columns), 24)
    for at, column in enumerate(columns):
        sheet.write_string(0, at, column, head)
    for down, row in enumerate(rows, 1):
        for at, value in enumerate(row):
            if value:
                sheet.write_string(down, at, value)
