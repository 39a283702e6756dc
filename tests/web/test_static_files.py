"""GET /static/<name>: named after their content, the only thing that may be kept for long."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from wire import unpacked

LINK = re.compile(r'(?:href|src)="(/static/[^"]+)"')


def test_files_of_a_page_are_served_compressed_and_cached_for_long(resident: FlaskClient) -> None:
    names = set(LINK.findall(resident.get("/").text))
    assert len(names) == 2
    for name in names:
        assert re.search(r"\.[0-9a-f]{8}\.(css|svg)$", name)
        answer = resident.get(name, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert len(unpacked(answer.data)) >= len(answer.data)


def test_nothing_is_compressed_for_who_cannot_read_it(resident: FlaskClient) -> None:
    for wish in ("", "identity", "gzip;q=0, br;q=0", "zstd"):
        answer = resident.get("/", headers={"Accept-Encoding": wish})
        assert "Content-Encoding" not in answer.headers
        assert "智慧门牌" in answer.text


@pytest.mark.parametrize(
    "name",
    [
        "scan.css",
        "scan.00000000.css",
        "../factory.py",
        "%2e%2e/factory.py",
        "..%2f..%2fpyproject.toml",
        "css/tokens.css",
        "tokens.css",
        "%00",
        "",
    ],
)
def test_only_the_known_names_exist(resident: FlaskClient, name: str) -> None:
    answer = resident.get(f"/static/{name}")
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"


def test_all_colours_live_in_the_tokens_and_no_page_carries_inline_style_or_script(resident: FlaskClient) -> None:
    from webapp.assets import FOLDER

    for sheet in ("base.css", "scan.css"):
        text = (FOLDER / "css" / sheet).read_text("utf-8")
        colours = set(re.findall(r"#[0-9a-fA-F]{3,8}\b", text))
        assert colours <= {"#fff", "#000", "#999"}, "the symbol is black on white, and paper has no theme"
    page = resident.get("/d/hello").text
    assert not re.search(r"<style|<script|\sstyle=|\son[a-z]+=|javascript:", page)
