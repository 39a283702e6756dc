"""doorplate settle, doorplate undo: findings are settled, one or many, seen before it is done; and taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from doorplate.addresses.operations import Grounds
from doorplate.areas.coordinates import distance_m
from doorplate.cli.console import figures, out
from doorplate.cli.lists import CommunityCode
from doorplate.cli.setup import open_registry
from doorplate.cli.words import parse_day, parse_point
from doorplate.errors import InputError
from doorplate.model import Point
from doorplate.registry.bench import Effect
from doorplate.registry.days import today
from doorplate.registry.deciding import Ruling
from doorplate.registry.operating import codes_of
from doorplate.registry.settling import Choice, Outcome, Plan, preview
from doorplate.registry.settling import settle as settle_findings
from doorplate.registry.undoing import undo as undo_act
from doorplate.settings import load_settings

SHOWN = 30
ACCEPTED = "采纳核查建议"


def settle(
    community: CommunityCode,
    finding: Annotated[list[str] | None, typer.Option(help="处理这个问题 (编号, 写前几位就行); 可以写多次")] = None,
    class_: Annotated[list[str] | None, typer.Option("--class", help="处理这一类, 如 wrong 或 wrong.street; 可以写多次")] = None,
    grid: Annotated[str | None, typer.Option(help="只处理这个网格 (代码)")] = None,
    sure: Annotated[bool, typer.Option("--sure", help="只处理有把握的")] = False,
    address: Annotated[str | None, typer.Option(help="不按建议, 正确的是这个, 如 幸福路二巷5号; 只配一个 --finding")] = None,
    exchange: Annotated[bool, typer.Option("--exchange", help="和 --address 一起用: 那个号现在的人家换用这一户的号")] = False,
    point: Annotated[str | None, typer.Option(help="门口的坐标: 经度,纬度 (WGS84), 了结坐标问题; 只配一个 --finding")] = None,
    dismiss: Annotated[bool, typer.Option("--dismiss", help="驳回: 核对过, 没有问题; 要写 --reason")] = False,
    reason: Annotated[str, typer.Option(help="理由, 会永久留痕; 不要写人名和电话")] = "",
    evidence: Annotated[str, typer.Option(help="依据, 例如“现场照片 12 号”; 不写就记名单的出处")] = "",
    effective: Annotated[str | None, typer.Option(help="生效日期, 例如 2026-11-23; 不写就是今天")] = None,
    apply: Annotated[bool, typer.Option("--apply", help="真的处理; 不加只是预览, 什么都不改")] = False,
    all_: Annotated[bool, typer.Option("--all", help="全部列出, 不只前 30 条")] = False,
) -> None:
    """处理问题: 采纳建议 (更正、新编、停用、合并、换号、定位), 写明正确的地址 (--address) 或坐标 (--point), 或驳回 (--dismiss)。

    先预览: 每条改前改后是什么, 哪些处理不了、为什么。看过以后加 --apply 一次做完, 得到一个操作编号, 用 doorplate undo 可以撤销。
    """
    choice = Choice(tuple(finding or ()), tuple(class_ or ()), "sure" if sure else None, grid)
    if not (choice.findings or choice.codes or sure):
        raise InputError("settle.nothing_chosen", "请说明处理哪些: --finding 编号, --class 类别, 或 --sure (有把握的)")
    _require_one_answer(choice, {"--address": bool(address), "--point": point is not None, "--dismiss": dismiss})
    if exchange and not address:
        raise InputError("settle.exchange", "--exchange 要和 --address 一起用, 写明换成哪个号")
    place = None if point is None else parse_point(point, "--point", "desk")
    registry = open_registry(load_settings())
    day = parse_day(effective, "--effective") if effective else today(registry)
    grounds = Grounds(reason.strip() or ("" if dismiss else ACCEPTED), evidence.strip(), day)
    ruling = Ruling("dismiss" if dismiss else "amend" if address or place else "accept", grounds, address or "", place, exchange)
    if not apply:
        show_plan(preview(registry, community, choice, ruling), "预览 (什么都没有改)", None if all_ else SHOWN)
        out.print("这是预览, 登记簿没有变化; 确认后用同一条命令加 --apply")
        return
    settlement, plan = settle_findings(registry, community, choice, ruling)
    show_plan(plan, "已处理", None if all_ else SHOWN)
    out.print(f"操作编号 {settlement.id[:12]}, 生效日期 {settlement.effective_on}; 撤销用: doorplate undo {settlement.id[:12]}")


def undo(
    operation: Annotated[str, typer.Argument(help="操作编号 (settle、areas、undo 给出的), 写前几位就行", show_default=False)],
    reason: Annotated[str, typer.Option(help="为什么撤销")] = "",
) -> None:
    """撤销一次操作: 恢复原来的值, 原来的留痕不动; 撤销本身也能再撤销。后来又有人在上面改过的不能撤销, 会说明是什么。"""
    done = undo_act(open_registry(load_settings()), operation, reason)
    shown = [_change(e, "(撤回或停用)") for e in done.effects if e.before != e.after or e.points or not e.grids]
    moved = len(done.effects) - len(shown)
    areas = [f"{now.code} {now.name}: {'停用' if now.valid_to else '恢复'}" for _, now in done.areas]
    for line in [*areas, *shown[:SHOWN]]:
        out.print(f"  {line}", markup=False)
    if len(shown) > SHOWN:
        out.print(f"  … 还有 {len(shown) - SHOWN} 个")
    if moved:
        out.print(f"换回原来网格的: {moved} 个地址")
    _show_plates(done.effects)
    out.print(f"已撤销; 这次撤销的编号 {done.settlement.id[:12]}")


def _require_one_answer(choice: Choice, answers: Mapping[str, bool]) -> None:
    """--address and --point answer one finding; no two answers go together. Raises InputError(settle.address, settle.point …)."""
    given = [name for name, said in answers.items() if said]
    if len(given) > 1:
        raise InputError(f"settle.{given[0][2:]}", f"{'、'.join(given)} 不能一起用, 请分开处理")
    if given and given[0] != "--dismiss" and len(choice.findings) != 1:
        raise InputError(f"settle.{given[0][2:]}", f"{given[0]} 只能配一个 --finding, 也不能和 --dismiss 一起用")


def show_plan(plan: Plan, title: str, limit: int | None) -> None:
    """Before → after for each finding, then what cannot be settled and why, then the sums."""
    _list([_outcome(o) for o in plan.outcomes], limit)
    if plan.hindered:
        out.print("处理不了的:")
        _list([f"{h.finding[:8]} {h.where}: {h.message}" for h in plan.hindered], limit)
    acts = {act: f"{sum(o.act == act for o in plan.outcomes)} 处" for act in dict.fromkeys(o.act for o in plan.outcomes)}
    rest = {"同行一并了结": f"{plan.along} 处"} if plan.along else {}
    figures(title, {**acts, **rest, "处理不了": f"{len(plan.hindered)} 处"})
    _show_plates([o.effect for o in plan.outcomes])


def _list(lines: Sequence[str], limit: int | None) -> None:
    for line in lines[:limit]:
        out.print(f"  {line}", markup=False)
    if limit is not None and len(lines) > limit:
        out.print(f"  … 还有 {len(lines) - limit} 处, 加 --all 看全部")


def _outcome(outcome: Outcome) -> str:
    grids = f", 网格 {outcome.grids[0] or '不明'} → {outcome.grids[1] or '不明'}" if outcome.grids else ""
    return f"{outcome.finding[:8]} {outcome.where} {outcome.code} {outcome.act}: {_change(outcome.effect)}{grids}"


def _change(effect: Effect, gone: str = "(停用)") -> str:
    if effect.before != effect.after:
        return f"{effect.before or '(没有地址)'} → {effect.after or gone}"
    if effect.points is None:
        return f"{effect.after or '(没有地址)'} 不变"
    return f"{effect.after} 坐标 {_place(effect.points[0])} → {_place(effect.points[1])}{_metres(*effect.points)}"


def _place(point: Point | None) -> str:
    return f"{point.lon:.6f},{point.lat:.6f}" if point else "(没有)"


def _metres(before: Point | None, after: Point | None) -> str:
    if before is None or after is None:
        return ""
    return f" (移动 {distance_m((before.lon, before.lat), (after.lon, after.lat)):.0f} 米)"


def _show_plates(effects: Sequence[Effect]) -> None:
    renewed, taken_down = codes_of(effects)
    if renewed:
        out.print(f"要重做的门牌 {len(renewed)} 块: {'、'.join(renewed)}", markup=False)
    if taken_down:
        out.print(f"要取下的门牌 {len(taken_down)} 块: {'、'.join(taken_down)}", markup=False)
