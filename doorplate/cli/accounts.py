"""doorplate accounts …: who may sign in, and what they may do where. Nobody exists by default: the first one is made here."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from doorplate.cli.console import out
from doorplate.cli.setup import open_registry
from doorplate.errors import InputError
from doorplate.people.account import ROLES, Account, Role
from doorplate.people.signin import SignInRules, load_sign_in
from doorplate.registry import Registry
from doorplate.registry import accounts as acts
from doorplate.registry.days import today
from doorplate.registry.people import find_person
from doorplate.settings import load_settings

app = typer.Typer(name="accounts", no_args_is_help=True, help="账号: 谁可以登录, 在哪里可以做什么。")

Login = Annotated[str, typer.Argument(help="登录名", show_default=False)]
RoleName = Annotated[str, typer.Option("--role", help=f"角色: {'、'.join(ROLES)}")]
AreaCode = Annotated[str, typer.Option("--area", help="社区、网格或联户代码; 全街道写区划代码前 9 位; 全部区域写 全部")]
Ask = Annotated[bool, typer.Option("--ask", help="自己输入密码; 不写就抽一个, 只显示一次")]
_ALL = "全部"


@app.command("add")
def add(login: Login, name: Annotated[str, typer.Option(help="姓名")], role: RoleName, area: AreaCode,
        staff: Annotated[str, typer.Option(help="同时是哪位公务联系人: 姓名或编号")] = "", ask: Ask = False) -> None:
    """新账号。密码只用一次, 本人登录后先改成自己的。"""
    registry, rules = _opened()
    staff_id = None
    if staff:
        with registry.store.reading() as reader:
            staff_id = find_person(reader, staff).id
    password = _password(registry, ask)
    account = acts.add_account(registry, acts.NewAccount(login, name, _role(role), _area(area), staff_id), password, rules)
    _given(account, password, ask)


@app.command("list")
def list_() -> None:
    """有哪些账号, 各在哪里做什么。"""
    registry, _rules = _opened()
    now, day = registry.now(), today(registry)
    with registry.store.reading() as reader:
        rows = [(one, acts.held_now(reader, one.id, day)) for one in reader.accounts()]
    grid = Table("登录名", "姓名", "角色和区域", "现状", box=None)
    for one, held in rows:
        locked = one.locked_until is not None and now < one.locked_until
        facts = {"停用": one.disabled, "锁住": locked, "待改密码": one.must_change}
        states = "、".join(word for word, holds in facts.items() if holds) or "可用"
        roles = "; ".join(f"{each.role} {each.area_code or _ALL}" for each in held) or "–"
        grid.add_row(*map(escape, (one.login, one.name, roles, states)))
    out.print(grid)
    out.print(f"{len(rows)} 个账号")


@app.command("password")
def password(login: Login, ask: Ask = False) -> None:
    """给一个新密码并解锁; 工作台上的登录都退出, 本人登录后先改成自己的。"""
    registry, rules = _opened()
    word = _password(registry, ask)
    _given(acts.set_password(registry, _found(registry, login).id, word, rules), word, ask)


@app.command("disable")
def disable(login: Login) -> None:
    """停用: 马上退出登录, 设备全部收回。"""
    registry, _rules = _opened()
    _say(acts.disable(registry, _found(registry, login).id), "已停用, 设备已收回")


@app.command("enable")
def enable(login: Login) -> None:
    """重新启用; 设备要重新登记。"""
    registry, _rules = _opened()
    _say(acts.enable(registry, _found(registry, login).id), "可以登录了")


@app.command("reset-code")
def reset_code(login: Login) -> None:
    """手机丢了: 去掉两步验证, 本人登录后重新设置。先当面核实是本人。"""
    registry, _rules = _opened()
    _say(acts.reset_code(registry, _found(registry, login).id), "两步验证已去掉, 登录都已退出")


@app.command("assign")
def assign(login: Login, role: RoleName, area: AreaCode, until: Annotated[datetime | None, typer.Option(
        formats=["%Y-%m-%d"], help="最后一天 (含), 不写就到另行通知")] = None) -> None:
    """再给一个角色和区域, 今天起有效。"""
    registry, _rules = _opened()
    account = _found(registry, login)
    made = acts.assign(registry, account.id, _role(role), _area(area), until.date() if until else None)
    _say(account, f"{made.role} {made.area_code or _ALL}")


@app.command("unassign")
def unassign(login: Login, role: RoleName, area: AreaCode) -> None:
    """收回一个角色和区域, 马上生效。"""
    registry, _rules = _opened()
    account = _found(registry, login)
    ended = acts.unassign(registry, account.id, _role(role), _area(area))
    _say(account, f"不再是 {ended.role} {ended.area_code or _ALL}")


def _opened() -> tuple[Registry, SignInRules]:
    settings = load_settings()
    return open_registry(settings), load_sign_in(settings.home / "signin.toml")


def _found(registry: Registry, login: str) -> Account:
    with registry.store.reading() as reader:
        return acts.find_account(reader, login)


def _role(text: str) -> Role:
    for role in ROLES:
        if role == text.strip():
            return role
    raise InputError("account.role", f"没有角色 {text}, 可以用: {'、'.join(ROLES)}")


def _area(text: str) -> str:
    return acts.EVERYWHERE if text.strip() == _ALL else text


def _password(registry: Registry, ask: bool) -> str:
    if not ask:
        return acts.drawn_password(registry.rng)
    return str(typer.prompt("密码", hide_input=True, confirmation_prompt="再输一次"))


def _given(account: Account, password: str, ask: bool) -> None:
    _say(account, "可以登录" if ask else f"密码 {password}  (只显示这一次, 登录后先改)")


def _say(account: Account, words: str) -> None:
    out.print(f"{account.login} ({account.name}): {words}", markup=False)
