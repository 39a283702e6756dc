"""The parts of offline packs, read from the registry: doors, households and persons masked, how far the zones are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doorplate.field import pack as layout
from doorplate.field.pack import DoorFacts, HouseholdFacts, Patch, PersonFacts
from doorplate.field.pack_streets import streets_part
from doorplate.field.zone_rules import DoorDone
from doorplate.field_view import PackPart
from doorplate.households.seal import Sealer, mask_name, mask_phone
from doorplate.model import Address, Area
from doorplate.registry.field import FieldWork
from doorplate.registry.field.households import contact_of
from doorplate.registry.field.pack_shelf import Kind, Parts
from doorplate.registry.field.persons import name_of
from doorplate.registry.field.zones import door_states, revisits_among, zones_among
from doorplate.registry.zoning import zone_codes
from doorplate.store import Reader

PERSONAL: frozenset[Kind] = frozenset({"households", "persons"})


@dataclass(frozen=True)
class PackMaker:
    """Makes parts of what a reader sees."""

    work: FieldWork
    sealer: Sealer
    reader: Reader

    def patch(self, patch: Patch) -> Parts:
        """All parts of a patch; of a household group none with households."""
        doors, states = self._doors(patch)
        parts: dict[str, tuple[Kind, PackPart]] = {}
        for number, ids in layout.dealt(doors, self.work.settings.pack.part_doors).items():
            parts[f"doors/{patch.name}/{number}"] = _part("doors", layout.doors_part(patch, [doors[one] for one in ids]))
            if not patch.group:
                parts |= self._homes(patch, number, ids)
        parts[f"work/{patch.name}"] = _part("work", self._progress(patch, doors, states))
        return parts

    def areas(self, community: str) -> Parts:
        areas = [area for area in self.reader.areas(community) if area.kind != "beat"]
        return {f"areas/{community}": _part("areas", layout.areas_part(community, areas))}

    def streets(self, community: str) -> Parts:
        return {f"streets/{community}": _part("streets", streets_part(community, self.reader.each_address(community)))}

    def _doors(self, patch: Patch) -> tuple[dict[str, DoorFacts], dict[str, DoorDone]]:
        """By id, those of the patch, and how far the plates of each are."""
        reader = self.reader
        addresses = _addresses(reader, patch)
        told = door_states(reader, addresses)
        zones = zone_codes([one for one in addresses if one.status != "retired"], _zones(reader, patch))
        facts = {one.id: DoorFacts(one, told[one.id].plates, zones.get(one.id) or (patch.grid if one.status != "retired" else ""),
                                   last.outcome if (last := told[one.id].state.last) else "") for one in addresses}
        return facts, {one.id: told[one.id].state for one in addresses if one.status != "retired"}

    def _homes(self, patch: Patch, number: int, ids: Sequence[str]) -> Parts:
        homes = self.reader.households_at(ids)
        consents: dict[str, set[str]] = {}
        for one in self.reader.consents_of([home.id for home in homes]):
            if one.withdrawn_at is None:
                consents.setdefault(one.household_id, set()).add(one.purpose)
        facts = [HouseholdFacts(home, mask_name(self.sealer.open(home.head_sealed)) if home.head_sealed else "",
                                mask_phone(contact_of(self.work, home).get("phone", "")),
                                tuple(sorted(consents.get(home.id, ())))) for home in homes]
        parts = {f"households/{patch.name}/{number}": _part("households", layout.households_part(patch, facts))}
        module = self.reader.population_module(patch.community)
        if module is not None and module.on:
            persons = [PersonFacts(one, mask_name(name) if (name := name_of(self.work, one)) else "")
                       for one in self.reader.persons_at([home.id for home in homes])]
            parts[f"persons/{patch.name}/{number}"] = _part("persons", layout.persons_part(patch, persons))
        return parts

    def _progress(self, patch: Patch, doors: Mapping[str, DoorFacts], states: Mapping[str, DoorDone]) -> dict[str, Any]:
        """Of a household group the counts are of its own doors, and no round: its sample may name plates of other doors."""
        here: dict[str, list[tuple[Address, DoorDone]]] = {}
        for one, state in states.items():
            here.setdefault(doors[one].zone, []).append((doors[one].address, state))
        areas = _zones(self.reader, patch) or _grid(self.reader, patch)
        zones = zones_among(self.reader, [area for area in areas if area.code in here or not patch.group], here)
        if patch.group:
            zones = [{**one, "closed": False, "round": None} for one in zones]
        return layout.work_part(patch, zones, revisits_among(states.values()))


def _zones(reader: Reader, patch: Patch) -> list[Area]:
    """Those that divide the patch's grid; of the patch outside the grids, those of no grid in force."""
    zones = reader.areas(patch.community, "zone")
    if patch.grid_id is not None:
        return [one for one in zones if one.parent_id == patch.grid_id]
    grids = {one.id for one in reader.areas(patch.community, "grid")}
    return [one for one in zones if one.parent_id not in grids]


def _grid(reader: Reader, patch: Patch) -> list[Area]:
    """The patch's grid: where no zones are drawn it is one."""
    grid = reader.area(patch.grid_id) if patch.grid_id else None
    return [grid] if grid else []


def _addresses(reader: Reader, patch: Patch) -> list[Address]:
    if patch.grid_id is None:
        grids = {area.id for area in reader.areas(patch.community, "grid")}
        return [one for one in reader.each_address(patch.community) if one.grid_id not in grids]
    here = list(reader.each_address(patch.community, grid_id=patch.grid_id))
    if not patch.group:
        return here
    groups = [area for area in reader.areas(patch.community, "group") if area.parent_id == patch.grid_id]
    codes = zone_codes([one for one in here if one.status != "retired"], groups)
    return [one for one in here if codes.get(one.id) == patch.group]


def _part(kind: Kind, value: Mapping[str, Any]) -> tuple[Kind, PackPart]:
    body = layout.written(value)
    return kind, PackPart(layout.etag_of(body), body)
