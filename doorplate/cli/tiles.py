"""doorplate tiles: the map of a community from its own data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from doorplate.cli.console import out
from doorplate.cli.lists import CommunityCode
from doorplate.cli.setup import open_registry
from doorplate.exchange.tiles import write_tiles
from doorplate.papers.streets import streets_of
from doorplate.registry.communities import require_community
from doorplate.settings import load_settings


def tiles(
    community: CommunityCode,
    out_file: Annotated[Path | None, typer.Option("--out", help="写到这个 .pmtiles 文件; 不给就放进 HOME/tiles")] = None,
) -> None:
    """用自己的数据做底图 (PMTiles): 网格、街路、门牌号。里面没有住户。"""
    settings = load_settings()
    registry = open_registry(settings)
    with registry.store.reading() as reader:
        place = require_community(reader, community)
        areas = reader.areas(community)
        addresses = [one for one in reader.addresses(community) if one.status != "retired"]
    target = out_file or settings.home / "tiles" / f"{community}.pmtiles"
    streets = streets_of((one.elements.thoroughfare, (one.point.lon, one.point.lat)) for one in addresses if one.point)
    count = write_tiles(target, place.names[-1], areas, streets, addresses)
    out.print(f"已写出 {count} 块瓦片, {target.stat().st_size / 1024:.0f} KB: {target}", markup=False)
    if out_file is None:
        out.print(f"手机要用它作底图: 在 field.toml 的 [map] 里写 tiles = \"/field/tiles/{community}.pmtiles\"", markup=False)
