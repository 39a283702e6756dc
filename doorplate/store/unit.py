"""One write transaction. `save` is the only way anything is written: one row, version + 1, one event (design.md, rule 5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice
from typing import TypeVar, cast

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from doorplate.errors import Refused
from doorplate.model import Event, PrintBatch
from doorplate.store import chain
from doorplate.store.chunks import in_chunks
from doorplate.store.reader import Reader
from doorplate.store.records import KINDS, Kind, Record, Values, batch_lines, difference
from doorplate.store.sessions import SessionActs
from doorplate.store.tables import ADDRESS, BATCH_PLATE, EVENT
from doorplate.store.troubles import duplicate, require_storable

R = TypeVar("R", bound=Record)
Change = tuple[R | None, R, Event]
_BLOCK = 2_000  # changes made ready at a time: a million at once would fill the memory


@dataclass(frozen=True, slots=True)
class _Step:
    """One change made ready: the record as it will stand, its row, the version it replaces (0 = none), its event."""

    kind: Kind
    record: Record
    row: Values
    replaces: int
    event: Values

    @property
    def subject(self) -> str:
        return cast(str, self.row[self.kind.key])


class Unit(SessionActs, Reader):
    """A reader that may also write. Made by `Store.writing()`; not for keeping beyond its block."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._head = chain.lock_head(connection)
        self._whole = True
        self._aside: set[str] = set()

    def save(self, before: R | None, after: R, event: Event) -> R:
        """Writes one record and its event; gives the record with its new version. before=None adds it as version 1.

        The event's before and after are filled in here. after.version is ignored: what counts is before.version.
        Raises Refused(store.stale) when somebody else changed the record meanwhile, Refused(store.duplicate) when something
        that must be unique is taken, Refused(store.fixed) for a field that never changes, InputError(store.text,
        store.number, area.geometry, point.not_a_number) for values no database holds. After any of these
        the block can only be undone: going on raises Refused(store.unfinished).
        """
        return self.save_many([(before, after, event)])[0]

    def save_many(self, changes: Iterable[Change[R]]) -> list[R]:
        """Many saves at once, in bulk statements; the same promises, records in the order given.

        Kinds may be mixed and refer to each other in any order. Changes of one kind take effect in their order.
        """
        self._require_whole()
        self._whole = False
        saved: list[R] = []
        waiting = iter(changes)
        while block := [_prepare(*change) for change in islice(waiting, _BLOCK)]:
            for _, group in groupby(sorted(block, key=_by_table), key=_by_table):
                self._write(list(group))
            self._head = chain.append(self._connection, self._head, [step.event for step in block])
            saved += [cast(R, step.record) for step in block]
            self._aside.difference_update(step.subject for step in block)
        self._whole = True
        return saved

    def set_aside(self, address_ids: Iterable[str]) -> None:
        """Takes these addresses' names out of the way, so that others may be given them first; each must be saved afterwards
        in this transaction, which is what its event tells (of this nothing is told: nobody ever sees it)."""
        for chunk in in_chunks(address_ids):
            out_of_the_way = update(ADDRESS).where(ADDRESS.c.id.in_(chunk)).values(standard_address="~" + ADDRESS.c.id)
            self._connection.execute(out_of_the_way)
            self._aside.update(chunk)

    def finish(self) -> None:
        """Called by the store at the end of the block: nothing half done may be committed."""
        self._require_whole()
        if self._aside:
            raise Refused("store.unfinished", "有地址让出了名称, 却没有得到新的, 这一次的改动全部没有保存")
        chain.move_head(self._connection, self._head)

    def _require_whole(self) -> None:
        if not self._whole:
            raise Refused("store.unfinished", "前面有一步没有保存成, 这一次的改动全部没有保存")

    def _write(self, steps: Sequence[_Step]) -> None:
        for adding, run in groupby(steps, key=lambda step: step.replaces == 0):
            batch = list(run)
            try:
                if adding:
                    self._insert(batch)
                else:
                    self._update(batch)
            except IntegrityError as exc:
                raise duplicate(exc, [step.row for step in batch]) from exc

    def _insert(self, steps: Sequence[_Step]) -> None:
        self._connection.execute(insert(steps[0].kind.table), [step.row for step in steps])
        lines = [line for step in steps if isinstance(step.record, PrintBatch) for line in batch_lines(step.record)]
        if lines:
            self._connection.execute(insert(BATCH_PLATE), lines)

    def _update(self, steps: Sequence[_Step]) -> None:
        kind = steps[0].kind
        columns = kind.table.c
        statement = (update(kind.table)
                     .where(columns[kind.key] == bindparam("old_id"), columns.version == bindparam("old_version"))
                     .values({name: bindparam(f"new_{name}") for name in steps[0].row}))
        rows = [{**{f"new_{name}": value for name, value in step.row.items()},
                 "old_id": step.subject, "old_version": step.replaces} for step in steps]
        if self._connection.execute(statement, rows).rowcount != len(steps):
            raise self._stale(steps)

    def _stale(self, steps: Sequence[_Step]) -> Refused:
        """Names what is stale: where the trail's last version is not the one this caller had read."""
        stand: dict[str, int] = {}
        for ids in in_chunks(step.subject for step in steps):
            last = select(EVENT.c.subject_id, func.max(EVENT.c.version)).where(EVENT.c.subject_id.in_(ids))
            stand.update(self._connection.execute(last.group_by(EVENT.c.subject_id)).all())
        stale = [step.subject for step in steps if stand.get(step.subject) != step.replaces]
        return Refused("store.stale", f"有 {len(stale)} 条记录已被别人改过, 这次没有保存; 请重新打开再改", subjects=stale[:20])


def _by_table(step: _Step) -> str:
    return step.kind.table.name


def _prepare(before: Record | None, after: Record, event: Event) -> _Step:
    kind = KINDS[type(after)]
    replaces = before.version if before is not None else 0
    record: Record = replace(after, version=replaces + 1)
    row = kind.to_row(record)
    old_row = kind.to_row(before) if before is not None else None
    subject = row[kind.key]
    if event.subject_id != subject or (old_row is not None and old_row[kind.key] != subject):
        raise ValueError(f"the event speaks of {event.subject_id}, the record is {subject}")
    require_storable(row)
    changed = [name for name in sorted(kind.fixed) if old_row is not None and old_row[name] != row[name]]
    if changed:
        raise Refused("store.fixed", f"写下之后不能再改: {', '.join(changed)}", subject=subject, fields=changed)
    return _Step(kind, record, row, replaces, _event_row(kind, old_row, row, event))


def _event_row(kind: Kind, old_row: Values | None, row: Values, event: Event) -> Values:
    was, now = difference(kind, old_row, row)
    values: Values = {"at": event.at, "actor": event.actor, "verb": event.verb, "subject_id": event.subject_id,
                      "version": row["version"], "before": chain.canonical(was), "after": chain.canonical(now),
                      "reason": event.reason, "source": event.source}
    require_storable(values)
    return values
