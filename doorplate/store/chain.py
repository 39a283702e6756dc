"""The trail of events 留痕: each event's hash covers its content and the hash before it (standards.md, privacy: audit log).

hash = SHA-256 over the JSON array [prev_hash, seq, at, actor, verb, subject_id, version, before, after, reason, source],
UTF-8, no spaces; `before` and `after` enter as the JSON texts that are stored, `at` as ISO 8601 in UTC with microseconds.
A one-row table holds the end of the chain: it is the lock every writer takes, and it shows when the newest events are gone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from doorplate.errors import Unavailable
from doorplate.model import ChainReport, Event, RecordedEvent
from doorplate.store.tables import CHAIN_HEAD, EVENT, in_utc

GENESIS = "0" * 64  # stands before the first event
_HASHED = ("at", "actor", "verb", "subject_id", "version", "before", "after", "reason", "source")
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
_BLOCK = 5_000  # rows fetched at a time while verifying


@dataclass(frozen=True, slots=True)
class Head:
    """Where the trail ends: the last event's seq and hash."""

    seq: int
    hash: str


def canonical(values: Mapping[str, Any]) -> str:
    """The one JSON text of these values: keys sorted, no spaces, characters as they are."""
    return _encode(values)


def lock_head(connection: Connection) -> Head:
    """The end of the trail, held until the transaction ends: two writers can never continue the same event.
    Raises Unavailable(store.damaged) when somebody has taken it out."""
    row = connection.execute(select(CHAIN_HEAD.c.seq, CHAIN_HEAD.c.hash).with_for_update()).one_or_none()
    if row is None:
        raise Unavailable("store.damaged", "登记簿的留痕链没有末端, 有人动过数据库: 请运行 doorplate audit, 并从备份恢复")
    return Head(row.seq, row.hash)


def append(connection: Connection, head: Head, events: Sequence[dict[str, Any]]) -> Head:
    """Adds events (columns of the table but seq and hashes) behind the head and gives the new end; `move_head` keeps it."""
    rows = []
    for event in events:
        seq = head.seq + 1
        event["at"] = in_utc(event["at"])
        digest = _hash(head.hash, seq, *[event[name] for name in _HASHED])
        rows.append({**event, "seq": seq, "prev_hash": head.hash, "hash": digest})
        head = Head(seq, digest)
    connection.execute(insert(EVENT), rows)
    return head


def move_head(connection: Connection, head: Head) -> None:
    connection.execute(update(CHAIN_HEAD).values(seq=head.seq, hash=head.hash))


def recorded(row: Row[Any]) -> RecordedEvent:
    """A row of the event table as a value of the model."""
    event = Event(verb=row.verb, subject_id=row.subject_id, actor=row.actor, at=row.at, reason=row.reason, source=row.source,
                  before=json.loads(row.before), after=json.loads(row.after))
    return RecordedEvent(row.seq, event, row.version, row.hash)


def verify(connection: Connection) -> ChainReport:
    """Recomputes the whole trail. An event changed, taken out, put in or cut off at the end is the first bad one."""
    columns = [EVENT.c[name] for name in ("seq", "prev_hash", "hash", *_HASHED)]
    rows = connection.execute(select(*columns).order_by(EVENT.c.seq), execution_options={"yield_per": _BLOCK})
    end, events, bad = Head(0, GENESIS), 0, None
    for seq, prev_hash, digest, *fields in rows:
        events += 1
        if bad is None and (seq != end.seq + 1 or prev_hash != end.hash or digest != _hash(prev_hash, seq, *fields)):
            bad = min(seq, end.seq + 1)
        end = Head(seq, digest)
    kept = connection.execute(select(CHAIN_HEAD.c.seq, CHAIN_HEAD.c.hash)).one_or_none()
    if bad is None and (kept is None or (kept.seq, kept.hash) != (end.seq, end.hash)):
        bad = end.seq if kept is not None and kept.seq == end.seq else min(kept.seq if kept else 0, end.seq) + 1
    return ChainReport(events, bad is None, bad)


def _hash(prev_hash: str, seq: int, at: datetime, *texts: Any) -> str:
    text = _encode([prev_hash, seq, at.isoformat(timespec="microseconds"), *texts])
    return hashlib.sha256(text.encode()).hexdigest()
