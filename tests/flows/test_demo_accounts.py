"""Who can sign in to the sample village: passwords drawn anew, shown once, and left alone by the next run."""

from __future__ import annotations

from pathlib import Path

import pytest

from doorplate.areas.divisions import lookup
from doorplate.cli.demo import SAMPLE
from doorplate.cli.demo_accounts import bring_accounts, show_accounts
from doorplate.cli.setup import read_village
from doorplate.errors import NotPermitted
from doorplate.people.signin import sign_in_rules
from doorplate.registry import Registry
from doorplate.registry.communities import open_community
from doorplate.registry.signing_in import SigningIn
from doorplate.settings import Settings


@pytest.fixture
def village(registry: Registry) -> str:
    described = read_village(SAMPLE / "village.toml")
    open_community(registry, described.community(lookup(described.code)))
    return described.code


def test_each_signs_in_with_what_was_shown_and_keeps_it_when_the_demo_runs_again(
        registry: Registry, village: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings(home=tmp_path)
    given = bring_accounts(registry, settings, village)
    assert [one.login for one in given] == ["officer", "reviewer", "sysadmin"]
    assert len({one.password for one in given}) == 3
    show_accounts(settings, given)
    shown = capsys.readouterr().out
    assert all(one.password in shown for one in given)
    signing = SigningIn(registry, sign_in_rules())
    assert signing.register_device("officer", given[0].password, "手机").must_change is False
    assert signing.begin_session("reviewer", given[1].password, "browser").actor.name == "示例登记员"

    again = bring_accounts(registry, settings, village)
    assert [(one.login, one.password) for one in again] == [("officer", ""), ("reviewer", ""), ("sysadmin", "")]
    show_accounts(settings, again)
    shown = capsys.readouterr().out
    assert "accounts password" in shown
    assert not any(one.password in shown for one in given)
    assert signing.register_device("officer", given[0].password, "手机").person == "示例民警"


def test_nobody_guesses_a_password_of_the_demo(registry: Registry, village: str, tmp_path: Path) -> None:
    given = bring_accounts(registry, Settings(home=tmp_path), village)
    for guess in ("officer", "password", "officer123", given[1].password):
        with pytest.raises(NotPermitted):
            SigningIn(registry, sign_in_rules()).register_device("officer", guess, "手机")
