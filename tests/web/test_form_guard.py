"""Forms that people fill in and programs do not: what the guard lets through, and how politely it does not."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from memory_registry import MemoryRegistry
from wire import BASE_URL

from doorplate.settings import Settings
from webapp import create_app
from webapp.access import may
from webapp.form_guard import LASTS_S, TOKEN_FIELD, UNSEEN_FIELD, FormRefused, check_form, form_guard


@dataclass
class Clock:
    at: float = 1_764_000_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(registry: MemoryRegistry, clock: Clock) -> Flask:
    """A door with one form, in which a mistake shows the form again."""
    app = create_app(Settings(base_url=BASE_URL, form_patience_s=2), registry)

    @may("anyone")
    def form() -> str:
        return f"<form>{form_guard()}</form>"

    @may("anyone")
    def take() -> tuple[str, int]:
        try:
            check_form()
        except FormRefused as refused:
            return f"{refused.words}<form>{form_guard()}</form>", refused.status
        return "taken", 200

    @may("anyone")
    def take_without_a_page() -> str:
        check_form()
        return "taken"

    app.add_url_rule("/form", view_func=form)
    app.add_url_rule("/form", view_func=take, methods=["POST"])
    app.add_url_rule("/bare", view_func=take_without_a_page, methods=["POST"])
    app.extensions["doorplate.form_guard"] = replace(app.extensions["doorplate.form_guard"], now=clock)
    return app


def token_in(page: str) -> str:
    return re.search(rf'name="{TOKEN_FIELD}" value="([^"]+)"', page)[1]  # type: ignore[index]


def shown(resident: FlaskClient) -> str:
    return token_in(resident.get("/form").text)


def sent(resident: FlaskClient, token: str, path: str = "/form", unseen: str = "", **headers: str) -> Any:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return resident.post(path, data={TOKEN_FIELD: token, UNSEEN_FIELD: unseen}, headers=names)


def test_a_person_who_reads_and_writes_is_let_through(resident: FlaskClient, clock: Clock) -> None:
    token = shown(resident)
    clock.at += 40
    assert sent(resident, token, Sec_Fetch_Site="same-origin", Origin=BASE_URL).text == "taken"


def test_who_is_too_fast_waits_a_moment_and_sends_the_same_page_again(resident: FlaskClient, clock: Clock) -> None:
    token = shown(resident)
    clock.at += 0.4
    first = sent(resident, token)
    assert first.status_code == 429
    assert "再点一次" in first.text
    assert token_in(first.text) == token, "the clock does not begin anew"
    clock.at += 1.7
    assert sent(resident, token_in(first.text)).text == "taken"


def test_a_form_left_open_overnight_is_still_good_and_then_gets_a_new_token(resident: FlaskClient, clock: Clock) -> None:
    token = shown(resident)
    clock.at += LASTS_S - 1
    assert sent(resident, token).text == "taken"
    clock.at += 2
    late = sent(resident, token)
    assert (late.status_code, token_in(late.text) != token) == (400, True)
    clock.at += 2
    assert sent(resident, token_in(late.text)).text == "taken"


@pytest.mark.parametrize("token", ["", "1764000000000", "1764000000000.AAAA", "门牌", "x" * 99_999 + ".y", "\x00", "-5.x", "é.é"])
def test_invented_tokens_are_refused(resident: FlaskClient, token: str) -> None:
    assert sent(resident, token).status_code in (400, 413)


def test_a_token_from_the_future_is_not_older_than_a_person(resident: FlaskClient, clock: Clock) -> None:
    token = shown(resident)
    clock.at -= 3600
    assert sent(resident, token).status_code == 429


def test_a_token_of_another_installation_is_refused(app: Flask, registry: MemoryRegistry, clock: Clock) -> None:
    other = create_app(Settings(base_url=BASE_URL), registry, form_key="another")
    token = other.extensions["doorplate.form_guard"].token()
    clock.at += 10**7
    assert sent(app.test_client(), token).status_code == 400


def test_with_the_same_key_a_form_outlives_a_restart(registry: MemoryRegistry) -> None:
    before, after = (create_app(Settings(), registry, form_key="k").extensions["doorplate.form_guard"] for _ in "12")
    assert after.still_good(before.token())


def test_the_field_nobody_sees_catches_what_fills_everything(resident: FlaskClient, clock: Clock) -> None:
    token = shown(resident)
    clock.at += 10
    caught = sent(resident, token, unseen="http://casino.example")
    assert caught.status_code == 400
    assert "请留空" in caught.text, "a person whose keyboard filled it in can mend it"
    assert sent(resident, token, unseen="  ").text == "taken"


def test_the_unseen_field_is_out_of_the_way_of_everybody(resident: FlaskClient) -> None:
    page = resident.get("/form").text
    assert 'aria-hidden="true"' in page
    assert 'tabindex="-1"' in page
    assert 'autocomplete="off"' in page
    assert "style=" not in page, "strict CSP"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),  # an old browser says nothing
        ({"Origin": "https://mp.example.cn"}, 200),
        ({"Origin": "null"}, 200),  # what our own no-referrer pages send
        ({"Origin": "null", "Sec_Fetch_Site": "same-origin"}, 200),
        ({"Sec_Fetch_Site": "none"}, 200),
        ({"Origin": "null", "Sec_Fetch_Site": "cross-site"}, 400),
        ({"Sec_Fetch_Site": "same-site"}, 400),
        ({"Origin": "https://evil.example"}, 400),
        ({"Origin": "https://mp.example.cn.evil.example"}, 400),
        ({"Origin": "mp.example.cn"}, 400),
    ],
)
def test_forms_of_other_sites_are_refused(resident: FlaskClient, clock: Clock, headers: dict[str, str], status: int) -> None:
    token = shown(resident)
    clock.at += 10
    assert sent(resident, token, Host="mp.example.cn", **headers).status_code == status


def test_a_refusal_no_view_catches_is_a_calm_page_too(resident: FlaskClient, clock: Clock) -> None:
    token = shown(resident)
    hasty = sent(resident, token, path="/bare")
    assert (hasty.status_code, hasty.headers["Retry-After"]) == (429, "2")
    assert "再点一次" in hasty.text
    assert sent(resident, "nonsense", path="/bare").status_code == 400


def test_scripts_fetch_a_token_and_learn_how_long_to_wait(resident: FlaskClient, clock: Clock) -> None:
    answer = resident.get("/form-token")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    told = answer.get_json()
    clock.at += told["wait_ms"] / 1000
    assert sent(resident, told["token"]).text == "taken"
    assert told["field"] == TOKEN_FIELD
