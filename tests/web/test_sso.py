"""Single sign-on: the city says who somebody is; who they are here, and what they may, is ours. And what goes wrong
on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from desk_office import Office
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey
from memory_registry import MemoryRegistry
from support.issuer import Issuer

from doorplate.errors import InputError
from doorplate.people.signin import sign_in_rules
from doorplate.people.single_sign_on import SingleSignOnRules, parse_single_sign_on
from doorplate.registry.accounts import disable
from doorplate.registry.signing_in import SigningIn
from doorplate.registry.single_sign_on import OpenIdConnect
from webapp.factory import Work, create_app


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    running = Issuer()
    yield running
    running.stop()


@pytest.fixture
def vouched(office: Office, issuer: Issuer) -> Office:
    """The office with the city's sign-in, and real sessions."""
    rules = SingleSignOnRules(title="统一身份", issuer=issuer.url, client_id="menpai", client_secret="s3cret")
    return open_vouched(office, rules)


def open_vouched(office: Office, rules: SingleSignOnRules) -> Office:
    signing = SigningIn(office.registry, sign_in_rules())
    work = Work(sign_in=signing, field=cast(Any, None), review=cast(Any, None),
                rooms={"doorplate.sso": OpenIdConnect(office.registry, signing, rules)})
    return replace(office, app=create_app(office.settings, MemoryRegistry(), doors=("desk",), work=work))


def leave(client: FlaskClient, on: str = "") -> str:
    """Where the button leads."""
    page = client.post("/desk/sso", data={"next": on})
    assert page.status_code == 200, page.text
    return unescape(re.findall(r'href="([^"]*authorize[^"]*)"', page.text)[0])


def come_back(client: FlaskClient, issuer: Issuer, on: str = "") -> Any:
    back = urlsplit(issuer.authorize(leave(client, on)))
    return client.get(f"{back.path}?{back.query}")


def test_the_login_shows_the_button_only_where_it_is_set_up(office: Office, vouched: Office) -> None:
    assert "用统一身份登录" in vouched.app.test_client().get("/desk/login").text
    assert "统一身份" not in office.app.test_client().get("/desk/login").text
    assert office.app.test_client().post("/desk/sso").status_code == 404


def test_who_comes_back_is_signed_in_and_goes_where_they_wanted(vouched: Office, issuer: Issuer) -> None:
    client = vouched.app.test_client()
    arrived = come_back(client, issuer, "/desk/review/?show=mine")
    assert arrived.status_code == 200
    assert 'href="/desk/review/?show=mine"' in arrived.text
    assert "SameSite=Strict" in arrived.headers.getlist("Set-Cookie")[0]
    assert "测试登记员" in client.get("/desk/").text
    with vouched.registry.store.reading() as reader:
        entered = reader.events(vouched.account_id("registrar"), "account.signed_in")
    assert [one.event.source for one in entered] == ["sso 统一身份"]


@pytest.mark.parametrize("on", ["https://evil.example/", "//evil.example", "/desk/logout", "/d/X"])
def test_it_leads_nowhere_else(on: str, vouched: Office, issuer: Issuer) -> None:
    assert 'url=/desk/"' in come_back(vouched.app.test_client(), issuer, on).text


WRONG = {"another issuer": {"iss": "https://evil.example"}, "another client": {"aud": "other"}, "over": {"exp": 1},
         "another try": {"nonce": "x"}, "several for whom": {"aud": ["menpai", "other"]}, "no end": {"exp": None},
         "for somebody else": {"azp": "other"}, "no nonce": {"nonce": None}, "nobody": {"sub": None}}


@pytest.mark.parametrize("claims", WRONG.values(), ids=WRONG)
def test_a_token_that_is_not_for_this_try_opens_nothing(claims: dict[str, Any], vouched: Office, issuer: Issuer) -> None:
    issuer.claims = claims
    client = vouched.app.test_client()
    answer = come_back(client, issuer)
    assert answer.status_code == 403
    assert "对不上号" in answer.text
    assert client.get("/desk/").status_code == 303


def test_a_token_signed_by_somebody_else_opens_nothing(vouched: Office, issuer: Issuer) -> None:
    issuer.key = RSAKey.generate_key(2048, {"kid": "one", "alg": "RS256"})
    assert come_back(vouched.app.test_client(), issuer).status_code == 403


def test_a_new_key_of_the_issuer_is_learned(vouched: Office, issuer: Issuer) -> None:
    assert come_back(vouched.app.test_client(), issuer).status_code == 200
    issuer.key = RSAKey.generate_key(2048, {"kid": "two", "alg": "RS256"})
    issuer.shown = [issuer.key]
    assert come_back(vouched.app.test_client(), issuer).status_code == 200


@pytest.mark.parametrize(("login", "words"), [("nobody-knows", "还没有账号"), ("", "没有说您的登录名"), (7, "没有说您的登录名")])
def test_somebody_without_an_account_is_told_whom_to_ask(login: Any, words: str, vouched: Office, issuer: Issuer) -> None:
    issuer.claims = {"preferred_username": login}
    answer = come_back(vouched.app.test_client(), issuer)
    assert answer.status_code == 403
    assert words in answer.text


def test_a_disabled_account_stays_outside(vouched: Office, issuer: Issuer) -> None:
    disable(vouched.registry, vouched.account_id("registrar"))
    assert come_back(vouched.app.test_client(), issuer).status_code == 403


def test_the_way_back_serves_this_browser_once_and_not_for_ever(vouched: Office, issuer: Issuer) -> None:
    client, other = vouched.app.test_client(), vouched.app.test_client()
    back = urlsplit(issuer.authorize(leave(client)))
    assert other.get(f"{back.path}?{back.query}").status_code == 403, "another browser has nothing kept"
    assert client.get(f"{back.path}?code=x&state=wrong").status_code == 403
    assert client.get(f"{back.path}?{back.query}").status_code == 403, "what was kept is gone"


def test_who_is_turned_away_there_is_told_so(vouched: Office, issuer: Issuer) -> None:
    client = vouched.app.test_client()
    state = re.findall(r"state=([^&]+)", leave(client))[0]
    assert "没有放行" in client.get(f"/desk/sso/back?error=access_denied&state={state}").text


def test_an_issuer_that_is_away_is_said_calmly(vouched: Office, issuer: Issuer) -> None:
    issuer.down = True
    answer = vouched.app.test_client().post("/desk/sso")
    assert answer.status_code == 503
    assert "暂时没有应答" in answer.text


def test_two_steps_can_be_asked_for(office: Office, issuer: Issuer) -> None:
    rules = SingleSignOnRules(title="统一身份", issuer=issuer.url, client_id="menpai", second_factor=("otp", "mfa"))
    asking = open_vouched(office, rules)
    assert "两步验证" in come_back(asking.app.test_client(), issuer).text
    issuer.claims = {"amr": ["pwd", "otp"]}
    assert come_back(asking.app.test_client(), issuer).status_code == 200


@pytest.mark.parametrize("text", ["title = ", 'title = "统一身份"\nissuer = "http://sso.example"\nclient_id = "a"',
                                  'title = "统一身份"\nissuer = "https://a.example/?x=1"\nclient_id = "a"',
                                  'title = "统一身份"\nissuer = "https://a.example"\nclient_id = "a"\nsecret = "b"'])
def test_a_file_that_is_wrong_is_refused_at_the_start(text: str) -> None:
    with pytest.raises(InputError) as told:
        parse_single_sign_on(text, "sso.toml")
    assert told.value.code == "sso.invalid"
    assert "sso.toml" in told.value.message


