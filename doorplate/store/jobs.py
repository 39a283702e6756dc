"""What workers have in hand: print jobs and their chunks (volumes), with leases.

The job engine only delivers "look at chunk 7 of job 3"; what is so stands here. Every step is one conditional update, so that of
many workers one gets it: a delivery that came twice finds nothing to take, one that was lost is sent again when the lease of what
it spoke of has run out (`due`). Times are arguments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Engine, Row, Table, Update, and_, case, func, insert, or_, select, update

from doorplate.model import JobState, JobStatus
from doorplate.store.engine import read_transaction, write_transaction
from doorplate.store.tables import PRINT_CHUNK, PRINT_JOB
from doorplate.store.troubles import translated

Task = Literal["prepare", "chunk", "merge"]
_STAGES: dict[JobStatus, Task] = {"waiting": "prepare", "merging": "merge"}
_OVER: tuple[JobStatus, ...] = ("done", "failed", "cancelled")
_AT_ONCE = 500  # deliveries repeated in one go


@dataclass(frozen=True, slots=True)
class Due:
    """Work nobody has in hand: a stage of a job, or one of its chunks (0 = the stage itself)."""

    task: Task
    job_id: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """A chunk a worker holds. attempt: which try this is; a later one supersedes it."""

    job_id: str
    number: int
    attempt: int


class Ledger:
    """Jobs and chunks; made by `Store.ledger()`. Raises Unavailable as the store does."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def submit(self, job: JobState) -> JobState:
        """Writes down a new job, or gives the one that is making this batch in this folder already."""
        with translated(), write_transaction(self._engine) as connection:
            same = and_(PRINT_JOB.c.batch_id == job.batch_id, PRINT_JOB.c.folder == job.folder, PRINT_JOB.c.status.not_in(_OVER))
            found = connection.scalars(select(PRINT_JOB.c.id).where(same)).first()
            if found is None:
                connection.execute(insert(PRINT_JOB).values(
                    id=job.id, batch_id=job.batch_id, folder=job.folder, status="waiting", actor=job.actor, order=dict(job.order),
                    problems=[], plates=job.plates, asked_at=job.asked_at, begun_at=None, ended_at=None, lease=None))
            return _state(connection, found or job.id)

    def claim_stage(self, job_id: str, status: JobStatus, now: datetime, lease: timedelta) -> bool:
        """Takes the step a job is waiting for; False when another has it, or the job is elsewhere."""
        free = and_(_is(job_id), PRINT_JOB.c.status == status, _free(PRINT_JOB, now))
        begun = func.coalesce(PRINT_JOB.c.begun_at, now)
        return self._changed(update(PRINT_JOB).where(free).values(lease=now + lease, begun_at=begun))

    def laid_out(self, job_id: str, plates: Sequence[int]) -> None:
        """The job is prepared: its chunks, by their numbers of plates. A second time, nothing happens."""
        with translated(), write_transaction(self._engine) as connection:
            started = update(PRINT_JOB).where(_is(job_id), PRINT_JOB.c.status == "waiting").values(status="running", lease=None)
            if connection.execute(started).rowcount:
                there = set(connection.scalars(select(PRINT_CHUNK.c.number).where(PRINT_CHUNK.c.job_id == job_id)))
                blank: dict[str, Any] = {"job_id": job_id, "status": "waiting", "done": 0, "attempts": 0, "lease": None,
                                         "problems": []}
                rows = [{**blank, "number": number, "plates": count} for number, count in enumerate(plates, 1)
                        if number not in there]
                if rows:
                    connection.execute(insert(PRINT_CHUNK), rows)

    def claim_chunk(self, job_id: str, number: int, now: datetime, lease: timedelta) -> Held | None:
        """Takes a chunk that waits, or whose worker has been silent too long; None when there is nothing to take."""
        running = select(PRINT_JOB.c.id).where(_is(job_id), PRINT_JOB.c.status == "running").exists()
        open_ = PRINT_CHUNK.c.status.in_(("waiting", "running"))
        taken = update(PRINT_CHUNK).where(_chunk(job_id, number), open_, _free(PRINT_CHUNK, now), running).values(
            status="running", attempts=PRINT_CHUNK.c.attempts + 1, lease=now + lease)
        with translated(), write_transaction(self._engine) as connection:
            if not connection.execute(taken).rowcount:
                return None
            attempt = connection.scalars(select(PRINT_CHUNK.c.attempts).where(_chunk(job_id, number))).one()
            return Held(job_id, number, attempt)

    def beat(self, held: Held, done: int, now: datetime, lease: timedelta) -> bool:
        """A sign of life and of progress. False: the job was cancelled, or another worker has the chunk; stop."""
        running = select(PRINT_JOB.c.id).where(_is(held.job_id), PRINT_JOB.c.status == "running").exists()
        return self._changed(update(PRINT_CHUNK).where(_holds(held), running).values(done=done, lease=now + lease))

    def end_chunk(self, held: Held, status: Literal["done", "failed", "waiting"], problems: Sequence[str] = (),
                  again_at: datetime | None = None) -> bool:
        """What came of a chunk. waiting: to be tried again, not before `again_at`. A superseded worker changes nothing."""
        done = PRINT_CHUNK.c.plates if status == "done" else 0
        return self._changed(update(PRINT_CHUNK).where(_holds(held)).values(
            status=status, done=done, problems=list(problems), lease=again_at))

    def try_merge(self, job_id: str) -> bool:
        """Whether all chunks are through, and it is this caller who is to put them together."""
        left = select(PRINT_CHUNK.c.number).where(PRINT_CHUNK.c.job_id == job_id,
                                                  PRINT_CHUNK.c.status.in_(("waiting", "running"))).exists()
        any_ = select(PRINT_CHUNK.c.number).where(PRINT_CHUNK.c.job_id == job_id).exists()
        over = and_(_is(job_id), PRINT_JOB.c.status == "running", ~left, any_)
        return self._changed(update(PRINT_JOB).where(over).values(status="merging", lease=None))

    def finish(self, job_id: str, status: Literal["done", "failed"], problems: Sequence[str], now: datetime) -> bool:
        """Ends a job that is not over yet."""
        open_ = and_(_is(job_id), PRINT_JOB.c.status.not_in(_OVER))
        ended = {"status": status, "problems": list(problems), "ended_at": now, "lease": None}
        return self._changed(update(PRINT_JOB).where(open_).values(ended))

    def cancel(self, job_id: str, now: datetime) -> bool:
        """Stops a job; workers notice at their next sign of life. What is proven stays for `retry`."""
        open_ = and_(_is(job_id), PRINT_JOB.c.status.in_(("waiting", "running")))
        return self._changed(update(PRINT_JOB).where(open_).values(status="cancelled", ended_at=now, lease=None))

    def retry(self, job_id: str) -> bool:
        """Takes a failed or cancelled job up again: every volume is looked at anew, those still proven stay as they are."""
        with translated(), write_transaction(self._engine) as connection:
            again = and_(_is(job_id), PRINT_JOB.c.status.in_(("failed", "cancelled")))
            if not connection.execute(update(PRINT_JOB).where(again).values(
                    status="waiting", problems=[], ended_at=None, lease=None)).rowcount:
                return False
            connection.execute(update(PRINT_CHUNK).where(PRINT_CHUNK.c.job_id == job_id).values(
                status="waiting", attempts=0, done=0, lease=None, problems=[]))
            return True

    def due(self, now: datetime) -> list[Due]:
        """Everything that waits with no worker on it: sent anew at a worker's start and every few seconds."""
        with translated(), read_transaction(self._engine) as connection:
            stages = connection.execute(select(PRINT_JOB.c.id, PRINT_JOB.c.status).where(
                PRINT_JOB.c.status.in_(tuple(_STAGES)), _free(PRINT_JOB, now)))
            found = [Due(_STAGES[row.status], row.id) for row in stages]
            running = select(PRINT_JOB.c.id).where(PRINT_JOB.c.status == "running")
            chunks = connection.execute(select(PRINT_CHUNK.c.job_id, PRINT_CHUNK.c.number).where(
                PRINT_CHUNK.c.job_id.in_(running), PRINT_CHUNK.c.status.in_(("waiting", "running")), _free(PRINT_CHUNK, now),
            ).order_by(PRINT_CHUNK.c.job_id, PRINT_CHUNK.c.number).limit(_AT_ONCE))
            found += [Due("chunk", row.job_id, row.number) for row in chunks]
            through = select(PRINT_CHUNK.c.job_id).where(PRINT_CHUNK.c.status.in_(("waiting", "running")))
            stuck = connection.scalars(running.where(PRINT_JOB.c.id.not_in(through)))
            return found + [Due("merge", job_id) for job_id in stuck]

    def chunk_problems(self, job_id: str) -> list[str]:
        """Why chunks failed, in the order of the volumes."""
        with translated(), read_transaction(self._engine) as connection:
            failed = select(PRINT_CHUNK.c.problems).where(PRINT_CHUNK.c.job_id == job_id, PRINT_CHUNK.c.status == "failed")
            return [problem for problems in connection.scalars(failed.order_by(PRINT_CHUNK.c.number)) for problem in problems]

    def state(self, job_id: str) -> JobState | None:
        with translated(), read_transaction(self._engine) as connection:
            found = connection.scalars(select(PRINT_JOB.c.id).where(_is(job_id))).first()
            return _state(connection, found) if found else None

    def jobs(self, limit: int = 100) -> list[JobState]:
        """The latest jobs first."""
        with translated(), read_transaction(self._engine) as connection:
            ids = connection.scalars(select(PRINT_JOB.c.id).order_by(PRINT_JOB.c.asked_at.desc()).limit(limit)).all()
            return [_state(connection, job_id) for job_id in ids]

    def _changed(self, statement: Update) -> bool:
        with translated(), write_transaction(self._engine) as connection:
            return bool(connection.execute(statement).rowcount)


def _is(job_id: str) -> ColumnElement[bool]:
    return PRINT_JOB.c.id == job_id


def _chunk(job_id: str, number: int) -> ColumnElement[bool]:
    return and_(PRINT_CHUNK.c.job_id == job_id, PRINT_CHUNK.c.number == number)


def _holds(held: Held) -> ColumnElement[bool]:
    return and_(_chunk(held.job_id, held.number), PRINT_CHUNK.c.attempts == held.attempt, PRINT_CHUNK.c.status == "running")


def _free(table: Table, now: datetime) -> ColumnElement[bool]:
    return or_(table.c.lease.is_(None), table.c.lease < now)


def _state(connection: Connection, job_id: str) -> JobState:
    row: Row[Any] = connection.execute(select(PRINT_JOB).where(_is(job_id))).one()
    tally = connection.execute(select(
        PRINT_CHUNK.c.status, func.count().label("chunks"),
        func.sum(case((PRINT_CHUNK.c.status == "done", PRINT_CHUNK.c.plates), else_=PRINT_CHUNK.c.done)).label("done"),
    ).where(PRINT_CHUNK.c.job_id == job_id).group_by(PRINT_CHUNK.c.status)).all()
    done, volumes = sum(int(t.done or 0) for t in tally), {t.status: t.chunks for t in tally}
    return JobState(row.id, row.batch_id, row.folder, row.status, row.actor, row.order, tuple(row.problems), row.plates,
                    done, volumes, row.asked_at, row.begun_at, row.ended_at)
