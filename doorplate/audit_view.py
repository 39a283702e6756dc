"""What the auditor's room may see: the desk is handed an `AuditDesk`. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from doorplate.people.account import Actor


@dataclass(frozen=True, slots=True)
class AuditAsk:
    """who: a name or login. what: a plate's code, an address, or a record's id. verb: as events have it, or what they begin with
    ("plate."), "" = all. since, until:
    days (YYYY-MM-DD), both included. before: the seq the page begins behind, 0 = the end of the trail."""

    who: str = ""
    what: str = ""
    verb: str = ""
    since: str = ""
    until: str = ""
    before: int = 0


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One event. subject: in words; subject_id: of the record. household: its id where it concerns one. changed: (field, before,
    after) as texts, cut."""

    seq: int
    at: datetime
    who: str
    verb: str
    subject: str
    subject_id: str
    household: str
    changed: Sequence[tuple[str, str, str]]
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """older: what the next page begins behind, 0 at the beginning of the trail. found: False where who or what is nobody and
    nothing on record."""

    lines: Sequence[AuditLine]
    ask: AuditAsk
    older: int
    found: bool = True


@dataclass(frozen=True, slots=True)
class Verified:
    """How the last proof of the trail ended. state: never, running, done. ok with first_bad (seq), changed_loads (seqs), and how
    the trail stands to the checkpoint that was brought."""

    state: Literal["never", "running", "done"]
    events: int = 0
    ok: bool = True
    first_bad: int | None = None
    changed_loads: Sequence[int] = ()
    against: str = "none"
    at: datetime | None = None
    head: str = ""


@dataclass(frozen=True, slots=True)
class LogLine:
    """Who opened a household's record: when, who, as what, how, why."""

    at: datetime
    who: str
    role: str
    verb: str
    reason: str


@dataclass(frozen=True, slots=True)
class HouseholdLog:
    """For the household itself: its address and every look at it and change of it, the latest first."""

    household: str
    place: str
    lines: Sequence[LogLine]


class AuditDesk(Protocol):
    """Every method may raise NotPermitted(permission.denied), Unavailable."""

    def events(self, actor: Actor, ask: AuditAsk) -> AuditPage:
        """Raises InputError(audit.date)."""

    def verify(self, actor: Actor, checkpoint: str) -> None:
        """Begins proving the whole trail beside the pages; one at a time. checkpoint: text of a checkpoint kept elsewhere, "" for
        none. Raises InputError(checkpoint.invalid)."""

    def verified(self, actor: Actor) -> Verified: ...

    def checkpoint(self, actor: Actor) -> str:
        """Where the trail stands now, as a text to keep elsewhere. Raises Refused(audit.broken) where the last proof failed."""

    def householder_log(self, actor: Actor, household_id: str) -> HouseholdLog:
        """Raises NotFound(household.unknown)."""
