"""Lines that were once misread, kept for ever: chat, titles, header words."""

from __future__ import annotations

from pathlib import Path

import pytest

from doorplate.exchange.meaning.chat.entries import understand
from doorplate.exchange.meaning.columns import meanings
from doorplate.exchange.meaning.hints import crs_in, grid_in, streets_in

DATA = Path(__file__).parents[1] / "data/exchange"


def corpus(name: str) -> list[list[str]]:
    return [line.split("\t") for line in (DATA / name).read_text("utf-8").splitlines() if line]


@pytest.mark.parametrize(("line", "expected"), corpus("chat.tsv"))
def test_a_chat_line(line: str, expected: str) -> None:
    cells = understand(line)
    if not expected:
        assert cells is None
        return
    wanted = dict(pair.split("=", 1) for pair in expected.split(" "))
    assert cells is not None
    assert {role: cells.get(role, "") for role in wanted} == wanted


@pytest.mark.parametrize(("title", "grid", "streets"), corpus("hints.tsv"))
def test_what_a_title_claims(title: str, grid: str, streets: str) -> None:
    assert (grid_in(title), "、".join(streets_in(title))) == (grid, streets)


@pytest.mark.parametrize(("word", "role"), corpus("headers.tsv"))
def test_a_header_word(word: str, role: str) -> None:
    strength = meanings(word.replace("\\n", "\n"))
    assert role in strength
    assert strength[role] >= max(strength.values()) - 0.2


@pytest.mark.parametrize(
    ("words", "crs"),
    [
        (["坐标（高德）"], "gcj02"),
        (["腾讯地图坐标"], "gcj02"),
        (["经度(BD09)"], "bd09"),
        (["百度经纬度"], "bd09"),
        (["GPS坐标"], "wgs84"),
        (["CGCS2000经度"], "wgs84"),
        (["天地图"], "wgs84"),
        (["经度", "纬度"], None),
        (["高德坐标", "GPS坐标"], None),
    ],
)
def test_the_coordinate_system_a_header_declares(words: list[str], crs: str | None) -> None:
    assert crs_in(words) == crs


@pytest.mark.parametrize("line", ["1. " + "路" * 500, "1. " + "测试 " * 160, "1. " + "幸福路1号" * 100, "是" * 500, "12" * 250])
def test_no_line_takes_long(line: str) -> None:
    understand(line)
