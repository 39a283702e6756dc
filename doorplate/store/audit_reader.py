"""Every question asked of the trail at the auditor's desk: part of `Reader`. Always from the newest back, never counted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from doorplate.model import RecordedEvent
from doorplate.store import chain
from doorplate.store.tables import EVENT


@dataclass(frozen=True, slots=True)
class Sought:
    """Which events. actors, subjects: ids, None = any (an empty set: none). verb: whole, or what it begins with when it ends with
    a dot. since, until: seqs, both included."""

    actors: Collection[str] | None = None
    subjects: Collection[str] | None = None
    verb: str = ""
    since: int = 1
    until: int | None = None


class AuditQueries:
    """Made as a part of `Reader`."""

    _connection: Connection

    def trail_back(self, sought: Sought, before: int | None, count: int) -> tuple[RecordedEvent, ...]:
        """The latest first, from behind the event `before` (None = from the end)."""
        seq, query = EVENT.c.seq, select(EVENT)
        if sought.actors is not None:
            query = query.where(EVENT.c.actor.in_(list(sought.actors)))
        if sought.subjects is not None:
            query = query.where(EVENT.c.subject_id.in_(list(sought.subjects)))
        if sought.verb.endswith("."):
            query = query.where(EVENT.c.verb.startswith(sought.verb, autoescape=True))
        elif sought.verb:
            query = query.where(EVENT.c.verb == sought.verb)
        if sought.since > 1:
            query = query.where(seq >= sought.since)
        ends = [one for one in (sought.until, before - 1 if before is not None else None) if one is not None]
        if ends:
            query = query.where(seq <= min(ends))
        return tuple(map(chain.recorded, self._connection.execute(query.order_by(seq.desc()).limit(count))))

    def first_event_since(self, moment: datetime, last: int) -> int:
        """The seq of the first event not before a moment, last + 1 where there is none. Events stand in the order of their times,
        so twenty looks find it among a million."""
        low, high = 1, last + 1
        while low < high:
            middle = (low + high) // 2
            at = self._connection.scalar(select(EVENT.c.at).where(EVENT.c.seq == middle))
            low, high = (middle + 1, high) if at is not None and at < moment else (low, middle)
        return low
