"""What the officers' door may see and do: the web is handed a `FieldDoor` (and a `SignIn`), never the registry.

Every method takes the `Actor` who asks; scope is decided behind it: what lies in another grid is `NotFound`, as if it
did not exist.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Protocol

from doorplate.field.settings import SyncRules
from doorplate.people.account import Actor


@dataclass(frozen=True, slots=True)
class Registered:
    """A phone that may work from now on. token: shown at every request (`Authorization: Bearer …`), given once. part: the
    server's part of the key, 32 bytes as base64. Both are kept by the phone locked with its PIN."""

    device_id: str
    token: str
    part: str
    person: str
    must_change: bool


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody signed in at the desk. token: for the cookie."""

    token: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class CodeOffer:
    """A second step about to be set up: address for authenticators, the same secret in groups to be typed, and what the form
    brings back."""

    address: str
    secret: str
    ticket: str


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One of a person's open sessions at the desk. client: what the browser calls itself."""

    id: str
    client: str
    begun_at: datetime
    seen_at: datetime
    this: bool


class SignIn(Protocol):
    """Accounts, sessions and devices (`registry.accounts`, `registry.devices`). Wrong name and wrong password are the same
    NotPermitted(signin.wrong); NotPermitted(signin.locked) says until when; Unavailable."""

    def register_device(self, login: str, password: str, name: str, kind: Literal["phone", "odk"] = "phone",
                        code: str = "") -> Registered:
        """code: of the account's second step. Raises NotPermitted(signin.code_wanted) where one is missing, signin.code for a
        wrong one."""

    def device_actor(self, token: str) -> Actor:
        """Raises NotPermitted(device.revoked, device.unknown, account.disabled)."""

    def device_state(self, device_id: str) -> Literal["active", "revoked", "unknown"]:
        """What a locked phone may ask: whether it must wipe itself."""

    def renew_part(self, device_id: str, login: str, password: str, code: str = "") -> str:
        """The server's part again, after the phone was too long without network. Raises as register_device."""

    def password_actor(self, login: str, password: str) -> Actor:
        """For clients that show name and password each time (ODK). Raises NotPermitted(signin.code_cannot) for an account that
        has a second step, which they cannot ask for."""

    def begin_session(self, login: str, password: str, client: str) -> Session:
        """Raises NotPermitted(signin.code_wanted) whose `ticket` goes on to `finish_session`."""

    def finish_session(self, ticket: str, code: str, client: str) -> Session:
        """Raises NotPermitted(signin.ticket) when it took too long, NotPermitted(signin.code, signin.locked)."""

    def begin_code(self, actor: Actor) -> CodeOffer: ...

    def confirm_code(self, actor: Actor, ticket: str, code: str, old: str = "") -> tuple[str, ...]:
        """The recovery codes, told this once. old: a code of the second step there was before. Raises
        NotPermitted(signin.ticket, signin.code, signin.locked)."""

    def remove_code(self, actor: Actor, code: str) -> None:
        """Raises NotPermitted(signin.code, signin.locked), Refused(signin.code_required)."""

    def sessions_of(self, actor: Actor) -> Sequence[SessionLine]: ...

    def end_other_session(self, actor: Actor, session_id: str) -> None:
        """One's own session, "" = all but this one."""

    def session_actor(self, token: str) -> Actor:
        """Raises NotPermitted(session.over) when idle or old, ended, or the account was disabled."""

    def end_session(self, token: str) -> None: ...

    def change_password(self, actor: Actor, old: str, new: str) -> None:
        """Raises InputError(password.short, password.common), NotPermitted(signin.wrong)."""


@dataclass(frozen=True, slots=True)
class PackManifest:
    """What a phone should have: parts by name with their etags, settings, the person. JSON values throughout."""

    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PackPart:
    """One part: its etag and its JSON bytes."""

    etag: str
    body: bytes


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as it came: claimed sha256 (hex), what it is, evidence (taken_at, lon, lat, accuracy_m, direction)."""

    id: str
    kind: Literal["photo", "voice"]
    sha256: str
    data: bytes
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ItemReceipt:
    """What became of one item. The phone drops it only when accepted or duplicate. retry: the same may be sent again later
    (a file is missing, the registry was away); refused without retry stays on the phone with code and message."""

    id: str
    result: Literal["accepted", "duplicate", "refused"]
    code: str = ""
    message: str = ""
    retry: bool = False


@dataclass(frozen=True, slots=True)
class ItemVerdict:
    """What a reviewer decided on an item this person sent and has not yet read."""

    item: str
    kind: str
    status: Literal["approved", "amended", "rejected"]
    words: str
    place: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SyncAnswer:
    """Receipts in the order of the items."""

    receipts: Sequence[ItemReceipt]
    verdicts: Sequence[ItemVerdict]
    server_clock: datetime


class FieldDoor(Protocol):
    """Raises NotPermitted(permission.denied), Unavailable."""

    @property
    def sync_rules(self) -> SyncRules:
        """How much a phone may send at once."""

    @property
    def tiles(self) -> str:
        """Where the map's tiles come from (`field.toml`), "" = the map draws our own data only."""

    def map_tiles(self, actor: Actor, community: str) -> Path:
        """The community's own map (`doorplate tiles`). Raises NotFound(map.tiles), also for one that is not this person's."""

    def pack(self, actor: Actor) -> PackManifest: ...

    def pack_part(self, actor: Actor, name: str) -> PackPart:
        """Raises NotFound(pack.part) for a part that is not this person's."""

    def store_file(self, actor: Actor, file: SentFile) -> ItemReceipt:
        """Durable when it returns; the same again is a duplicate, other bytes under its id are refused (file.differs)."""

    def sync(self, actor: Actor, items: Sequence[Any], device_clock: datetime | None) -> SyncAnswer:
        """items: JSON values as they came. Each accepted one is on disk when this returns."""

    def set_aside(self, actor: Actor, body: bytes, reason: str) -> None:
        """Keeps what could not be read."""

    def unmask(self, actor: Actor, household_id: str, why: str) -> Mapping[str, Any]:
        """A household's name and contact in clear; logged before it is shown. Raises NotFound(household.unknown)."""

    def open_round(self, actor: Actor, zone_id: str) -> Mapping[str, Any]:
        """Begins closing a zone. Raises Refused(zone.not_done) naming how many doors have no outcome."""
