"""Language and type size are part of a page's address: one address, one page, whether a server or a file answers."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from memory_registry import IN_USE, NEVER_ISSUED, RETIRED

from webapp.reading import readings


@pytest.mark.parametrize("path", ["/", f"/d/{IN_USE}", f"/d/{RETIRED}", "/howto"])
def test_a_path_and_its_query_are_the_same_page(resident: FlaskClient, path: str) -> None:
    for reading in readings(["zh", "en"]):
        in_path = f"{path.rstrip('/')}/{reading.as_path}" if reading.as_path else path
        assert resident.get(in_path).data == resident.get(f"{path}?{reading.as_query}").data


def test_links_to_the_other_readings_are_paths(resident: FlaskClient) -> None:
    text = resident.get(f"/d/{IN_USE}/en").text
    assert f'href="/d/{IN_USE}/en-large"' in text
    assert f'href="/d/{IN_USE}"' in text
    assert 'href="/en"' in text, "the start page stays English"


def test_another_spelling_keeps_the_reading(resident: FlaskClient) -> None:
    answer = resident.get(f"/d/{IN_USE.lower()}/en")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/d/{IN_USE}/en")
    assert resident.get(f"/d/{IN_USE}/xx").status_code == 404


def test_the_unknown_page_does_not_repeat_its_address(resident: FlaskClient) -> None:
    assert NEVER_ISSUED not in resident.get(f"/d/{NEVER_ISSUED}").text


def test_no_reading_stands_in_the_way_of_another_page(app: Flask) -> None:
    """A language whose code is a form's name would hide the form."""
    names = {part for rule in app.url_map.iter_rules() for part in rule.rule.split("/")}
    names |= {"ask", "report", "book", "chief", "here", "map.svg", "contacts.vcf"}
    assert not (names - {""}) & {one.as_path for one in readings(app.extensions["doorplate.languages"])}
