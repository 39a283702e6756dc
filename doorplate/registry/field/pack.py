"""Offline packs 离线包: what a phone may have of the areas its person works in, in parts that change one by one.

Parts are made when asked for and kept while what they were made from stands as it stood; an etag is a sum over the content, the
same in every process, so a phone fetches again only what is really different.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from doorplate.errors import NotFound, Refused
from doorplate.field.pack import Patch
from doorplate.field_view import PackManifest, PackPart
from doorplate.households.seal import Sealer
from doorplate.model import Area
from doorplate.people.account import Actor
from doorplate.people.duty import DoorPlace
from doorplate.people.permission import Permission, allowed, areas_of
from doorplate.registry.communities import require_community
from doorplate.registry.field import FieldWork
from doorplate.registry.field.pack_parts import PERSONAL, PackMaker
from doorplate.registry.field.pack_shelf import Kind, PackShelf
from doorplate.store import NO_DOOR, Reader

MOST_DOORS = 60_000  # (D) what a telephone holds and searches at once
PERSONAL_HOURS = 72  # the longest that what is told of people may lie on a phone
_NEEDED: dict[Kind, Permission] = {"households": "household.see", "persons": "person.count"}
_NOWHERE = "今天没有给这个账号安排外勤的片区, 离线包是空的; 如果应该有, 请找系统管理员"
Told = dict[str, tuple[Kind, PackPart, Patch]]


class Packs:
    """The packs of an installation, for all its phones."""

    def __init__(self, work: FieldWork) -> None:
        self._work = work
        self._sealer = Sealer(work.registry.secret)
        self._shelf = PackShelf(work.settings.pack.room_mb * 2**20)

    def manifest(self, actor: Actor) -> PackManifest:
        """What this person's phone should have; for who has no area to work in today an empty one that says so ("notice").
        Raises Refused(pack.too_large)."""
        work = self._work
        with work.registry.store.reading() as reader:
            patches = patches_of(work, reader, actor)
            parts: dict[str, tuple[Kind, PackPart, Patch]] = {}
            for patch in patches:
                for name, (kind, part) in self._of_patch(reader, actor, patch):
                    parts.setdefault(name, (kind, part, patch))
            communities = [_community(reader, code) for code in dict.fromkeys(patch.community for patch in patches)]
        now = work.now
        personal = any(kind in PERSONAL for kind, _, _ in parts.values())
        hours = min(work.settings.pack.hours, PERSONAL_HOURS) if personal else work.settings.pack.hours
        return PackManifest({
            "made_at": now.isoformat(), "expires_at": (now + timedelta(hours=hours)).isoformat(),
            "notice": "" if patches else _NOWHERE,
            "person": {"account": actor.account_id, "name": actor.name, "roles": sorted({grant.role for grant in actor.grants})},
            "communities": communities,
            "settings": work.settings.for_phones(),
            "services": [{"id": one.id, "title": one.title or one.id} for one in work.services if one.offered],
            "categories": _categories(work),
            "parts": [{"name": name, "kind": kind, "etag": part.etag, "bytes": len(part.body), "community": patch.community,
                       "grid": patch.grid, "personal": kind in PERSONAL} for name, (kind, part, patch) in parts.items()],
        })

    def part(self, actor: Actor, name: str) -> PackPart:
        """Makes nothing but its own patch. Raises NotFound(pack.part) for one that is not this person's, as for one that does
        not exist."""
        kind, _, rest = name.partition("/")
        whose = rest.partition("/")[0]
        with self._work.registry.store.reading() as reader:
            for patch in patches_of(self._work, reader, actor):
                if whose == (patch.community if kind in ("areas", "streets") else patch.name):
                    for one, (_, part) in self._of_patch(reader, actor, patch, {kind}):
                        if one == name:
                            return part
        raise NotFound("pack.part", "离线包里没有这一份, 请重新更新离线包")

    def _of_patch(self, reader: Reader, actor: Actor, patch: Patch,
                  kinds: Iterable[str] = ("doors", "areas", "streets")) -> Iterator[tuple[str, tuple[Kind, PackPart]]]:
        """The parts this person may have of a patch, those of its whole community among them. kinds: some kind of each set of
        parts that is wanted."""
        place = DoorPlace(patch.community, patch.grid, patch.group)
        here = patch.community
        make = PackMaker(self._work, self._sealer, reader)
        marks, shelf = self._shelf.marks(reader, here), self._shelf
        for kind in kinds:
            if kind == "areas":
                parts = shelf.parts((here, kind), marks.areas, lambda: make.areas(here))
            elif kind == "streets":
                parts = shelf.parts((here, kind), marks.doors, lambda: make.streets(here))
            else:
                made_from = marks.of(_grids(reader, patch, marks.told))
                parts = shelf.parts((here, "", patch.name), made_from, lambda: make.patch(patch))
            for name, told in parts.items():
                needed = _NEEDED.get(told[0])
                if needed is None or (not patch.group and allowed(actor, needed, place, self._work.permissions)):
                    yield name, told


def _grids(reader: Reader, patch: Patch, known: Iterable[str | None]) -> list[str | None]:
    """Ids of the grids whose doors are the patch's; of the patch outside the grids, None and those no longer in force."""
    if patch.grid_id is not None:
        return [patch.grid_id]
    in_force = {grid.id for grid in reader.areas(patch.community, "grid")}
    return [one for one in known if one not in in_force and one != NO_DOOR]


def patches_of(work: FieldWork, reader: Reader, actor: Actor) -> tuple[Patch, ...]:
    """What the person's areas come to, each once, none for who works nowhere; a grid that is had whole leaves out its groups.
    Raises Refused(pack.too_large)."""
    found: dict[tuple[str, str], Patch] = {}
    counted: dict[str, dict[str | None, int]] = {}
    doors = 0
    for code in areas_of(actor, "field.work", work.permissions):
        for patch in _patches(reader, code):
            here = patch.community
            if (here, patch.name) in found or (patch.group and (here, patch.grid) in found):
                continue
            if here not in counted:
                counted[here] = reader.doors_by_grid(here)
            doors += sum(counted[here].get(grid, 0) for grid in _grids(reader, patch, counted[here]))
            if doors > MOST_DOORS:
                raise Refused("pack.too_large", f"片区里的门超过 {MOST_DOORS} 个, 手机装不下; 请给这个账号分到村或网格")
            found[here, patch.name] = patch
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
