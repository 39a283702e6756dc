"""The trail of events 留痕: each event's hash covers its content and the hash before it (standards.md, privacy: audit log).

hash = SHA-256 over the JSON array [prev_hash, seq, at, actor, verb, subject_id, version, before, after, reason, source],
UTF-8, no spaces; `before` and `after` enter as the JSON texts that are stored, `at` as ISO 8601 in UTC with microseconds.
A one-row table holds the end of the chain: it is the lock every writer takes, and it shows when the newest events are gone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from json.encoder import encode_basestring as quoted
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Text, func, insert, select, type_coerce, update

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
    """Recomputes the whole trail. An event changed, taken out, put in or cut off at the end is the first bad one.

    Streams the stored texts as they are, about 10 µs an event: a million take some ten seconds.
    """
    events, bad = 0, None
    last_seq, last_hash = 0, GENESIS
    for row in _stored(connection):
        events += 1
        seq, digest = row[0], row[-1]
        if bad is None and (seq != last_seq + 1 or row[-2] != last_hash or digest != _of_row(last_hash, row)):
            bad = min(seq, last_seq + 1)
        last_seq, last_hash = seq, digest
    end = Head(last_seq, last_hash)
    kept = connection.execute(select(CHAIN_HEAD.c.seq, CHAIN_HEAD.c.hash)).one_or_none()
    if bad is None and (kept is None or (kept.seq, kept.hash) != (end.seq, end.hash)):
        bad = end.seq if kept is not None and kept.seq == end.seq else min(kept.seq if kept else 0, end.seq) + 1
    return ChainReport(events, bad is None, bad)


def _stored(connection: Connection) -> Iterator[Any]:
    """Every event in order: seq, the hashed columns (the moment as text), prev_hash, hash."""
    columns = [_moment(connection) if name == "at" else EVENT.c[name] for name in ("seq", *_HASHED, "prev_hash", "hash")]
    found = connection.execute(select(*columns).order_by(EVENT.c.seq), execution_options={"yield_per": _BLOCK})
    for rows in found.partitions():
        yield from rows


def _moment(connection: Connection) -> ColumnElement[str]:
    """The moment as a text: on SQLite as it is stored, which saves making a datetime a million times over."""
    if connection.dialect.name == "sqlite":
        return type_coerce(EVENT.c.at, Text)
    return func.to_char(func.timezone("UTC", EVENT.c.at), 'YYYY-MM-DD HH24:MI:SS.US')


def _of_row(prev_hash: str, row: Any) -> str | None:
    """The hash a stored event should have, None where it holds what no event holds."""
    try:
        seq, at, *rest = row[:-2]
        return _digest(prev_hash, seq, at.replace(" ", "T") + "+00:00", *rest)
    except (TypeError, ValueError, AttributeError):
        return None  # a database without strict types takes anything into any column


def _hash(prev_hash: str, seq: int, at: datetime, *rest: Any) -> str:
    return _digest(prev_hash, seq, at.isoformat(timespec="microseconds"), *rest)


def _digest(prev_hash: str, seq: int, at: str, actor: str, verb: str, subject_id: str, version: int, *texts: str) -> str:
    """As `_encode` of one array would write it, in a third of the time."""
    words = ",".join(map(quoted, texts))
    text = f'["{prev_hash}",{seq:d},"{at}",{quoted(actor)},{quoted(verb)},{quoted(subject_id)},{version:d},{words}]'
    return hashlib.sha256(text.encode()).hexdigest()
