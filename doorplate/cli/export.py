"""doorplate export: the register for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from doorplate.cli.console import out
from doorplate.cli.lists import CommunityCode
from doorplate.cli.setup import open_registry
from doorplate.errors import InputError
from doorplate.exchange.export import export_addresses
from doorplate.registry.communities import require_community
from doorplate.settings import load_settings

Form = Literal["csv", "xlsx", "geojson", "gpkg"]
FORMS: tuple[Form, ...] = ("csv", "xlsx", "geojson", "gpkg")


def export(
    community: CommunityCode,
    out_file: Annotated[Path, typer.Option("--out", help="写到这个文件; 格式看扩展名")],
    form: Annotated[str | None, typer.Option("--format", help="csv、xlsx、geojson、gpkg; 不给就看扩展名")] = None,
) -> None:
    """导出地址登记簿。里面没有住户姓名和电话。"""
    wanted = form or out_file.suffix.lstrip(".").lower()
    chosen = next((f for f in FORMS if f == wanted), None)
    if chosen is None:
        raise InputError("export.format", f"不会写 {wanted or '没有扩展名的'} 格式, 可用: {'、'.join(FORMS)}")
    registry = open_registry(load_settings())
    with registry.store.reading() as reader:
        place = require_community(reader, community)
        areas = {area.id: area for area in reader.areas(community, ended=True)}
        addresses = reader.addresses(community)
    export_addresses(addresses, areas, place, out_file, chosen)
    out.print(f"已写出 {len(addresses)} 个地址: {out_file}", markup=False)
