"""Proposing what divides the grids: installation zones of a size, household groups of neighbours. They are areas with outlines
of their own, so that a new door finds its zone and group by where it stands; earlier ones stay as history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely

from doorplate.addresses.numerals import number_value
from doorplate.areas.codes import WORDS, area_code, next_number
from doorplate.areas.outlines import around, divide, seeds
from doorplate.areas.rules import area_rules
from doorplate.areas.zones import Door, Sets
from doorplate.areas.zones import propose_groups as group_doors
from doorplate.areas.zones import propose_zones as zone_doors
from doorplate.errors import InputError, Refused
from doorplate.model import Address, Area, AreaKind
from doorplate.registry import Registry
from doorplate.registry.area_acts import AreaPlan, act
from doorplate.registry.communities import require_community
from doorplate.registry.days import today
from doorplate.registry.walking import walking_key
from doorplate.store import Reader

LARGEST_ZONE = 1_000


def propose_zones(registry: Registry, community: str, size: int, *, apply: bool = False) -> AreaPlan:
    """Installation zones of about `size` doors in walking order, inside the grids. Raises NotFound(community.unknown),
    InputError(areas.zone_size), Refused(areas.no_doors)."""
    if not 1 <= size <= LARGEST_ZONE:
        raise InputError("areas.zone_size", f"一个安装片区要有 1 到 {LARGEST_ZONE} 个门")
    proposing = _Proposing(registry, community, "zone", lambda doors: zone_doors(doors, size))
    return act(registry, community, proposing.plan, apply=apply)


def propose_groups(registry: Registry, community: str, *, apply: bool = False) -> AreaPlan:
    """Household groups of 5–10 neighbours along a street, inside the grids. Raises NotFound(community.unknown),
    Refused(areas.no_doors)."""
    return act(registry, community, _Proposing(registry, community, "group", group_doors).plan, apply=apply)


@dataclass(frozen=True)
class _Ground:
    """What is divided: a grid (None = the whole community, where no grid is drawn) and its doors in walking order."""

    grid: Area | None
    doors: tuple[Door, ...]
    addresses: dict[str, Address]


@dataclass(frozen=True)
class _Proposing:
    """One kind of division of one community, by this rule."""

    registry: Registry
    community: str
    kind: AreaKind
    make: Callable[[Sequence[Door]], Sets]

    def plan(self, reader: Reader) -> AreaPlan:
        require_community(reader, self.community)
        grounds, warnings = _grounds(reader, self.community)
        opened, members, left = self._areas(grounds, next_number(reader.areas(self.community, ended=True), self.kind))
        if not opened:
            raise Refused("areas.no_doors", "没有带坐标的在用地址, 没法划分; 请先导入名单")
        doors = {area.id: len(group) for area, group in zip(opened, members, strict=True)}
        households = {area.id: sum(door.households for door in group) for area, group in zip(opened, members, strict=True)}
        word = WORDS[self.kind]
        warnings += [f"{first}等 {count} 个门没有坐标, 没有划进{word}" for first, count in left]
        warnings += _sizes(opened, households) if self.kind == "group" else []
        closed = [replace(area, valid_to=today(self.registry)) for area in reader.areas(self.community, self.kind)]
        if [(a.parent_id, a.geometry_wkb) for a in closed] == [(a.parent_id, a.geometry_wkb) for a in opened]:
            return AreaPlan("area.closed", f"{word}没有变化", warnings=tuple(warnings))
        reason = f"重新划分{word}" if closed else f"划分{word}"
        return AreaPlan(
            "area.closed", reason, tuple(closed), tuple(opened), doors=doors, households=households, warnings=tuple(warnings)
        )

    def _areas(self, grounds: Sequence[_Ground], number: int) -> tuple[list[Area], Sets, list[tuple[str, int]]]:
        """The areas, the doors of each, and of the sets that no outline can hold: an address, the number of doors."""
        opened: list[Area] = []
        members: Sets = []
        left: list[tuple[str, int]] = []
        for ground in grounds:
            sets = self.make(ground.doors)
            for group, outline in zip(sets, _outlines(ground, sets), strict=True):
                if outline is None:
                    left.append((ground.addresses[group[0].id].standard_address, len(group)))
                    continue
                code = area_code(self.kind, self.community, number + len(opened))
                name = _name(self.kind, len(opened) + 1, group, ground)
                parent = ground.grid.id if ground.grid else None
                opened.append(
                    Area(self.registry.new_id(), self.kind, code, name, self.community, outline, (), parent, today(self.registry))
                )
                members.append(group)
        return opened, members, left


def _grounds(reader: Reader, community: str) -> tuple[list[_Ground], list[str]]:
    """The grids with their doors, in the order of their codes, and a warning for doors in none."""
    grids = sorted(reader.areas(community, "grid"), key=lambda a: a.code)
    addresses = [a for a in reader.addresses(community) if a.status != "retired"]
    households = Counter(h.address_id for h in reader.households(community) if h.address_id)
    grounds = []
    for grid in grids or (None,):
        here = sorted((a for a in addresses if grid is None or a.grid_id == grid.id), key=lambda a: walking_key(a, ""))
        if here:
            grounds.append(_Ground(grid, tuple(_made_doors(here, grid, households)), {a.id: a for a in here}))
    lost = len(addresses) - sum(len(g.doors) for g in grounds)
    return grounds, [f"{lost} 个门不知道在哪个网格, 没有划分"] if lost else []


def _made_doors(addresses: Sequence[Address], grid: Area | None, households: Counter[str]) -> list[Door]:
    points = np.array([(p.lon, p.lat) for a in addresses if (p := a.point) is not None], dtype=float).reshape(-1, 2)
    spots = iter(seeds(points, shapely.from_wkb(grid.geometry_wkb)) if grid and grid.geometry_wkb else points)
    doors = []
    for a in addresses:
        e = a.elements
        street = f"{e.hamlet}>{e.street}>{e.compound}"
        count = households[a.id] or int(a.place_kind == "household")
        side = int(e.number) % 2 if e.number.isascii() and e.number.isdigit() else 0
        spot = "{:.7f} {:.7f}".format(*next(spots)) if a.point is not None else ""
        doors.append(Door(a.id, street, f"{street}>{e.lane}", side, a.point, count, spot))
    return doors


def _outlines(ground: _Ground, sets: Sets) -> list[bytes | None]:
    """An outline for each set of doors, None for one without any point."""
    located = [i for i, members in enumerate(sets) if any(door.spot for door in members)]
    label = {door.spot: located.index(i) for i in located for door in sets[i] if door.spot}
    if not label:
        return [None] * len(sets)
    points = np.array([[float(x) for x in spot.split()] for spot in label])
    drawn = ground.grid.geometry_wkb if ground.grid else None
    frame = shapely.from_wkb(drawn) if drawn else around(points, area_rules().zones.hull_m)
    made = dict(zip(located, divide(frame, points, list(label.values())), strict=True))
    return [made.get(i) for i in range(len(sets))]


def _name(kind: AreaKind, number: int, members: Sequence[Door], ground: _Ground) -> str:
    """安装片区 3 · 联户 12（幸福路1号–17号）."""
    if kind == "zone":
        return f"{WORDS[kind]}{number}"
    held = [ground.addresses[door.id].elements for door in members]
    if len({e.thoroughfare for e in held}) == 1:
        held.sort(key=lambda e: (number_value(e.number), number_value(e.suffix)))
    first, last = held[0], held[-1]
    end = last.painted_number if last.thoroughfare == first.thoroughfare else last.thoroughfare + last.painted_number
    return f"{WORDS[kind]}{number}（{first.thoroughfare}{first.painted_number}{f'–{end}' if len(held) > 1 else ''}）"


def _sizes(groups: Sequence[Area], households: dict[str, int]) -> list[str]:
    rules = area_rules().groups
    odd = [g for g in groups if not rules.least <= households[g.id] <= rules.most]
    why = "附近没有可以凑成一组的邻居, 或者同一处的户数太多"
    return [f"{g.name}有 {households[g.id]} 户, 不在 {rules.least}–{rules.most} 户之间: {why}" for g in odd]
