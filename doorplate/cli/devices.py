"""doorplate devices …: the phones that were registered, and taking one back."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from doorplate.china import minute_of
from doorplate.cli.console import out
from doorplate.cli.setup import open_registry
from doorplate.registry import devices as acts
from doorplate.registry.accounts import find_account
from doorplate.settings import load_settings

app = typer.Typer(name="devices", no_args_is_help=True, help="设备: 登记过的手机, 收回丢失的。")
_SHORT = 8


@app.command("list")
def list_(everything: Annotated[bool, typer.Option("--all", help="也列出已收回的")] = False) -> None:
    """有哪些设备, 最后什么时候联系过。"""
    registry = open_registry(load_settings())
    with registry.store.reading() as reader:
        found = [one for one in reader.devices() if everything or one.revoked_at is None]
        owners, seen = reader.accounts_of({one.account_id for one in found}), reader.devices_seen()
    grid = Table("编号", "名称", "种类", "登录名", "登记于", "最后联系", "现状", box=None)
    for one in found:
        last = minute_of(seen[one.id]) if one.id in seen else "–"
        cells = (one.id[:_SHORT], one.name, "手机" if one.kind == "phone" else "ODK", owners[one.account_id].login,
                 minute_of(one.registered_at), last, "已收回" if one.revoked_at else "可用")
        grid.add_row(*map(escape, cells))
    out.print(grid)
    out.print(f"{len(found)} 台设备")


@app.command("revoke")
def revoke(device: Annotated[str, typer.Argument(help="编号开头 6 位", show_default=False)],
           why: Annotated[str, typer.Option(help="原因, 例如 手机丢失")] = "") -> None:
    """收回: 下次联系时被拒绝, 手机上的数据清空。"""
    registry = open_registry(load_settings())
    with registry.store.reading() as reader:
        found = acts.find_device(reader, device)
    done = acts.revoke(registry, found.id, why)
    out.print(f"{done.name} ({done.id[:_SHORT]}): 已收回, 下次联系时清空", markup=False)


@app.command("allow-odk")
def allow_odk(login: Annotated[str, typer.Argument(help="登录名", show_default=False)]) -> None:
    """收回过 ODK 以后, 再让这个账号用。"""
    registry = open_registry(load_settings())
    with registry.store.reading() as reader:
        account = find_account(reader, login)
    acts.allow_odk(registry, account)
    out.print(f"{account.login}: 又可以用 ODK 了", markup=False)
