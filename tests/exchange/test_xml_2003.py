"""XML spreadsheets of Office 2003, mostly named .xls."""

from __future__ import annotations

from pathlib import Path

import pytest

from doorplate.errors import InputError
from doorplate.exchange.read import read_lists

HEAD = (
    '<?xml version="1.0"{}?>{}<?mso-application progid="Excel.Sheet"?>'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
    '<Worksheet ss:Name="第2网格"><Table>'
)
TAIL = "</Table></Worksheet></Workbook>"


def row(*cells: str, more: str = "") -> str:
    told = (c if c.startswith("<") else f'<Cell><Data ss:Type="String">{c}</Data></Cell>' for c in cells)
    return f"<Row{more}>{''.join(told)}</Row>\n"


def book(folder: Path, body: str, encoding: str = "utf-8", kind: str = "") -> Path:
    declared = f' encoding="{encoding}"' if encoding != "utf-8" else ""
    path = folder / "名单.xls"
    path.write_text(HEAD.format(declared, kind) + body + TAIL, encoding)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_rows_numbers_merges_and_hidden_rows(encoding: str, tmp_path: Path) -> None:
    street = '<Cell ss:MergeDown="1"><Data ss:Type="String">幸福路</Data></Cell>'
    number = '<Cell><Data ss:Type="Number">{}</Data></Cell>'
    body = row("户主", "街路巷", "门牌号") + row("测试甲 &amp; 乙", street, number.format("1.0"), more=' ss:Index="3"')
    body += row("测试丙", '<Cell ss:Index="3"><Data ss:Type="String">3号</Data></Cell>', more=' ss:Hidden="1"')
    read = read_lists([book(tmp_path, body, encoding)])
    assert [(r.ref.sheet, r.ref.row, r.cell("head"), r.cell("street"), r.cell("number"), r.hidden) for r in read.rows] == [
        ("第2网格", 3, "测试甲 & 乙", "幸福路", "1", False),
        ("第2网格", 4, "测试丙", "幸福路", "3号", True),
    ]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (row("户主", "&b;"), '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'),
        (row("户主", "&b;"), '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'),
        ("<Row><Cell>", ""),
        (row("户主", more=' ss:Index="99999999"'), ""),
        (row('<Cell ss:Index="x"><Data ss:Type="String">a</Data></Cell>'), ""),
        (row('<Cell><Data ss:Type="Number">one</Data></Cell>'), ""),
    ],
)
def test_what_is_no_clean_xml_is_refused(body: str, kind: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_lists([book(tmp_path, body, kind=kind)])
    assert caught.value.code == "list.broken"
