"""The second step: set up with a phone, asked for at every sign-in, each code good once, and a way back when the
phone is lost."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pyotp
import pytest
from desk_office import VILLAGE, Office
from flask.testing import FlaskClient
from memory_registry import MemoryRegistry

from doorplate.errors import NotPermitted
from doorplate.people.permission import permission_rules
from doorplate.people.signin import sign_in_rules
from doorplate.registry.accounts import NewAccount, add_account, disable, reset_code
from doorplate.registry.signing_in import SigningIn
from webapp.factory import Work, create_app

PASSWORD = "four calm words here"


class Clock:
    """Goes when told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def real(office: Office, clock: Clock) -> Office:
    """The office with real sessions, and two people with passwords."""
    registry = replace(office.registry, now=clock)
    for login, role, area in (("wen", "registrar", VILLAGE), ("root-admin", "sysadmin", "")):
        add_account(registry, NewAccount(login, "测试甲", role, area, must_change=False), PASSWORD)  # type: ignore[arg-type]
    work = Work(sign_in=SigningIn(registry, sign_in_rules()), field=cast(Any, None), review=cast(Any, None),
                permissions=permission_rules())
    return replace(office, app=create_app(office.settings, MemoryRegistry(), doors=("desk",), work=work), registry=registry)


def word(client: FlaskClient, path: str) -> str:
    return re.findall(r'name="key" value="([0-9a-f]{64})"', client.get(path).text)[0]


def login(office: Office, name: str = "wen") -> tuple[FlaskClient, Any]:
    client = office.app.test_client()
    return client, client.post("/desk/login", data={"login": name, "password": PASSWORD})


def enrolled(office: Office, name: str = "wen") -> tuple[str, list[str]]:
    """Sets it up; the secret and the recovery codes."""
    client, _ = login(office, name)
    page = client.get("/desk/code").text
    secret = re.findall(r"<code>([A-Z2-7 ]{39})</code>", page)[0].replace(" ", "")
    ticket = re.findall(r'name="ticket" value="([^"]+)"', page)[0]
    answer = client.post("/desk/code/confirm", data={
        "key": word(client, "/desk/code"), "ticket": ticket, "code": code_of(office, secret)})
    assert answer.status_code == 200, answer.text
    return secret, re.findall(r"<code>([a-z0-9]{5}-[a-z0-9]{5})</code>", answer.text)


def code_of(office: Office, secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(office.registry.now().timestamp()) + 30 * steps)


def second(client: FlaskClient, first: Any, code: str) -> Any:
    ticket = re.findall(r'name="ticket" value="([^"]+)"', first.text)[0]
    return client.post("/desk/login/code", data={"ticket": ticket, "code": code})


def test_it_is_asked_for_after_the_password_and_a_code_serves_once(real: Office, clock: Clock) -> None:
    secret, codes = enrolled(real)
    assert len(set(codes)) == 10
    clock.pass_by(seconds=60)
    client, first = login(real)
    assert first.status_code == 200
    assert "再输一个验证码" in first.text
    assert client.get("/desk/").status_code == 303, "the password alone opens nothing"
    assert second(client, first, "000000").status_code == 403
    used = code_of(real, secret)
    entered = second(client, first, f"{used[:3]} {used[3:]}")
    assert (entered.status_code, entered.location) == (303, "/desk/")
    assert "测试甲" in client.get("/desk/").text
    other, again = login(real)
    assert second(other, again, used).status_code == 403, "seen over a shoulder, it opens nothing more"


@pytest.mark.parametrize("steps", [-1, 1])
def test_a_phone_whose_clock_is_off_a_little_is_believed(steps: int, real: Office, clock: Clock) -> None:
    secret, _ = enrolled(real)
    clock.pass_by(seconds=120)
    client, first = login(real)
    assert second(client, first, code_of(real, secret, steps)).status_code == 303
    far, first = login(real)
    assert second(far, first, code_of(real, secret, 5)).status_code == 403


def test_a_recovery_code_serves_once(real: Office, clock: Clock) -> None:
    _, codes = enrolled(real)
    client, first = login(real)
    assert second(client, first, codes[3].upper().replace("-", " ")).status_code == 303
    other, first = login(real)
    assert second(other, first, codes[3]).status_code == 403


def test_guessing_locks_as_wrong_passwords_do(real: Office, clock: Clock) -> None:
    secret, _ = enrolled(real)
    clock.pass_by(seconds=60)
    client, first = login(real)
    for _ in range(5):
        answer = second(client, first, "123456")
    assert "锁到" in answer.text
    assert "锁到" in second(client, first, code_of(real, secret)).text
    _, locked = login(real)
    assert locked.status_code == 403


def test_a_ticket_is_for_some_minutes_and_for_this_password(real: Office, clock: Clock) -> None:
    secret, _ = enrolled(real)
    client, first = login(real)
    clock.pass_by(minutes=11)
    assert "从头再登录" in second(client, first, code_of(real, secret)).text
    for forged in ("", "x", "AAAA", "é"):
        assert client.post("/desk/login/code", data={"ticket": forged, "code": "123456"}).status_code == 403


def test_an_administrator_sets_it_up_before_anything_else(real: Office) -> None:
    client, _ = login(real, "root-admin")
    led = client.get("/desk/review/")
    assert (led.status_code, led.location) == (303, "/desk/code?next=/desk/review/")
    secret, _ = enrolled(real, "root-admin")
    assert secret


def test_who_must_have_it_cannot_take_it_off_and_others_can(real: Office, clock: Clock) -> None:
    for name, expected in (("root-admin", 409), ("wen", 303)):
        secret, _ = enrolled(real, name)
        clock.pass_by(seconds=60)
        client, first = login(real, name)
        second(client, first, code_of(real, secret))
        clock.pass_by(seconds=60)
        answer = client.post("/desk/code/remove", data={"key": word(client, "/desk/sessions"), "code": code_of(real, secret)})
        assert answer.status_code == expected


def test_a_session_left_open_does_not_replace_or_remove_it_by_guessing(real: Office, clock: Clock) -> None:
    secret, codes = enrolled(real)
    clock.pass_by(seconds=60)
    client, first = login(real)
    second(client, first, code_of(real, secret))
    page = client.get("/desk/code").text
    fresh = re.findall(r"<code>([A-Z2-7 ]{39})</code>", page)[0].replace(" ", "")
    ticket = re.findall(r'name="ticket" value="([^"]+)"', page)[0]
    sent = {"key": word(client, "/desk/code"), "ticket": ticket, "code": code_of(real, fresh)}
    assert client.post("/desk/code/confirm", data=sent).status_code == 403, "without a code of the old one"
    for _ in range(4):
        answer = client.post("/desk/code/remove", data={"key": sent["key"], "code": "123456"})
    assert "锁到" in answer.text, "guessing here counts as at the login"
    assert client.post("/desk/code/confirm", data=sent | {"old": codes[0]}).status_code == 403, "locked is locked"
    clock.pass_by(minutes=16)
    page = client.get("/desk/code").text
    fresh = re.findall(r"<code>([A-Z2-7 ]{39})</code>", page)[0].replace(" ", "")
    sent |= {"ticket": re.findall(r'name="ticket" value="([^"]+)"', page)[0], "code": code_of(real, fresh), "old": codes[0]}
    assert client.post("/desk/code/confirm", data=sent).status_code == 200


def test_a_lost_phone_is_reset_by_somebody_else_and_everything_ends(real: Office, clock: Clock) -> None:
    secret, _ = enrolled(real)
    clock.pass_by(seconds=60)
    client, first = login(real)
    second(client, first, code_of(real, secret))
    with real.registry.store.reading() as reader:
        account = reader.account_by_login("wen")
    assert account is not None
    reset_code(real.registry, account.id)
    assert client.get("/desk/").status_code == 303
    _, entered = login(real)
    assert entered.status_code == 303


def test_sessions_are_listed_and_ended_by_their_owner_only(real: Office) -> None:
    here, _ = login(real)
    there, _ = login(real)
    stranger, _ = login(real, "root-admin")
    page = here.get("/desk/sessions").text
    assert page.count("退出那里") == 1
    session = re.findall(r'name="session" value="([0-9a-f]{64})"', page)[0]
    stranger.post("/desk/sessions/end", data={"key": word(stranger, "/desk/code"), "session": session})
    assert there.get("/desk/").status_code == 200
    assert here.post("/desk/sessions/end", data={"key": word(here, "/desk/sessions"), "session": session}).status_code == 303
    assert there.get("/desk/").status_code == 303
    assert here.get("/desk/").status_code == 200


def test_a_disabled_account_is_out_at_the_next_request(real: Office) -> None:
    client, _ = login(real)
    with real.registry.store.reading() as reader:
        account = reader.account_by_login("wen")
    assert account is not None
    disable(real.registry, account.id)
    assert client.get("/desk/").status_code == 303


def test_a_phone_is_asked_for_it_too_and_odk_is_not_let_around_it(real: Office, clock: Clock) -> None:
    signing = SigningIn(real.registry, sign_in_rules())
    assert signing.password_actor("wen", PASSWORD).name == "测试甲"
    secret, codes = enrolled(real)
    clock.pass_by(seconds=60)
    with pytest.raises(NotPermitted) as refused:
        signing.register_device("wen", PASSWORD, "手机")
    assert refused.value.code == "signin.code_wanted"
    now = code_of(real, secret)
    phone = signing.register_device("wen", PASSWORD, "手机", code=now)
    with pytest.raises(NotPermitted) as refused:
        signing.renew_part(phone.device_id, "wen", PASSWORD, now)
    assert refused.value.code == "signin.code"
    assert signing.renew_part(phone.device_id, "wen", PASSWORD, codes[0]) == phone.part
    with pytest.raises(NotPermitted) as refused:
        signing.password_actor("wen", PASSWORD)
    assert refused.value.code == "signin.code_cannot"


def test_wrong_codes_of_a_phone_lock_the_account(real: Office, clock: Clock) -> None:
    enrolled(real)
    signing, told = SigningIn(real.registry, sign_in_rules()), []
    for _ in range(sign_in_rules().lock.failures):
        with pytest.raises(NotPermitted) as refused:
            signing.register_device("wen", PASSWORD, "手机", code="000000")
        told.append(refused.value.code)
    assert (told[0], told[-1]) == ("signin.code", "signin.locked")
    with pytest.raises(NotPermitted, match="锁"):
        signing.register_device("wen", PASSWORD, "手机")
