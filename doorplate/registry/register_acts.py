"""核对 更正 停用 新编 合并 at the desk: what a person filled in becomes operations of the core, in one transaction, by
their account."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from doorplate.addresses.operations import Assign, Correct, Grounds, Merge, Operation, Retire, Verify
from doorplate.addresses.text import clean
from doorplate.errors import InputError, NotFound, Refused
from doorplate.model import Address, Elements, Point
from doorplate.people.account import Actor
from doorplate.people.duty import DoorPlace
from doorplate.people.permission import require
from doorplate.register_view import ELEMENT_FIELDS, ActAsked, Foreseen
from doorplate.registry import Registry
from doorplate.registry.communities import require_community
from doorplate.registry.days import today
from doorplate.registry.desk_scope import require_address, scope_of
from doorplate.registry.field import FieldWork
from doorplate.registry.operating import Task, codes_of, foreseen, operate_in
from doorplate.registry.register_sheet import place_of
from doorplate.registry.undoing import undo_in
from doorplate.review_view import PlateEffect
from doorplate.store import Reader

_WORDS = 200  # characters of a reason


def preview(work: FieldWork, actor: Actor, community: str, address_id: str, version: int, act: ActAsked) -> Foreseen:
    """Raises as `RegisterDesk.preview`."""
    registry = work.by(actor.account_id)
    with registry.store.reading() as reader:
        task = _task(work, registry, reader, actor, community, address_id, version, act)
        effects = foreseen(registry, reader, community, [task])
    return Foreseen(tuple((one.before, one.after) for one in effects), PlateEffect(*codes_of(effects)))


def carry_out(work: FieldWork, actor: Actor, community: str, address_id: str, version: int, act: ActAsked) -> tuple[str, str]:
    """Raises as `RegisterDesk.act`."""
    registry = work.by(actor.account_id)
    with registry.store.writing() as unit:
        task = _task(work, registry, unit, actor, community, address_id, version, act)
        done = operate_in(registry, unit, community, [task])
    made = task.operation.id if isinstance(task.operation, Assign) else address_id
    return made, done.settlement.id


def take_back(work: FieldWork, actor: Actor, act_id: str, reason: str) -> None:
    """Raises as `RegisterDesk.undo`. Only who could do it can take it back."""
    registry = work.by(actor.account_id)
    with registry.store.writing() as unit:
        act = unit.settlement(act_id)
        scope = scope_of(unit, actor, "register.change", work.permissions)
        if act is None or act.community not in scope.communities:
            raise NotFound("settlement.unknown", "没有这次操作, 或不在您的片区里")
        touched = unit.addresses_of(act.subjects)
        if not all(scope.holds(one) for one in touched):
            raise NotFound("settlement.unknown", "没有这次操作, 或不在您的片区里")
        undo_in(registry, unit, act_id, reason)


def _task(work: FieldWork, registry: Registry, reader: Reader, actor: Actor, community: str, address_id: str, version: int,
          act: ActAsked) -> Task:
    scope = scope_of(reader, actor, "register.see", work.permissions)
    scope.require(community)
    if act.kind == "assign":
        require(actor, "register.change", DoorPlace(community), work.permissions)
        return Task(None, _assigned(registry, reader, community, act))
    address = require_address(reader, scope, address_id)
    if address.community != community:
        raise NotFound("address.unknown", "登记簿里没有这个地址, 或不在您的片区里")
    require(actor, "register.change", place_of(reader, address), work.permissions)
    if address.version != version:
        raise Refused("store.stale", "这个地址刚被别人改过, 请看过现在的样子再决定")
    return Task(address.id, _operation(registry, reader, address, act))


def _operation(registry: Registry, reader: Reader, address: Address, act: ActAsked) -> Operation:
    grounds = _grounds(registry, act)
    match act.kind:
        case "verify":
            return Verify(grounds)
        case "retire":
            return Retire(grounds)
        case "merge":
            return Merge(grounds, _named(reader, address, act.into))
        case _:
            elements = replace(address.elements, **_elements(act))
            return Correct(grounds, None if elements == address.elements else elements, point=_point(act))


def _assigned(registry: Registry, reader: Reader, community: str, act: ActAsked) -> Assign:
    point = _point(act)
    grid = None
    if point is not None:
        near = [one for one, _ in reader.addresses_near(point, 60.0, 1) if one.community == community]
        grid = near[0].grid_id if near else None
    return Assign(_grounds(registry, act), registry.new_id(), community, Elements(**_elements(act)), point, grid)


def _grounds(registry: Registry, act: ActAsked) -> Grounds:
    told = act.effective_on.strip()
    try:
        day = date.fromisoformat(told) if told else today(registry)
    except ValueError as exc:
        raise InputError("register.date", f"生效日期“{told[:20]}”看不懂, 请写成 2026-11-23 的样子", field="effective_on") from exc
    return Grounds(act.reason.strip()[:_WORDS], act.evidence.strip()[:_WORDS], day)


def _elements(act: ActAsked) -> dict[str, str]:
    return {name: clean(act.elements[name]).strip() for name in ELEMENT_FIELDS if name in act.elements}


def _point(act: ActAsked) -> Point | None:
    if act.point is None or not any(part.strip() for part in act.point):
        return None
    try:
        lon, lat = (float(part) for part in act.point)
    except ValueError as exc:
        raise InputError("register.point", "经纬度要写成十进制的度, 例如 108.200312 和 34.270105", field="lon") from exc
    if not (73 <= lon <= 136 and 3 <= lat <= 54):
        raise InputError("register.point", "这个点不在中国境内, 是不是经纬度写反了", field="lon")
    return Point(lon, lat, None, "desk")


def _named(reader: Reader, address: Address, told: str) -> Address:
    """The living address a person means: its standard address, or the part below the community."""
    community = require_community(reader, address.community)
    plain = clean(told).strip()
    found = reader.address_ids(address.community, {plain, community.prefix + plain.removeprefix(community.prefix)})
    into = reader.address(next(iter(found.values()))) if found else None
    if into is None:
        raise InputError("register.into", f"登记簿里没有“{plain[:60]}”, 请写在用的标准地址, 例如 幸福路12号", field="into")
    return into
