"""doorplate population …: whether persons may be counted in a community. Off unless asked for and approved by two people."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from doorplate.cli.console import out
from doorplate.cli.work import open_field
from doorplate.errors import InputError, NotPermitted
from doorplate.people.signin import load_sign_in
from doorplate.registry.field import FieldWork
from doorplate.registry.field import population as acts
from doorplate.registry.signing_in import SigningIn
from doorplate.settings import load_settings

_CLIENT = "doorplate population"
app = typer.Typer(name="population", no_args_is_help=True,
                  help="人口登记: 默认不开; 一人带影响评估申请, 另一人读过批准, 才能登记同住人。")

Village = Annotated[str, typer.Option("--community", help="社区代码, 12 位")]
Login = Annotated[str, typer.Option("--login", help="办这件事的人的登录名; 密码会另外问")]
Assessment = Annotated[Path, typer.Option("--assessment", help="个人信息保护影响评估报告的文件")]
Password = Annotated[str, typer.Option("--password", prompt="密码", hide_input=True, help="不写就另外问")]


@app.command("ask")
def ask(community: Village, assessment: Assessment, login: Login, password: Password) -> None:
    """申请开通, 附上影响评估; 只保存文件的校验值, 原件请自己归档。"""
    work = open_field(load_settings())
    module = acts.ask_for(work, community, _bytes(assessment), _signed_in(work, login, password))
    out.print(f"已申请: {community}, 影响评估 SHA-256 {module.assessment}", markup=False)
    out.print("请另一人读过评估后: doorplate population approve")


@app.command("approve")
def approve(community: Village, assessment: Assessment, login: Login, password: Password) -> None:
    """批准开通: 由申请人以外的人, 用同一份影响评估。"""
    work = open_field(load_settings())
    acts.approve(work, community, _bytes(assessment), _signed_in(work, login, password))
    out.print(f"已开通人口登记: {community}。每户仍要先同意, 才能登记同住人", markup=False)


@app.command("off")
def off(community: Village, login: Login, password: Password,
        why: Annotated[str, typer.Option("--why", help="为什么停用")]) -> None:
    """停用, 并删去登记过的姓名和出生年。"""
    work = open_field(load_settings())
    count = acts.switch_off(work, community, _signed_in(work, login, password), why)
    out.print(f"已停用人口登记: {community}, 删去 {count} 人的姓名和出生年", markup=False)


def _signed_in(work: FieldWork, login: str, password: str) -> str:
    """The account's id, proved by its own password: two people are two only if neither can act for the other."""
    signing_in = SigningIn(work.registry, load_sign_in(load_settings().home / "signin.toml"))
    try:
        session = signing_in.begin_session(login, password, _CLIENT)
    except NotPermitted as exc:
        if exc.code != "signin.code_wanted":
            raise
        session = signing_in.finish_session(exc.details["ticket"], typer.prompt("验证码"), _CLIENT)
    signing_in.end_session(session.token)
    if session.actor.must_change:
        raise NotPermitted("password.must_change", "这个密码是别人给的, 请本人先改成自己的")
    return session.actor.account_id


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        raise InputError("population.not_found", f"打不开文件 {path.name}, 请检查", file=path.name) from exc
