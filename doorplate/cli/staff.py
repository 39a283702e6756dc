"""doorplate staff …: the officials behind the call buttons. What changes here, pages show at the next scan, without reprint."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from doorplate.cli.console import out
from doorplate.cli.setup import open_registry
from doorplate.errors import InputError
from doorplate.model import Staff
from doorplate.people.duty import has_left, is_away, is_stale
from doorplate.registry import Registry
from doorplate.registry.days import today
from doorplate.registry.people import (
    NewPerson,
    add_person,
    confirm_person,
    end_duty,
    find_person,
    set_away,
    set_back,
    set_deputy,
    set_photo,
    set_published,
)
from doorplate.registry.portraits import make_portrait, people_files
from doorplate.settings import load_settings

app = typer.Typer(name="staff", no_args_is_help=True, help="公务联系人: 核实、离岗代班、接替、公开。改了扫码就能看到, 不用重印。")

Who = Annotated[str, typer.Argument(help="姓名, 或编号开头 6 位 (同名时)", show_default=False)]
Within = Annotated[str, typer.Option("--area", help="只在这个区域里找: 代码开头几位")]
_DAY = ["%Y-%m-%d"]
_SHORT = 8


@app.command("list")
def list_(area: Annotated[str, typer.Option("--area", help="社区代码, 或代码开头几位; 不写是全部")] = "",
          everybody: Annotated[bool, typer.Option("--all", help="也列出已离任的")] = False) -> None:
    """有哪些人, 谁离岗, 谁的电话该核实了。"""
    registry = open_registry(load_settings())
    day, rules = today(registry), people_files(load_settings().home).rules
    with registry.store.reading() as reader:
        people = [one for one in reader.staff_within(area) if everybody or not has_left(one, day)]
        names = {one.id: one.name for one in reader.staff_of({one.deputy_id for one in people if one.deputy_id})}
    grid = Table("编号", "姓名", "职务", "电话", "区域", "核实于", "代班人", "现状", box=None)
    for one in people:
        facts = {"已离任": has_left(one, day), "离岗": is_away(one, day), "不公开": not one.published,
                 "电话待核实": is_stale(one, day, rules)}
        states = [word for word, holds in facts.items() if holds]
        cells = (one.id[:_SHORT], one.name, one.role, one.phone, one.area_code, str(one.confirmed_on or "–"),
                 names.get(one.deputy_id or "", "–"), "、".join(states) or "在岗")
        grid.add_row(*map(escape, cells))
    out.print(grid)
    late = sum(is_stale(one, day, rules) for one in people)
    out.print(f"{len(people)} 人, {late} 人的电话超过 {rules.confirm_within_days} 天没有核实")
    if late:
        out.print("打过电话以后: doorplate staff confirm 姓名")


@app.command("confirm")
def confirm(who: Who, phone: Annotated[str, typer.Option(help="换了号码就写新的")] = "", within: Within = "") -> None:
    """今天打过电话, 还是这个人这个号。"""
    registry, person = _found(who, within)
    person = confirm_person(registry, person.id, phone)
    _say(person, f"核实于 {person.confirmed_on}, 电话 {person.phone}")


@app.command("away")
def away(
    who: Who,
    first: Annotated[datetime | None, typer.Option("--from", formats=_DAY, help="第一天, 默认今天")] = None,
    last: Annotated[datetime | None, typer.Option("--until", formats=_DAY, help="最后一天 (含), 不写就到回岗为止")] = None,
    deputy: Annotated[str, typer.Option(help="代班人的姓名或编号")] = "",
    within: Within = "",
) -> None:
    """离岗: 页面上换成代班人; 没有代班人就是下一位负责人或派出所。"""
    registry, person = _found(who, within)
    if deputy:
        person = set_deputy(registry, person.id, _found(deputy, "")[1].id)
    person = set_away(registry, person.id, first.date() if first else today(registry), last.date() if last else None)
    until = f"到 {person.absent_until}" if person.absent_until else "到另行通知"
    _say(person, f"{person.absent_from} {until}离岗" + ("" if person.deputy_id else ", 没有代班人: doorplate staff deputy"))


@app.command("back")
def back(who: Who, within: Within = "") -> None:
    """回到岗位。"""
    registry, person = _found(who, within)
    _say(set_back(registry, person.id), "在岗")


@app.command("deputy")
def deputy(
    who: Who,
    stand_in: Annotated[str, typer.Argument(help="代班人的姓名或编号; 写 无 就是没有", show_default=False)],
    within: Within = "",
) -> None:
    """离岗时谁代班。"""
    registry, person = _found(who, within)
    if stand_in == "无":
        _say(set_deputy(registry, person.id, None), "没有代班人")
        return
    other = _found(stand_in, "")[1]
    _say(set_deputy(registry, person.id, other.id), f"离岗时由{other.name}代班")


@app.command("publish")
def publish(who: Who, within: Within = "") -> None:
    """本人同意后, 在门牌页上公开姓名和电话。联户长不公开是默认的。"""
    registry, person = _found(who, within)
    _say(set_published(registry, person.id, True), "已公开")


@app.command("unpublish")
def unpublish(who: Who, within: Within = "") -> None:
    """不再公开。"""
    registry, person = _found(who, within)
    _say(set_published(registry, person.id, False), "不再公开")


@app.command("photo")
def photo(
    who: Who,
    picture: Annotated[Path | None, typer.Argument(help="照片 (JPEG、PNG、WebP); 不写就撤下现在的")] = None,
    within: Within = "",
) -> None:
    """本人同意后, 放一张小照片; 去掉拍摄地点等信息, 裁成方形。"""
    registry, person = _found(who, within)
    portrait = make_portrait(picture.name, _bytes(picture)) if picture else None
    _say(set_photo(registry, person.id, people_files(load_settings().home), portrait), "照片已放好" if portrait else "照片已撤下")


@app.command("leave")
def leave(
    who: Who,
    last: Annotated[datetime | None, typer.Option("--last", formats=_DAY, help="最后一天 (含), 默认今天")] = None,
    within: Within = "",
) -> None:
    """离任。有人接替时用 staff add --replaces, 页面马上换人。"""
    registry, person = _found(who, within)
    person = end_duty(registry, person.id, last.date() if last else today(registry))
    _say(person, f"任职到 {person.left_on} 为止")


@app.command("add")
def add(
    name: Annotated[str, typer.Option(help="姓名")],
    role: Annotated[str, typer.Option(help="职务, 例如 社区民警、网格员、联户长、派出所所长")],
    phone: Annotated[str, typer.Option(help="公务电话, 会公开")],
    area: Annotated[str, typer.Option(help="负责的区域: 社区、网格或联户代码; 全街道写区划代码前 9 位")],
    replaces: Annotated[str, typer.Option(help="接替谁: 姓名或编号")] = "",
) -> None:
    """新来的人; 写了接替谁, 页面马上换人, 门牌不用重印。"""
    registry = open_registry(load_settings())
    rules = people_files(load_settings().home).rules
    before = _found(replaces, "")[1].id if replaces else None
    person = add_person(registry, NewPerson(name, role, phone, area), rules, before)
    shown = "已公开" if person.published else "还没有公开, 本人同意后: doorplate staff publish"
    _say(person, f"编号 {person.id[:_SHORT]}, 负责 {person.area_code}, {shown}")


def _found(who: str, within: str) -> tuple[Registry, Staff]:
    registry = open_registry(load_settings())
    with registry.store.reading() as reader:
        return registry, find_person(reader, who, within)


def _say(person: Staff, words: str) -> None:
    out.print(f"{person.name} ({person.role}): {words}", markup=False)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        raise InputError("photo.not_found", f"打不开照片 {path.name}, 请检查文件", file=path.name) from exc
