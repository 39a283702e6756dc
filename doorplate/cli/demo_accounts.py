"""Who can sign in to the sample village: an officer for the phone, a registrar who reviews, an administrator. Passwords are drawn
anew for every demo and shown once; nobody has one that another installation knows."""

from __future__ import annotations

from dataclasses import dataclass

from rich.table import Table

from doorplate.cli.console import out
from doorplate.people.account import Role
from doorplate.people.signin import load_sign_in
from doorplate.registry import Registry
from doorplate.registry.accounts import EVERYWHERE, NewAccount, add_account, drawn_password
from doorplate.settings import Settings


@dataclass(frozen=True, slots=True)
class Given:
    """One account of the demo. password: "" where it was given in an earlier run."""

    login: str
    words: str
    password: str


_PEOPLE: tuple[tuple[str, str, Role, str], ...] = (
    ("officer", "示例民警", "officer", "外勤, 手机或浏览器"), ("reviewer", "示例登记员", "registrar", "审核, 工作台"),
    ("sysadmin", "示例管理员", "sysadmin", "账号和设备"))


def bring_accounts(registry: Registry, settings: Settings, village: str) -> list[Given]:
    """Those that are missing are made; the password of one that is there stays what it is."""
    rules = load_sign_in(settings.home / "signin.toml")
    given = []
    for login, name, role, words in _PEOPLE:
        with registry.store.reading() as reader:
            known = reader.account_by_login(login) is not None
        password = "" if known else drawn_password(registry.rng)
        if not known:
            area = EVERYWHERE if role == "sysadmin" else village
            add_account(registry, NewAccount(login, name, role, area, must_change=False), password, rules)
        given.append(Given(login, words, password))
    return given


def show_accounts(settings: Settings, given: list[Given]) -> None:
    """The last words of the demo."""
    grid = Table("登录名", "做什么", "密码", box=None)
    for one in given:
        grid.add_row(one.login, one.words, one.password or "以前给过")
    out.print("可以登录的账号 (密码只显示这一次):" if any(one.password for one in given) else "可以登录的账号:")
    out.print(grid)
    out.print(f"   重设密码: DOORPLATE_HOME={settings.home} doorplate accounts password officer", markup=False)
