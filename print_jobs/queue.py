"""Batches made by workers, outside requests: what a worker does with a delivery, whatever engine brought it.

A job is prepared (preflight, batch.json), then its volumes are made one by one by whoever is free, then exactly one worker puts
them together and reports the batch printed. Everything can be delivered twice, late or never, and every worker can die at any
moment: the ledger knows what is in nobody's hands, the folder knows what is proven.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Protocol

import structlog
from pydantic import TypeAdapter

from doorplate.errors import DoorplateError, PreflightFailed, Refused, Unavailable
from doorplate.model import JobState, PrintBatch
from print_jobs.folder import BatchFolder
from print_jobs.inks import FOUR_COLOURS, PressOptions
from print_jobs.job import Arrangement
from print_jobs.records import publish
from print_jobs.run import Making, plan_job, prepare, write_problems
from print_jobs.work import Workshop, make_volume, reopen

ATTEMPTS = 5  # of a volume whose worker dies or whose machine is in trouble (D)
_BEATS = 10  # signs of life in a lease (D)
_AGAIN = timedelta(seconds=3)

log = structlog.get_logger()


class Held(Protocol):
    """A chunk this worker holds (store.jobs.Held)."""

    @property
    def attempt(self) -> int: ...


class Ledger(Protocol):
    """What `store.jobs.Ledger` keeps."""

    def claim_stage(self, job_id: str, status: Any, now: datetime, lease: timedelta) -> bool: ...
    def laid_out(self, job_id: str, plates: Sequence[int]) -> None: ...
    def claim_chunk(self, job_id: str, number: int, now: datetime, lease: timedelta) -> Any: ...
    def beat(self, held: Any, done: int, now: datetime, lease: timedelta) -> bool: ...
    def end_chunk(self, held: Any, status: Any, problems: Sequence[str] = (), again_at: datetime | None = None) -> bool: ...
    def try_merge(self, job_id: str) -> bool: ...
    def finish(self, job_id: str, status: Any, problems: Sequence[str], now: datetime) -> bool: ...
    def chunk_problems(self, job_id: str) -> list[str]: ...
    def state(self, job_id: str) -> JobState | None: ...
    def due(self, now: datetime) -> Sequence[Any]: ...


class _Stopped(Exception):
    """The job was cancelled, or another worker has taken this volume over."""


@dataclass(frozen=True, slots=True)
class JobOrder:
    """What decides the volumes of a job; kept in the ledger. design, sheet: names or files."""

    design: str
    sheet: str
    volume_size: int = 500
    arrangement: Arrangement = Arrangement()  # noqa: RUF009 - a frozen value
    options: PressOptions = FOUR_COLOURS

    def as_json(self) -> dict[str, Any]:
        return dict(TypeAdapter(JobOrder).dump_python(self, mode="json"))

    @staticmethod
    def of(values: Mapping[str, Any]) -> JobOrder:
        return TypeAdapter(JobOrder).validate_python(dict(values))


@dataclass(frozen=True)
class PrintQueue:
    """A worker's hands. batch_of gives a frozen batch by id; printed records it; send delivers (task, job, number).
    lease: a worker silent for so long is taken for dead; preparing and putting together get six times that."""

    ledger: Ledger
    batch_of: Callable[[str], PrintBatch]
    printed: Callable[[PrintBatch], object]
    send: Callable[[str, str, int], object]
    now: Callable[[], datetime]
    cache: Path | None = None
    lease: timedelta = timedelta(seconds=20)

    def handle(self, task: str, job_id: str, number: int) -> None:
        """Does what a delivery speaks of, if nobody else has it in hand."""
        match task:
            case "prepare":
                self._prepare(job_id)
            case "chunk":
                self._chunk(job_id, number)
            case "merge":
                self._merge(job_id)

    def reconcile(self) -> int:
        """Sends again what nobody has in hand. Gives how many deliveries that were."""
        due = self.ledger.due(self.now())
        for one in due:
            self.send(one.task, one.job_id, one.number)
        return len(due)

    def _prepare(self, job_id: str) -> None:
        if not self.ledger.claim_stage(job_id, "waiting", self.now(), 6 * self.lease):
            return
        state = self._known(job_id)
        order = JobOrder.of(state.order)
        folder = BatchFolder(Path(state.folder))
        try:
            making = Making(order.volume_size, order.arrangement, options=order.options)
            job = plan_job(self.batch_of(state.batch_id), order.design, order.sheet, making)
            with folder.locked():
                prepare(job, folder, lambda _step, _done, _total: None)
        except (DoorplateError, OSError) as exc:
            self._give_up(job_id, exc, folder)
            return
        self.ledger.laid_out(job_id, [len(volume.plates) for volume in job.volumes])
        for volume in job.volumes:
            self.send("chunk", job_id, volume.number)

    def _chunk(self, job_id: str, number: int) -> None:
        held = self.ledger.claim_chunk(job_id, number, self.now(), self.lease)
        if held is None:
            self._merge_if_through(job_id)
            return
        state = self._known(job_id)
        try:
            with BatchFolder(Path(state.folder)).locked(shared=True):
                shop = _workshop(state, self.cache)
                make_volume(shop, shop.job.volumes[number - 1], self._watch(held))
        except _Stopped:
            return
        except PreflightFailed as exc:
            self.ledger.end_chunk(held, "failed", exc.problems)
        except (DoorplateError, OSError) as exc:
            self._try_again(held, exc, number)
        else:
            self.ledger.end_chunk(held, "done")
        self._merge_if_through(job_id)

    def _watch(self, held: Held) -> Callable[[str, int], None]:
        last = self.now()

        def watch(step: str, done: int) -> None:
            nonlocal last
            if self.now() - last < self.lease / _BEATS and step != "press":
                return
            last = self.now()
            if not self.ledger.beat(held, done if step == "proof" else 0, last, self.lease):
                raise _Stopped
        return watch

    def _try_again(self, held: Held, exc: DoorplateError | OSError, number: int) -> None:
        """Trouble of the machine (disk, fonts, another run in the folder) may pass; after some tries the volume has failed."""
        text = _sentence(exc)
        status: Literal["failed", "waiting"] = "failed" if held.attempt >= ATTEMPTS else "waiting"
        log.warning("volume not made", volume=number, attempt=held.attempt, trouble=text)
        self.ledger.end_chunk(held, status, [f"第 {number} 册: {text}"], self.now() + _AGAIN * held.attempt)

    def _merge_if_through(self, job_id: str) -> None:
        if self.ledger.try_merge(job_id):
            self.send("merge", job_id, 0)

    def _merge(self, job_id: str) -> None:
        self.ledger.try_merge(job_id)
        if not self.ledger.claim_stage(job_id, "merging", self.now(), 6 * self.lease):
            return
        state = self._known(job_id)
        folder = BatchFolder(Path(state.folder))
        problems = self.ledger.chunk_problems(job_id)
        if problems:
            failed = PreflightFailed("proof.failed", f"有 {len(problems)} 处不符, 这一批不能用", problems)
            self._give_up(job_id, failed, folder)
            return
        try:
            with folder.locked():
                shop = _workshop(state, self.cache)
                if not folder.proof.exists():
                    publish(shop.job, folder, self.cache)
            self.printed(shop.job.batch)
        except Refused as exc:
            if exc.code != "batch.running":  # else a worker we gave up holds the folder: when the lease runs out, we try again
                self._give_up(job_id, exc, folder)
            return
        except (DoorplateError, OSError) as exc:
            self._give_up(job_id, exc, folder)
            return
        self.ledger.finish(job_id, "done", [], self.now())

    def _give_up(self, job_id: str, exc: DoorplateError | OSError, folder: BatchFolder) -> None:
        problems = list(exc.problems) if isinstance(exc, PreflightFailed) else []
        if isinstance(exc, PreflightFailed) and folder.path.is_dir() and not any(folder.foreign()):
            write_problems(folder, exc)
        self.ledger.finish(job_id, "failed", [_sentence(exc), *problems], self.now())

    def _known(self, job_id: str) -> JobState:
        state = self.ledger.state(job_id)
        if state is None:
            raise Unavailable("job.gone", f"任务 {job_id[:8]} 不见了", job=job_id)
        return state


_open: dict[tuple[str, str], Workshop] = {}


def _workshop(state: JobState, cache: Path | None) -> Workshop:
    """The workshop of a job, kept open for its next volume: opening a large batch takes longer than pressing a volume."""
    key = (state.id, state.folder)
    if key not in _open:
        _open.clear()
        _open[key] = reopen(Path(state.folder), cache)
    return _open[key]


def _sentence(exc: DoorplateError | OSError) -> str:
    return f"{exc.code}: {exc.message}" if isinstance(exc, DoorplateError) else f"读写不了文件夹: {exc.strerror or exc}"
