"""Changing areas: divide, join, name, number anew. What an area was stays as history with valid_to; its addresses, its
contacts and what divides it follow, one event each, in one transaction. Every act is seen before it is done.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from doorplate.addresses.numerals import NUMERAL, to_chinese, to_number
from doorplate.areas import editing
from doorplate.areas.balance import imbalances, usual_size
from doorplate.areas.codes import area_code, code_number, next_number
from doorplate.areas.grids import validate_areas
from doorplate.areas.placing import place
from doorplate.areas.rules import area_rules
from doorplate.errors import InputError, NotFound
from doorplate.model import Address, Area, AreaKind, Settlement, Staff
from doorplate.registry import Registry
from doorplate.registry.communities import require_community
from doorplate.registry.days import today
from doorplate.store import Change, Reader, Unit

MOVED = "address.moved"  # an address that goes where its area went
_ORDINAL = re.compile(f"[{NUMERAL}]+(?=号?(?:微|综合)?(?:网格|警格|片区))|(?<=网格)[{NUMERAL}]+")


@dataclass(frozen=True)
class AreaPlan:
    """What an act does. closed: areas that become history · opened: those that take their place · changed: (before, after)
    of areas that stay · moved: (address, id of its new grid) · staff: (before, after) of contacts, before None = one more
    entry for the same person · doors, households: of each opened area · doubtful: standard addresses whose side only a
    person can tell, put where most of their neighbours are · warnings: what does not fit afterwards, in words ·
    operation: once carried out, the id that undoes it."""

    verb: str
    reason: str
    closed: tuple[Area, ...] = ()
    opened: tuple[Area, ...] = ()
    changed: tuple[tuple[Area, Area], ...] = ()
    moved: tuple[tuple[Address, str], ...] = ()
    staff: tuple[tuple[Staff | None, Staff], ...] = ()
    doors: Mapping[str, int] = field(default_factory=dict)
    households: Mapping[str, int] = field(default_factory=dict)
    doubtful: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    operation: str = ""


def split_area(registry: Registry, community: str, code: str, line: Any, *, apply: bool = False) -> AreaPlan:
    """Divides an area by a line (shapely, WGS84) into two with new numbers. Raises NotFound(community.unknown, area.unknown),
    InputError(areas.line_misses, areas.no_shape)."""
    return act(registry, community, lambda reader: _split(_Scene(registry, reader, community), code, line), apply=apply)


def merge_areas(registry: Registry, community: str, codes: Sequence[str], *, apply: bool = False) -> AreaPlan:
    """Joins neighbouring areas of one kind into one with a new number. Raises NotFound(community.unknown, area.unknown),
    InputError(areas.merge_what, areas.no_shape), Refused(areas.apart)."""
    return act(registry, community, lambda reader: _merge(_Scene(registry, reader, community), codes), apply=apply)


def renumber_areas(registry: Registry, community: str, kind: AreaKind = "grid", *, apply: bool = False) -> AreaPlan:
    """Numbers the areas of a kind 1, 2, 3 … west → east, then north → south. Those whose number stays are left alone."""
    return act(registry, community, lambda reader: _renumber(_Scene(registry, reader, community), kind), apply=apply)


def rename_area(registry: Registry, community: str, code: str, name: str, *, apply: bool = False) -> AreaPlan:
    """Gives an area another name; it stays the same area. Raises NotFound(area.unknown), InputError(areas.name)."""
    return act(registry, community, lambda reader: _rename(_Scene(registry, reader, community), code, name), apply=apply)


def act(registry: Registry, community: str, make: Callable[[Reader], AreaPlan], *, apply: bool) -> AreaPlan:
    """The plan for the register as it stands; with apply also carried out, in the same transaction it was made in, as one act
    that `undoing` takes back. Where nothing changes there is no act."""
    if not apply:
        with registry.store.reading() as reader:
            return make(reader)
    with registry.store.writing() as unit:
        plan = make(unit)
        if not (plan.closed or plan.opened or plan.changed):
            return plan
        return replace(plan, operation=_save(registry, unit, community, plan))


def area_of(areas: Iterable[Area], code: str) -> Area:
    """The area with this code, whole or without the community's (G03). Raises NotFound(area.unknown)."""
    wanted = code.strip().upper()
    for area in areas:
        if area.code == wanted or area.code.endswith(f"-{wanted}"):
            return area
    raise NotFound("area.unknown", f"没有代码为 {code} 的在用区域, 用 doorplate areas --community … 看有哪些", area=code)


class _Scene:
    """A community's areas in force and what hangs on them, for one act."""

    def __init__(self, registry: Registry, reader: Reader, community: str) -> None:
        require_community(reader, community)
        self.registry, self.reader, self.community = registry, reader, community
        self.areas = reader.areas(community)
        self.ever = reader.areas(community, ended=True)
        self.day: date = today(registry)

    def doors(self, areas: Sequence[Area]) -> list[Address]:
        """The addresses in use of these grids; other kinds of areas have none of their own."""
        ids = {a.id for a in areas if a.kind == "grid"}
        return [a for a in self.reader.addresses(self.community) if a.grid_id in ids and a.status != "retired"] if ids else []

    def households(self, moved: Iterable[tuple[Address, str]]) -> dict[str, int]:
        """Households of each area the addresses go to."""
        goes = {address.id: area for address, area in moved}
        return dict(Counter(goes[h.address_id] for h in self.reader.households(self.community) if h.address_id in goes))

    def successor(self, old: Area, number: int, name: str, geometry: bytes | None, streets: tuple[str, ...]) -> Area:
        code = area_code(old.kind, self.community, number)
        return Area(self.registry.new_id(), old.kind, code, name, self.community, geometry, streets, old.parent_id, self.day)

    def ended(self, areas: Iterable[Area]) -> tuple[Area, ...]:
        return tuple(replace(area, valid_to=self.day) for area in areas)

    def inside(self, areas: Sequence[Area]) -> list[Area]:
        """What divides these areas: their installation zones and household groups."""
        ids = {a.id for a in areas}
        return [a for a in self.areas if a.parent_id in ids]

    def staff_of(self, area: Area) -> list[Staff]:
        return list(self.reader.staff([area.code]))

    def warnings(self, plan: AreaPlan) -> AreaPlan:
        """The plan with what will not fit once it is done."""
        gone = {a.id for a in plan.closed}
        kind = plan.opened[0].kind if plan.opened else "grid"
        standing = [a for a in self.areas if a.kind == kind and a.id not in gone] + list(plan.opened)
        said = [str(problem) for problem in validate_areas(standing)]
        if kind == "grid" and plan.households:
            said += [str(i) for i in imbalances(plan.opened, plan.households, usual_size(self.community))]
        return replace(plan, warnings=tuple(said))


def _split(scene: _Scene, code: str, line: Any) -> AreaPlan:
    old = area_of(scene.areas, code)
    number = next_number(scene.ever, old.kind)
    shapes = editing.split(old, line)
    doors = scene.doors([old])
    halves = [replace(old, id=str(i), geometry_wkb=wkb, streets=()) for i, wkb in enumerate(shapes)]
    placed = place(doors, halves)
    most = Counter(p.area for p in placed if p.area >= 0).most_common(1)
    fallback = most[0][0] if most else 0
    sides = [p.area if p.area >= 0 else fallback for p in placed]
    streets = _streets_of(old, doors, sides)
    opened = tuple(
        scene.successor(old, number + i, numbered(old, number + i) or f"{old.name}（{i + 1}）", wkb, streets[i])
        for i, wkb in enumerate(shapes)
    )
    moved = tuple((door, opened[side].id) for door, side in zip(doors, sides, strict=True))
    heir, other = opened[fallback], opened[1 - fallback]
    staff: list[tuple[Staff | None, Staff]] = [(s, replace(s, area_code=heir.code)) for s in scene.staff_of(old)]
    staff += [(None, replace(s, id=scene.registry.new_id(), area_code=other.code, version=0)) for s, _ in list(staff) if s]
    reason = f"{old.name or old.code}拆分为 {opened[0].code} 和 {opened[1].code}"
    doubtful = tuple(door.standard_address for door, p in zip(doors, placed, strict=True) if not p.sure)
    closed = scene.ended([old, *scene.inside([old])])
    return scene.warnings(
        AreaPlan("area.split", reason, closed, opened, (), moved, tuple(staff), _count(moved), scene.households(moved), doubtful)
    )


def _merge(scene: _Scene, codes: Sequence[str]) -> AreaPlan:
    olds = [area_of(scene.areas, code) for code in dict.fromkeys(codes)]
    if len({a.id for a in olds}) < 2 or len({a.kind for a in olds}) > 1:
        raise InputError("areas.merge_what", "合并要给两个以上不同的、同一类的区域代码, 例如 --merge G01 G02")
    number = next_number(scene.ever, olds[0].kind)
    name = numbered(olds[0], number) or "和".join(a.name or a.code for a in olds)
    streets = tuple(dict.fromkeys(street for area in olds for street in area.streets))
    new = scene.successor(olds[0], number, name, editing.merge(olds), streets)
    moved = tuple((door, new.id) for door in scene.doors(olds))
    staff = tuple((s, replace(s, area_code=new.code)) for old in olds for s in scene.staff_of(old))
    names = "、".join(a.name or a.code for a in olds)
    reason, closed = f"{names}合并为 {new.code}", scene.ended([*olds, *scene.inside(olds)])
    return scene.warnings(
        AreaPlan("area.merged", reason, closed, (new,), (), moved, staff, _count(moved), scene.households(moved))
    )


def _renumber(scene: _Scene, kind: AreaKind) -> AreaPlan:
    order = editing.numbering_order([a for a in scene.areas if a.kind == kind])
    pairs = [(old, i) for i, old in enumerate(order, 1) if old.code != area_code(kind, scene.community, i)]
    news = {old.id: scene.successor(old, i, numbered(old, i) or old.name, old.geometry_wkb, old.streets) for old, i in pairs}
    olds = [old for old, _ in pairs]
    moved = tuple((door, news[door.grid_id].id) for door in scene.doors(olds) if door.grid_id in news)
    inside = tuple((a, replace(a, parent_id=news[a.parent_id].id)) for a in scene.inside(olds) if a.parent_id)
    staff = tuple((s, replace(s, area_code=news[old.id].code)) for old in olds for s in scene.staff_of(old))
    reason, opened = "按从西到东、从北到南重新编号", tuple(news.values())
    counts = _count(moved), scene.households(moved)
    return AreaPlan("area.renumbered", reason, scene.ended(olds), opened, inside, moved, staff, *counts)


def _rename(scene: _Scene, code: str, name: str) -> AreaPlan:
    old = area_of(scene.areas, code)
    new = editing.rename(old, name)
    return AreaPlan("area.renamed", f"{old.name or old.code}改名为{new.name}", changed=((old, new),) if new != old else ())


def numbered(area: Area, number: int) -> str:
    """The area's name with another number, where its name is its number (营上村第一网格 → 营上村第六网格), else ""."""
    found = _ORDINAL.search(area.name)
    if not found or to_number(found[0]) != code_number(area.code):
        return ""
    new = str(number).zfill(len(found[0])) if found[0].isdigit() else to_chinese(number)
    return area.name[: found.start()] + new + area.name[found.end() :]


def _streets_of(old: Area, doors: Sequence[Address], sides: Sequence[int]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The streets the area was said to hold, each for the side that has nearly all its doors; one that runs through both is
    nobody's: it would decide wrongly near edges."""
    share = area_rules().placing.street_share
    kept: tuple[list[str], list[str]] = ([], [])
    for street in old.streets:
        on = [side for door, side in zip(doors, sides, strict=True) if street in _names(door)]
        for side in (0, 1):
            if on and on.count(side) >= share * len(on):
                kept[side].append(street)
    return tuple(kept[0]), tuple(kept[1])


def _names(address: Address) -> tuple[str, str, str]:
    e = address.elements
    return e.street + e.lane, e.street, e.hamlet


def _count(moved: Iterable[tuple[Address, str]]) -> dict[str, int]:
    return dict(Counter(area for _, area in moved))


def _save(registry: Registry, unit: Unit, community: str, plan: AreaPlan) -> str:
    """Areas that end come first: a code may be given again in the same breath. Gives the act's id."""
    act = Settlement(registry.new_id(), community, "areas", plan.reason, "", today(registry), ())
    standing = {area.id: area for area in unit.areas(community)}
    changes: list[Change[Any]] = []

    def change(before: Any, after: Any, verb: str) -> None:
        changes.append((before, after, registry.event(verb, after.id, reason=plan.reason, source=act.source)))

    for area in plan.closed:
        change(standing[area.id], area, plan.verb if area.kind == plan.closed[0].kind else "area.closed")
    for before, after in plan.changed:
        change(before, after, "area.renamed" if plan.verb == "area.renamed" else "area.changed")
    for area in plan.opened:
        change(None, area, "area.added")
    for address, grid in plan.moved:
        change(address, replace(address, grid_id=grid), MOVED)
    for person, entry in plan.staff:
        change(person, entry, "staff.changed" if person else "staff.added")
    act = replace(act, subjects=tuple(dict.fromkeys(after.id for _, after, _ in changes)))
    change(None, act, "settlement.areas")
    unit.save_many(changes)
    return act.id
