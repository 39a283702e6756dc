"""What the papers say, read from the register as it stands: areas, addresses in use, official contacts, batches. Writes nothing
and never asks for households."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely

from doorplate.areas.codes import code_number
from doorplate.errors import InputError, NotFound
from doorplate.model import Address, Area, Community, PlateBox, PrintBatch, Staff
from doorplate.papers import (
    BoxLabel,
    BoxLabels,
    GridBoard,
    GridMap,
    GroupEntry,
    HowTo,
    Imprint,
    InstallList,
    InstallLot,
    InstallPlate,
    Lonlat,
    MapDoor,
    MapShape,
    Ring,
)
from doorplate.papers.scope import scope_of
from doorplate.papers.streets import streets_of
from doorplate.people.rules import people_rules
from doorplate.plates.code import grouped
from doorplate.public_view import ContactView, posted, station_view
from doorplate.registry import Registry
from doorplate.registry.communities import require_community
from doorplate.registry.packing import find_batch, packing_table
from doorplate.registry.walking import walking_key
from doorplate.registry.zoning import zone_codes
from doorplate.store import Reader

_SHORT = 8  # characters of a batch's id that people are shown
_ABSENT = {"lost": "装箱时缺", "damaged": "装箱时已损", "kept": "留在安装员处"}


def boards(registry: Registry, community: str, day: date, grid: str | None = None) -> tuple[GridBoard, ...]:
    """A notice a grid, by code; one for the whole community where no grid is drawn. grid: only this one, by code or name.

    Raises NotFound(community.unknown, grid.unknown)."""
    with registry.store.reading() as reader:
        ground = _ground(reader, community, day)
        return tuple(_board(ground, one) for one in _chosen(ground, grid))


def maps(registry: Registry, community: str, day: date, grid: str | None = None) -> tuple[GridMap, ...]:
    """A map a grid with its groups and doors. Raises NotFound(community.unknown, grid.unknown), InputError(papers.no_points)."""
    with registry.store.reading() as reader:
        ground = _ground(reader, community, day)
        made = tuple(_map(ground, one) for one in _chosen(ground, grid))
    if not any(one.doors for one in made):
        raise InputError("papers.no_points", "没有一个在用地址有坐标, 画不出图; 请先导入带坐标的名单", community=community)
    return made


def how_to(registry: Registry, community: str, day: date, host: str) -> HowTo:
    """The resident's card. host "" = that of the last batch. Raises NotFound(community.unknown), InputError(papers.no_host)."""
    with registry.store.reading() as reader:
        place = require_community(reader, community)
        links = [host] if host else [batch.base_url for batch in reader.batches(community)[-1:]]
    if not links:
        raise InputError("papers.no_host", "不知道二维码里的网址: 请设置 DOORPLATE_BASE_URL, 或先印一批门牌")
    return HowTo(_imprint(place, day), links[0].partition("://")[2] or links[0], station_view(place))


def install_list(registry: Registry, batch: str, day: date) -> InstallList:
    """The installer's list of a batch: a lot a box once packing has begun, before that a lot a zone, in walking order.

    Raises NotFound(batch.unknown), Refused(batch.ambiguous)."""
    with registry.store.reading() as reader:
        found = find_batch(reader, batch)
        facts = _batch_facts(reader, found, day)
        boxes = reader.boxes(found.id)
        address_of = {plate.code: plate.address_id for plate in reader.plates_coded(p.code for p in found.plates)}
        points = {a.id: a.point for a in reader.addresses_of(address_of.values())}
    places = {code: (point.lon, point.lat) for code, id_ in address_of.items() if (point := points.get(id_))}
    lots = [_boxed(facts, box, places) for box in boxes] if boxes else _zoned(facts, places)
    return InstallList(facts.imprint, found.id[:_SHORT], found.design, tuple(lots))


def box_labels(registry: Registry, batch: str, day: date) -> BoxLabels:
    """A label a box. Raises NotFound(batch.unknown), Refused(batch.ambiguous, box.not_started)."""
    table = packing_table(registry, batch)
    with registry.store.reading() as reader:
        facts = _batch_facts(reader, table.batch, day)
    labels = []
    for box in table.boxes:
        first, last = table.plates[box.codes[0]], table.plates[box.codes[-1]]
        labels.append(BoxLabel(
            table.batch.id[:_SHORT], box.number, box.total, facts.name(box.zone), facts.name(first.grid), len(box.codes),
            len(box.lost) + len(box.damaged), first.painted, last.painted, box.installer))
    return BoxLabels(facts.imprint, table.batch.design, tuple(labels))


@dataclass(frozen=True)
class _Ground:
    """A community as its papers need it. group_of: address id → code of its group; addresses in walking order."""

    place: Community
    imprint: Imprint
    grids: tuple[Area, ...]
    groups: tuple[Area, ...]
    addresses: tuple[Address, ...]
    group_of: dict[str, str]
    staff: tuple[Staff, ...]

    def of_grid(self, grid: Area | None) -> list[Address]:
        return [a for a in self.addresses if grid is None or a.grid_id == grid.id]

    def groups_of(self, grid: Area | None) -> list[Area]:
        return [g for g in self.groups if grid is None or g.parent_id == grid.id]


def _ground(reader: Reader, community: str, day: date) -> _Ground:
    place = require_community(reader, community)
    areas = sorted(reader.areas(community), key=lambda a: a.code)
    groups = tuple(a for a in areas if a.kind == "group")
    living = sorted((a for a in reader.addresses(community) if a.status != "retired"), key=lambda a: walking_key(a, ""))
    staff = reader.staff([community, *(a.code for a in areas)])
    return _Ground(place, _imprint(place, day), tuple(a for a in areas if a.kind == "grid"), groups, tuple(living),
                   zone_codes(living, groups), staff)


def _imprint(place: Community, day: date) -> Imprint:
    county, township, name = ("", "", *place.names)[-3:]
    return Imprint(county, township, name, day, place.sample)


def _chosen(ground: _Ground, grid: str | None) -> Sequence[Area | None]:
    """The grids wanted; None = the whole community, where no grid is drawn."""
    if grid is None:
        return ground.grids or (None,)
    wanted = grid.strip()
    ending = f"-{wanted.upper()}"
    found = [g for g in ground.grids if wanted in (g.code, g.name, _short_name(g, ground)) or g.code.endswith(ending)]
    if len(found) != 1:
        raise NotFound("grid.unknown", f"{ground.imprint.community}没有网格 {wanted}", grid=wanted)
    return found


def _board(ground: _Ground, grid: Area | None) -> GridBoard:
    here, groups = ground.of_grid(grid), ground.groups_of(grid)
    members: dict[str, list[Address]] = {group.code: [] for group in groups}
    for address in here:
        members.setdefault(ground.group_of.get(address.id, ""), []).append(address)
    on_street: dict[str, list[Address]] = {}
    for address in ground.addresses:
        on_street.setdefault(address.elements.thoroughfare, []).append(address)
    entries = [_entry(ground, group, members[group.code], on_street) for group in groups]
    local = [person for person in ground.staff if grid is not None and person.area_code == grid.code]
    central = [person for person in ground.staff if person.area_code == ground.place.code]
    return GridBoard(
        ground.imprint, grid.code if grid else "", _short_name(grid, ground) if grid else "",
        _posted(local, ground), _posted(central, ground), station_view(ground.place), tuple(entries))


def _entry(ground: _Ground, group: Area, doors: Sequence[Address], on_street: dict[str, list[Address]]) -> GroupEntry:
    ids = {a.id for a in doors}
    streets = dict.fromkeys(a.elements.thoroughfare for a in doors)
    others = [a.elements for street in streets for a in on_street[street] if a.id not in ids]
    leaders = _posted([s for s in ground.staff if s.area_code == group.code], ground)
    number, name = _called(group)
    return GroupEntry(group.code, number, leaders, scope_of((a.elements for a in doors), others), len(doors), name)


def _posted(staff: Sequence[Staff], ground: _Ground) -> tuple[ContactView, ...]:
    return posted(staff, ground.imprint.day, people_rules())


def _called(group: Area) -> tuple[str, str]:
    """Number and name of a group: ("12", "") of 联户12（幸福路1号–17号）; another name stands beside its code's number."""
    short = group.name.partition("（")[0].removeprefix("联户")
    if short.isascii() and short.isdigit():
        return short, ""
    return str(code_number(group.code) or group.code.rpartition("-")[2]), group.name


def _short_name(area: Area, ground: _Ground) -> str:
    """第一网格, not 营上村第一网格: the community stands beside it."""
    return area.name.removeprefix(ground.imprint.community) or area.code.rpartition("-")[2]


def _map(ground: _Ground, grid: Area | None) -> GridMap:
    here = ground.of_grid(grid)
    doors = tuple(
        MapDoor((a.point.lon, a.point.lat), a.elements.thoroughfare, _on_map(a), ground.group_of.get(a.id, ""))
        for a in here if a.point)
    shapes = tuple(MapShape(g.code, _rings(g.geometry_wkb)) for g in ground.groups_of(grid) if g.geometry_wkb)
    outline = _rings(grid.geometry_wkb if grid else None)
    streets = streets_of((door.street, door.at) for door in doors)
    return GridMap(_board(ground, grid), outline, shapes, streets, doors, len(here) - len(doors))


def _on_map(address: Address) -> str:
    e = address.elements
    return f"{e.number}附{e.suffix}" if e.number and e.suffix else e.number or (f"{e.building}栋" if e.building else "")


def _rings(wkb: bytes | None) -> tuple[Ring, ...]:
    if wkb is None:
        return ()
    parts: Any = shapely.get_parts(shapely.from_wkb(wkb))
    return tuple(tuple(map(_lonlat, ring.coords)) for part in parts for ring in (part.exterior, *part.interiors))


def _lonlat(xy: Sequence[float]) -> Lonlat:
    return float(xy[0]), float(xy[1])


@dataclass(frozen=True)
class _BatchFacts:
    """A batch with the names of the areas its plates were frozen with, ended ones included."""

    batch: PrintBatch
    imprint: Imprint
    names: dict[str, str]

    def name(self, code: str) -> str:
        """安装片区3, 第一网格; the code's end where the area is unknown, "" for no code."""
        return self.names.get(code, code.rpartition("-")[2]).removeprefix(self.imprint.community)


def _batch_facts(reader: Reader, batch: PrintBatch, day: date) -> _BatchFacts:
    place = require_community(reader, batch.community)
    return _BatchFacts(batch, _imprint(place, day), {a.code: a.name for a in reader.areas(batch.community, ended=True)})


def _boxed(facts: _BatchFacts, box: PlateBox, places: dict[str, Lonlat]) -> InstallLot:
    plates = {plate.code: plate for plate in facts.batch.plates}
    notes = {code: words for kind, words in _ABSENT.items() for code in getattr(box, kind)}
    rows = tuple(
        InstallPlate(slot, plates[code].street, plates[code].number, grouped(code), places.get(code), notes.get(code, ""))
        for slot, code in enumerate(box.codes, 1))
    grid = facts.name(plates[box.codes[0]].grid)
    return _lot(f"第 {box.number}/{box.total} 箱", facts.name(box.zone), grid, box.installer, rows)


def _zoned(facts: _BatchFacts, places: dict[str, Lonlat]) -> list[InstallLot]:
    lots: dict[str, list[InstallPlate]] = {}
    grids: dict[str, str] = {}
    for plate in facts.batch.plates:
        rows = lots.setdefault(plate.zone, [])
        grids.setdefault(plate.zone, facts.name(plate.grid))
        rows.append(InstallPlate(len(rows) + 1, plate.street, plate.number, grouped(plate.code), places.get(plate.code)))
    return [_lot(facts.name(zone) or "未分区", facts.name(zone), grids[zone], "", tuple(rows)) for zone, rows in lots.items()]


def _lot(title: str, zone: str, grid: str, installer: str, rows: tuple[InstallPlate, ...]) -> InstallLot:
    return InstallLot(title, zone, grid, installer, streets_of((row.street, row.at) for row in rows if row.at), rows)
