"""GET /d/<CODE>/contacts.vcf: what a phone's address book reads (vCard 4.0, RFC 6350)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from memory_registry import BARE, IN_USE, NEVER_ISSUED, RETIRED, facts

from doorplate.public_view import ContactView, StationView, plate_view
from webapp.scan.vcard import cards, escaped, fold


def unfolded(body: bytes) -> list[str]:
    return body.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def test_everybody_on_the_page_and_the_station_with_the_numbers_as_shown(resident: FlaskClient) -> None:
    answer = resident.get(f"/d/{IN_USE}/contacts.vcf")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/vcard; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    lines = unfolded(answer.data)
    assert lines.count("BEGIN:VCARD") == lines.count("END:VCARD") == lines.count("VERSION:4.0")
    assert [lines[n + 1] for n, line in enumerate(lines) if line == "BEGIN:VCARD"] == ["VERSION:4.0"] * lines.count("BEGIN:VCARD")
    page = resident.get(f"/d/{IN_USE}").text
    numbers = [line.rpartition(":")[2] for line in lines if line.startswith("TEL")]
    assert "029-00000000" in numbers
    assert "029-00000110" in numbers
    assert all(f"tel:{number.replace(' ', '')}" in page for number in numbers)
    assert "测试民警甲 营上村社区民警" in "".join(line for line in lines if line.startswith("FN:"))


def test_lines_end_and_fold_as_the_rule_says_and_never_inside_a_character(resident: FlaskClient) -> None:
    body = resident.get(f"/d/{IN_USE}/contacts.vcf").data
    assert body.endswith(b"END:VCARD\r\n")
    for line in body.removesuffix(b"\r\n").split(b"\r\n"):
        assert len(line) <= 75
        line.decode()


@pytest.mark.parametrize("line", ["NOTE:" + "民" * 60, "NOTE:" + "𣵦a" * 40, "NOTE:" + "x" * 75, "NOTE:" + "x" * 70, "N:"])
def test_folding_keeps_the_text(line: str) -> None:
    folded = fold(line)
    assert folded.replace("\r\n ", "") == line
    assert all(len(part.encode()) <= 75 for part in folded.split("\r\n"))


def test_what_would_end_a_value_is_escaped() -> None:
    assert escaped("甲;乙,丙\\丁\r\nTEL:110\x00") == "甲\\;乙\\,丙\\\\丁\\nTEL:110"
    view = replace(plate_view(facts()), contacts=(ContactView("甲\r\nTEL:13900000000", "网格员", ("110",), None),), station=None)
    lines = unfolded(cards(view).encode())
    assert [line for line in lines if line.startswith("TEL")] == ['TEL;TYPE="work,voice":110']


def test_who_has_no_number_gets_no_card() -> None:
    nobody = replace(plate_view(facts()), contacts=(ContactView("甲", "网格员", (), None),), station=StationView("所", "", ()))
    assert cards(nobody) == ""


@pytest.mark.parametrize("code", [BARE, RETIRED, NEVER_ISSUED, "hello", IN_USE.lower()])
def test_no_other_code_has_one(resident: FlaskClient, code: str) -> None:
    assert resident.get(f"/d/{code}/contacts.vcf").status_code == 404
