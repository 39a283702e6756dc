"""The officers' door behind its web: what phones send is taken in once and for ever, compared, recorded or left to a reviewer.

    work = open_fieldwork(registry, Rules(field_settings(), permission_rules()), vault, casework, services)

`door.FieldDesk(work)` is what the web is handed; `inbox` takes items in, `files` photos and voice notes, `retention` forgets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from doorplate.errors import Refused
from doorplate.field.items import ITEM
from doorplate.field.records import FieldItem
from doorplate.field.settings import FieldSettings
from doorplate.model import Event
from doorplate.people.permission import PermissionRules
from doorplate.registry import Registry
from doorplate.registry.cases.casework import Casework, Vault
from doorplate.sealing import BrokenSeal, Seal
from doorplate.services import ServiceEntry

CLOCK = "clock"
"""Who did something when it was nobody: what retention forgets."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules an office may change."""

    settings: FieldSettings
    permissions: PermissionRules


@dataclass(frozen=True)
class FieldWork:
    """Made by `open_fieldwork`. casework: where a matter a visit brought up becomes a case, None where none are taken in.
    services: of all communities."""

    registry: Registry
    settings: FieldSettings
    permissions: PermissionRules
    vault: Vault
    casework: Casework | None = None
    services: tuple[ServiceEntry, ...] = ()

    @property
    def now(self) -> datetime:
        return self.registry.now()

    @cached_property
    def seal(self) -> Seal:
        """For what phones send: payloads, notes of visits, what was set aside."""
        return Seal(self.registry.secret, "field")

    def sealed(self, payload: bytes, belongs_to: str) -> bytes:
        """Bytes as they are kept; they open with the same record's id only."""
        return self.seal.seal(payload, self.registry.rng, belongs_to)

    def opened(self, sealed: bytes, belongs_to: str) -> bytes:
        """Raises Refused(field.seal_broken)."""
        try:
            return self.seal.open(sealed, belongs_to)
        except BrokenSeal as exc:
            message = "这条外勤数据打不开: 密钥不是封存时的那一把, 或数据被改动过"
            raise Refused("field.seal_broken", message, id=belongs_to) from exc

    def by(self, account_id: str) -> Registry:
        """The registry as this account acts in it."""
        return replace(self.registry, actor=account_id)

    def event(self, verb: str, subject_id: str, by: str, reason: str = "", source: str = "") -> Event:
        """An event by an account (or CLOCK), now."""
        return replace(self.registry.event(verb, subject_id, reason, source), actor=by)


def open_fieldwork(registry: Registry, rules: Rules, vault: Vault, casework: Casework | None = None,
                   services: Sequence[ServiceEntry] = ()) -> FieldWork:
    """Raises InputError(settings.secret_key) for a secret too weak to seal with."""
    work = FieldWork(registry, rules.settings, rules.permissions, vault, casework, tuple(services))
    Seal(registry.secret, "field")
    return work


def opened(work: FieldWork, item: FieldItem) -> Any:
    """What was sent, again (one of `field.items.Item`). Raises Refused(item.forgotten) when its retention has ended,
    Refused(field.seal_broken)."""
    if item.payload_sealed is None:
        raise Refused("item.forgotten", "这一条的内容已过保存期, 只剩办理结果", id=item.id)
    return ITEM.validate_json(work.opened(item.payload_sealed, item.id))
