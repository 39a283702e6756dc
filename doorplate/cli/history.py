"""doorplate register, doorplate changes: the register as of any date, and what changed between two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from doorplate.cli.console import figures, out
from doorplate.cli.lists import CommunityCode
from doorplate.cli.settling import SHOWN
from doorplate.cli.setup import open_registry
from doorplate.cli.words import parse_day
from doorplate.errors import InputError
from doorplate.exchange.export import export_addresses
from doorplate.model import AddressStatus
from doorplate.registry.communities import require_community
from doorplate.registry.days import today
from doorplate.registry.history import Calendar, Changed, diff, register_as_of
from doorplate.settings import load_settings

STATUS: dict[AddressStatus, str] = {"proposed": "待核对", "verified": "已核对", "retired": "已停用"}
ByEffective = Annotated[
    bool, typer.Option("--by-effective", help="按生效日期算 (那天实际该是什么); 不加就按登记日期 (那天登记簿上写着什么)")
]


def register(
    community: CommunityCode,
    as_of: Annotated[str | None, typer.Option("--as-of", help="哪一天结束时的登记簿, 例如 2026-11-23; 不写就是今天")] = None,
    out_file: Annotated[Path | None, typer.Option("--out", help="写到这个 CSV 文件; 不写只给出个数")] = None,
    by_effective: ByEffective = False,
) -> None:
    """回看登记簿: 任何一天的全部地址, 只凭留痕重建。"""
    if out_file is not None and out_file.suffix.lower() != ".csv":
        raise InputError("register.format", f"只写 CSV, {out_file.name} 请改成 .csv 结尾", file=out_file.name)
    registry = open_registry(load_settings())
    day = parse_day(as_of, "--as-of") if as_of else today(registry)
    addresses = list(register_as_of(registry, community, day, _calendar(by_effective)))
    counts = Counter(a.status for a in addresses)
    title = f"{day} 的登记簿 ({'按生效日期' if by_effective else '按登记日期'})"
    figures(title, {word: f"{counts[status]} 个" for status, word in STATUS.items()})
    if out_file is None:
        return
    with registry.store.reading() as reader:
        place = require_community(reader, community)
        areas = {area.id: area for area in reader.areas(community, ended=True)}
    export_addresses(addresses, areas, place, out_file, "csv")
    out.print(f"已写出 {len(addresses)} 个地址: {out_file}", markup=False)


def changes(
    community: CommunityCode,
    start: Annotated[str, typer.Option("--from", help="从这一天结束时起, 例如 2026-11-01")],
    end: Annotated[str, typer.Option("--to", help="到这一天结束时止, 例如 2026-11-23")],
    by_effective: ByEffective = False,
    all_: Annotated[bool, typer.Option("--all", help="全部列出, 每种不只前 30 个")] = False,
) -> None:
    """两天之间变了什么: 新编的、更正的 (原名 → 新名)、停用的、换了网格的地址。"""
    first, last = parse_day(start, "--from"), parse_day(end, "--to")
    if last < first:
        raise InputError("arguments.date", f"--to {last} 在 --from {first} 之前, 请对调")
    registry = open_registry(load_settings())
    found = diff(registry, community, first, last, _calendar(by_effective))
    with registry.store.reading() as reader:
        grids = {area.id: area.name or area.code for area in reader.areas(community, "grid", ended=True)}
    limit = None if all_ else SHOWN
    _show("新增", found.added, limit, lambda c: _name(c, new=True))
    _show("更正", found.corrected, limit, lambda c: f"{_name(c)} → {_name(c, new=True)}")
    _show("停用", found.retired, limit, _name)
    _show("换网格", found.moved, limit, lambda c: f"{_name(c, new=True)}: {_grid(c, grids)} → {_grid(c, grids, new=True)}")
    if not (found.added or found.corrected or found.retired or found.moved):
        out.print(f"{first} 到 {last} 没有变化")


def _calendar(by_effective: bool) -> Calendar:
    return "effective" if by_effective else "recorded"


def _show(word: str, found: Sequence[Changed], limit: int | None, line: Callable[[Changed], str]) -> None:
    if not found:
        return
    out.print(f"{word} {len(found)} 个")
    for change in found[:limit]:
        out.print(f"  {line(change)}{f' ({change.reason})' if change.reason else ''}", markup=False)
    if limit is not None and len(found) > limit:
        out.print(f"  … 还有 {len(found) - limit} 个, 加 --all 看全部")


def _name(change: Changed, *, new: bool = False) -> str:
    address = change.after if new else change.before
    return address.standard_address if address else ""


def _grid(change: Changed, grids: dict[str, str], *, new: bool = False) -> str:
    address = change.after if new else change.before
    return grids.get(address.grid_id or "", "不明") if address else "不明"
