"""doorplate services …: what residents can get done, as pages show it, and which of its links are dead."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from doorplate.cli.console import out
from doorplate.cli.lists import CommunityCode
from doorplate.cli.setup import open_registry
from doorplate.exchange.links_file import HEADS, link_rows, write_links
from doorplate.link_check import Link, LinkChecker, dead
from doorplate.registry.days import today
from doorplate.registry.notices import current_notices
from doorplate.services import load_services, services_for
from doorplate.settings import Settings, load_settings

app = typer.Typer(name="services", no_args_is_help=True,
                  help="服务事项: DOORPLATE_HOME 里的 services.toml, 居民扫码后看到能办什么、去哪里办。")
_BOOKING = {True: "要预约", False: "直接去", None: "没有写"}


@app.command("list")
def list_(community: CommunityCode) -> None:
    """一个社区的门牌页上会显示哪些事项, 缺什么。编号就是预约表里的事项编号。"""
    items = services_for(load_services(load_settings().home / "services.toml"), community)
    grid = Table("编号", "事项", "去哪里", "时间", "电话", "预约", "还缺", box=None)
    for item in items:
        said = {"谁办": item.who, "去哪里": item.where, "时间": item.hours, "带什么": item.bring, "电话": item.phone,
                "英文": item.translations.get("en")}
        lacking = "、".join(word for word, value in said.items() if not value)
        shown = (item.id, item.title, item.where or item.link, item.hours, item.phone, _BOOKING[item.appointment], lacking)
        grid.add_row(*(escape(word or "–") for word in shown))
    if items:
        out.print(grid)
    out.print(f"{community} 有 {len(items)} 项服务")
    if not items:
        out.print("服务写在 DOORPLATE_HOME 里的 services.toml, 写法见随软件的 sample/services.toml")


@app.command("check")
def check(out_: Annotated[Path | None, typer.Option("--out", help="把结果写到这个 CSV 文件")] = None) -> None:
    """检查 services.toml 和在用通知里的每个链接还能不能打开。只有这个命令会上网; 内网地址不去访问, 只报出来, 因为居民打不开。"""
    links = _links(load_settings())
    checked = LinkChecker().check(links)
    rows = link_rows(checked)
    grid = Table(*HEADS, box=None)
    for row in rows:
        grid.add_row(*map(escape, row))
    if rows:
        out.print(grid)
    if out_ is not None:
        write_links(out_, rows)
    bad = len(dead(checked))
    out.print(f"共 {len(rows)} 个链接, {bad} 个居民打不开" + (", 请改 services.toml 或撤下通知" if bad else ""))


def _links(settings: Settings) -> list[Link]:
    links = [Link(entry.title or entry.id, entry.area, entry.link)
             for entry in load_services(settings.home / "services.toml") if entry.link]
    registry = open_registry(settings)
    notices = current_notices(registry, today(registry))
    return links + [Link(f"通知《{one.title}》", one.area, one.link) for one in notices if one.link]
