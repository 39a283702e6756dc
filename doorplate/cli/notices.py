"""doorplate notices …: warnings and news on the pages of an area."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from doorplate.cli.console import out
from doorplate.cli.setup import open_registry
from doorplate.notices import draft, load_notices
from doorplate.registry.days import today
from doorplate.registry.notices import current_notices, end_notice, post_notice, post_notices
from doorplate.settings import load_settings

app = typer.Typer(name="notices", no_args_is_help=True, help="警讯、资讯: 在一个区域的门牌页上发布、查看、撤下。只写文字。")

_KINDS = {"warning": "警讯", "news": "资讯"}
_DAYS = 30  # (D) how long a notice stays when nobody says
_SHORT = 8


@app.command("add")
def add(
    area: Annotated[str, typer.Option(help='区划代码的前几位 (610431 全县, 610431001203 一个村), 或网格代码; "" 各处')],
    title: Annotated[str, typer.Option(help="标题, 最多 60 字")],
    body: Annotated[str, typer.Option(help="内容, 最多 1000 字")],
    kind: Annotated[str, typer.Option(help="警讯 或 资讯")] = "资讯",
    link: Annotated[str, typer.Option(help="https 链接")] = "",
    first: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="第一天, 默认今天")] = None,
    last: Annotated[datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="最后一天 (含), 默认 30 天后")] = None,
) -> None:
    """发布一条, 扫码马上能看到。英文请用 notices load 的文件写。"""
    registry = open_registry(load_settings())
    begin = first.date() if first else today(registry)
    said = {"area": area, "kind": kind, "title": title, "body": body, "link": link, "from": begin,
            "until": last.date() if last else begin + timedelta(days=_DAYS)}
    notice = post_notice(registry, draft(said, "这条通知"))
    out.print(f"已发布《{notice.title}》, {notice.valid_from} 到 {notice.valid_until}", markup=False)
    out.print(f"撤下: doorplate notices end {notice.id[:_SHORT]}", markup=False)


@app.command("load")
def load(file: Annotated[Path, typer.Argument(help="TOML 或 CSV 文件, 写法见 sample/notices.toml", show_default=False)]) -> None:
    """发布一个文件里的所有通知; 已发布过的不变, 有一条写错就一条也不发。"""
    drafts = load_notices(file)
    fresh = post_notices(open_registry(load_settings()), drafts, file.name)
    out.print(f"文件里 {len(drafts)} 条, 新发布 {fresh} 条")


@app.command("list")
def list_(everything: Annotated[bool, typer.Option("--all", help="也列出还没开始和已经结束的")] = False) -> None:
    """今天门牌页上的通知。"""
    registry = open_registry(load_settings())
    notices = current_notices(registry, None if everything else today(registry))
    if not notices:
        out.print("没有通知, 发布: doorplate notices add --area … --title … --body …")
        return
    grid = Table("编号", "类别", "区域", "标题", "第一天", "最后一天", box=None)
    for one in notices:
        days = str(one.valid_from), str(one.valid_until)
        grid.add_row(one.id[:_SHORT], _KINDS[one.kind], one.area or "各处", escape(one.title), *days)
    out.print(grid)


@app.command("end")
def end(
    notice: Annotated[str, typer.Argument(help="编号, 写开头几位就行", show_default=False)],
    reason: Annotated[str, typer.Option(help="为什么撤下")] = "",
) -> None:
    """撤下一条, 扫码马上看不到了; 记录留着。"""
    ended = end_notice(open_registry(load_settings()), notice, reason)
    out.print(f"已撤下《{ended.title}》", markup=False)
