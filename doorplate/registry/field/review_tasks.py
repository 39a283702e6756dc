"""A decision on a correction as operations on the register: what `registry.operating` carries out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from doorplate.addresses.operations import (
    EARLIEST,
    Assign,
    Correct,
    Grounds,
    Operation,
    Retire,
    Verify,
    without_personal_numbers,
)
from doorplate.china import day_of
from doorplate.errors import Refused
from doorplate.field.compare import NAME, STATUS
from doorplate.field.items import Correction
from doorplate.field.records import FieldItem
from doorplate.field.settings import FieldSettings
from doorplate.model import Address, Area, Elements
from doorplate.registry.communities import require_community
from doorplate.registry.field.review_subject import Subject, elements_with
from doorplate.registry.locating import Ground
from doorplate.registry.operating import Task
from doorplate.store import Reader


def tasks_for(reader: Reader, settings: FieldSettings, subject: Subject, values: Mapping[str, Any]) -> tuple[Task, ...]:
    """What makes these fields true; none when nothing is to change. values: field → value, as `compare.settled` gives them.
    Raises Refused(grid.unknown, point.outside)."""
    item, sent = subject.item, subject.sent
    if not isinstance(sent, Correction) or not values:
        return ()
    grounds = Grounds(reason_of(settings, sent), f"外勤上报 {item.id[:8]}", _effective_on(item))
    if subject.is_new:
        return (Task(None, _assign(reader, item, values, grounds)),)
    address = subject.address
    if address is None:
        return ()
    ends: dict[str, Operation] = {"retired": Retire(grounds), "verified": Verify(grounds)}
    status = ends.get(values.get(STATUS, ""))
    rest = {name: value for name, value in values.items() if name != STATUS}
    found: list[Operation] = [_correct(reader, address, rest, grounds)] if rest else []
    return tuple(Task(address.id, operation) for operation in [*found, *([status] if status else [])])


def reason_of(settings: FieldSettings, sent: Correction) -> str:
    """The reason in words: one of the choices, or what was written, which must not carry anybody's numbers into the trail."""
    chosen = next((one.zh for one in settings.correction.reasons if one.id == sent.reason), sent.reason)
    return without_personal_numbers(chosen).strip() or "现场上报"


def _correct(reader: Reader, address: Address, values: Mapping[str, Any], grounds: Grounds) -> Correct:
    elements = elements_with(address.elements, values) if any(name in values for name in NAME) else None
    grid = _grid(reader, address, values)
    return Correct(grounds, elements, grid, values.get("point"), values.get("place_kind"), values.get("name"))


def _assign(reader: Reader, item: FieldItem, values: Mapping[str, Any], grounds: Grounds) -> Assign:
    """The new address bears the item's id, so that the phone finds again what it had made."""
    elements = elements_with(Elements(), values)
    fresh = Address(item.id, item.community, elements, "", "", "proposed", values.get("point"))
    return Assign(grounds, item.id, item.community, elements, values.get("point"), _grid(reader, fresh, values),
                  values.get("place_kind", "household"), values.get("name", ""))


def _grid(reader: Reader, address: Address, values: Mapping[str, Any]) -> str | None:
    """The grid that was told, else the one a new point lies in; None = stays."""
    areas = reader.areas(address.community)
    point = values.get("point")
    if point is not None:
        ground = _ground(reader, address.community, areas)
        ground.require_inside(point)
    if told := values.get("grid"):
        known = {area.code: area.id for area in areas if area.kind == "grid"}
        if told not in known:
            raise Refused("grid.unknown", f"现在没有网格 {told}: 网格可能刚调整过, 请改选", grid=told)
        return known[told]
    if point is None:
        return None
    moved = Address(address.id, address.community, address.elements, "", "", address.status, point, address.grid_id)
    return ground.grid_of(moved)


def _ground(reader: Reader, community: str, areas: tuple[Area, ...]) -> Ground:
    doors = {address.id: address for address in reader.addresses(community)}
    return Ground(require_community(reader, community), areas, doors)


def _effective_on(item: FieldItem) -> date:
    """The day it was seen, by a clock that may have been wrong: never after it came in, never before there were such numbers."""
    seen = day_of(min(item.captured_at, item.received_at))
    return seen if seen >= EARLIEST else day_of(item.received_at)
