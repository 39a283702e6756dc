"""doorplate areas: bringing grid outlines in, with what is wrong with them said first."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from doorplate.areas.divisions import lookup
from doorplate.areas.grids import validate_areas
from doorplate.cli.console import out
from doorplate.cli.lists import CommunityCode, load_areas
from doorplate.cli.setup import open_registry
from doorplate.registry.communities import community_of, import_areas, open_community
from doorplate.settings import load_settings


def areas(
    file: Annotated[Path, typer.Argument(help="网格边界: GeoJSON、GeoPackage、Shapefile 或高德拾取文本", show_default=False)],
    community: CommunityCode,
) -> None:
    """导入网格边界, 并指出重叠和空隙。"""
    division = lookup(community)
    given = load_areas(file, community)
    registry = open_registry(load_settings(), create=True)
    with registry.store.reading() as reader:
        known = reader.community(community)
    if known is None:
        open_community(registry, community_of(division))
    changed = import_areas(registry, given, file.name)
    out.print(f"{division.name}: {len(given)} 个网格, {changed} 个新增或变更")
    for problem in validate_areas(given):
        out.print(f"  {problem}", markup=False)
