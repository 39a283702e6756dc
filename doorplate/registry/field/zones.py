"""Installation zones: how far each is, and closing one. A zone closes only when every door has a final outcome and a random
sample of its plates was scanned again and found right; where no zones are drawn, a grid is one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doorplate.errors import NotFound, Refused
from doorplate.field.mount_rules import STAYS
from doorplate.field.records import Mounting, ZoneRound
from doorplate.field.zone_rules import DoorDone, door_done, failed_in_a_row, sample_of
from doorplate.model import Address, Area, Plate
from doorplate.people.account import Actor
from doorplate.people.duty import DoorPlace
from doorplate.people.permission import allowed, require
from doorplate.registry.field import FieldWork
from doorplate.registry.zoning import whereabouts
from doorplate.store import Reader

_CHANGES = frozenset({"plate.mounted", "plate.damaged", "plate.lost", "plate.retired"})
_NAMED = 5  # doors named in a refusal


@dataclass(frozen=True)
class ZoneProgress:
    """A zone (or a grid where none are drawn). doors: those in use, in walking order. rounds: of closing it, the first first.
    closed: the last round passed and nothing changed since."""

    area: Area
    doors: tuple[tuple[Address, DoorDone], ...]
    rounds: tuple[ZoneRound, ...]
    closed: bool

    @property
    def done(self) -> int:
        return sum(door.final for _, door in self.doors)

    @property
    def left(self) -> tuple[Address, ...]:
        """Doors without a final outcome."""
        return tuple(address for address, door in self.doors if not door.final)

    @property
    def open_round(self) -> ZoneRound | None:
        return next((one for one in self.rounds if one.status == "open"), None)

    def count(self, state: str) -> int:
        return sum(door.state == state for _, door in self.doors)


def progress_in(reader: Reader, community: str, grid_id: str | None = None) -> tuple[ZoneProgress, ...]:
    """Every zone of a community, or of one grid, by code."""
    inside = [one for one in _areas(reader, community) if grid_id is None or grid_id in (one.id, one.parent_id)]
    return _progress(reader, community, inside)


def zones_of(reader: Reader, community: str, grid_id: str | None = None) -> list[dict[str, Any]]:
    """The same as a phone is told: {"id", "code", "name", "doors", "done", "absent", "problems", "closed", "round"}; round: the
    open one or None."""
    return [_told(one) for one in progress_in(reader, community, grid_id)]


def zones_among(reader: Reader, areas: Iterable[Area],
                doors: Mapping[str, Sequence[tuple[Address, DoorDone]]]) -> list[dict[str, Any]]:
    """As `zones_of`, of these areas, by code, where the doors in use of each (by its code) are known already."""
    return [_told(_progress_of(reader, one, tuple(doors.get(one.code, ())))) for one in sorted(areas, key=lambda one: one.code)]


def revisits_of(reader: Reader, community: str, grid_id: str | None = None) -> list[dict[str, Any]]:
    """Doors somebody must come to again, the longest ago first: {"address", "outcome", "at"}."""
    addresses = [one for one in reader.addresses(community, grid_id=grid_id) if one.status != "retired"]
    return revisits_among(door for _, door in _doors(reader, addresses))


def revisits_among(states: Iterable[DoorDone]) -> list[dict[str, Any]]:
    """As `revisits_of`, of doors in use whose state is known already."""
    again = [one.last for one in states if one.state != "mounted" and one.last and one.last.outcome in STAYS]
    return [{"address": one.address_id, "outcome": one.outcome, "at": one.at.isoformat()}
            for one in sorted(again, key=lambda one: (one.at, one.id))]


def open_round(work: FieldWork, actor: Actor, zone_id: str) -> Mapping[str, Any]:
    """Begins closing a zone: draws the sample. While a round is open it is the one that is given again.

    Raises NotFound(zone.unknown) for one this person has nothing to do with, NotPermitted(permission.denied),
    Refused(zone.not_done, zone.closed)."""
    with work.registry.store.writing() as unit:
        zone = _mine(work, unit, actor, zone_id)
        [found] = _progress(unit, zone.community, [zone])
        if found.open_round is not None:
            return as_told(found.open_round)
        if found.closed:
            raise Refused("zone.closed", f"{zone.name} 已经结清, 没有变动, 不用再查", zone=zone.id)
        _require_done(found)
        codes = [plate.code for _, door in found.doors for plate in door.hanging]
        sample = sample_of(codes, failed_in_a_row(found.rounds), work.settings.zone, work.registry.rng)
        made = ZoneRound(work.registry.new_id(), zone.id, zone.community, work.now, sample,
                         status="open" if sample else "passed")
        return as_told(unit.save(None, made, work.event("zone_round.opened", made.id, actor.account_id)))


def _told(one: ZoneProgress) -> dict[str, Any]:
    return {"id": one.area.id, "code": one.area.code, "name": one.area.name, "doors": len(one.doors), "done": one.done,
            "absent": one.count("absent"), "problems": one.count("problem"), "closed": one.closed,
            "round": as_told(one.open_round) if one.open_round else None}


def as_told(one: ZoneRound) -> dict[str, Any]:
    return {"id": one.id, "sample": list(one.sample), "results": dict(one.results), "status": one.status}


def _require_done(found: ZoneProgress) -> None:
    if not found.doors:
        raise Refused("zone.empty", f"{found.area.name} 里没有门牌地址", zone=found.area.id)
    if found.left:
        named = "、".join(one.elements.thoroughfare + one.elements.painted_number or one.standard_address
                         for one in found.left[:_NAMED])
        more = " 等" if len(found.left) > _NAMED else ""
        raise Refused("zone.not_done", f"还有 {len(found.left)} 个门没有结果 ({named}{more}): "
                      "装好, 或写明为什么装不了; 家里没人的要再去", zone=found.area.id, left=len(found.left))


def _mine(work: FieldWork, reader: Reader, actor: Actor, zone_id: str) -> Area:
    zone = next((one for one in [reader.area(zone_id)] if one is not None and one.kind in ("zone", "grid")), None)
    grid = reader.area(zone.parent_id) if zone is not None and zone.parent_id else zone
    place = DoorPlace(zone.community, grid.code if grid else "") if zone is not None else None
    mine = place is not None and (allowed(actor, "zone.close", place, work.permissions)
                                  or allowed(actor, "field.work", place, work.permissions))
    if zone is None or place is None or not mine or zone not in _areas(reader, zone.community):
        raise NotFound("zone.unknown", "没有这个安装区, 或不在您的片区里")
    require(actor, "zone.close", place, work.permissions)
    return zone


def _areas(reader: Reader, community: str) -> tuple[Area, ...]:
    """The zones; of grids that have none, the grids themselves. By code."""
    zones = reader.areas(community, "zone")
    divided = {one.parent_id for one in zones}
    whole = [one for one in reader.areas(community, "grid") if one.id not in divided]
    return tuple(sorted((*zones, *whole), key=lambda one: one.code))


def _progress(reader: Reader, community: str, areas: Sequence[Area]) -> tuple[ZoneProgress, ...]:
    where = whereabouts(reader, community)
    inside: dict[str, list[Address]] = {one.code: [] for one in areas}
    for address in reader.addresses(community):
        if address.status != "retired" and (code := where.zone(address)) in inside:
            inside[code].append(address)
    return tuple(_progress_of(reader, area, tuple(_doors(reader, sorted(inside[area.code], key=where.walking_key))))
                 for area in areas)


def _progress_of(reader: Reader, area: Area, doors: tuple[tuple[Address, DoorDone], ...]) -> ZoneProgress:
    rounds = reader.zone_rounds(area.id)
    return ZoneProgress(area, doors, rounds, _closed(reader, doors, rounds))


@dataclass(frozen=True, slots=True)
class DoorState:
    """A door's plates, all it ever had, and how far it is."""

    plates: tuple[Plate, ...]
    state: DoorDone


def door_states(reader: Reader, addresses: Sequence[Address]) -> dict[str, DoorState]:
    """By address id."""
    ids = [one.id for one in addresses]
    plates: dict[str, list[Plate]] = {}
    mountings: dict[str, list[Mounting]] = {}
    for plate in reader.plates_of(ids):
        plates.setdefault(plate.address_id, []).append(plate)
    for mounting in reader.mountings_at(ids):
        mountings.setdefault(mounting.address_id, []).append(mounting)
    return {one.id: DoorState(tuple(plates.get(one.id, ())),
                              door_done(one.id, plates.get(one.id, ()), mountings.get(one.id, ()))) for one in addresses}


def _doors(reader: Reader, addresses: Sequence[Address]) -> Iterable[tuple[Address, DoorDone]]:
    told = door_states(reader, addresses)
    return [(one, told[one.id].state) for one in addresses]


def _closed(reader: Reader, doors: Sequence[tuple[Address, DoorDone]], rounds: Sequence[ZoneRound]) -> bool:
    """Whether the last round passed, every door is still done, and no plate was hung or lost after it."""
    if not rounds or rounds[-1].status != "passed" or not all(door.final for _, door in doors):
        return False
    passed = max(event.seq for event in reader.events_of([rounds[-1].id]))
    plates = [plate.id for _, door in doors for plate in door.hanging]
    return not any(one.seq > passed and one.event.verb in _CHANGES for one in reader.events_of(plates))
