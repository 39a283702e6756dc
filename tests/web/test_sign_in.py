"""The desk's door and the phones': led to the login and back, never elsewhere; nothing typed is lost."""

from __future__ import annotations

import base64
from typing import Any, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from memory_registry import MemoryRegistry
from wire import BASE_URL

from doorplate.errors import NotPermitted
from doorplate.field_view import FieldDoor, Session
from doorplate.people.account import Actor, Grant
from doorplate.review_view import ReviewDesk
from doorplate.settings import Settings
from webapp import create_app
from webapp.access import may
from webapp.factory import Work
from webapp.signing_in import actor, form_word, local_path


class OnePerson:
    """Knows wang / right; a session or phone of the token "t"."""

    def __init__(self) -> None:
        self.must_change = self.ended = False

    @property
    def person(self) -> Actor:
        return Actor("a", "王建国", (Grant("officer", "610431001203"),), must_change=self.must_change)

    def begin_session(self, login: str, password: str, _client: str) -> Session:
        if (login, password) != ("wang", "right"):
            raise NotPermitted("signin.wrong", "登录名或密码不对")
        self.ended = False
        return Session("t", self.person)

    def session_actor(self, token: str) -> Actor:
        if token != "t" or self.ended:
            raise NotPermitted("session.over", "x")
        return self.person

    def device_actor(self, token: str) -> Actor:
        if token != "t":
            raise NotPermitted("device.revoked", "收回了")
        return self.person

    def password_actor(self, login: str, password: str) -> Actor:
        return self.begin_session(login, password, "").actor

    def end_session(self, _token: str) -> None:
        self.ended = True

    def change_password(self, _actor: Actor, old: str, _new: str) -> None:
        if old != "right":
            raise NotPermitted("signin.wrong", "登录名或密码不对")
        self.must_change = False


@pytest.fixture
def door() -> OnePerson:
    return OnePerson()


@pytest.fixture
def app(registry: MemoryRegistry, door: OnePerson, monkeypatch: pytest.MonkeyPatch) -> Flask:
    def with_views(app: Flask) -> None:
        for who in ("signed_in", "device", "odk"):
            app.add_url_rule(f"/desk/try/{who}", who, may(who)(lambda: actor().name), methods=["GET", "POST"])
        refuse(app)

    from webapp import factory
    refuse = factory.refuse_undeclared
    monkeypatch.setattr(factory, "refuse_undeclared", with_views)
    work = Work(cast(Any, door), cast(FieldDoor, None), cast(ReviewDesk, None))
    return create_app(Settings(base_url=BASE_URL), registry, doors=("desk",), work=work)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def enter(client: FlaskClient, **more: str) -> Any:
    return client.post("/desk/login", data={"login": "wang", "password": "right", **more})


def word(app: Flask) -> str:
    with app.test_request_context(headers={"Cookie": "desk=t"}):
        return form_word()


def test_a_page_leads_to_the_login_and_back(client: FlaskClient) -> None:
    led = client.get("/desk/try/signed_in?page=2")
    assert (led.status_code, led.location) == (303, "/desk/login?next=/desk/try/signed_in?page%3D2")
    assert 'value="/desk/try/signed_in?page=2"' in client.get(led.location).text
    entered = enter(client, next="/desk/try/signed_in?page=2")
    assert (entered.status_code, entered.location) == (303, "/desk/try/signed_in?page=2")
    cookie = entered.headers["Set-Cookie"]
    assert all(part in cookie for part in ("desk=t", "HttpOnly", "SameSite=Strict", "Path=/desk"))
    assert "Max-Age" not in cookie
    assert client.get("/desk/try/signed_in").text == "王建国"


@pytest.mark.parametrize("told", ["https://evil.example/", "//evil.example", "/desk//evil", "/\\evil", "/desk/\\evil", "/d/X",
                                  "/desk/login", "javascript:alert(1)", "/desk/a\nb", "/desk/logout"])
def test_the_login_leads_nowhere_else(client: FlaskClient, told: str) -> None:
    assert local_path(told) == ""
    assert enter(client, next=told).location == "/desk/"


def test_a_wrong_password_is_said_and_the_login_kept(client: FlaskClient) -> None:
    again = client.post("/desk/login", data={"login": "<wang>", "password": "no"})
    assert again.status_code == 403
    assert "登录名或密码不对" in again.text
    assert 'value="&lt;wang&gt;"' in again.text
    assert "no-store" in again.headers["Cache-Control"]
    elsewhere = client.post("/desk/login", data={"login": "wang", "password": "right"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert elsewhere.status_code == 403
    assert "Set-Cookie" not in elsewhere.headers


def test_a_form_without_the_sessions_word_is_refused(client: FlaskClient, app: Flask) -> None:
    enter(client)
    assert client.post("/desk/try/signed_in").status_code == 403
    assert client.post("/desk/try/signed_in", data={"key": word(app)}).status_code == 200
    assert client.post("/desk/try/signed_in", headers={"X-Form-Word": word(app)}).status_code == 200


def test_what_was_typed_into_an_ended_session_comes_back_after_the_login(client: FlaskClient, door: OnePerson) -> None:
    enter(client)
    door.ended = True
    over = client.post("/desk/try/signed_in", data={"key": "x", "words": "门牌钉反了 <b>", "version": "3"})
    assert over.status_code == 403
    assert "门牌钉反了 &lt;b&gt;" in over.text
    back = enter(client, next="/desk/try", kept="门牌钉反了 <b>")
    assert back.status_code == 200
    assert "门牌钉反了 &lt;b&gt;" in back.text
    assert 'href="/desk/try"' in back.text
    door.ended = True
    asked = client.post("/desk/try/signed_in", headers={"Accept": "application/json"})
    assert (asked.status_code, asked.json["code"]) == (401, "session.over")  # type: ignore[index]


def test_a_given_password_must_be_changed_first(client: FlaskClient, app: Flask, door: OnePerson) -> None:
    door.must_change = True
    assert enter(client, next="/desk/try/signed_in").location == "/desk/password?next=/desk/try/signed_in"
    assert client.get("/desk/try/signed_in").location == "/desk/password?next=/desk/try/signed_in"
    assert client.get("/desk/try/device", headers={"Authorization": "Bearer t"}).json["code"] == "password.must_change"  # type: ignore[index]
    fields = {"key": word(app), "new": "新的密码有八个字", "again": "新的密码有八个字", "next": "/desk/try/signed_in"}
    assert "不一样" in client.post("/desk/password", data={**fields, "old": "right", "again": "别的"}).text
    assert client.post("/desk/password", data={**fields, "old": "no"}).status_code == 400
    assert client.post("/desk/password", data={**fields, "old": "right"}).location == "/desk/try/signed_in"
    assert client.get("/desk/try/signed_in").text == "王建国"


def test_who_signs_out_is_out(client: FlaskClient, app: Flask) -> None:
    enter(client)
    assert "社区民警" in client.get("/desk/").text
    assert client.post("/desk/logout", data={"key": word(app)}).location == "/desk/login"
    assert client.get("/desk/").status_code == 303


def test_a_phone_shows_its_token_and_is_answered_in_json(client: FlaskClient) -> None:
    assert client.get("/desk/try/device", headers={"Authorization": "Bearer t"}).text == "王建国"
    for header, code in (("Bearer old", "device.revoked"), ("", "device.unknown"), ("Basic t", "device.unknown")):
        answer = client.get("/desk/try/device", headers={"Authorization": header})
        assert (answer.status_code, answer.json["code"]) == (401, code)  # type: ignore[index]


def test_odk_shows_name_and_password_each_time(client: FlaskClient) -> None:
    def basic(text: str) -> dict[str, str]:
        return {"Authorization": "Basic " + base64.b64encode(text.encode()).decode()}

    assert client.get("/desk/try/odk", headers=basic("wang:right")).text == "王建国"
    for bad in (basic("wang:no"), {}, {"Authorization": "Basic ???"}, {"Authorization": "Basic /w=="}):
        answer = client.get("/desk/try/odk", headers=bad)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")


def test_where_nobody_can_sign_in_the_login_says_so(registry: MemoryRegistry) -> None:
    bare = create_app(Settings(base_url=BASE_URL), registry, doors=("desk",)).test_client()
    assert enter(bare).status_code == 503
    assert bare.get("/desk/").location == "/desk/login?next=/desk/"
