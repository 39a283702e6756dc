"""doorplate number: house numbers proposed for a new house or a whole street. Nothing is written to the registry."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from doorplate.addresses.numbering import (
    NumberProposal,
    Profile,
    StreetPlan,
    load_profile,
    parse_profile,
    plan_of_house,
    propose_compound,
    propose_for_house,
    propose_for_street,
)
from doorplate.addresses.numbering.nouns import StreetKind
from doorplate.addresses.numbering.profile import DEFAULT
from doorplate.addresses.numbering.register import RegisteredStreet, street_in
from doorplate.areas.divisions import lookup
from doorplate.cli.console import figures, out
from doorplate.cli.lists import CommunityCode
from doorplate.cli.setup import open_registry
from doorplate.cli.words import parse_point
from doorplate.errors import InputError
from doorplate.exchange.line_file import read_street_line
from doorplate.exchange.numbering_file import change_in_words, write_plan
from doorplate.exchange.street_map import draw_street_map
from doorplate.exchange.whole_file import whole_file
from doorplate.model import Point
from doorplate.registry.communities import require_community
from doorplate.settings import load_settings

_KINDS: dict[str, StreetKind] = {"through": "through", "dead-end": "dead-end", "one-sided": "one-sided"}
_SHOWN = 20
_SAMPLE = "示例数据, 均为虚构"


def number(
    community: CommunityCode,
    street: Annotated[str, typer.Option(help="街路巷、村民小组或小区, 例如 幸福路、幸福路二巷")],
    point: Annotated[str | None, typer.Option(help="新房的位置: 经度,纬度 (WGS84), 例如 108.2083,34.2735")] = None,
    profile: Annotated[str, typer.Option(help="编号规则: 名称, 或自己写的 TOML 文件")] = DEFAULT,
    renumber: Annotated[bool, typer.Option("--renumber", help="整街重编; 不加就保留合规的原号, 只编缺的和错的")] = False,
    kind: Annotated[str | None, typer.Option(help="through 两头通、dead-end 死巷、one-sided 一侧有房; 不给就按名称判断")] = None,
    line: Annotated[Path | None, typer.Option(help="街线: GeoJSON、GeoPackage 或 Shapefile 里的一条线; 不给就由各户推算")] = None,
    map_file: Annotated[Path | None, typer.Option("--map", help="把改前改后的图画到这个 SVG 文件")] = None,
    out_file: Annotated[Path | None, typer.Option("--out", help="把逐户的新旧号写到这个 CSV 文件")] = None,
) -> None:
    """建议门牌号: 给一户新房, 或者给整条街。只是建议, 登记簿不变。

    停用过的号和从前用过的号不会再给。街上已有规律 (单双号在哪侧、从哪头起) 时照它的规律, 看不出时照编号规则。
    """
    if point is not None and renumber:
        raise InputError("arguments.point", "--point 是给一户新房编号, 不能和 --renumber 一起用")
    place, rules, wanted = None if point is None else parse_point(point, "--point", "typed"), _profile(profile), _kind(kind)
    division = lookup(community)
    registry = open_registry(load_settings())
    with registry.store.reading() as reader:
        sample = require_community(reader, community).sample
        addresses, waiting = reader.addresses(community), reader.findings(community, "open")
    seen = _drawn(street_in(addresses, street, division, wanted, waiting), line, place)
    if place is None:
        plan = _street_plan(seen, rules, renumber=renumber)
        _show_plan(plan, seen)
    else:
        if seen.compound:
            raise InputError("arguments.point", f"{seen.street.name} 是小区, 请不要给 --point, 整个小区一起编")
        proposal = propose_for_house(seen.street, seen.doors, place, rules, seen.spent)
        plan = plan_of_house(seen.street, seen.doors, place, rules, proposal)
        _show_house(proposal, seen)
    _write(plan, map_file, out_file, {a.id: a.standard_address for a in addresses}, _SAMPLE if sample else "")


def _drawn(seen: RegisteredStreet, file: Path | None, place: Point | None) -> RegisteredStreet:
    """The street with the line of a file, where there is one. Raises InputError(arguments.line, line.…)."""
    if file is None:
        return seen
    if seen.compound:
        raise InputError("arguments.line", f"{seen.street.name} 是小区, 按楼栋编号, 用不上街线")
    known = [door.point for door in seen.doors if door.point] or ([place] if place else [])
    line = read_street_line(file, seen.street.name, known)
    out.print(f"街线用 {file.name} 里画的, {len(line)} 个点", markup=False)
    return replace(seen, street=replace(seen.street, line=line))


def _street_plan(seen: RegisteredStreet, rules: Profile, *, renumber: bool) -> StreetPlan:
    if seen.compound:
        return propose_compound(seen.doors, rules, name=seen.street.name, keep_existing=not renumber, spent=seen.spent)
    return propose_for_street(seen.doors, seen.street, rules, keep_existing=not renumber, spent=seen.spent)


def _profile(name: str) -> Profile:
    """Raises InputError(numbering.profile_unknown, numbering.profile_invalid)."""
    path = Path(name)
    if path.suffix == ".toml" and path.is_file():
        try:
            return parse_profile(path.read_text("utf-8"), path.name)
        except UnicodeDecodeError:
            raise InputError("numbering.profile_invalid", f"编号规则 {path.name} 不是 UTF-8 文本") from None
    return load_profile(name)


def _kind(word: str | None) -> StreetKind | None:
    if word is not None and word not in _KINDS:
        raise InputError("arguments.kind", f"--kind 只能是 {'、'.join(_KINDS)}, 现在是 {word}")
    return None if word is None else _KINDS[word]


def _show_house(proposal: NumberProposal, seen: RegisteredStreet) -> None:
    name = seen.street.name
    out.print(f"建议: {name}{proposal.house}" if proposal.house else f"{name}: 编不出号, 要人定", markup=False)
    for reason in proposal.reasons:
        out.print(f"  {reason}", markup=False)
    if proposal.alternatives:
        out.print(f"  也可以: {'、'.join(map(str, proposal.alternatives))}", markup=False)
    for conflict in proposal.conflicts:
        out.print(f"  请看: {conflict}", markup=False)


def _show_plan(plan: StreetPlan, seen: RegisteredStreet) -> None:
    kept = sum(not a.changed and a.new is not None for a in plan.assignments)
    counts = {"不变": f"{kept} 个", "改号": f"{plan.changes} 个", "新编": f"{plan.additions} 个"}
    figures(f"{plan.street}: {len(plan.assignments)} 个门", counts)
    for sentence in plan.rule:
        out.print(f"  {sentence}", markup=False)
    warnings = [*plan.warnings, *([f"{seen.skipped} 个地址的门牌号不是数字, 没有算在内"] if seen.skipped else [])]
    for warning in warnings:
        out.print(f"  请看: {warning}", markup=False)
    moved = [a for a in plan.assignments if a.changed or a.new is None]
    for a in moved[:_SHOWN]:
        out.print(f"  {a.old or '未编号'} → {a.new or '未定'}: {change_in_words(a)}, {a.why}", markup=False)
    if len(moved) > _SHOWN:
        out.print(f"  … 还有 {len(moved) - _SHOWN} 个, 用 --out 写成表看全部")


def _write(plan: StreetPlan, map_file: Path | None, out_file: Path | None, addresses: dict[str, str], note: str) -> None:
    if map_file is not None:
        sheets = draw_street_map(plan, note)
        for at, sheet in enumerate(sheets, 1):
            path = map_file if at == 1 else map_file.with_name(f"{map_file.stem}-{at}{map_file.suffix}")
            with whole_file(path) as draft:
                draft.write_text(sheet, "utf-8")
        out.print(f"图已画好: {map_file}" + (f", 共 {len(sheets)} 张" if len(sheets) > 1 else ""), markup=False)
    if out_file is not None:
        write_plan(out_file, plan, addresses)
        out.print(f"新旧号对照表已写好: {out_file}", markup=False)
