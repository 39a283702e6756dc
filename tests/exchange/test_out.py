"""What leaves the house: findings and rows for programs, the report for people, exports that come back unchanged."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from doorplate.areas.divisions import lookup
from doorplate.exchange.export import Form, export_addresses
from doorplate.exchange.findings_file import write_findings, write_report, write_rows
from doorplate.exchange.read import read_lists
from doorplate.exchange.report import finding_words
from doorplate.exchange.table import ReadResult, SheetReport
from doorplate.model import Address, Area, CheckedRow, CheckResult, Community, Elements, Finding, Point, SourceRef

REF, OTHER = SourceRef("名单.xlsx", "第一网格 ", 7), SourceRef("名单.csv", None, 9)
FINDINGS = (
    Finding(
        REF, "wrong.street", "address", "=幸福陆1号", "第 7 行的街名写成“幸福陆”，请改成“幸福路”。", "幸福路1号", "sure", (OTHER,)
    ),
    Finding(OTHER, "duplicate.number", "number", "3", "两户同号，请到现场核对。", "", "ask"),
)
ROWS = (
    CheckedRow(
        REF,
        "household",
        Elements(street="幸福路", number="1"),
        "陕西省营上村幸福路1号",
        "610431001203-G01",
        Point(108.20753014, 34.2722),
        "correct",
    ),
    CheckedRow(OTHER, "household", None, None, None, None, "keep"),
)
READ = ReadResult(
    (),
    (),
    (
        SheetReport(
            "名单.xlsx",
            "第一网格 ",
            "list",
            (3, 4),
            {"lon": "坐标/经度"},
            "gcj02",
            "sheets",
            "1",
            "幸福路",
            188,
            ((193, "小计合计", "合计"),),
        ),
    ),
)
RESULT = CheckResult(FINDINGS, ROWS, ((REF,), (OTHER,)))


def test_findings_have_the_keys_other_programs_rely_on_in_their_order(tmp_path: Path) -> None:
    write_findings(tmp_path / "f.jsonl", FINDINGS)
    first, second = (tmp_path / "f.jsonl").read_text("utf-8").splitlines()
    assert list(json.loads(first)) == [
        "file",
        "sheet",
        "row",
        "class",
        "code",
        "field",
        "value",
        "message",
        "proposal",
        "confidence",
        "with",
    ]
    assert json.loads(first)["with"] == [{"file": "名单.csv", "sheet": None, "row": 9}]
    assert json.loads(second)["sheet"] is None
    assert "幸福路1号" in first


def test_rows_have_the_keys_other_programs_rely_on_in_their_order(tmp_path: Path) -> None:
    write_rows(tmp_path / "r.jsonl", ROWS)
    first, second = map(json.loads, (tmp_path / "r.jsonl").read_text("utf-8").splitlines())
    assert list(first) == [
        "file",
        "sheet",
        "row",
        "kind",
        "standard_address",
        "street",
        "lane",
        "number",
        "suffix",
        "grid",
        "lon",
        "lat",
        "operation",
    ]
    assert (first["lon"], second["standard_address"]) == (108.2075301, None)


def test_writing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_findings(tmp_path / f"{name}.jsonl", FINDINGS)
        write_report(tmp_path / f"{name}.xlsx", RESULT, READ, lookup("610431001203"))
    for suffix in ("jsonl", "xlsx"):
        assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    def broken():  # type: ignore[no-untyped-def]
        yield FINDINGS[0]
        raise RuntimeError

    (tmp_path / "f.jsonl").write_text("old")
    with pytest.raises(RuntimeError):
        write_findings(tmp_path / "f.jsonl", broken())
    assert (tmp_path / "f.jsonl").read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["f.jsonl"]


def test_the_report_speaks_words_in_the_order_of_work(tmp_path: Path) -> None:
    write_report(tmp_path / "r.xlsx", RESULT, READ, lookup("610431001203"), sample=True)
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert book.sheetnames == ["汇总", "问题清单", "逐行结果", "读表说明", "未读入的行"]
    summary = list(book["汇总"].iter_rows(values_only=True))
    assert summary[0][0] == "营上村地址核对报告"
    assert "虚构" in summary[1][0]
    assert summary[2][0].startswith("共读入 2 行")
    assert [row[:5] for row in summary[5:]] == [("重号：两户同一个门牌号", 1, 0, 0, 1), ("错字：街路巷名写错", 1, 1, 0, 0)]
    listed = list(book["问题清单"].iter_rows(values_only=True))
    assert listed[1][:4] == ("名单.csv", None, 9, "重号：两户同一个门牌号")
    assert listed[2][4] == "=幸福陆1号"
    assert listed[2][8] == "名单.csv 第 9 行"
    assert book["问题清单"]["E3"].data_type == "s"
    assert book["问题清单"].freeze_panes == "A2"
    assert book["问题清单"].auto_filter.ref == "A1:I3"
    assert book["问题清单"]["A1"].fill.fgColor.rgb == "FF0B4EA2"
    assert list(book["未读入的行"].iter_rows(values_only=True))[1] == ("名单.xlsx", "第一网格 ", 193, "小计合计", "合计")


def test_every_code_of_the_contract_has_words() -> None:
    contract = (
        "duplicate.household duplicate.number wrong.street wrong.number wrong.village wrong.grid omitted incomplete.number "
        "incomplete.street damaged disordered retired point.missing point.gcj02 point.bd09 point.swapped point.off "
        "point.imprecise point.far point.zero"
    )
    assert set(contract.split()) <= finding_words().keys()


VILLAGE = Community("610431001203", ("陕西省", "咸阳市", "武功县", "普集街道", "营上村"), "陕西省咸阳市武功县普集街道营上村")
GRID = Area("g1", "grid", "610431001203-G01", "营上村第一网格", "610431001203", None)
POINT = Point(108.2112418, 34.2748254)
ELEMENTS = (
    (Elements(street="幸福路", number="53"), "幸福路53号", POINT),
    (Elements(street="幸福路", lane="二巷", number="5", suffix="1"), "幸福路二巷5号附1号", POINT),
    (Elements(hamlet="三组", number="15"), "三组15号", None),
    (
        Elements(street="人民路", number="8", compound="阳光小区", building="3", unit="2", floor="4", room="401"),
        "人民路8号阳光小区3栋2单元4层401室",
        POINT,
    ),
    (Elements(street="和谐街"), "和谐街", POINT),
)


def addresses() -> list[Address]:
    return [
        Address(
            f"{i:032x}",
            VILLAGE.code,
            e,
            VILLAGE.prefix + text,
            text,
            "verified",
            p,
            "g1",
            aliases=("=1+1", "旧街1号") if i % 2 else (),
        )
        for i, (e, text, p) in enumerate(ELEMENTS)
    ]


@pytest.mark.parametrize("form", ["csv", "xlsx", "geojson", "gpkg"])
def test_a_round_trip_changes_nothing(form: Form, tmp_path: Path) -> None:
    path = tmp_path / f"地址.{form}"
    export_addresses(addresses(), {"g1": GRID}, VILLAGE, path, form)
    read = read_lists([path])
    assert {row.crs for row in read.rows} == {"wgs84"}
    assert not read.sheets[0].dropped
    for address, row in zip(addresses(), read.rows, strict=True):
        e, p = address.elements, address.point
        assert {
            role: row.cell(role)
            for role in ("address", "hamlet", "street", "lane", "number", "suffix", "grid", "village", "lon", "lat")
        } == {
            "address": address.standard_address,
            "hamlet": e.hamlet,
            "street": e.street,
            "lane": e.lane,
            "number": e.number,
            "suffix": e.suffix,
            "grid": "营上村第一网格",
            "village": "营上村",
            "lon": f"{p.lon:.7f}" if p else "",
            "lat": f"{p.lat:.7f}" if p else "",
        }


def test_no_exported_text_becomes_a_formula(tmp_path: Path) -> None:
    export_addresses(addresses(), {}, VILLAGE, tmp_path / "a.csv", "csv")
    raw = (tmp_path / "a.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert ",'=1+1；旧街1号," in raw.decode("utf-8-sig")
    export_addresses(addresses(), {}, VILLAGE, tmp_path / "a.xlsx", "xlsx")
    cells = [
        c for row in openpyxl.load_workbook(tmp_path / "a.xlsx").active for c in row if c.value and str(c.value).startswith("=")
    ]
    assert cells
    assert {c.data_type for c in cells} == {"s"}


def test_geojson_is_plain_rfc_7946(tmp_path: Path) -> None:
    export_addresses(addresses(), {"g1": GRID}, VILLAGE, tmp_path / "a.geojson", "geojson")
    features = json.loads((tmp_path / "a.geojson").read_text("utf-8"))["features"]
    assert features[0]["geometry"] == {"type": "Point", "coordinates": [108.2112418, 34.2748254]}
    assert features[2]["geometry"] is None
