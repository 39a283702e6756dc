"""GET /: what this is, and a field that works without JavaScript."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from memory_registry import IN_USE, NEVER_ISSUED, RETIRED, MemoryRegistry
from wire import BASE_URL

from doorplate.settings import Settings
from webapp import create_app


@pytest.fixture
def demo() -> FlaskClient:
    registry = MemoryRegistry(showcase=(IN_USE, RETIRED, NEVER_ISSUED))
    return create_app(Settings(base_url=BASE_URL), registry).test_client()


def test_a_real_installation_shows_no_plates_to_strangers(resident: FlaskClient) -> None:
    page = resident.get("/")
    assert page.status_code == 200
    assert "/d/" not in page.text
    assert "示例" not in page.text
    assert '<form action="/" method="get"' in page.text


def test_the_demo_offers_a_plate_a_retired_one_and_a_forged_one(demo: FlaskClient) -> None:
    page = demo.get("/").text
    assert "示例数据, 人名电话均为虚构" in page
    for code, words in ((IN_USE, "幸福路二巷53号"), (RETIRED, "已停用"), (NEVER_ISSUED, "伪造")):
        assert f'href="/d/{code}"' in page
        assert words in page


@pytest.mark.parametrize(
    "typed",
    [IN_USE, f"  {IN_USE.lower()} ", f"{IN_USE[:4]} {IN_USE[4:]}", f"{BASE_URL}/d/{IN_USE}", f"{BASE_URL}/d/{IN_USE}/?q=1"],
)
def test_a_typed_or_pasted_code_leads_to_its_plate(resident: FlaskClient, typed: str) -> None:
    answer = resident.get("/", query_string={"code": typed, "size": "large"})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/d/{IN_USE}/large")


def test_a_slip_of_the_finger_is_told_from_a_forged_plate(resident: FlaskClient, registry: MemoryRegistry) -> None:
    slip = ("8" if IN_USE[0] != "8" else "9") + IN_USE[1:]
    answer = resident.get("/", query_string={"code": slip})
    assert answer.status_code == 400
    assert "有一位抄错了" in answer.text
    assert f'value="{slip}"' in answer.text, "what was typed is kept"
    assert registry.asked == [], "the registry need not be asked"


@pytest.mark.parametrize(
    "typed", ["幸福路53号", "123", '"><script>alert(1)</script>', "A" * 10_000, "\x00\x1b", "😀" * 13, "//evil.example"]
)
def test_what_is_no_code_is_kept_and_explained(resident: FlaskClient, typed: str) -> None:
    answer = resident.get("/", query_string={"code": typed})
    assert answer.status_code == 400
    assert "13 位" in answer.text
    assert "<script>" not in answer.text
    assert len(answer.data) < 10_000


def test_head_and_an_empty_field(resident: FlaskClient) -> None:
    assert resident.head("/").status_code == 200
    assert resident.get("/?code=").status_code == 200


def test_no_settings_at_all_still_give_a_page(registry: MemoryRegistry) -> None:
    bare: Flask = create_app(Settings(base_url=""), registry)
    assert bare.test_client().get(f"/d/{IN_USE}").status_code == 200
