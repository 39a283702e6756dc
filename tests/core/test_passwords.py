"""What may be a password, and a login."""

from __future__ import annotations

import pytest

from doorplate.errors import InputError
from doorplate.people.passwords import new_login, plain_login, require_good
from doorplate.people.signin import parse_sign_in, sign_in_rules

RULES = sign_in_rules().password


@pytest.mark.parametrize(("password", "code"), [
    ("七个字的密码呀", "password.short"), ("12345678", "password.common"), ("abcdefgh", "password.common"),
    ("87654321", "password.common"), ("aaaaaaaa", "password.common"), ("PassWord1", "password.common"),
    ("wangjg2024", "password.common"), ("ＷａｎｇＪＧ２０２４", "password.common"), ("王建国19800101", "password.common"),
    ("x" * 257, "password.long"), ("", "password.short")])
def test_what_is_guessed_at_once_is_refused(password: str, code: str) -> None:
    with pytest.raises(InputError) as refused:
        require_good(password, "wang.jg", "王建国", ("officer",), RULES)
    assert refused.value.code == code


def test_a_sentence_is_a_good_password_and_an_administrator_needs_more() -> None:
    require_good("门牌要钉在门右边", "wang.jg", "王建国", ("officer",), RULES)
    with pytest.raises(InputError, match="12"):
        require_good("门牌要钉在门右边", "root", "管理员", ("officer", "sysadmin"), RULES)


def test_a_login_is_plain() -> None:
    assert new_login(" Ｗang.JG ") == plain_login("wang.jg") == "wang.jg"
    for bad in ("", "a", "王建国", "a b", "-ab", "a/b", "x" * 41):
        with pytest.raises(InputError):
            new_login(bad)


def test_an_office_may_ask_for_more_and_never_for_less() -> None:
    with pytest.raises(InputError, match=r"signin\.invalid"):
        parse_sign_in("[password]\nshortest = 4", "signin.toml")
    with pytest.raises(InputError, match=r"signin\.invalid"):
        parse_sign_in("不是 TOML", "signin.toml")
