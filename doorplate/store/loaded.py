"""What the trail would have said of addresses that came in bulk: their births, worked out from what happened to them since.

An address as it came in = the address as it stands with its later events taken back, the newest first. That this is true is
shown by the digest in the load's event: `is_true`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, false, or_, select

from doorplate.model import Address, Event, ListImport, RecordedEvent
from doorplate.store import chain
from doorplate.store.address_block import address_line, id_range
from doorplate.store.records import KINDS, as_told, difference
from doorplate.store.tables import ADDRESS, EVENT, LIST_IMPORT

BORN = "address.proposed"
_BLOCK = 2_000  # rows fetched at a time


@dataclass(frozen=True, slots=True)
class Load:
    """One load: what was imported, and its event."""

    brought: ListImport
    event: RecordedEvent


def loads(connection: Connection, before: datetime | None = None) -> tuple[Load, ...]:
    """All loads recorded before a moment (None = until now), the oldest first."""
    brought = connection.execute(select(LIST_IMPORT).where(LIST_IMPORT.c.digest != "")).all()
    imports = {row.id: KINDS[ListImport].from_row(row) for row in brought}
    until = [] if before is None else [EVENT.c.at < before]
    query = select(EVENT).where(EVENT.c.subject_id.in_(imports), EVENT.c.version == 1, *until).order_by(EVENT.c.seq)
    return tuple(Load(imports[row.subject_id], chain.recorded(row)) for row in connection.execute(query))


def came_with(found: Sequence[Load]) -> ColumnElement[bool]:
    """The condition on ADDRESS.id that it came with one of these loads."""
    return or_(false(), *(ADDRESS.c.id.between(*id_range(load.brought.id)) for load in found))


def births(connection: Connection, community: str, found: Sequence[Load]) -> Iterator[RecordedEvent]:
    """For each address of a community that came with one of these loads, the event it did not get: at the load's place in the
    trail, by its actor, with the load's hash. In order of the trail, then of the file."""
    for load in found:
        for address in first_states(connection, load, ADDRESS.c.community == community):
            _, told = difference(KINDS[Address], None, KINDS[Address].to_row(address))
            recorded = load.event.event
            born = Event(BORN, address.id, recorded.actor, recorded.at, recorded.reason, recorded.source, {}, told)
            yield RecordedEvent(load.event.seq, born, 1, load.event.hash)


def first_states(connection: Connection, load: Load, *where: ColumnElement[bool]) -> Iterator[Address]:
    """The load's addresses as they came in, in order of their rows."""
    low, high = id_range(load.brought.id)
    changed: dict[str, dict[str, Any]] = {}
    later = select(EVENT.c.subject_id, EVENT.c.before).where(EVENT.c.subject_id.between(low, high), EVENT.c.version > 1)
    for subject, before in connection.execute(later.order_by(EVENT.c.seq.desc())):
        changed.setdefault(subject, {}).update(json.loads(before))
    query = select(ADDRESS).where(ADDRESS.c.id.between(low, high), *where).order_by(ADDRESS.c.id)
    for row in connection.execute(query, execution_options={"yield_per": _BLOCK}):
        address: Address = KINDS[Address].from_row(row)
        yield as_told(replace(address, version=1), changed.get(address.id, {}))


def is_true(connection: Connection, load: Load) -> bool:
    """Whether the load's addresses, later changes taken back, are the ones its event speaks of."""
    told = load.event.event.after.get("digest")
    digest = hashlib.sha256()
    for address in first_states(connection, load):
        digest.update(address_line(address))
    return told == digest.hexdigest() == load.brought.digest
