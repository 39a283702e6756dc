"""The register's room: `register_view.RegisterDesk` over the registry. Finding stands here, one door opened in `register_sheet`,
what is done with it in `register_acts`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from doorplate.errors import InputError
from doorplate.model import Address, Community
from doorplate.people.account import Actor
from doorplate.plates.code import normalise
from doorplate.register_view import (
    ActAsked,
    AddressSheet,
    DayPage,
    Foreseen,
    HouseholdLine,
    RegisterAsk,
    RegisterPage,
)
from doorplate.registry import register_acts, register_days, register_sheet
from doorplate.registry.desk_scope import DeskScope, names_in, scope_of
from doorplate.registry.field import FieldWork
from doorplate.registry.register_rows import rows_of
from doorplate.registry.street_index import StreetIndex, Typed, typed, within
from doorplate.store import Reader
from doorplate.store.register_reader import Doors

PAGE = 50
_WAYS, _FOUND = 40, 200
"""How many ways are looked along, and how many doors are shown, before more words are asked for."""


class RegisterRoom:
    """Made once per process: it keeps the index of ways."""

    def __init__(self, work: FieldWork) -> None:
        self._work, self._index = work, StreetIndex()

    def search(self, actor: Actor, ask: RegisterAsk) -> RegisterPage:
        with self._work.registry.store.reading() as reader:
            scope = scope_of(reader, actor, "register.see", self._work.permissions)
            communities = names_in(reader, scope)
            if ask.community:
                scope.require(ask.community)
            if ask.find.strip():
                return self._found(reader, scope, communities, ask)
            return _listed(reader, scope, communities, ask)

    def open(self, actor: Actor, address_id: str) -> AddressSheet:
        with self._work.registry.store.reading() as reader:
            return register_sheet.sheet_of(self._work, reader, actor, address_id)

    def households(self, actor: Actor, address_id: str) -> Sequence[HouseholdLine]:
        with self._work.registry.store.writing() as unit:
            return register_sheet.households_of(self._work, unit, actor, address_id)

    def preview(self, actor: Actor, community: str, address_id: str, version: int, act: ActAsked) -> Foreseen:
        return register_acts.preview(self._work, actor, community, address_id, version, act)

    def act(self, actor: Actor, community: str, address_id: str, version: int, act: ActAsked) -> tuple[str, str]:
        return register_acts.carry_out(self._work, actor, community, address_id, version, act)

    def undo(self, actor: Actor, act_id: str, reason: str) -> None:
        register_acts.take_back(self._work, actor, act_id, reason)

    def as_of(self, actor: Actor, community: str, day: str, page: int) -> DayPage:
        self._require_whole(actor, community)
        return register_days.as_of(self._work.registry, community, _day(day), page)

    def changes(self, actor: Actor, community: str, start: str, end: str, page: int) -> DayPage:
        self._require_whole(actor, community)
        return register_days.changes(self._work.registry, community, _day(start), _day(end), page)

    def _require_whole(self, actor: Actor, community: str) -> None:
        with self._work.registry.store.reading() as reader:
            scope_of(reader, actor, "register.see", self._work.permissions).require_whole(community)

    def _found(self, reader: Reader, scope: DeskScope, communities: Sequence[Community], ask: RegisterAsk) -> RegisterPage:
        """What was typed is a plate's code, or words of a way with a number, or an old name."""
        among = [one for one in communities if ask.community in ("", one.code)]
        told, codes = within(ask.find, among)
        doors, more = self._by_code(reader, ask.find), False
        if not doors:
            asked = typed(told)
            doors, more = self._along(reader, asked, set(codes))
            doors += [one for one in reader.doors_formerly(codes, told, PAGE) if one.id not in {known.id for known in doors}]
        seen = [one for one in doors if scope.holds(one) and ask.status in ("", one.status) and ask.grid in ("", one.grid_id)]
        first = (ask.page - 1) * PAGE
        rows = rows_of(reader, seen[first:first + PAGE], communities, told)
        return RegisterPage(rows, None if more else len(seen), ask.page, len(seen) > first + PAGE, ask, _choices(communities),
                            _grids(reader, scope, ask.community), {}, common=more)

    def _by_code(self, reader: Reader, told: str) -> list[Address]:
        code = normalise(told)
        plate = reader.plate_by_code(code) if code else None
        address = reader.address(plate.address_id) if plate and plate.address_id else None
        return [address] if address else []

    def _along(self, reader: Reader, asked: Typed, codes: set[str]) -> tuple[list[Address], bool]:
        """Doors of the ways that fit, and whether there are more than are shown."""
        if not asked.words and not asked.number:
            return [], False
        ways = self._index.matching(reader, asked.words, codes, _WAYS + 1)
        found: list[Address] = []
        for way in ways[:_WAYS]:
            found += reader.doors_keyed(way.community, way.start + asked.number, _FOUND + 1 - len(found))
            if len(found) > _FOUND:
                break
        ranked = sorted(found, key=lambda one: (one.elements.number != asked.number, one.status == "retired"))
        return ranked[:_FOUND], len(found) > _FOUND or len(ways) > _WAYS


def _listed(reader: Reader, scope: DeskScope, communities: Sequence[Community], ask: RegisterAsk) -> RegisterPage:
    """A community's doors in the order of streets and numbers; the first one in sight where none was chosen."""
    if not communities:
        return RegisterPage((), 0, 1, False, ask, (), (), {})
    ask = replace(ask, community=ask.community or communities[0].code)
    own = scope.communities[ask.community]
    grids = own if not ask.grid else [ask.grid] if own is None or ask.grid in own else []
    asked = Doors(ask.community, ask.status, grids, ask.only == "no_plate", ask.only == "finding")
    total = reader.count_doors(asked)
    page = min(ask.page, max(1, -(-total // PAGE)))
    doors = reader.doors(asked, (page - 1) * PAGE, PAGE)
    counts = reader.count_addresses(ask.community) if own is None else {}
    return RegisterPage(rows_of(reader, doors, communities), total, page, page * PAGE < total, replace(ask, page=page),
                        _choices(communities), _grids(reader, scope, ask.community), counts)


def _choices(communities: Sequence[Community]) -> tuple[tuple[str, str], ...]:
    return tuple((one.code, one.names[-1]) for one in communities)


def _grids(reader: Reader, scope: DeskScope, community: str) -> tuple[tuple[str, str], ...]:
    if not community:
        return ()
    own = scope.communities[community]
    return tuple((area.id, area.name) for area in reader.areas(community, "grid") if own is None or area.id in own)


def _day(told: str) -> date:
    try:
        return date.fromisoformat(told.strip())
    except ValueError as exc:
        raise InputError("register.date", f"日期“{told[:20]}”看不懂, 请写成 2026-11-23 的样子", field="day") from exc
