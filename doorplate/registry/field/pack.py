"""Offline packs 离线包: what a phone may have of the areas its person works in, in parts that change one by one.

Parts are made when asked for and kept for as long as the trail has not moved on; an etag is a sum over the content, so a phone
fetches again only what is really different.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal

from doorplate.errors import NotFound, NotPermitted, Refused
from doorplate.field import pack as layout
from doorplate.field.pack import DoorFacts, HouseholdFacts, Patch, ZoneFacts
from doorplate.field.pack_streets import streets_part
from doorplate.field.records import Mounting
from doorplate.field_view import PackManifest, PackPart
from doorplate.households.seal import Sealer, mask_name, mask_phone
from doorplate.model import Address, Area, Plate
from doorplate.people.account import Actor
from doorplate.people.duty import DoorPlace
from doorplate.people.permission import allowed, areas_of
from doorplate.registry.communities import require_community
from doorplate.registry.field import FieldWork
from doorplate.registry.field.households import contact_of
from doorplate.registry.zoning import zone_codes
from doorplate.store import Reader

MOST_DOORS = 60_000  # (D) what a telephone holds and searches at once
_KEPT = 1024  # patches and communities kept ready in a process
_CHUNK = 400
Kind = Literal["doors", "households", "areas", "streets", "work"]
Parts = dict[str, tuple[Kind, PackPart]]


class Packs:
    """The packs of an installation, for all its phones."""

    def __init__(self, work: FieldWork) -> None:
        self._work = work
        self._sealer = Sealer(work.registry.secret)
        self._ready: dict[tuple[str, str], tuple[int, Parts]] = {}

    def manifest(self, actor: Actor) -> PackManifest:
        """What this person's phone should have. Raises NotPermitted(permission.denied) for who has no area to work in,
        Refused(pack.too_large)."""
        work = self._work
        with work.registry.store.reading() as reader:
            patches = patches_of(work, reader, actor)
            parts: dict[str, tuple[Kind, PackPart, Patch]] = {}
            for patch in patches:
                for name, (kind, part) in self._of_patch(reader, actor, patch):
                    parts.setdefault(name, (kind, part, patch))
            communities = [_community(reader, code) for code in dict.fromkeys(patch.community for patch in patches)]
        now = work.now
        return PackManifest({
            "made_at": now.isoformat(), "expires_at": (now + timedelta(hours=work.settings.pack.hours)).isoformat(),
            "person": {"account": actor.account_id, "name": actor.name, "roles": sorted({grant.role for grant in actor.grants})},
            "communities": communities,
            "settings": work.settings.for_phones(),
            "services": [{"id": one.id, "title": one.title or one.id} for one in work.services if one.offered],
            "categories": _categories(work),
            "parts": [{"name": name, "kind": kind, "etag": part.etag, "bytes": len(part.body), "community": patch.community,
                       "grid": patch.grid, "personal": kind == "households"} for name, (kind, part, patch) in parts.items()],
        })

    def part(self, actor: Actor, name: str) -> PackPart:
        """Raises NotFound(pack.part) for one that is not this person's, as for one that does not exist."""
        with self._work.registry.store.reading() as reader:
            for patch in patches_of(self._work, reader, actor):
                if name.partition("/")[2].startswith((patch.name, patch.community)):
                    found = next((part for one, (_, part) in self._of_patch(reader, actor, patch) if one == name), None)
                    if found is not None:
                        return found
        raise NotFound("pack.part", "离线包里没有这一份, 请重新更新离线包")

    def _of_patch(self, reader: Reader, actor: Actor, patch: Patch) -> Iterator[tuple[str, tuple[Kind, PackPart]]]:
        """The parts this person may have of a patch, those of its whole community among them."""
        place = DoorPlace(patch.community, patch.grid, patch.group)
        may_see = not patch.group and allowed(actor, "household.see", place, self._work.permissions)
        own = self._kept(reader, (patch.community, patch.name), lambda: self._patch_parts(reader, patch))
        shared = self._kept(reader, (patch.community, "*"), lambda: _community_parts(reader, patch.community))
        for name, told in (*own.items(), *shared.items()):
            if may_see or told[0] != "households":
                yield name, told

    def _kept(self, reader: Reader, key: tuple[str, str], make: Callable[[], Parts]) -> Parts:
        """As they were made, while the trail stands where it stood: any event may be about them."""
        seq = reader.event_count()
        kept = self._ready.get(key)
        if kept is not None and kept[0] == seq:
            return kept[1]
        made = make()
        if len(self._ready) >= _KEPT:
            self._ready.clear()
        self._ready[key] = (seq, made)
        return made

    def _patch_parts(self, reader: Reader, patch: Patch) -> Parts:
        most = self._work.settings.pack.part_doors
        doors = _doors(reader, patch)
        parts: Parts = {}
        for number, ids in layout.dealt(doors, most).items():
            parts[f"doors/{patch.name}/{number}"] = _part("doors", layout.doors_part(patch, [doors[one] for one in ids]))
            if not patch.group:
                homes = self._households(reader, ids)
                parts[f"households/{patch.name}/{number}"] = _part("households", layout.households_part(patch, homes))
        parts[f"work/{patch.name}"] = _part("work", _work_part(reader, patch, list(doors.values())))
        return parts

    def _households(self, reader: Reader, address_ids: Sequence[str]) -> list[HouseholdFacts]:
        homes = [home for ids in _in_chunks(address_ids) for home in reader.households_at(ids)]
        consents: dict[str, set[str]] = {}
        for ids in _in_chunks([home.id for home in homes]):
            for one in reader.consents_of(ids):
                if one.withdrawn_at is None:
                    consents.setdefault(one.household_id, set()).add(one.purpose)
        return [HouseholdFacts(home, mask_name(self._sealer.open(home.head_sealed)) if home.head_sealed else "",
                               mask_phone(contact_of(self._work, home).get("phone", "")),
                               tuple(sorted(consents.get(home.id, ())))) for home in homes]


def patches_of(work: FieldWork, reader: Reader, actor: Actor) -> tuple[Patch, ...]:
    """What the person's areas come to, each once; a grid that is had whole leaves out its groups. Raises as `Packs.manifest`."""
    codes = areas_of(actor, "field.work", work.permissions)
    if not codes:
        raise NotPermitted("permission.denied", "这个账号没有外勤的片区; 如果应该有, 请找系统管理员", permission="field.work")
    found: dict[tuple[str, str], Patch] = {}
    doors = 0
    for code in codes:
        for patch in _patches(reader, code):
            if (patch.community, patch.name) in found or (patch.group and (patch.community, patch.grid) in found):
                continue
            doors += _doors_in(reader, patch)
            if doors > MOST_DOORS:
                raise Refused("pack.too_large", f"片区里的门超过 {MOST_DOORS} 个, 手机装不下; 请给这个账号分到村或网格")
            found[patch.community, patch.name] = patch
    return tuple(found.values())


def _patches(reader: Reader, code: str) -> Iterable[Patch]:
    if code == "" or (code.isdecimal() and len(code) <= 12):
        for community in reader.communities_within(code):
            yield Patch(community)
            for grid in reader.areas(community, "grid"):
                yield _grid(grid)
        return
    for area in reader.areas_coded(code):
        if area.kind == "grid":
            yield _grid(area)
        elif area.kind == "group" and (parent := reader.area(area.parent_id or "")):
            yield replace(_grid(parent), group=area.code)


def _doors_in(reader: Reader, patch: Patch) -> int:
    """Of a group its whole grid counts; of a community's own patch, the doors in none of its grids."""
    if patch.grid_id:
        return reader.doors_in(patch.community, patch.grid_id)
    in_grids = sum(reader.doors_in(patch.community, grid.id) for grid in reader.areas(patch.community, "grid"))
    return reader.doors_in(patch.community) - in_grids


def _grid(area: Area) -> Patch:
    return Patch(area.community, area.id, area.code, area.name)


def _community(reader: Reader, code: str) -> dict[str, Any]:
    one, module = require_community(reader, code), reader.population_module(code)
    return {"code": one.code, "prefix": one.prefix, "names": one.names, "sample": one.sample,
            "population": module is not None and module.on}


def _categories(work: FieldWork) -> list[dict[str, str]]:
    """What a matter that a visit brings up can be about."""
    if work.casework is None:
        return []
    return [{"id": one.id, "title": one.words, "en": one.en} for one in work.casework.settings.categories if one.kind == "report"]


def _community_parts(reader: Reader, community: str) -> Parts:
    areas = [area for area in reader.areas(community) if area.kind != "beat"]
    return {f"areas/{community}": _part("areas", layout.areas_part(community, areas)),
            f"streets/{community}": _part("streets", streets_part(community, reader.each_address(community)))}


def _doors(reader: Reader, patch: Patch) -> dict[str, DoorFacts]:
    """By id, those of the patch: of its group, of its grid, or of the community outside every grid."""
    addresses = _addresses(reader, patch)
    ids = [one.id for one in addresses]
    plates: dict[str, list[Plate]] = {}
    for plate in reader.plates_of(ids):
        plates.setdefault(plate.address_id, []).append(plate)
    zones = zone_codes([one for one in addresses if one.status != "retired"], reader.areas(patch.community, "zone"))
    outcomes = {one: told.outcome for one, told in _last_mountings(reader, ids).items()}
    return {one.id: DoorFacts(one, tuple(plates.get(one.id, ())), zones.get(one.id, ""), outcomes.get(one.id, ""))
            for one in addresses}


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


def _work_part(reader: Reader, patch: Patch, doors: list[DoorFacts]) -> dict[str, Any]:
    counts = layout.zone_counts(doors)
    zones = [area for area in reader.areas(patch.community, "zone") if area.code in counts]
    rounds = {area.id: next((one for one in reversed(reader.zone_rounds(area.id)) if one.status == "open"), None)
              for area in zones}
    last = _last_mountings(reader, [one.address.id for one in doors])
    facts = [ZoneFacts(area, *counts[area.code], rounds[area.id]) for area in zones]
    return layout.work_part(patch, facts, {one: (told.outcome, told.at) for one, told in last.items()})


def _last_mountings(reader: Reader, address_ids: Sequence[str]) -> dict[str, Mounting]:
    return {told.address_id: told for ids in _in_chunks(address_ids) for told in reader.mountings_at(ids)}


def _part(kind: Kind, value: dict[str, Any]) -> tuple[Kind, PackPart]:
    body = layout.written(value)
    return kind, PackPart(layout.etag_of(body), body)


def _in_chunks(ids: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), _CHUNK):
        yield list(ids[start:start + _CHUNK])
