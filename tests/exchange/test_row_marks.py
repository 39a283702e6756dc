"""Rows hidden or struck through in ODS and XLS are told like those of XLSX; what is odd about a file tells nothing and breaks
nothing.

tests/data/exchange/marks_xls.txt: a workbook of our own (BIFF8, written once with xlwt), deflated, in base64.
"""

from __future__ import annotations

import base64
import struct
import time
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorplate.exchange.formats.compound_file import stream_of
from doorplate.exchange.formats.marks import Marks
from doorplate.exchange.formats.sheet_marks import may_have_marks, read_marks
from doorplate.exchange.formats.workbook import read_workbook
from doorplate.exchange.limits import Limits
from doorplate.exchange.read import read_lists
from tests.exchange.makers import ROWS, write_ods

XLS = zlib.decompress(base64.b64decode((Path(__file__).parents[1] / "data/exchange/marks_xls.txt").read_text()))
NAMES = "urn:oasis:names:tc:opendocument:xmlns"
STRUCK = (
    '<style:style style:name="ce1" style:family="table-cell"><style:text-properties style:text-line-through-style="solid"/>'
    '</style:style><style:style style:name="ce2" style:family="table-cell" style:parent-style-name="ce1"/>'
    '<style:style style:name="ce3" style:family="table-cell" style:parent-style-name="ce1"><style:text-properties '
    'style:text-line-through-style="none"/></style:style><style:style style:name="T1" style:family="text">'
    '<style:text-properties style:text-line-through-style="solid" style:text-line-through-type="single"/></style:style>'
    '<style:style style:name="loop" style:family="table-cell" style:parent-style-name="loop"/>'
)
HEAD = ("户主", "街路巷", "门牌号")
Told = tuple[set[int], set[int]]


def content(body: str, styles: str = STRUCK, before: str = "") -> bytes:
    spaces = " ".join(f'xmlns:{name}="{NAMES}:{name}:1.0"' for name in ("office", "table", "text", "style"))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<office:document-content {spaces} office:version="1.2">'
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>"
        f'<table:table table:name="名单">{body}</table:table></office:spreadsheet></office:body></office:document-content>'
    ).encode()


def ods(path: Path, *parts: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        for name, data in parts:
            archive.writestr(name, data)
        archive.writestr("META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{NAMES}:manifest:1.0"/>')
    return path


def cell(text: str, style: str = "", more: str = "") -> str:
    named = f' table:style-name="{style}"' if style else ""
    return f'<table:table-cell office:value-type="string"{named}{more}><text:p>{text}</text:p></table:table-cell>'


def row(head: str, number: str, style: str = "", more: str = "") -> str:
    return f"<table:table-row{more}>{''.join(cell(text, style) for text in (head, '幸福路', number))}</table:table-row>"


TITLES = f"<table:table-row>{''.join(map(cell, HEAD))}</table:table-row>"
PLAIN = row("测试甲", "1号")
HIDDEN = ' table:visibility="collapse"'


def told(path: Path) -> Told:
    rows = read_lists([path]).rows
    return {r.ref.row for r in rows if r.hidden}, {r.ref.row for r in rows if r.struck}


@pytest.mark.parametrize(
    ("body", "hidden", "struck"),
    [
        (row("测试乙", "3号", more=HIDDEN), {3}, set()),
        (row("测试乙", "3号", more=' table:visibility="filter"'), {3}, set()),
        (row("测试乙", "3号", more=' table:visibility="visible"'), set(), set()),
        (f'<table:table-row-group table:display="false">{row("测试乙", "3号")}</table:table-row-group>', {3}, set()),
        (f'<table:table-row-group table:display="true">{row("测试乙", "3号", more=HIDDEN)}</table:table-row-group>', {3}, set()),
        (f"<table:table-header-rows>{row('测试乙', '3号', more=HIDDEN)}</table:table-header-rows>", {3}, set()),
        (row("测试乙", "3号", "ce1"), set(), {3}),
        (row("测试乙", "3号", "ce2"), set(), {3}),
        (row("测试乙", "3号", "ce3"), set(), set()),
        (row("测试乙", "3号", "loop"), set(), set()),
        (row("测试乙", "3号", more=' table:default-cell-style-name="ce1"'), set(), {3}),
        (row('<text:span text:style-name="T1">测试乙</text:span>', "3号", "ce1"), set(), {3}),
        (row("测试乙", '<text:span text:style-name="T1">2</text:span>3号'), set(), set()),  # a slip of the pen inside a number
        (f"<table:table-row>{cell('测试乙', 'ce1')}{cell('幸福路')}{cell('3号')}</table:table-row>", set(), set()),
    ],
)
def test_what_an_ods_row_shows(body: str, hidden: set[int], struck: set[int], tmp_path: Path) -> None:
    path = ods(tmp_path / "a.ods", ("content.xml", content(TITLES + PLAIN + body + row("测试丙", "5号"))))
    assert told(path) == (hidden, struck)


def test_text_struck_through_span_by_span_makes_a_struck_row(tmp_path: Path) -> None:
    spans = [f'<text:span text:style-name="T1">{text}</text:span>' for text in ("测试乙", "幸福路", "3号")]
    body = f"<table:table-row>{''.join(map(cell, spans))}</table:table-row>"
    assert told(ods(tmp_path / "a.ods", ("content.xml", content(TITLES + PLAIN + body)))) == (set(), {3})


def test_rows_said_once_for_several_keep_the_numbers_of_the_others_right(tmp_path: Path) -> None:
    blank = '<table:table-cell table:number-columns-repeated="1024"/>'
    gap = f'<table:table-row table:number-rows-repeated="4">{blank}</table:table-row>'
    end = f'<table:table-row{HIDDEN} table:number-rows-repeated="1048560"><table:table-cell/></table:table-row>'
    twice = row("测试乙", "3号", "ce1", HIDDEN + ' table:number-rows-repeated="2"')
    path = ods(tmp_path / "a.ods", ("content.xml", content(TITLES + PLAIN + gap + twice + row("测试丙", "5号") + end)))
    assert told(path) == ({7, 8}, {7, 8})


def test_struck_columns_and_styles_of_the_whole_workbook_count_too(tmp_path: Path) -> None:
    common = content("", STRUCK.replace('name="ce', 'name="Gone')).replace(b"document-content", b"document-styles")
    columns = '<table:table-column table:number-columns-repeated="3" table:default-cell-style-name="own"/>'
    own = '<style:style style:name="own" style:family="table-cell" style:parent-style-name="Gone2"/>'
    body = columns + row("户主", "门牌号", "Gone3") + row("测试甲", "1号", "Gone3") + row("测试乙", "3号")
    path = ods(tmp_path / "a.ods", ("content.xml", content(body, own)), ("styles.xml", common))
    assert told(path) == (set(), {3})


def test_what_stands_beside_cells_is_not_asked(tmp_path: Path) -> None:
    note = "<office:annotation><text:p>请核对</text:p></office:annotation>"
    body = PLAIN + row("测试乙", "3号", "ce1").replace("<text:p>测试乙", note + "<text:p>测试乙")
    assert told(ods(tmp_path / "a.ods", ("content.xml", content(TITLES + body)))) == (set(), {3})


def test_ods_without_marks_is_not_parsed_twice(tmp_path: Path) -> None:
    assert not may_have_marks(write_ods(tmp_path / "a.ods"))
    assert len(read_lists([tmp_path / "a.ods"]).rows) == len(ROWS) - 1


@pytest.mark.parametrize(
    "raw",
    [
        content(row("测试乙", "3号", more=HIDDEN), before='<!DOCTYPE a [<!ENTITY b "c">]>'),
        content(row("测试乙", "3号", more=HIDDEN))[:-40],
        content(row("测试乙", "3号", more=HIDDEN + ' table:number-rows-repeated="-1"')),
        content(row("测试乙", "3号", more=HIDDEN + f' table:number-rows-repeated="{"9" * 30}"')),
        content("<table:table-row>" + cell("测试乙", "ce1", ' table:number-columns-repeated="9999999"') + "</table:table-row>"),
        content(HIDDEN + "<text:p>" * 300 + "</text:p>" * 300),
    ],
)
def test_odd_ods_has_no_marks(raw: bytes, tmp_path: Path) -> None:
    assert read_marks(ods(tmp_path / "a.ods", ("content.xml", raw)), 1) == {}


def test_what_an_xls_shows(tmp_path: Path) -> None:
    """Hidden rows; a struck line, half a struck line, a struck name alone; formulas, truths and runs of numbers among them."""
    (tmp_path / "a.xls").write_bytes(XLS)
    rows = read_lists([tmp_path / "a.xls"]).rows
    assert [(r.ref.sheet, r.ref.row) for r in rows if r.hidden] == [("名单", 6), ("名单", 9), ("list 2", 2)]
    assert [(r.ref.sheet, r.ref.row) for r in rows if r.struck] == [("名单", 4), ("名单", 8), ("名单", 11), ("list 2", 4)]
    raw = {row.number: row.struck for row in read_workbook(tmp_path / "a.xls", Limits())[0].rows}
    assert raw[4] == set(range(6))
    assert raw[5] == {0}
    assert raw[8] == {3, 4, 5}  # three of a run of numbers


def marks_of(raw: bytes, folder: Path) -> dict[str, Marks]:
    (folder / "b.xls").write_bytes(raw)
    return read_marks(folder / "b.xls", 1)


def test_odd_xls_has_no_marks(tmp_path: Path) -> None:
    stream = stream_of(XLS, "Workbook")
    at = XLS.index(stream[:400])
    assert marks_of(XLS, tmp_path)
    assert marks_of(XLS[:at] + b"\x09\x08\x10\x00\x00\x05" + XLS[at + 6 :], tmp_path) == {}  # BIFF5
    filepass = XLS.replace(b"\x5c\x00\x70\x00", b"\x2f\x00\x70\x00", 1)
    assert filepass != XLS
    assert marks_of(filepass, tmp_path) == {}
    assert marks_of(XLS[: at + 900], tmp_path) == {}
    assert marks_of(XLS.replace("Workbook".encode("utf-16-le"), "Wordbook".encode("utf-16-le")), tmp_path) == {}
    assert marks_of(b"PK\3\4" + XLS, tmp_path) == {}


def test_chains_that_bite_their_tail_end(tmp_path: Path) -> None:
    (fat_sector,) = struct.unpack_from("<I", XLS, 76)
    fat = 512 * (fat_sector + 1)
    for link in range(12):
        raw = bytearray(XLS)
        struct.pack_into("<I", raw, fat + 4 * link, 0)
        assert isinstance(marks_of(bytes(raw), tmp_path), dict)
    raw = bytearray(XLS)
    struct.pack_into("<III", raw, 68, 0, 0xFFFFFFFF, 0)  # the table's own chain
    assert marks_of(bytes(raw), tmp_path) == {}


def compound(stream: bytes) -> bytes:
    """A compound file with the one stream Workbook; below 4,096 bytes it stands in the mini stream (MS-CFB 2.4)."""
    body = stream.ljust(-(-len(stream) // 512) * 512, b"\0")
    sectors, minis = len(body) // 512, -(-len(stream) // 64)
    is_small, end = len(stream) < 4096, 0xFFFFFFFE
    mini_fat = struct.pack(f"<{minis}I", *range(1, minis), end).ljust(512, b"\xff") if is_small else b""
    fats = -(-(sectors + 3 + sectors // 100) // 128)
    chain = [*range(1, sectors), *[end] * (3 if is_small else 2), *[0xFFFFFFFD] * fats]
    fat = struct.pack(f"<{len(chain)}I", *chain).ljust(512 * fats, b"\xff")
    directory = (_entry("Root Entry", 5, len(body)) + _entry("Workbook", 2, len(stream))).ljust(512, b"\0")
    own = range(sectors + 1 + is_small, sectors + 1 + is_small + fats)
    places = (fats, sectors, 0, 4096, sectors + 1 if is_small else end, int(is_small), end, 0)
    head = struct.pack("<8s16x5H10x8I", XLS[:8], 62, 3, 0xFFFE, 9, 6, *places)
    return head + struct.pack("<109I", *own, *[0xFFFFFFFF] * (109 - fats)) + body + directory + mini_fat + fat


def _entry(name: str, kind: int, size: int) -> bytes:
    raw = name.encode("utf-16-le")
    return struct.pack("<64sHBB3I36xII4x", raw, len(raw) + 2, kind, 1, *[0xFFFFFFFF] * 3, 0, size)


def record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def workbook_stream(sheet: bytes, sheets: int = 1, plain_fonts: int = 0, font: int = 0) -> bytes:
    """BIFF8: some plain fonts, a struck one, XF 0 with the font of that number, and `sheets` names for the same records."""
    begin = record(0x0809, struct.pack("<HH", 0x0600, 5))
    fonts = record(0x0031, struct.pack("<HH", 200, 0)) * plain_fonts + record(0x0031, struct.pack("<HH", 200, 8))
    formats = fonts + record(0x00E0, struct.pack("<H", font))
    at = len(begin + formats) + 13 * sheets + 4
    names = b"".join(record(0x0085, struct.pack("<I2xBB1s", at, 1, 0, b"a")) for _ in range(sheets))
    return begin + formats + names + record(0x000A, b"") + begin + sheet + record(0x000A, b"")


CELL = record(0x00FD, struct.pack("<HHHI", 6, 2, 0, 0))


def test_small_and_large_streams_in_either_place(tmp_path: Path) -> None:
    chart = record(0x0809, struct.pack("<HH", 0x0600, 0x20)) + CELL.replace(b"\6", b"\7") + record(0x000A, b"")
    for filler in (b"", record(0x003C, b"\0" * 5000)):
        found = marks_of(compound(workbook_stream(chart + filler + CELL)), tmp_path)
        assert {name: marks.struck_cells for name, marks in found.items()} == {"a": {(7, 2)}}


def test_the_fifth_font_is_counted_as_the_sixth(tmp_path: Path) -> None:
    """FontIndex 4 does not exist: 5 is the font that comes fifth."""
    found = marks_of(compound(workbook_stream(CELL, plain_fonts=4, font=5)), tmp_path)
    assert found["a"].struck_cells == {(7, 2)}


def test_sheets_that_share_their_records_cost_no_more_than_the_file_is_long(tmp_path: Path) -> None:
    began = time.perf_counter()
    assert marks_of(compound(workbook_stream(CELL * 100_000, sheets=20_000)), tmp_path) == {}
    assert time.perf_counter() - began < 5


CHANGES = st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), max_size=12)
FEW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)


def spoilt(raw: bytes, changes: list[tuple[int, int]], keep: int) -> bytes:
    found = bytearray(raw)
    for place, value in changes:
        found[place % len(raw)] = value
    return bytes(found[: max(8, len(raw) - keep % len(raw))] if keep % 3 == 0 else found)


@FEW
@given(changes=CHANGES, keep=st.integers(0, 1 << 20))
def test_spoilt_xls_never_breaks_the_reader(changes: list[tuple[int, int]], keep: int, tmp_path: Path) -> None:
    tracemalloc.start()
    found = marks_of(spoilt(XLS, changes, keep), tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(map(len, found.values())) < len(XLS)
    assert peak < 8 << 20


@FEW
@given(changes=CHANGES, keep=st.integers(0, 1 << 20), in_zip=st.booleans())
def test_spoilt_ods_never_breaks_the_reader(changes: list[tuple[int, int]], keep: int, in_zip: bool, tmp_path: Path) -> None:
    body = content(TITLES + PLAIN + row("测试乙", "3号", "ce1", HIDDEN) + row("测试丙", "5号", "ce2"))
    path = ods(tmp_path / "a.ods", ("content.xml", body if in_zip else spoilt(body, changes, keep)))
    if in_zip:
        path.write_bytes(spoilt(path.read_bytes(), changes, keep))
    may_have_marks(path)
    assert sum(map(len, read_marks(path, 1).values())) <= 1_000_000
