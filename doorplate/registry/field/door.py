"""What the officers' door is handed (`field_view.FieldDoor`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, cast

from doorplate.errors import NotFound
from doorplate.field.records import FieldAside, FieldItem
from doorplate.field.settings import SyncRules
from doorplate.field_view import ItemReceipt, ItemVerdict, PackManifest, PackPart, SentFile, SyncAnswer
from doorplate.people.account import Actor
from doorplate.people.permission import areas_of
from doorplate.registry.field import FieldWork
from doorplate.registry.field.files import store_file
from doorplate.registry.field.inbox import take_in
from doorplate.registry.field.pack import Packs
from doorplate.registry.field.unmasking import unmask
from doorplate.registry.field.zones import open_round
from doorplate.store import Reader

_COMMUNITY = 12  # digits of a community's code
_VERDICTS = 200  # at once; the phone reads them and comes again


class FieldDesk:
    """One for all phones of an installation."""

    def __init__(self, work: FieldWork, tiles: Path = Path("tiles")) -> None:
        """tiles: the folder where `doorplate tiles` puts the maps of communities."""
        self._work, self._tiles = work, tiles
        self._packs = Packs(work)

    @property
    def sync_rules(self) -> SyncRules:
        return self._work.settings.sync

    @property
    def tiles(self) -> str:
        return self._work.settings.map.tiles

    def map_tiles(self, actor: Actor, community: str) -> Path:
        codes = areas_of(actor, "field.work", self._work.permissions)
        found = self._tiles / f"{community}.pmtiles"
        if not any(community.startswith(code[:_COMMUNITY]) for code in codes) or not found.is_file():
            raise NotFound("map.tiles", "这个村没有底图, 地图只画离线包里的内容")
        return found

    def pack(self, actor: Actor) -> PackManifest:
        return self._packs.manifest(actor)

    def pack_part(self, actor: Actor, name: str) -> PackPart:
        return self._packs.part(actor, name)

    def store_file(self, actor: Actor, file: SentFile) -> ItemReceipt:
        return store_file(self._work, actor, file)

    def sync(self, actor: Actor, items: Sequence[Any], device_clock: datetime | None) -> SyncAnswer:
        receipts = take_in(self._work, actor, items, device_clock)
        with self._work.registry.store.reading() as reader:
            verdicts = [_verdict(reader, one) for one in reader.verdicts_for(actor.account_id, _VERDICTS)]
        return SyncAnswer(receipts, verdicts, self._work.now)

    def set_aside(self, actor: Actor, body: bytes, reason: str) -> None:
        work = self._work
        aside_id = work.registry.new_id()
        aside = FieldAside(aside_id, actor.device_id, work.now, reason, work.sealed(body, aside_id))
        with work.registry.store.writing() as unit:
            unit.save(None, aside, work.event("field_aside.kept", aside_id, actor.account_id))

    def unmask(self, actor: Actor, household_id: str, why: str) -> Mapping[str, Any]:
        return unmask(self._work, actor, household_id, why)

    def open_round(self, actor: Actor, zone_id: str) -> Mapping[str, Any]:
        return open_round(self._work, actor, zone_id)


def _verdict(reader: Reader, item: FieldItem) -> ItemVerdict:
    address = reader.address(item.address_id) if item.address_id else None
    place = address.elements.thoroughfare + address.elements.painted_number if address else ""
    status = cast(Literal["approved", "amended", "rejected"], item.status)
    return ItemVerdict(item.id, item.kind, status, item.words, place, item.reviewed_at or item.received_at)
