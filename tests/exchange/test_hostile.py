"""Files that break other readers: a table or one clear refusal — no traceback, no more than 500 MB, no waiting."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from doorplate.errors import InputError
from doorplate.exchange.limits import Limits
from doorplate.exchange.read import read_lists
from tests.exchange.makers import ROWS, encrypted_workbook, rewritten, write_csv, write_xlsx, zip_bomb

SMALL = Limits(unpacked_bytes=64 << 20, child_bytes=160 << 20, seconds=20)
XLS = Path(__file__).parents[3] / "shared/data/spreadsheets/messytables/simple.xls"


def refusal(path: Path, limits: Limits = Limits()) -> str:  # noqa: B008
    with pytest.raises(InputError) as caught:
        read_lists([path], limits=limits)
    message = caught.value.message
    assert "\n" not in message
    assert path.name in message
    assert re.search("请", message)
    return caught.value.code


def test_what_is_not_there_or_empty(tmp_path: Path) -> None:
    assert refusal(tmp_path / "没有.xlsx") == "list.not_found"
    assert refusal(tmp_path) == "list.not_found"
    (tmp_path / "a.csv").write_bytes(b"")
    assert refusal(tmp_path / "a.csv") == "list.empty"
    (tmp_path / "b.csv").write_bytes(b"\xef\xbb\xbf\r\n")
    assert refusal(tmp_path / "b.csv") == "list.empty"
    openpyxl.Workbook().save(tmp_path / "c.xlsx")
    assert refusal(tmp_path / "c.xlsx") == "list.empty"


def test_header_only(tmp_path: Path) -> None:
    assert refusal(write_csv(tmp_path / "a.csv", ROWS[:1])) == "list.header_only"
    assert refusal(write_xlsx(tmp_path / "a.xlsx", ROWS[:1])) == "list.header_only"


@pytest.mark.parametrize(
    "head", [b"%PDF-1.7 x", b"\x89PNG\r\n", b"\xff\xd8\xff\xe0", b"\x7fELF\x02", b"\0\1\2\3" * 100, b"Rar!\x1a"]
)
def test_what_is_no_table_at_all(head: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(head + os.urandom(2000))
    assert refusal(tmp_path / "a.xlsx") == "list.not_a_table"


def test_a_word_document_and_a_plain_zip(tmp_path: Path) -> None:
    for name, part in (("a.docx", "word/document.xml"), ("b.zip", "x.csv")):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr(part, "x")
        assert refusal(tmp_path / name) == "list.not_a_table"


def test_a_table_without_addresses_is_nobody_s_list(tmp_path: Path) -> None:
    rows = [["会议", "时间", "人员"], ["动员会", "2022-03-01", "12"], ["总结会", "2022-06-01", "30"]]
    assert refusal(write_xlsx(tmp_path / "a.xlsx", rows)) == "list.no_address_column"
    assert refusal(write_csv(tmp_path / "a.csv", rows)) == "list.no_address_column"


def test_passwords(tmp_path: Path) -> None:
    assert refusal(encrypted_workbook(tmp_path / "a.xlsx")) == "list.password"
    raw = bytearray(write_xlsx(tmp_path / "b.xlsx").read_bytes())
    for magic, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = raw.find(magic)
        while at >= 0:
            raw[at + offset] |= 1
            at = raw.find(magic, at + 4)
    (tmp_path / "b.xlsx").write_bytes(raw)
    assert refusal(tmp_path / "b.xlsx") == "list.password"


def cut_in_half(name: str, data: bytes) -> bytes:
    return data[: len(data) // 2] if name.endswith("sheet1.xml") else data


def laughing(name: str, data: bytes) -> bytes:
    if name != "xl/workbook.xml":
        return data
    entities = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a0 "aaaaaaaaaa">{entities}]><workbook>&a9;</workbook>'.encode()


@pytest.mark.parametrize(
    "change",
    [
        cut_in_half,
        laughing,
        lambda n, d: b"" if n.endswith("workbook.xml.rels") else d,
        lambda n, d: os.urandom(500) if n.endswith("sheet1.xml") else d,
    ],
)
def test_broken_workbooks(change: Callable[[str, bytes], bytes], tmp_path: Path) -> None:
    assert refusal(rewritten(write_xlsx(tmp_path / "ok.xlsx"), tmp_path / "a.xlsx", change)) == "list.broken"


def test_truncated_files(tmp_path: Path) -> None:
    whole = write_xlsx(tmp_path / "ok.xlsx").read_bytes()
    (tmp_path / "a.xlsx").write_bytes(whole[: len(whole) // 2])
    assert refusal(tmp_path / "a.xlsx") == "list.broken"
    (tmp_path / "b.xlsx").write_bytes(b"PK\x03\x04" + b"\0" * 300)
    assert refusal(tmp_path / "b.xlsx") == "list.broken"
    (tmp_path / "c.geojson").write_text('{"type":"FeatureCollection","features":[')
    assert refusal(tmp_path / "c.geojson") == "list.broken"
    if XLS.exists():
        (tmp_path / "d.xls").write_bytes(XLS.read_bytes()[:9000])
        assert refusal(tmp_path / "d.xls") == "list.broken"


@pytest.mark.parametrize(
    ("part", "filler", "megabytes"),
    [
        ("sheet1.xml", b" ", 100),
        ("sheet1.xml", b"<row><c><v>1</v></c></row>", 60),
        ("sharedStrings.xml", b"<si><t>a</t></si>", 60),
    ],
)
def test_zip_bombs_are_refused_before_or_while_unpacking(part: str, filler: bytes, megabytes: int, tmp_path: Path) -> None:
    bomb = zip_bomb(write_xlsx(tmp_path / "ok.xlsx"), tmp_path / "a.xlsx", part, filler, megabytes)
    assert refusal(bomb, SMALL) == "list.too_large"


def test_a_container_that_lies_about_its_size(tmp_path: Path) -> None:
    bomb = zip_bomb(write_xlsx(tmp_path / "ok.xlsx"), tmp_path / "a.xlsx", "sheet1.xml", b"<row><c><v>1</v></c></row>", 60)
    raw = bytearray(bomb.read_bytes())
    at = raw.find(b"PK\x01\x02")
    while at >= 0:
        raw[at + 24 : at + 28] = (1000).to_bytes(4, "little")
        at = raw.find(b"PK\x01\x02", at + 4)
    bomb.write_bytes(raw)
    assert refusal(bomb, SMALL) in ("list.broken", "list.too_large")


def test_sheets_reaching_the_last_column(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    book.active["XFD6"] = "x"
    book.save(tmp_path / "a.xlsx")
    assert len(read_lists([tmp_path / "a.xlsx"]).rows) == 5
    book.active["XFD1048576"] = "x"
    book.save(tmp_path / "b.xlsx")
    assert refusal(tmp_path / "b.xlsx") == "list.too_wide"


def test_200000_columns_are_refused(tmp_path: Path) -> None:
    assert refusal(write_csv(tmp_path / "a.csv", [["户主", "地址", *["x"] * 200_000]] * 3)) == "list.too_wide"


def test_merges_over_the_whole_sheet_cost_nothing(tmp_path: Path) -> None:
    merges = b"".join(b'<mergeCell ref="A%d:XFD1048576"/>' % i for i in range(1, 5000))

    def change(name: str, data: bytes) -> bytes:
        return (
            data.replace(b"</sheetData>", b"</sheetData><mergeCells>" + merges + b"</mergeCells>") if "sheet1" in name else data
        )

    assert len(read_lists([rewritten(write_xlsx(tmp_path / "ok.xlsx"), tmp_path / "a.xlsx", change)]).rows) == 5


def test_formulas_and_links_stay_text(tmp_path: Path) -> None:
    rows = [
        ["户主", "地址"],
        ["=cmd|'/c calc'!A1", "幸福路1号"],
        ["测试乙", '=HYPERLINK("http://example.invalid","幸福路3号")'],
        ["测试丙", "幸福路5号"],
    ]
    assert read_lists([write_csv(tmp_path / "a.csv", rows, delimiter="\t")]).rows[0].cell("address") == "幸福路1号"
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    assert [r.ref.row for r in read_lists([tmp_path / "a.xlsx"]).rows] == [2, 3, 4]


def test_a_cell_of_ten_megabytes_is_cut_and_told(tmp_path: Path) -> None:
    long = "长" * 3_500_000
    for path in (
        write_csv(tmp_path / "a.csv", [["户主", "地址"], ["测试甲", "幸福路1号"], ["测试乙", long], ["测试丙", "幸福路5号"]]),
    ):
        read = read_lists([path])
        assert [(f.ref.row, f.code) for f in read.findings] == [(3, "incomplete.unreadable")]
        assert len(read.rows) == 3
        assert max(len(r.cell("address")) for r in read.rows) == 2000


def test_one_forgotten_quotation_mark_does_not_swallow_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "户主,地址,备注\n" + "".join(f"测试{i},幸福路{i}号,{chr(34) * (i == 7)}出租\n" for i in range(1, 300)), "utf-8"
    )
    read = read_lists([path])
    assert [r.cell("address") for r in read.rows] == [f"幸福路{i}号" for i in range(1, 300)]
    assert [(f.ref.row, f.code) for f in read.findings] == [(8, "incomplete.unreadable")]


def test_inches_in_remarks_join_no_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "户主,地址,备注\n" + "".join(f"测试{i},幸福路{i}号,{'门宽 5' + chr(34) if i in (7, 20) else ''}\n" for i in range(1, 60)),
        "utf-8",
    )
    assert [r.ref.row for r in read_lists([path]).rows] == list(range(2, 61))


def test_a_line_with_broken_bytes_is_a_finding_on_that_line(tmp_path: Path) -> None:
    lines = [f"测试甲,幸福路{i}号\n".encode("gb18030") for i in range(1, 100)]
    lines[49] = b"\xb2\xe2\xff\xfe,\xd0\xd2\xb8\xa3\xc2\xb7\x35\x30\n"
    (tmp_path / "a.csv").write_bytes("户主,地址\n".encode("gb18030") + b"".join(lines))
    read = read_lists([tmp_path / "a.csv"])
    assert [(f.ref.row, f.code) for f in read.findings] == [(51, "incomplete.unreadable")]
    assert len(read.rows) == 99


def test_unknown_encodings(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("nom;adresse\nÉlodie;rue de la République n° 5 à Évreux\n".encode("latin1") * 50)
    assert refusal(tmp_path / "a.csv") == "list.encoding"
    (tmp_path / "b.csv").write_bytes(bytes(b for b in os.urandom(50_000) if b))
    assert refusal(tmp_path / "b.csv") == "list.encoding"


def test_endless_lines(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("幸福路1号 " * 3_000_000, "utf-8")
    assert refusal(tmp_path / "a.txt") == "list.too_large"


def test_two_columns_of_households_side_by_side(tmp_path: Path) -> None:
    rows = [["户主", "门牌号", "户主", "门牌号"], ["测试甲", "1号", "测试丙", "5号"], ["测试乙", "3号", "测试丁", "7号"]]
    assert refusal(write_csv(tmp_path / "a.csv", rows)) == "list.side_by_side"


def test_map_files_may_not_point_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "a.geojson").write_text(
        '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
    )
    assert refusal(tmp_path / "a.geojson") == "list.not_a_table"


@pytest.mark.slow
def test_a_million_lines_stream_in_bounded_memory(tmp_path: Path) -> None:
    with (tmp_path / "a.csv").open("w", encoding="gb18030") as out:
        out.write("序号,户主,地址,经度,纬度\n")
        out.writelines(
            f"{i},测试甲,陕西省咸阳市武功县普集街道营上村幸福路{i % 900}号,108.2112,34.2748\n" for i in range(1_000_000)
        )
    code = """
import sys
from pathlib import Path
from doorplate.exchange.formats.text_table import read_text_table
from doorplate.exchange.limits import Limits
from doorplate.exchange.meaning.recognise import recognise
lines = sum(1 for _ in recognise(read_text_table(Path(sys.argv[1]), Limits())[0]).lines())
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(lines, int(peak.split()[1]) >> 10)
"""
    told = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "a.csv")],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    ).stdout.split()
    assert int(told[0]) == 1_000_000
    assert int(told[1]) < 200


def test_utf8_with_a_broken_byte_and_a_stray_zero_is_still_utf8(tmp_path: Path) -> None:
    text = "户主,地址\n" + "".join(f"测试甲,幸福路{i}号\n" for i in range(1, 100))
    (tmp_path / "a.csv").write_bytes(
        text.encode().replace("幸福路7号".encode(), b"\xe5\xb9\xe7\xa6\x8f\xe8\xb7\xaf7\0\xe5\x8f\xb7")
    )
    read = read_lists([tmp_path / "a.csv"])
    assert len(read.rows) == 99
    assert read.rows[9].cell("address") == "幸福路10号"
    assert [f.ref.row for f in read.findings] == [8]
