"""doorplate init: an empty registry, and what a clerk knows of a village before its lists arrive."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from doorplate.areas.divisions import lookup
from doorplate.cli.console import out
from doorplate.errors import InputError
from doorplate.exchange.contacts import read_contacts
from doorplate.registry import Registry
from doorplate.registry.communities import Contact, import_contacts, open_community
from doorplate.registry.days import today
from doorplate.registry.staffing import place_contacts
from doorplate.settings import Settings, load_settings, secret_key
from doorplate.store import open_store
from doorplate.villages import VillageFile, parse_village


def init(
    village: Annotated[Path | None, typer.Option(help="村情文件 (TOML): 社区代码、警格、派出所")] = None,
    contacts: Annotated[Path | None, typer.Option(help="通讯录 (XLSX 等): 民警、辅警、网格员; 要和 --village 一起给")] = None,
    public_role: Annotated[str | None, typer.Option(help="PostGIS: 给居民网页用的数据库角色, 没有就新建; 它读不到住户")] = None,
) -> None:
    """建立空的登记簿; 已有的登记簿升级到当前版本, 数据不变。"""
    settings = load_settings()
    registry = open_registry(settings, create=True)
    out.print(f"登记簿已就绪: {settings.home.absolute()}", markup=False)
    if public_role is not None:
        registry.store.grant_public_role(public_role)
        out.print(f"数据库角色 {public_role} 已设好: 只能读居民网页要用的表, 读不到住户", markup=False)
    if village is None:
        if contacts is not None:
            raise InputError("arguments.village_missing", "通讯录要和村情文件一起给: --village 村情.toml --contacts 通讯录.xlsx")
        return
    described = read_village(village)
    open_community(registry, described.community(lookup(described.code)))
    out.print(f"社区已建立: {described.code}", markup=False)
    if contacts is not None:
        changed = import_contacts(registry, contacts_of(registry, contacts, described.code), today(registry), contacts.name)
        out.print(f"通讯录已读入, 有 {changed} 处新增或变更")


def open_registry(settings: Settings, *, create: bool = False) -> Registry:
    """The registry of these settings; create also makes or upgrades it. Raises Unavailable when it is not there."""
    if create:
        settings.home.mkdir(parents=True, exist_ok=True)
    store = open_store(settings.database)
    if create:
        store.migrate()
    return Registry(
        store=store, secret=secret_key(settings), actor="cli", now=lambda: datetime.now(UTC), rng=random.SystemRandom()
    )


def read_village(path: Path) -> VillageFile:
    """Raises InputError(village.not_found, village.invalid)."""
    if not path.is_file():
        raise InputError("village.not_found", f"找不到村情文件 {path.name}", file=path.name)
    return parse_village(path.read_text("utf-8"), path.name)


def contacts_of(registry: Registry, path: Path, community: str) -> list[Contact]:
    """The contact list's lines with the areas they are responsible for. Raises InputError(contacts.area_unknown)."""
    with registry.store.reading() as reader:
        areas = (*reader.areas(community, "grid"), *reader.areas(community, "group"))
    return place_contacts(read_contacts(path), community, areas, path.name)
