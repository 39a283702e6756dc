"""Other villages hand over other layouts: every case of layouts.toml must be read as it says, as CSV and as XLSX."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from doorplate.exchange.meaning.columns import NOT_OURS
from doorplate.exchange.read import ReadResult, read_lists

CASES = tomllib.loads((Path(__file__).parents[1] / "data/exchange/layouts.toml").read_text("utf-8"))["case"]


def lines(case: dict[str, Any]) -> list[list[str]]:
    return [line.split("|") for line in case["text"].removeprefix("\n").rstrip("\n").split("\n")]


def as_csv(case: dict[str, Any], folder: Path) -> Path:
    path = folder / "名单.csv"
    path.write_text(
        "\n".join(
            "\t".join('""""' if c == '"' else c.replace('"', '""') if c.startswith('"') else c for c in row)
            for row in lines(case)
        ),
        "gb18030",
    )
    return path


def as_xlsx(case: dict[str, Any], folder: Path) -> Path:
    path = folder / "名单.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for i, row in enumerate(lines(case)):
            for j, text in enumerate(row):
                sheet.write(i, j, float(text) if re.fullmatch(r"[1-9][0-9]*(\.[0-9]+)?", text) else text)
    return path


def expected(case: dict[str, Any]) -> dict[int, dict[str, str]]:
    return {int(row): dict(pair.split("=", 1) for pair in told.split(" ")) for row, told in case["rows"].items()}


@pytest.fixture(params=[as_csv, as_xlsx], ids=["csv", "xlsx"])
def write(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.mark.parametrize("case", CASES, ids=[c["name"] for c in CASES])
def test_a_layout_is_read_as_a_person_reads_it(case: dict[str, Any], write: Any, tmp_path: Path) -> None:
    read: ReadResult = read_lists([write(case, tmp_path)])
    report = read.sheets[0]
    found = {row.ref.row: row for row in read.rows}
    for number, cells in expected(case).items():
        assert {role: found[number].cell(role) for role in cells} == cells
    assert {c for c in report.columns if c not in NOT_OURS} == set(case["columns"].split())
    for number, roles in case.get("filled", {}).items():
        assert set(roles.split()) <= found[int(number)].filled
    if "dropped" in case:
        assert {str(row): reason for row, reason, _ in report.dropped} == case["dropped"]
    if "crs" in case:
        assert (report.crs or "") == case["crs"]
    if "grid" in case:
        assert {row.grid_hint for row in read.rows} == {case["grid"]}
