"""The officers' forms for ODK clients (`odk.view.FormsDoor`): made from this office's rules, sent to the inbox of phones."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from doorplate.errors import NotFound
from doorplate.field_view import ItemReceipt, SentFile
from doorplate.odk import lists
from doorplate.odk.build import build
from doorplate.odk.correction import COMMUNITIES, CORRECTION, correction_form
from doorplate.odk.form import BuiltForm, Form
from doorplate.odk.household import HOUSEHOLD, HOUSEHOLDS, household_form
from doorplate.odk.place import DOORS, WAYS
from doorplate.people.account import Actor
from doorplate.people.duty import DoorPlace
from doorplate.people.permission import Permission, allowed, areas_of
from doorplate.registry.field import FieldWork
from doorplate.registry.field.door import FieldDesk
from doorplate.registry.field.inbox import take_one

NEEDED: Mapping[str, Permission] = MappingProxyType({CORRECTION: "field.work", HOUSEHOLD: "household.count"})
"""Which form asks for which right."""
_NAMED = ("doors", "households")  # parts of a pack that lists are made from
_KEPT = 64  # persons' lists kept ready


class OdkForms:
    """One for all ODK clients of an installation."""

    def __init__(self, work: FieldWork, desk: FieldDesk) -> None:
        self._work, self._desk = work, desk
        self._ready: dict[tuple[str, ...], Mapping[str, bytes]] = {}

    def forms(self, actor: Actor) -> tuple[BuiltForm, ...]:
        return tuple(build(form) for form in forms_of(self._work) if areas_of(actor, NEEDED[form.id], self._work.permissions))

    def lists(self, actor: Actor, form_id: str) -> Mapping[str, bytes]:
        if not any(one.form.id == form_id for one in self.forms(actor)):
            raise NotFound("odk.form", "服务器没有这张表, 请在 ODK 里重新下载表单")
        pack = self._desk.pack(actor).body
        parts = [told for told in pack["parts"] if self._belongs(actor, form_id, told)]
        key = (form_id, *(told["etag"] for told in parts), json.dumps(pack["communities"]))
        if key not in self._ready:
            if len(self._ready) >= _KEPT:
                self._ready.clear()
            self._ready[key] = _made(form_id, self._read(actor, parts), pack["communities"])
        return self._ready[key]

    def store_file(self, actor: Actor, file: SentFile) -> ItemReceipt:
        return self._desk.store_file(actor, file)

    def take(self, actor: Actor, item: Any, device_clock: datetime | None) -> ItemReceipt:
        return take_one(self._work, actor, item, device_clock)

    def set_aside(self, actor: Actor, body: bytes, reason: str) -> None:
        self._desk.set_aside(actor, body, reason)

    def _belongs(self, actor: Actor, form_id: str, told: Mapping[str, Any]) -> bool:
        """A pack is what somebody may work in, which is what corrections need; to count households asks for more."""
        if form_id == CORRECTION:
            return bool(told["kind"] == "doors")
        return told["kind"] in _NAMED and allowed(actor, NEEDED[form_id], DoorPlace(told["community"], told["grid"]),
                                                  self._work.permissions)

    def _read(self, actor: Actor, parts: Sequence[Mapping[str, Any]]) -> Mapping[str, list[Any]]:
        """The parts' contents by kind."""
        read: dict[str, list[Any]] = {kind: [] for kind in _NAMED}
        for told in parts:
            read[told["kind"]].append(json.loads(self._desk.pack_part(actor, told["name"]).body))
        return read


def _made(form_id: str, read: Mapping[str, list[Any]], communities: Sequence[Mapping[str, Any]]) -> Mapping[str, bytes]:
    made = {f"{WAYS}.csv": lists.ways_csv(read["doors"], communities)}
    if form_id == CORRECTION:
        return made | {f"{DOORS}.csv": lists.doors_csv(read["doors"]), f"{COMMUNITIES}.csv": lists.communities_csv(communities)}
    counted = {one["code"]: one["population"] for one in communities}
    return made | {f"{DOORS}.csv": lists.doors_to_count_csv(read["doors"], counted),
                   f"{HOUSEHOLDS}.csv": lists.households_csv(read["households"])}


def forms_of(work: FieldWork) -> tuple[Form, ...]:
    """The forms by this office's rules."""
    return correction_form(work.settings), household_form(work.settings)
