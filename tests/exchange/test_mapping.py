"""A mapping file overrules what was recognised; what was recognised can be written as one and read back."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import xlsxwriter

from doorplate.errors import InputError
from doorplate.exchange.mapping import read_mapping, write_mapping
from doorplate.exchange.read import ReadResult, read_lists
from tests.exchange.makers import ROWS, write_csv, write_xlsx
from tests.exchange.test_formats import points

HANDOVER = Path(__file__).parents[2] / "doorplate/sample/handover"


def mapped(folder: Path, text: str, *files: Path) -> ReadResult:
    (folder / "读表.toml").write_text(text, "utf-8")
    return read_lists(files, mapping=read_mapping(folder / "读表.toml"))


def refusal(folder: Path, text: str, *files: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        mapped(folder, text, *files)
    assert "\n" not in caught.value.message
    return caught.value


def test_what_was_recognised_reads_the_same_rows_again(tmp_path: Path) -> None:
    files = sorted(HANDOVER.iterdir())
    recognised = read_lists(files)
    write_mapping(tmp_path / "读表.toml", recognised)
    again = read_lists(files, mapping=read_mapping(tmp_path / "读表.toml"))
    assert again == recognised
    write_mapping(tmp_path / "再写.toml", again)
    assert (tmp_path / "再写.toml").read_bytes() == (tmp_path / "读表.toml").read_bytes()


def test_map_layers_and_sheets_with_several_notes_read_the_same_again(tmp_path: Path) -> None:
    rows = [
        ["户主", "地址", "备注", "存在问题"],
        ["测试甲", "幸福路1号", "出租", "牌子掉了"],
        ["测试乙", "幸福路3号", "", "字迹不清"],
    ]
    files = [
        points(tmp_path / "a.gpkg", "GPKG"),
        points(tmp_path / "b.geojson", "GeoJSON"),
        write_xlsx(tmp_path / "c.xlsx", rows),
    ]
    recognised = read_lists(files)
    write_mapping(tmp_path / "读表.toml", recognised)
    assert read_lists(files, mapping=read_mapping(tmp_path / "读表.toml")) == recognised
    assert 'note = ["C", "D"]' in (tmp_path / "读表.toml").read_text("utf-8")


def test_columns_by_letter_or_by_header_and_what_the_sheet_claims(tmp_path: Path) -> None:
    rows = [["甲列", "乙列", "丙列", "丁列"], ["测试甲", "幸福路", "1号", "空"], ["测试乙", "幸福路", "3号", ""]]
    text = """
[[table]]
file = "a.csv"
header = [1]
list = "register"
crs = "gcj02"
grid = "3"
street = "幸福路"
[table.columns]
head = "甲列"
street = "B"
number = "C"
note = ["D"]
"""
    result = mapped(tmp_path, text, write_csv(tmp_path / "a.csv", rows))
    row = result.rows[0]
    assert dict(row.cells) == {"head": "测试甲", "street": "幸福路", "number": "1号", "note": "空"}
    assert (row.list_name, row.crs, row.grid_hint, row.street_hint) == ("register", "gcj02", "3", "幸福路")
    assert result.sheets[0].columns == {"head": "甲列", "street": "乙列", "number": "丙列", "note": "丁列"}


def test_a_header_in_another_row_and_none_at_all(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [["说明", "", ""], *ROWS])
    given = '[[table]]\nfile = "a.csv"\nheader = [2]\n'
    assert len(mapped(tmp_path, given, path).rows) == 5
    bare = '[[table]]\nfile = "b.csv"\nheader = []\n[table.columns]\nhead = "A"\naddress = "B"\n'
    result = mapped(tmp_path, bare, write_csv(tmp_path / "b.csv", [["户主", "幸福路1号"], ["测试乙", "幸福路3号"]]))
    assert [r.cell("head") for r in result.rows] == ["户主", "测试乙"]


def test_sheets_left_out_and_coordinates_that_the_list_does_not_name(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        for name in ("名单", "旧表"):
            page = book.add_worksheet(name)
            for i, row in enumerate([*[[*ROWS[0][:4], "高德经度", "高德纬度"]], *(row[:6] for row in ROWS[1:])]):
                page.write_row(i, 0, row)
    assert {r.crs for r in read_lists([tmp_path / "a.xlsx"]).rows} == {"gcj02"}
    text = """
[[table]]
file = "a.xlsx"
sheet = "旧表"
read = "ignore"
[[table]]
file = "a.xlsx"
sheet = "名单"
crs = "none"
"""
    result = mapped(tmp_path, text, tmp_path / "a.xlsx")
    assert {(r.ref.sheet, r.crs) for r in result.rows} == {("名单", None)}
    assert [s.kind for s in result.sheets] == ["list", "ignored"]


def test_a_text_read_as_chat_or_as_a_table_because_somebody_says_so(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.txt", [[i, f"测试{c}", f"幸福路{i}号", 3] for i, c in enumerate("甲乙丙丁", 1)])
    assert {r.list_name for r in mapped(tmp_path, '[[table]]\nfile = "a.txt"\nread = "chat"\n', path).rows} == {"late"}
    assert {r.list_name for r in mapped(tmp_path, '[[table]]\nfile = "a.txt"\nread = "list"\n', path).rows} == {"sheets"}


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ('[[table]]\nfile = "x.csv"\n', "mapping.no_such_file", "x.csv"),
        ('[[table]]\nfile = "a.csv"\ncrs = "gcj"\n', "mapping.invalid", "第 1 张表的 crs 不能写“gcj”, 只能写 wgs84"),
        ('[[table]]\nfile = "a.csv"\n\n[[table]]\nlist = "sheets"\n', "mapping.invalid", "第 2 张表缺少 file"),
        ('[[table]]\nfile = "a.csv"\ncolour = "red"\n', "mapping.invalid", "没有 colour 这一项"),
        ('[[table]]\nfile = "a.csv"\n[table.columns]\nname = "A"\n', "mapping.invalid", "第 1 张表的 columns.name"),
        ('[[table]]\nfile = "a.csv"\nheader = [0]\n', "mapping.invalid", "header"),
        ('[[table]]\nfile = "a.csv"\nheader = "3"\n', "mapping.invalid", "header"),
        ("tables = 3\n", "mapping.invalid", "没有 tables 这一项"),
        ('[[table]\nfile = "a.csv"\n', "mapping.not_toml", "读表.toml"),
        ('[[table]]\nfile = "a.csv"\nheader = [90]\n', "mapping.no_such_row", "第 90 行"),
        ('[[table]]\nfile = "a.csv"\n[table.columns]\nhead = "ZZ"\n', "mapping.no_such_column", "ZZ"),
        ('[[table]]\nfile = "a.csv"\n[table.columns]\nhead = "房东"\n', "mapping.no_such_column", "房东"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused_in_one_line(text: str, code: str, words: str, tmp_path: Path) -> None:
    refused = refusal(tmp_path, text, write_csv(tmp_path / "a.csv"))
    assert refused.code == code
    assert words in refused.message


def test_a_mapping_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_mapping(tmp_path / "没有.toml")
    assert caught.value.code == "mapping.not_found"
    (tmp_path / "a.toml").write_bytes("[[table]]\nfile = '名单'".encode("gb18030"))
    with pytest.raises(InputError) as caught:
        read_mapping(tmp_path / "a.toml")
    assert caught.value.code == "mapping.not_toml"


def doorplate(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "DOORPLATE_HOME": str(folder / "home")}
    command = [sys.executable, "-m", "doorplate", *words, "--community", "610431001203"]
    return subprocess.run(command, capture_output=True, text=True, env=env, cwd=folder, check=False)


def test_a_clerk_writes_the_mapping_out_and_passes_it_back_to_check_and_import(tmp_path: Path) -> None:
    write_csv(tmp_path / "a.csv")
    first = doorplate(tmp_path, "check", "a.csv", "--rows", "1.jsonl", "--mapping-out", "读表.toml")
    assert first.returncode == 0, first.stderr
    again = doorplate(tmp_path, "check", "a.csv", "--rows", "2.jsonl", "--mapping", "读表.toml")
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "1.jsonl").read_bytes() == (tmp_path / "2.jsonl").read_bytes()
    brought_in = doorplate(tmp_path, "import", "a.csv", "--mapping", "读表.toml")
    assert brought_in.returncode == 0, brought_in.stderr
    text = (tmp_path / "读表.toml").read_text("utf-8")
    (tmp_path / "读表.toml").write_text(text.replace('"F"', '"Q"'), "utf-8")
    refused = doorplate(tmp_path, "import", "a.csv", "--mapping", "读表.toml")
    assert refused.returncode == 2
    assert refused.stderr.strip().splitlines()[-1].startswith("mapping.no_such_column: 读表说明里文件 a.csv")
