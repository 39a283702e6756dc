"""One list, whatever the file: format, encoding and delimiter must not change a single line."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely
import xlsxwriter

from doorplate.errors import InputError
from doorplate.exchange.read import read_lists
from doorplate.model import ListRow
from tests.exchange.makers import ROWS, write_csv, write_ods, write_xlsx

SHARED = Path(__file__).parents[3] / "shared/data"


def told(rows: tuple[ListRow, ...]) -> list[tuple[int, dict[str, str]]]:
    return [(row.ref.row, dict(row.cells)) for row in rows]


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [
        ("utf-8", ","),
        ("utf-8-sig", ","),
        ("gb18030", ","),
        ("gb18030", "\t"),
        ("utf-16", "\t"),
        ("utf-16-le", "\t"),
        ("utf-16-be", ","),
        ("utf-8", ";"),
        ("utf-8", "|"),
        ("utf-8", "，"),
    ],
)
def test_text_in_any_encoding_and_delimiter_reads_like_the_spreadsheet(encoding: str, delimiter: str, tmp_path: Path) -> None:
    sheet = read_lists([write_xlsx(tmp_path / "a.xlsx")]).rows
    text = read_lists([write_csv(tmp_path / "a.csv", encoding=encoding, delimiter=delimiter)]).rows
    assert told(text) == told(sheet)
    assert {row.ref.sheet for row in text} == {None}


def test_open_document_reads_like_the_spreadsheet(tmp_path: Path) -> None:
    assert told(read_lists([write_ods(tmp_path / "a.ods")]).rows) == told(read_lists([write_xlsx(tmp_path / "a.xlsx")]).rows)


def test_big5_is_told_from_gb18030(tmp_path: Path) -> None:
    rows = [
        ["戶長", "門牌地址", "備註"],
        ["測試甲", "連江縣南竿鄉介壽村1鄰1號", "空屋"],
        ["測試乙", "連江縣南竿鄉復興村許功蓋路2號", ""],
    ]
    read = read_lists([write_csv(tmp_path / "a.csv", rows, "big5")])
    assert [row.cell("address") for row in read.rows] == ["連江縣南竿鄉介壽村1鄰1號", "連江縣南竿鄉復興村許功蓋路2號"]


def test_characters_beyond_the_basic_plane_survive(tmp_path: Path) -> None:
    rows = [["户主", "地址"], ["测试甲", "小𣵦村1号"], ["测试乙", "小𣵦村3号"]]
    for encoding in ("utf-8", "gb18030", "utf-16"):
        assert read_lists([write_csv(tmp_path / "a.csv", rows, encoding)]).rows[0].cell("address") == "小𣵦村1号"


def test_line_breaks_inside_cells_count_as_a_text_editor_counts(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('\n户主,地址,备注\n测试甲,幸福路1号,"见附页\n另册"\n测试乙,幸福路3号,\n', "utf-8")
    rows = read_lists([path]).rows
    assert [row.ref.row for row in rows] == [3, 5]
    assert rows[0].cell("note") == "见附页\n另册"


def test_rows_and_sheet_names_are_the_ones_a_person_sees(tmp_path: Path) -> None:
    rows = [[], [], *([None, None, *row] for row in ROWS)]
    read = read_lists([write_xlsx(tmp_path / "a.xlsx", rows, sheet=" 第2网格 ")])
    assert [row.ref.row for row in read.rows] == [4, 5, 6, 7, 8]
    assert {row.ref.sheet for row in read.rows} == {" 第2网格 "}
    assert {row.grid_hint for row in read.rows} == {"2"}


def test_merged_cells_count_for_every_line_and_say_so(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["户主", "街路巷", "门牌号", "备注"])
        for i in range(1, 5):
            sheet.write_row(i, 0, [f"测试{i}", "", f"{i}号"])
        sheet.merge_range(1, 1, 3, 1, "幸福路")
        sheet.write(4, 1, "和谐街")
    rows = read_lists([tmp_path / "a.xlsx"]).rows
    assert [(row.cell("street"), "street" in row.filled) for row in rows] == [
        ("幸福路", False),
        ("幸福路", True),
        ("幸福路", True),
        ("和谐街", False),
    ]


def test_struck_and_hidden_lines_are_kept_and_marked(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in ROWS:
        sheet.append(row)
    for cell in sheet[3]:
        cell.font = openpyxl.styles.Font(strike=True)
    sheet["B4"].font = openpyxl.styles.Font(strike=True)
    sheet.row_dimensions[5].hidden = True
    spare = book.create_sheet("旧表")
    for row in ROWS[:3]:
        spare.append(row)
    spare.sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    rows = {(row.ref.sheet, row.ref.row): row for row in read_lists([tmp_path / "a.xlsx"]).rows}
    assert [key[1] for key, row in rows.items() if row.struck] == [3]
    assert {key for key, row in rows.items() if row.hidden} == {("Sheet", 5), ("旧表", 2), ("旧表", 3)}


def test_web_pages_saved_as_xls_are_tables_too(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_text(
        "<html><body><table><tr><td colspan=3>第二网格</td></tr><tr><th rowspan=2>户主</th><th colspan=2>地址</th></tr>"
        "<tr><th>街路巷</th><th>门牌号</th></tr><tr><td>测试甲</td><td rowspan=2>幸福路</td><td>1号</td></tr>"
        "<tr><td>测试乙</td><td>3&nbsp;号</td></tr></table></body></html>",
        "gb18030",
    )
    rows = read_lists([path]).rows
    assert [(r.ref.row, r.cell("head"), r.cell("street"), r.cell("number")) for r in rows] == [
        (4, "测试甲", "幸福路", "1号"),
        (5, "测试乙", "幸福路", "3 号"),
    ]


def points(path: Path, driver: str, encoding: str | None = None, crs: str = "EPSG:4490") -> Path:
    shapes = shapely.to_wkb(shapely.points([(108.21, 34.27), (108.22, 34.28)]))
    columns = [
        np.array(["测试甲", "测试乙"], dtype=object),
        np.array(["幸福路1号", "幸福路3号"], dtype=object),
        np.array(["0", "0"], dtype=object),
    ]
    pyogrio.raw.write(
        path, shapes, columns, ["户主", "地址", "经度"], driver=driver, geometry_type="Point", crs=crs, encoding=encoding
    )
    return path


@pytest.mark.parametrize(
    ("name", "driver", "encoding"),
    [
        ("a.geojson", "GeoJSON", None),
        ("a.gpkg", "GPKG", None),
        ("a.shp", "ESRI Shapefile", "GB18030"),
        ("b.shp", "ESRI Shapefile", "UTF-8"),
    ],
)
def test_points_on_a_map_are_a_list(name: str, driver: str, encoding: str | None, tmp_path: Path) -> None:
    rows = read_lists([points(tmp_path / name, driver, encoding)]).rows
    assert [(r.ref.row, r.cell("head"), r.cell("address"), r.cell("lon"), r.crs) for r in rows] == [
        (1, "测试甲", "幸福路1号", "108.2100000", "wgs84"),
        (2, "测试乙", "幸福路3号", "108.2200000", "wgs84"),
    ]


@pytest.mark.parametrize("encoding", ["GB18030", "UTF-8"])
def test_a_zipped_shapefile_that_does_not_tell_its_encoding(encoding: str, tmp_path: Path) -> None:
    points(tmp_path / "a.shp", "ESRI Shapefile", encoding)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for suffix in ("shp", "shx", "dbf", "prj"):
            archive.write(tmp_path / f"a.{suffix}", f"房屋/a.{suffix}")
    assert [r.cell("address") for r in read_lists([tmp_path / "a.zip"]).rows] == ["幸福路1号", "幸福路3号"]


def test_projected_points_come_in_degrees(tmp_path: Path) -> None:
    x, y = shapely.Point(327_000, 3_793_000), shapely.Point(327_100, 3_793_000)  # UTM 49N
    pyogrio.raw.write(
        tmp_path / "a.gpkg",
        shapely.to_wkb([x, y]),
        [np.array(["幸福路1号", "幸福路3号"], dtype=object)],
        ["地址"],
        driver="GPKG",
        geometry_type="Point",
        crs="EPSG:32649",
    )
    row = read_lists([tmp_path / "a.gpkg"]).rows[0]
    assert (round(float(row.cell("lon")), 2), round(float(row.cell("lat")), 2)) == (109.12, 34.26)


@pytest.mark.skipif(not SHARED.exists(), reason="../shared is not here")
def test_building_outlines_are_the_list_buildings() -> None:
    read = read_lists([SHARED / "village/truth/buildings.geojson"])
    assert {row.list_name for row in read.rows} == {"buildings"}
    assert len(read.rows) == 879


@pytest.mark.skipif(not SHARED.exists(), reason="../shared is not here")
def test_office_files_other_tools_stumble_on_give_a_table_or_one_clear_refusal() -> None:
    known = ("list.no_address_column", "list.not_a_table", "list.empty", "list.header_only")
    for path in sorted((SHARED / "spreadsheets").glob("*/*")):
        refused = refusal_of(path)
        assert refused is None or (refused.code in known and path.name in refused.message and "\n" not in refused.message)


def refusal_of(path: Path) -> InputError | None:
    try:
        read_lists([path])
    except InputError as refused:
        return refused
    return None


def test_a_number_that_the_spreadsheet_turned_into_a_date_is_read_back_and_told(tmp_path: Path) -> None:
    rows = [
        ["户主", "街路巷", "门牌号"],
        ["测试甲", "幸福路", "2022-03-05"],
        ["测试乙", "幸福路", "7号"],
        ["测试丙", "幸福路", "9号"],
    ]
    read = read_lists([write_csv(tmp_path / "a.csv", rows)])
    assert read.rows[0].cell("number") == "3-5"
    assert [(f.ref.row, f.code, f.proposal) for f in read.findings] == [(2, "wrong.number", "3-5")]


def test_a_coordinate_system_in_the_file_s_name_counts(tmp_path: Path) -> None:
    assert {row.crs for row in read_lists([write_csv(tmp_path / "门牌_高德坐标.csv")]).rows} == {"gcj02"}


def test_a_table_without_header_is_no_chat_and_chat_with_commas_is_no_table(tmp_path: Path) -> None:
    rows = [[i, f"测试{c}", f"幸福路{i}号", 3] for i, c in enumerate("甲乙丙丁", 1)]
    assert {r.list_name for r in read_lists([write_csv(tmp_path / "名单.csv", rows)]).rows} == {"sheets"}
    assert {r.list_name for r in read_lists([write_csv(tmp_path / "补报.txt", rows)]).rows} == {"late"}
    assert next(r.cell("head") for r in read_lists([write_csv(tmp_path / "补报.txt", rows, delimiter="，")]).rows) == "测试甲"


def test_a_sheet_nobody_recognises_is_told_not_left_out_silently(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        for name, rows in (
            ("名单", ROWS),
            ("另表", [["甲", "乙"], *([str(i), "x"] for i in range(9))]),
            ("便条", [["记得交表"]]),
        ):
            sheet = book.add_worksheet(name)
            for i, row in enumerate(rows):
                sheet.write_row(i, 0, row)
    read = read_lists([tmp_path / "a.xlsx"])
    assert [(f.ref.sheet, f.ref.row, f.code) for f in read.findings] == [("另表", 1, "incomplete.unreadable")]


def test_of_several_files_all_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    good, bad = write_csv(tmp_path / "名单.csv"), tmp_path / "照片.jpg"
    bad.write_bytes(b"\xff\xd8\xff\xe0" + b"x" * 500)
    (tmp_path / "闲聊.txt").write_text("收到\n好的\n", "utf-8")
    refused = refusal_of_all(good, bad, tmp_path / "闲聊.txt")
    assert refused.code == "list.not_a_table"
    assert "照片.jpg" in refused.message
    assert "另外 闲聊.txt 也不能用" in refused.message
    assert "其余 1 个文件能读" in refusal_of_all(good, bad).message


def refusal_of_all(*paths: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        read_lists(paths)
    return caught.value


def test_a_summary_without_a_header_is_no_lost_list(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        for name, rows in (
            ("名单", ROWS),
            ("汇总", [["门牌核对汇总表"], *([f"第{i}网格", "测试员", i * 9] for i in range(1, 8))]),
        ):
            sheet = book.add_worksheet(name)
            for i, row in enumerate(rows):
                sheet.write_row(i, 0, row)
    read = read_lists([tmp_path / "a.xlsx"])
    assert [s.kind for s in read.sheets] == ["list", "summary"]
    assert not read.findings


def test_a_coordinate_system_said_below_the_table_counts(tmp_path: Path) -> None:
    rows = [*ROWS, [], ["说明：坐标为高德坐标"]]
    assert {row.crs for row in read_lists([write_xlsx(tmp_path / "a.xlsx", rows)]).rows} == {"gcj02"}


def test_a_title_s_street_counts_only_where_the_lines_bear_it_out(tmp_path: Path) -> None:
    streets = ["前街", "后街", "后街", "西巷", "西巷", "东巷"]
    rows = [
        ["户主", "街路巷", "门牌号"],
        *([f"测试{c}", s, f"{i}号"] for i, (c, s) in enumerate(zip("甲乙丙丁戊己", streets, strict=True), 1)),
    ]
    assert {r.street_hint for r in read_lists([write_xlsx(tmp_path / "a.xlsx", rows, sheet="全村(前街)")]).rows} == {""}
    assert {r.street_hint for r in read_lists([write_xlsx(tmp_path / "b.xlsx", rows[:3], sheet="1网格(前街)")]).rows} == {"前街"}
