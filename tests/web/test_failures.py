"""What goes wrong is a calm page in plain words."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from memory_registry import IN_USE, MemoryRegistry
from werkzeug.exceptions import TooManyRequests

from webapp.failures import failure_page


def test_there_is_no_such_page(resident: FlaskClient) -> None:
    answer = resident.get("/wp-login.php")
    assert answer.status_code == 404
    assert "没有这一页" in answer.text
    assert "tel:110" in answer.text


def test_a_page_that_can_only_be_read(resident: FlaskClient) -> None:
    answer = resident.post(f"/d/{IN_USE}", data={"a": "b"})
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert "只能查看" in answer.text


def test_the_registry_is_away(resident: FlaskClient, registry: MemoryRegistry) -> None:
    registry.down = True
    answer = resident.get(f"/d/{IN_USE}")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "60"
    assert "暂时查不到" in answer.text
    assert "store.unavailable" not in answer.text


def test_a_mistake_of_ours_shows_no_traceback(app: Flask, registry: MemoryRegistry, monkeypatch: pytest.MonkeyPatch) -> None:
    def explode(code: str) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(registry, "resolve", explode)
    answer = app.test_client().get(f"/d/{IN_USE}")
    assert answer.status_code == 500
    assert "页面暂时打不开" in answer.text
    for secret in ("Traceback", "secret detail", "ZeroDivision", "Werkzeug"):
        assert secret not in answer.text


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 413, 414, 429, 431, 500, 502, 503])
def test_every_status_has_a_page_with_words(app: Flask, status: int) -> None:
    with app.test_request_context("/"):
        answer = failure_page(status)
    assert answer.status_code == status
    assert answer.get_data(as_text=True).count("<p>") >= 3


def test_too_many_requests_says_when_to_come_back(app: Flask) -> None:
    with app.test_request_context("/"):
        answer = app.make_response(app.handle_user_exception(TooManyRequests(retry_after=60)))
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "60"


def test_a_large_body_is_not_taken(resident: FlaskClient) -> None:
    assert resident.post("/", data=b"x" * 1_000_000).status_code in (405, 413)
