"""Signing in: made by the command line, counted, locked, changed, stood in for, and closed; the trail tells no secret."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from commands import doorplate
from flows.conftest import NOW, VILLAGE

from doorplate.errors import InputError, NotPermitted, Refused
from doorplate.model import Community, Staff
from doorplate.people.account import Account, Grant
from doorplate.people.signin import SignInRules, sign_in_rules
from doorplate.registry import Registry
from doorplate.registry.accounts import (
    NewAccount,
    add_account,
    assign,
    disable,
    drawn_password,
    enable,
    set_password,
    unassign,
)
from doorplate.registry.communities import put_community
from doorplate.registry.signing_in import SigningIn

PASSWORD = "门牌要钉在右边 1.8 米"
QUICK = sign_in_rules().hashing.model_copy(update={"memory_kib": 8192, "passes": 1, "lanes": 1})
RULES: SignInRules = sign_in_rules().model_copy(update={"hashing": QUICK})


class Clock:
    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def office(registry: Registry, clock: Clock) -> Registry:
    registry = replace(registry, now=clock)
    with registry.store.writing() as unit:
        put_community(registry, unit, Community(VILLAGE, ("陕西省", "咸阳市", "武功县", "普集街道", "营上村"), "陕西省营上村"))
    return registry


@pytest.fixture
def officer(office: Registry) -> Account:
    return add_account(office, NewAccount("Wang.JG", "王建国", "officer", VILLAGE, must_change=False), PASSWORD, RULES)


@pytest.fixture
def door(office: Registry, officer: Account) -> SigningIn:
    return SigningIn(office, RULES)


def code_of(error: pytest.ExceptionInfo[NotPermitted]) -> str:
    return error.value.code


def test_who_signs_in_is_known_by_the_session_until_it_is_idle_old_or_ended(door: SigningIn, clock: Clock) -> None:
    session = door.begin_session(" WANG.jg ", PASSWORD, "Firefox")
    assert session.actor.grants == (Grant("officer", VILLAGE),)
    for _ in range(3):
        clock.at += timedelta(minutes=29)
        assert door.session_actor(session.token).name == "王建国"
    clock.at += timedelta(minutes=31)
    with pytest.raises(NotPermitted) as over:
        door.session_actor(session.token)
    assert code_of(over) == "session.over"
    again = door.begin_session("wang.jg", PASSWORD, "Firefox")
    door.end_session(again.token)
    with pytest.raises(NotPermitted):
        door.session_actor(again.token)
    old = door.begin_session("wang.jg", PASSWORD, "Firefox")
    for _ in range(28):
        clock.at += timedelta(minutes=25)
        door.session_actor(old.token)
    clock.at += timedelta(minutes=25)  # never idle, and yet twelve hours are over
    with pytest.raises(NotPermitted):
        door.session_actor(old.token)


def test_five_wrong_ones_at_the_same_time_count_five_and_lock_even_the_right_one(door: SigningIn, office: Registry,
                                                                                 clock: Clock) -> None:
    def wrong(_n: int) -> str:
        with pytest.raises(NotPermitted) as refused:
            door.begin_session("wang.jg", "不是这个密码呀", "")
        return code_of(refused)

    with ThreadPoolExecutor(5) as pool:
        told = list(pool.map(wrong, range(5)))
    with office.store.reading() as reader:
        account = reader.account_by_login("wang.jg")
    assert account is not None
    assert account.failures == 5
    assert sorted(told) == ["signin.locked", *["signin.wrong"] * 4]
    with pytest.raises(NotPermitted) as refused:
        door.begin_session("wang.jg", PASSWORD, "")
    assert code_of(refused) == "signin.locked"
    assert refused.value.details["until"] == (NOW + timedelta(minutes=15)).isoformat()
    clock.at += timedelta(minutes=16)
    assert wrong(0) == "signin.wrong"  # a new count
    assert door.begin_session("wang.jg", PASSWORD, "").actor.name == "王建国"


def test_a_login_nobody_has_is_answered_like_any_other(door: SigningIn) -> None:
    def answers(login: str) -> list[tuple[str, str]]:
        told = []
        for _ in range(6):
            with pytest.raises(NotPermitted) as refused:
                door.begin_session(login, "x" * 9, "")
            told.append((refused.value.code, refused.value.message))
        return told

    assert answers("nobody") == answers("wang.jg")


def test_an_own_password_ends_the_other_sessions(door: SigningIn, office: Registry, officer: Account) -> None:
    elsewhere, here = (door.begin_session("wang.jg", PASSWORD, "") for _ in range(2))
    with pytest.raises(NotPermitted, match=r"signin\.wrong"):
        door.change_password(here.actor, "不对不对不对不对", "新的密码有八个字")
    for bad, code in (("短", "password.short"), ("12345678", "password.common"), ("王建国王建国", "password.short"),
                      (PASSWORD, "password.same")):
        with pytest.raises(InputError) as refused:
            door.change_password(here.actor, PASSWORD, bad)
        assert refused.value.code == code
    door.change_password(here.actor, PASSWORD, "新的密码有八个字")
    assert door.session_actor(here.token).must_change is False
    with pytest.raises(NotPermitted):
        door.session_actor(elsewhere.token)
    given = set_password(office, officer.id, drawn_password(office.rng), RULES)
    assert given.must_change
    with pytest.raises(NotPermitted):
        door.session_actor(here.token)


def test_a_closed_account_is_out_at_once_and_its_phones_too(door: SigningIn, office: Registry, officer: Account) -> None:
    session, phone = door.begin_session("wang.jg", PASSWORD, ""), door.register_device("wang.jg", PASSWORD, "手机")
    disable(office, officer.id)
    for ask in (lambda: door.session_actor(session.token), lambda: door.device_actor(phone.token),
                lambda: door.begin_session("wang.jg", PASSWORD, "")):
        with pytest.raises(NotPermitted):
            ask()
    assert door.device_state(phone.device_id) == "revoked"
    enable(office, officer.id)
    assert door.begin_session("wang.jg", PASSWORD, "").actor.account_id == officer.id
    assert door.device_state(phone.device_id) == "revoked"


def test_roles_come_and_go_with_their_areas(door: SigningIn, office: Registry, officer: Account) -> None:
    assign(office, officer.id, "reviewer", "610431001", date(2026, 11, 30))
    with pytest.raises(Refused):
        assign(office, officer.id, "reviewer", "610431001")
    with pytest.raises(InputError):
        assign(office, officer.id, "reviewer", "999999")
    assert Grant("reviewer", "610431001") in door.begin_session("wang.jg", PASSWORD, "").actor.grants
    unassign(office, officer.id, "reviewer", "610431001")
    assert door.begin_session("wang.jg", PASSWORD, "").actor.grants == (Grant("officer", VILLAGE),)


def test_a_deputy_holds_what_an_absent_colleague_holds_but_never_the_administrators_keys(office: Registry) -> None:
    day = date(2026, 11, 23)
    staff = [Staff("s1", "甲", "社区民警", "029-1", VILLAGE, deputy_id="s2", absent_from=day),
             Staff("s2", "乙", "社区民警", "029-2", VILLAGE, deputy_id="s3", absent_from=day, absent_until=day),
             Staff("s3", "丙", "辅警", "029-3", VILLAGE)]
    with office.store.writing() as unit:
        for one in staff:
            unit.save(None, one, office.event("staff.added", one.id))
    first = add_account(office, NewAccount("jia", "甲", "officer", VILLAGE, "s1", must_change=False), PASSWORD, RULES)
    assign(office, first.id, "sysadmin", "")
    add_account(office, NewAccount("bing", "丙", "auxiliary", VILLAGE, "s3", must_change=False), PASSWORD, RULES)
    actor = SigningIn(office, RULES).begin_session("bing", PASSWORD, "").actor
    assert actor.grants == (Grant("auxiliary", VILLAGE), Grant("officer", VILLAGE, first.id))


def test_the_trail_tells_who_and_when_and_no_secret(door: SigningIn, office: Registry, officer: Account) -> None:
    with pytest.raises(NotPermitted):
        door.begin_session("wang.jg", "不是这个密码呀", "")
    door.begin_session("wang.jg", PASSWORD, "")
    with office.store.reading() as reader:
        story = [one.event for one in reader.events_of([officer.id])]
        kept = reader.account_by_login("wang.jg")
    assert [one.verb for one in story] == ["account.added", "account.signin_failed", "account.signed_in"]
    assert kept is not None
    assert kept.password not in str(story)
    assert PASSWORD not in str(story)
    assert "argon2" not in str(story)


def test_a_hash_with_old_parameters_is_renewed_at_the_next_sign_in(office: Registry, officer: Account) -> None:
    stronger = RULES.model_copy(update={"hashing": QUICK.model_copy(update={"passes": 2})})
    SigningIn(office, stronger).begin_session("wang.jg", PASSWORD, "")
    with office.store.reading() as reader:
        account = reader.account_by_login("wang.jg")
    assert account is not None
    assert "t=2" in account.password != officer.password


def test_an_account_is_made_listed_and_closed_at_the_terminal(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert doorplate("init", home=home, cwd=tmp_path).code == 0
    add = ("accounts", "add", "admin", "--area", "全部", "--name")
    made = doorplate(*add, "管理员", "--role", "sysadmin", home=home, cwd=tmp_path)
    assert made.code == 0, made.err
    assert "密码" in made.out
    twice = doorplate(*add, "别人", "--role", "officer", home=home, cwd=tmp_path)
    assert (twice.code, twice.err.partition(":")[0]) == (2, "account.known")
    assert "sysadmin 全部" in doorplate("accounts", "list", home=home, cwd=tmp_path).out
    assert doorplate("accounts", "disable", "admin", home=home, cwd=tmp_path).code == 0
    assert "停用" in doorplate("accounts", "list", home=home, cwd=tmp_path).out
    assert doorplate("devices", "list", home=home, cwd=tmp_path).code == 0
