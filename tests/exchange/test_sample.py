"""The sample village's handover as it stands, held against its truth where that is at hand."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from doorplate.exchange.read import ReadResult, read_lists

HANDOVER = Path(__file__).parents[2] / "doorplate/sample/handover"
TRUTH = Path(__file__).parents[3] / "shared/data/village/truth/row_truth.csv"
SHEETS = "营上村_智慧门牌地址核对表.xlsx"


@pytest.fixture(scope="module")
def read() -> ReadResult:
    return read_lists(sorted(HANDOVER.iterdir()))


@pytest.mark.skipif(not TRUTH.exists(), reason="../shared is not here")
def test_every_listed_line_is_read_once_under_its_own_row_and_no_other(read: ReadResult) -> None:
    with TRUTH.open(encoding="utf-8-sig") as file:
        wanted = Counter((t["file"], t["sheet"], int(t["row"])) for t in csv.DictReader(file))
    assert Counter((r.ref.file, r.ref.sheet or "", r.ref.row) for r in read.rows) == wanted


def test_what_each_sheet_is(read: ReadResult) -> None:
    assert {(s.file, s.sheet): (s.kind, s.list_name, s.grid_hint, s.street_hint, s.crs) for s in read.sheets} == {
        ("grids_wgs84.geojson", None): ("areas", "", "", "", "wgs84"),
        ("微信群接龙.txt", None): ("list", "late", "", "", None),
        ("网格员通讯录.xlsx", "通讯录"): ("contacts", "", "", "", None),
        ("网格边界_高德拾取.txt", None): ("areas", "", "", "", None),
        ("营上村_户籍地址_GBK.csv", None): ("list", "register", "", "", None),
        (SHEETS, "填表说明"): ("instructions", "", "", "", None),
        (SHEETS, "第一网格"): ("list", "sheets", "1", "幸福路", None),
        (SHEETS, "2网格"): ("list", "sheets", "2", "和谐街", "gcj02"),
        (SHEETS, "第3网格(振兴路)"): ("list", "sheets", "3", "振兴路", None),
        (SHEETS, "四网格"): ("list", "sheets", "4", "文明街", None),
        (SHEETS, "第五网格 "): ("list", "sheets", "5", "团结路", None),
        (SHEETS, "汇总"): ("summary", "", "", "", None),
    }


def test_what_each_column_means(read: ReadResult) -> None:
    columns = {s.sheet: " ".join(s.columns) for s in read.sheets if s.file == SHEETS and s.kind == "list"}
    assert columns == {
        "第一网格": "seq head members resident street number phone lon lat installed installed_on note",
        "2网格": "seq head members address phone position installed installed_on note",
        "第3网格(振兴路)": "seq street number head members phone lat lon installed installed_on note",
        "四网格": "seq head address members phone lon lat note",
        "第五网格 ": "seq head members street number position installed_on note",
    }


def test_lines_say_what_they_took_over_and_what_is_struck_out(read: ReadResult) -> None:
    first = [r for r in read.rows if r.ref.sheet == "第一网格"]
    assert (first[1].cell("street"), first[1].filled) == ("幸福路", {"street"})
    assert [(r.ref.sheet, r.ref.row) for r in read.rows if r.struck] == [("第3网格(振兴路)", 147)]


def test_cells_are_as_written_but_numbers_as_people_see_them(read: ReadResult) -> None:
    row = next(r for r in read.rows if r.ref.sheet == "第一网格" and r.ref.row == 6)
    assert {k: row.cell(k) for k in ("number", "members", "phone", "lon", "installed_on")} == {
        "number": "3",
        "members": "4",
        "phone": "15400000914",
        "lon": "108.211104",
        "installed_on": "3月18日",
    }
    assert first_of(read, "第一网格", 5).cell("installed_on") == "2022-03-13"
    assert first_of(read, "四网格", 3).cell("lon") == "108°12′40.36″"


def first_of(read: ReadResult, sheet: str, row: int):  # type: ignore[no-untyped-def]
    return next(r for r in read.rows if (r.ref.sheet, r.ref.row) == (sheet, row))


def test_what_was_left_out_and_why(read: ReadResult) -> None:
    dropped = {(s.sheet, reason) for s in read.sheets for _, reason, _ in s.dropped}
    assert {reason for _, reason in dropped} == {"小计合计", "重复的表头", "落款", "聊天内容"}
    fifth = next(s for s in read.sheets if s.sheet == "第五网格 ")
    assert [row for row, reason, _ in fifth.dropped if reason == "重复的表头"] == [47, 48, 91, 92, 135, 136, 179, 180]


def test_a_correction_in_the_chat_names_the_right_address_and_keeps_the_sentence(read: ReadResult) -> None:
    row = next(r for r in read.rows if r.list_name == "late" and r.ref.row == 16)
    assert (row.cell("head"), row.cell("address")) == ("测试巨岁", "幸福路17号")
    assert row.cell("note").startswith("测试巨岁家是幸福路17号不是179")


def test_reading_twice_gives_the_same(read: ReadResult) -> None:
    assert read_lists(sorted(HANDOVER.iterdir())) == read
