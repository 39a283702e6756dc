"""The fast reader of plain XLSX must tell exactly what calamine tells, or leave the workbook to it."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineError

from doorplate.exchange.formats.sheet_child import _calamine_cells
from doorplate.exchange.formats.sheet_marks import read_marks
from doorplate.exchange.formats.sheet_rows import SheetRows, shared_texts
from doorplate.exchange.formats.xlsx_cells import NotPlain
from doorplate.exchange.formats.xlsx_plain import plain_frames
from doorplate.exchange.limits import Limits
from doorplate.exchange.table import RawTable
from tests.exchange.makers import ROWS, rewritten, write_xlsx

LIMITS = asdict(Limits())
SHARED = Path(__file__).parents[3] / "shared/data"
DECLINED = (NotPlain, CalamineError, zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError, OverflowError)


def tables(frames: Iterator[tuple[Any, ...]]) -> list[RawTable]:
    sheets: list[SheetRows] = []
    strings = shared_texts(None)
    for kind, *told in frames:
        if kind == "strings":
            strings = shared_texts(*told)
        elif kind == "sheet":
            sheets.append(SheetRows(*told))
        elif kind == "grid":
            sheets[-1].add_grid(strings, told)
        elif kind == "rows":
            sheets[-1].add_rows(*told)
        else:
            sheets[-1].add_marks(*told)
    return [sheet.table("a.xlsx") for sheet in sheets]


def by_calamine(path: Path) -> list[RawTable]:
    marks = read_marks(path, LIMITS["workbook_cells"])

    def frames() -> Iterator[tuple[Any, ...]]:
        name = ""
        for frame in _calamine_cells(str(path), LIMITS):
            if frame[0] == "sheet":
                name = frame[1]
            found = marks[name]
            yield ("marks", frame[1], sorted(found.hidden_rows), sorted(found.struck_cells)) if frame[0] == "marks" else frame

    return tables(frames())


def plainly(path: Path) -> list[RawTable] | None:
    """None when it is left to calamine."""
    try:
        return tables(plain_frames(str(path), LIMITS))
    except DECLINED:
        return None
    except BaseException as exc:  # what calamine's panics are in Python; the child dies of them whoever asks
        if type(exc).__name__ != "PanicException":
            raise
        return None


def the_same(path: Path) -> list[RawTable]:
    """Read in the fast way, which must succeed."""
    read = plainly(path)
    assert read is not None
    assert read == by_calamine(path)
    return read


def test_what_the_usual_programs_write(tmp_path: Path) -> None:
    the_same(write_xlsx(tmp_path / "a.xlsx"))
    for write_only in (False, True):
        book = openpyxl.Workbook(write_only=write_only)
        for name in ("甲", "乙 "):
            sheet = book.create_sheet(name)
            for row in ROWS:
                sheet.append(row)
        book.save(tmp_path / "b.xlsx")
        the_same(tmp_path / "b.xlsx")


@pytest.mark.skipif(not SHARED.exists(), reason="../shared is not here")
def test_every_workbook_at_hand() -> None:
    read = 0
    for path in sorted((SHARED).rglob("*.xlsx")):
        told = plainly(path)
        read += told is not None
        assert told is None or told == by_calamine(path), path.name
    assert read > 5


def test_values_of_every_kind(tmp_path: Path) -> None:
    moment = datetime(2022, 3, 5, 12, 30, 15)
    values: list[Any] = [1, -1, 0, 0.5, 0.00005, 1e15, 123456789012345, 108.28119999999999, 34.2, 1e-9, 1e300, True, False]
    values += [date(2022, 3, 5), date(1900, 1, 1), moment, time(8, 30), timedelta(hours=30), "0", "007", "=1+2", "#N/A"]
    values += [
        "幸福路\n1号",
        " 前街 ",
        "　",
        "\u00a0",
        "'",
        "'7号",
        " '7号",
        "&<>'\"",
        "_x000D_",
        "_x4E00_",
        "a\tb",
        "小𣵦村",
        "",
    ]
    values += ["长" * 2500]
    for writer in ("openpyxl", "xlsxwriter"):
        path = tmp_path / f"{writer}.xlsx"
        if writer == "openpyxl":
            book = openpyxl.Workbook()
            for value in values:
                book.active.append([value, "x", value])
            book.save(path)
        else:
            with xlsxwriter.Workbook(path, {"default_date_format": "yyyy/m/d h:mm"}) as made:
                sheet = made.add_worksheet()
                for i, value in enumerate(values):
                    sheet.write(i, 1, value)
        assert any(row.trouble for row in the_same(path)[0].rows)


def test_marks_and_merges(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in ROWS:
        sheet.append(row)
    sheet["B3"].font = sheet["C9"].font = openpyxl.styles.Font(strike=True)
    sheet["C4"].value, sheet["C5"].value = None, None
    sheet.merge_cells("C3:C5")
    sheet.row_dimensions[4].hidden = True
    book.create_sheet("空")
    book.create_sheet("藏").sheet_state = "hidden"
    book["藏"].append(["x"])
    book.save(tmp_path / "a.xlsx")
    rows = {row.number: row for row in the_same(tmp_path / "a.xlsx")[0].rows}
    assert (rows[4].hidden, rows[4].cell(2), rows[4].filled) == (True, "幸福路", {2})
    assert rows[3].struck == {1}


def test_rich_text_and_sounds_in_shared_strings(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        for i in range(5):
            sheet.write_rich_string(i, 0, f"幸福{i} ", bold, "路", " 1号")
            sheet.write(i, 1, f"普通{i}")
    the_same(path)
    sound = b"<si><t>A</t><rPh sb='0' eb='1'><t>B</t></rPh></si><si/><si><t/></si>"
    changed = rewritten(path, tmp_path / "b.xlsx", lambda n, d: d.replace(b"<si>", sound + b"<si>", 1) if "Strings" in n else d)
    told = plainly(changed)
    assert told is None or told == by_calamine(changed)


_numbers = count()


def mostly(usual: list[str], strange: list[str], one_in: int = 20) -> st.SearchStrategy[str]:
    return st.sampled_from(usual * (one_in * len(strange) // len(usual) + 1) + strange)


_TYPE = mostly(["", ' t="s"', ' t="n"'], [' t="str"', ' t="b"', ' t="e"', ' t="inlineStr"', " t='s'", ' t="d"', ' t="z"'])
_STYLE = mostly(["", ' s="0"', ' s="1"', ' s="2"', ' s="3"'], [' s="77"', ' s="01"', ' s=""', ' s="x"'])
_VALUE = st.one_of(
    st.integers(0, 5).map(str),
    st.integers(0, 10**16).map(str),
    st.one_of(st.floats(-1e6, 1e6), st.floats(0, 1e-3)).map(repr),
    st.decimals(-200, 200, places=7).map(str),
    mostly(["0", "-0", "00", "007", "1.", ".5", "0.50", "1e5", "1E-7", "0.00001", "44625", "44625.5", "0.25", "99999999999"],
        ["", "TRUE", "#N/A", "2022-03-05", " 3", "&#49;", "<!-- x -->1", "<![CDATA[2]]>", "1<x/>2", "abc", "路", "1\n"], 3),
)  # fmt: skip
_STRANGE = ["'7号", "&amp;", "&#13;", "_x000D_", "<b/>", "<!-- -->", "\r\n", "&x;"]
_TEXT = mostly(["幸福路", " 前街 ", "", "　", "a\nb", "小𣵦", "3"], _STRANGE, 3)
_ITEM = st.one_of(
    _TEXT.map(lambda t: f"<si><t>{t}</t></si>"),
    _TEXT.map(lambda t: f"<si><t>{t}</t></si>"),
    _TEXT.map(lambda t: f'<si><t xml:space="preserve">{t}</t></si>'),
    _TEXT.map(lambda t: f'<si><r><rPr><b/></rPr><t xml:space="preserve">{t}</t></r><r><t>b</t></r></si>'),
    st.sampled_from(["<si/>", "<si><t/></si>", "<si></si>", "<si ><t>a</t></si>", "<si><t>a</t><rPh><t>b</t></rPh></si>"]),
    st.just("\n<si><t>a</t></si> "),
)
_INSIDE = st.one_of(
    *[_VALUE.map(lambda v: f"<v>{v}</v>")] * 6,
    st.integers(0, 3).map(lambda v: f"<v>{v}</v>"),
    _VALUE.map(lambda v: f"<f>A1+1</f><v>{v}</v>"),
    _VALUE.map(lambda v: f"<is><t>{v}</t></is>"),
    _VALUE.map(lambda v: f'<is><r><rPr><color rgb="FF00FF00"/></rPr><t xml:space="preserve"> {v}</t></r><r><t>b</t></r></is>'),
    mostly(["", "<v></v>"], ["<v/>", " <v>1</v>", "<v>1</v> ", '<v x="1">1</v>', "<f/>", "<c>", "</row>", "<row>"], 4),
)


@st.composite
def cell(draw: st.DrawFn, reference: str) -> str:
    attributes = [f' r="{reference}"', *draw(st.permutations([draw(_TYPE), draw(_STYLE)]))]
    if not draw(st.integers(0, 60)):
        attributes = draw(st.sampled_from([attributes[::-1], attributes[1:], [*attributes, ' cm="1"'], [" ", *attributes]]))
    inside = draw(_INSIDE)
    return f"<c{''.join(attributes)}/>" if not inside else f"<c{''.join(attributes)}>{inside}</c>"


@st.composite
def sheet_rows(draw: st.DrawFn) -> str:
    numbers = draw(st.lists(st.integers(1, 12), max_size=5, unique=True))
    numbers = sorted(numbers) if draw(st.integers(0, 20)) else numbers
    told = ""
    for number in numbers:
        columns = draw(st.lists(st.sampled_from(["A", "B", "C", "Z", "AA", "AZ", "ZZ", "AAA"]), max_size=4, unique=True))
        columns = sorted(columns, key=lambda c: (len(c), c)) if draw(st.integers(0, 20)) else columns
        cells = "".join(draw(cell(f"{c}{number if draw(st.integers(0, 60)) else 7}")) for c in columns)
        more = draw(st.sampled_from(["", ' spans="1:3"', ' hidden="1"', ' hidden="false"', ' ht="15"', ' x=">"']))
        told += f'<row r="{number}"{more}>{cells}</row>' if cells or draw(st.booleans()) else f'<row r="{number}"{more}/>'
        told += draw(mostly([""], ["\n", "<!-- -->"]))
    return told


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rows=sheet_rows(), strings=st.lists(_ITEM, min_size=4, max_size=8))
def test_any_sheet_is_told_the_same_or_left_alone(rows: str, strings: list[str], made: Callable[[str, list[str]], Path]) -> None:
    path = made(rows, strings)
    told = plainly(path)
    event("told" if told is not None else "left alone")
    if told is not None:
        assert told == by_calamine(path)


@pytest.fixture
def made(tmp_path: Path) -> Callable[[str, list[str]], Path]:
    """A workbook with dates and struck text among its styles, given the XML of its rows and its shared strings."""
    with xlsxwriter.Workbook(tmp_path / "frame.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "x", book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write(1, 0, "x", book.add_format({"font_strikeout": True}))
        sheet.write(2, 0, "x", book.add_format({"num_format": "[h]:mm"}))

    def make(rows: str, strings: list[str]) -> Path:
        def change(name: str, data: bytes) -> bytes:
            if name.endswith("sheet1.xml"):
                return data[: data.index(b"<sheetData>") + 11] + rows.encode() + data[data.index(b"</sheetData>") :]
            if name.endswith("sharedStrings.xml"):
                return data[: data.index(b"<si>")] + "".join(strings).encode() + data[data.index(b"</sst>") :]
            return data

        return rewritten(tmp_path / "frame.xlsx", tmp_path / f"{next(_numbers)}.xlsx", change)

    return make
