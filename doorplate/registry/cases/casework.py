"""What every act on a matter needs: the registry, the settings of matters, the vault, and the key its words are sealed with.

    work = open_casework(registry, load_case_settings(home / "cases.toml"), open_vault(url, secret), services)

One `Casework` serves the residents' door (`door.DoorCases(work)`), the desk (`acts`, `working`), the clock (`clock.escalate_due`)
and `retention.forget_old`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Protocol

from doorplate.cases.case import Case, CaseEntry, Level, Step
from doorplate.cases.routing import due_at
from doorplate.cases.settings import CaseSettings
from doorplate.errors import Refused
from doorplate.model import Event
from doorplate.registry import Registry
from doorplate.sealing import BrokenSeal, Seal, derived_key
from doorplate.services import ServiceEntry
from doorplate.store import Unit

RESIDENT, CLOCK = "resident", "clock"
"""Who did something on a matter when it was nobody of the staff (CaseEntry.by, Event.actor)."""


class Vault(Protocol):
    """Where pictures and voice notes lie sealed (`media.vault.open_vault`)."""

    def put(self, key: str, data: bytes) -> None:
        """Durable when it returns."""

    def get(self, key: str) -> bytes: ...

    def delete(self, keys: Iterable[str]) -> None:
        """What is not there is no error."""

    def keys(self, prefix: str = "") -> Iterator[str]: ...


@dataclass(frozen=True, slots=True)
class Contact:
    """What a resident left, "" where nothing."""

    name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A step about to be written. public: the resident may read its words. source: how it came (the event's source)."""

    step: Step
    by: str
    words: str = ""
    public: bool = True
    source: str = ""


@dataclass(frozen=True)
class Casework:
    """Made by `open_casework`. services: of all communities, for the names of what is booked."""

    registry: Registry
    settings: CaseSettings
    vault: Vault
    services: tuple[ServiceEntry, ...] = ()

    @property
    def now(self) -> datetime:
        return self.registry.now()

    @cached_property
    def _seal(self) -> Seal:
        return Seal(self.registry.secret, "cases")

    def sealed(self, words: str, case_id: str) -> bytes | None:
        """Words as they are kept with a matter; none for "". They open with that matter only."""
        return self._seal.seal(words.encode(), self.registry.rng, case_id) if words else None

    def opened(self, sealed: bytes | None, case_id: str) -> str:
        """Raises Refused(case.seal_broken)."""
        if sealed is None:
            return ""
        try:
            return self._seal.open(sealed, case_id).decode()
        except BrokenSeal as exc:
            message = "这件事的内容打不开: 密钥不是封存时的那一把, 或数据被改动过"
            raise Refused("case.seal_broken", message, case=case_id) from exc

    def sealed_contact(self, contact: Contact, case_id: str) -> bytes | None:
        if not (contact.name or contact.phone):
            return None
        return self.sealed(json.dumps({"name": contact.name, "phone": contact.phone}, ensure_ascii=False), case_id)

    def contact(self, case: Case) -> Contact:
        told = self.opened(case.contact_sealed, case.id)
        return Contact(**json.loads(told)) if told else Contact()

    def pin_of(self, client_id: str) -> str:
        """Six digits that follow from the client id and the secret: kept nowhere, and the same for a repeated request."""
        digest = hmac.new(self._pin_key, client_id.encode(), hashlib.sha256).digest()
        return f"{int.from_bytes(digest) % 1_000_000:06d}"

    @cached_property
    def _pin_key(self) -> bytes:
        return derived_key(self.registry.secret, "cases", b"pin")

    def due(self, case: Case, level: Level) -> datetime:
        """When a level that gets it now must have dealt with it."""
        return due_at(case, level, self.settings, self.now)

    def event(self, verb: str, subject_id: str, by: str, source: str = "") -> Event:
        return replace(self.registry.event(verb, subject_id, source=source), actor=by)

    def step(self, unit: Unit, before: Case, after: Case, said: Said) -> Case:
        """Writes the matter as it is after a step, and the step."""
        case = unit.save(before, after, self.event(f"case.{said.step}", before.id, said.by, said.source))
        seq = len(unit.case_entries(case.id)) + 1
        entry = CaseEntry(self.registry.new_id(), case.id, seq, self.now, said.by, said.step, said.public,
                          self.sealed(said.words, case.id))
        unit.save(None, entry, self.event("case_entry.added", entry.id, said.by))
        return case


def open_casework(registry: Registry, settings: CaseSettings, vault: Vault, services: Sequence[ServiceEntry] = ()) -> Casework:
    """Raises InputError(settings.secret_key) for a secret too weak to seal with."""
    work = Casework(registry, settings, vault, tuple(services))
    Seal(registry.secret, "cases")
    return work
