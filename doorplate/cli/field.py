"""doorplate field …: what was done at the doors, how far the zones are, what could not be read; the forms for ODK."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from doorplate.china import minute_of
from doorplate.cli.console import out
from doorplate.cli.work import open_field
from doorplate.errors import InputError, NotFound
from doorplate.exchange.whole_file import whole_file
from doorplate.field.settings import load_field_settings
from doorplate.model import Area
from doorplate.odk.correction import correction_form
from doorplate.odk.household import household_form
from doorplate.registry import Registry
from doorplate.registry.accounts import find_account
from doorplate.registry.communities import require_community
from doorplate.registry.days import today
from doorplate.registry.field.diary import diary_of
from doorplate.registry.field.zones import ZoneProgress, progress_in
from doorplate.settings import load_settings

app = typer.Typer(name="field", no_args_is_help=True, help="外勤: 工作日志、安装区进度、读不出的数据、ODK 表单。")
aside = typer.Typer(name="aside", no_args_is_help=True, help="手机送来、读不出的数据: 一条不丢, 放在这里。")
app.add_typer(aside)


class OdkForm(StrEnum):
    """Which form is meant."""

    correction = "correction"
    household = "household"


Village = Annotated[str, typer.Option("--community", help="社区代码, 12 位")]


@app.command("diary")
def diary(
    account: Annotated[str, typer.Option("--account", help="登录名")],
    day: Annotated[datetime | None, typer.Option("--day", formats=["%Y-%m-%d"], help="哪一天, 不写是今天")] = None,
) -> None:
    """一个人一天的工作日志, 由走访、安装、上报的记录自动写成。"""
    work = open_field(load_settings())
    with work.registry.store.reading() as reader:
        found = diary_of(work, reader, find_account(reader, account), day.date() if day else today(work.registry))
    out.print(found.summary, markup=False)
    for line in found.lines:
        out.print(f"  {line.told}", markup=False)


@app.command("zones")
def zones(community: Village, grid: Annotated[str, typer.Option("--grid", help="只看这个网格: 网格代码")] = "") -> None:
    """安装区的进度: 多少个门有了结果, 哪些要再去, 结清没有。没有划安装区的网格, 整个网格算一个。"""
    work = open_field(load_settings())
    with work.registry.store.reading() as reader:
        require_community(reader, community)
        found = progress_in(reader, community, _grid_id(reader.areas(community, "grid"), grid) if grid else None)
    table = Table("安装区", "名称", "门", "已有结果", "家里没人", "有问题", "状态", box=None)
    for one in found:
        figures = (len(one.doors), one.done, one.count("absent"), one.count("problem"))
        table.add_row(*map(escape, (one.area.code, one.area.name, *map(str, figures), _state(one))))
    out.print(table)
    closed = sum(one.closed for one in found)
    out.print(f"{len(found)} 个安装区, 结清 {closed} 个; 还有 {sum(len(one.left) for one in found)} 个门没有结果")


@app.command("form")
def form(
    which: Annotated[OdkForm, typer.Argument(help="correction 门牌更正, household 住户登记")],
    to: Annotated[Path, typer.Option("--out", help="写到这个文件: .xlsx 是 XLSForm, .xml 是 XForm")],
) -> None:
    """ODK Collect 和 Enketo 用的表, 照本单位的 field.toml 做。手机直接连服务器就会自己下载, 不必先导出。"""
    from doorplate.odk.build import build  # only this command needs the converter

    making = correction_form if which is OdkForm.correction else household_form
    made = build(making(load_field_settings(load_settings().home / "field.toml")))
    found = {".xlsx": made.xlsx, ".xml": made.xml}.get(to.suffix.lower())
    if found is None:
        raise InputError("odk.suffix", f"{to.name}: 文件名要以 .xlsx 或 .xml 结尾", file=to.name)
    with whole_file(to) as part:
        part.write_bytes(found)
    out.print(f"{made.form.title.zh}: {made.form.id}, 版本 {made.form.version} → {to}", markup=False)


@aside.command("list")
def aside_list() -> None:
    """有哪些, 从哪台设备来, 为什么读不出; 内容封存, 这里不显示。"""
    registry: Registry = open_field(load_settings()).registry
    with registry.store.reading() as reader:
        kept = reader.kept_aside()
        devices = {one.id: one for one in reader.devices()}
        names = {one.id: one.name for one in reader.accounts_of({one.account_id for one in devices.values()}).values()}
    table = Table("编号", "收到", "设备", "谁的", "为什么", box=None)
    for one in kept:
        device = devices.get(one.device_id)
        whose = names.get(device.account_id, "–") if device else "–"
        table.add_row(*map(escape, (one.id[:8], minute_of(one.received_at), device.name if device else "–", whose, one.reason)))
    out.print(table)
    out.print(f"{len(kept)} 份读不出的数据")


def _state(one: ZoneProgress) -> str:
    if one.closed:
        return "已结清"
    if one.open_round is not None:
        return f"抽查中 {len(one.open_round.results)}/{len(one.open_round.sample)}"
    if one.rounds and one.rounds[-1].status == "failed":
        return "抽查没有通过, 要再查"
    return "可以抽查" if one.doors and not one.left else "安装中"


def _grid_id(grids: Iterable[Area], code: str) -> str:
    found = next((one.id for one in grids if one.code == code), None)
    if found is None:
        raise NotFound("area.unknown", f"没有网格 {code}", area=code)
    return found
