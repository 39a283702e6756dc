"""doorplate areas: bringing grid outlines in, with what is wrong with them said; dividing, joining, numbering, proposing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from doorplate.areas.balance import imbalances, usual_size
from doorplate.areas.codes import WORDS
from doorplate.areas.divisions import lookup
from doorplate.areas.editing import square_metres
from doorplate.areas.grids import validate_areas
from doorplate.cli.console import out
from doorplate.cli.lists import CommunityCode, load_areas
from doorplate.cli.setup import open_registry
from doorplate.errors import InputError
from doorplate.exchange.line_file import read_line
from doorplate.model import Area
from doorplate.registry import Registry
from doorplate.registry.area_acts import AreaPlan, merge_areas, rename_area, renumber_areas, split_area
from doorplate.registry.area_proposals import propose_groups, propose_zones
from doorplate.registry.communities import community_of, import_areas, open_community, require_community
from doorplate.settings import load_settings

SHOWN = 20
HECTARE_M2 = 10_000
Given = tuple[Callable[..., AreaPlan], tuple[Any, ...] | None]


def areas(
    community: CommunityCode,
    file: Annotated[
        Path | None,
        typer.Argument(help="网格边界: GeoJSON、GeoPackage、Shapefile 或高德拾取文本; 不给就看现有的", show_default=False),
    ] = None,
    split: Annotated[str | None, typer.Option(help="拆分这个区域 (代码, 例如 G01), 要和 --line 一起给")] = None,
    line: Annotated[Path | None, typer.Option(help="分割线: GeoJSON 等里的一条线, 或拾取的坐标文字")] = None,
    merge: Annotated[tuple[str, str] | None, typer.Option(help="合并相邻的两个区域 (代码)", metavar="CODE CODE")] = None,
    rename: Annotated[tuple[str, str] | None, typer.Option(help="改名: 代码 新名称", metavar="CODE NAME")] = None,
    renumber: Annotated[bool, typer.Option("--renumber", help="网格从西到东、从北到南重新编号")] = False,
    zones: Annotated[int | None, typer.Option(help="按行走顺序划分安装片区, 每片约这么多个门")] = None,
    groups: Annotated[bool, typer.Option("--groups", help="划分联户: 沿街相邻的 5–10 户一组")] = False,
    apply: Annotated[bool, typer.Option("--apply", help="真的改; 不加只是预览, 什么都不改")] = False,
    all_: Annotated[bool, typer.Option("--all", help="全部列出, 不只前 20 条")] = False,
) -> None:
    """导入网格边界, 并指出重叠和空隙; 或者拆分、合并、改名、重新编号, 划分安装片区和联户。

    改动先预览, 看过以后用同一条命令加 --apply。旧的区域留作历史, 地址、联系人跟着走, 每处变化留痕。
    """
    offered: dict[str, Given] = {
        "--split": (split_area, _divided(split, line)),
        "--merge": (merge_areas, merge and (merge,)),
        "--rename": (rename_area, rename),
        "--renumber": (renumber_areas, () if renumber else None),
        "--zones": (propose_zones, None if zones is None else (zones,)),
        "--groups": (propose_groups, () if groups else None),
    }
    asked = [name for name, (_, words) in offered.items() if words is not None]
    if len(asked) + (file is not None) > 1:
        raise InputError("areas.one_act", f"{'、'.join([*asked, '文件'] if file else asked)} 一次只能做一件, 请分开做")
    if file is not None:
        _import(file, community)
    elif asked:
        act, words = offered[asked[0]]
        plan = act(open_registry(load_settings()), community, *(words or ()), apply=apply)
        _show_plan(plan, None if all_ else SHOWN)
        _show_end(plan, done=apply)
    else:
        _show_areas(open_registry(load_settings()), community)


def _divided(code: str | None, line: Path | None) -> tuple[str, Any] | None:
    """What is divided by which line. Raises InputError(areas.split_what, line.*)."""
    if code is None and line is None:
        return None
    if code is None or line is None:
        raise InputError("areas.split_what", "拆分要同时给 --split 区域代码 和 --line 分割线文件")
    return code, read_line(line)


def _import(file: Path, community: str) -> None:
    division = lookup(community)
    given = load_areas(file, community)
    registry = open_registry(load_settings(), create=True)
    with registry.store.reading() as reader:
        known = reader.community(community)
    if known is None:
        open_community(registry, community_of(division))
    changed = import_areas(registry, given, file.name)
    out.print(f"{division.name}: {len(given)} 个网格, {changed} 个新增或变更")
    with registry.store.reading() as reader:
        standing = reader.areas(community, "grid")
    for problem in validate_areas(standing):
        out.print(f"  {problem}", markup=False)


def _show_areas(registry: Registry, community: str) -> None:
    """The areas in force, what does not fit, and which grids carry too much or too little."""
    with registry.store.reading() as reader:
        place = require_community(reader, community)
        standing = reader.areas(community)
        living = [a for a in reader.addresses(community) if a.status != "retired"]
        homes = {a.id: a.grid_id for a in living}
        households = Counter(homes.get(h.address_id) for h in reader.households(community) if h.address_id)
    grids = [a for a in standing if a.kind == "grid"]
    doors = Counter(a.grid_id for a in living)
    of_grids = {g.id: households[g.id] for g in grids}
    _table(f"{place.names[-1]}的网格", grids, {g.id: doors[g.id] for g in grids}, of_grids, None)
    counts = Counter(WORDS[a.kind] for a in standing if a.kind != "grid")
    for word, count in counts.items():
        out.print(f"{word}: {count} 个")
    said = [str(problem) for problem in validate_areas(grids)]
    said += [str(i) for i in imbalances(grids, of_grids, usual_size(community))] if any(of_grids.values()) else []
    for text in said:
        out.print(f"  {text}", markup=False)


def _show_end(plan: AreaPlan, *, done: bool) -> None:
    if not (plan.closed or plan.opened or plan.changed):
        out.print("不用改")
    elif done:
        out.print(f"已完成; 操作编号 {plan.operation[:12]}, 撤销用: doorplate undo {plan.operation[:12]}")
    else:
        out.print("这是预览, 登记簿没有变化; 确认后用同一条命令加 --apply")


def _show_plan(plan: AreaPlan, limit: int | None) -> None:
    out.print(plan.reason, markup=False)
    for before, after in plan.changed[:limit] if plan.verb == "area.renamed" else ():
        out.print(f"  {before.code} {before.name} → {after.name}", markup=False)
    if plan.closed:
        _listed("停用 (留作历史)", [f"{a.code} {a.name}" for a in plan.closed], limit)
    if plan.opened:
        _table("新的", plan.opened, plan.doors, plan.households, limit)
    if plan.moved or plan.staff:
        out.print(f"跟着走的: {len(plan.moved)} 个地址, {len(plan.staff)} 条联系人")
    _listed("说不准在哪一边, 请到现场看", list(plan.doubtful), limit)
    _listed("请注意", list(plan.warnings), limit)


def _table(title: str, areas: Sequence[Area], doors: Mapping[str, int], households: Mapping[str, int], limit: int | None) -> None:
    table = Table(title=title, title_justify="left", box=None, padding=(0, 2))
    for head in ("代码", "名称"):
        table.add_column(head)
    for head in ("门", "户", "公顷"):
        table.add_column(head, justify="right")
    for area in areas[:limit]:
        figures = [str(counts.get(area.id, 0)) for counts in (doors, households)]
        table.add_row(area.code, area.name, *figures, f"{square_metres(area) / HECTARE_M2:.1f}")
    out.print(table)
    if limit is not None and len(areas) > limit:
        out.print(f"  … 还有 {len(areas) - limit} 个, 加 --all 看全部")


def _listed(title: str, lines: list[str], limit: int | None) -> None:
    if lines:
        out.print(f"{title}: {len(lines)} 个")
    for text in lines[:limit]:
        out.print(f"  {text}", markup=False)
    if limit is not None and len(lines) > limit:
        out.print(f"  … 还有 {len(lines) - limit} 个, 加 --all 看全部")
