"""The job engine: huey, which only delivers. Embedded in a file beside the registry, or on a server for many machines."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import structlog
from huey import MemoryHuey, PostgresHuey, RedisHuey, SqliteHuey
from huey.api import Huey

from doorplate.errors import DoorplateError, InputError
from print_jobs.ending import end_with
from print_jobs.queue import PrintQueue

_RECONCILE_S = 2
_NAME = "doorplate"

log = structlog.get_logger()


class Engine:
    """Delivers (task, job, number) to whichever worker is free. queue is made anew in every process: connections do not survive a
    fork."""

    def __init__(self, url: str, make_queue: Callable[[Callable[[str, str, int], None]], PrintQueue]) -> None:
        self._huey = _huey(url)
        self._make_queue = make_queue
        self._queue: tuple[int, PrintQueue] | None = None
        self._look = self._huey.task(name="look")(self._deliver)

    @property
    def queue(self) -> PrintQueue:
        if self._queue is None or self._queue[0] != os.getpid():
            self._queue = (os.getpid(), self._make_queue(self.send))
        return self._queue[1]

    def send(self, task: str, job_id: str, number: int) -> None:
        self._look(task, job_id, number)

    def work(self, processes: int) -> None:
        """Works until SIGINT or SIGTERM, with so many processes; those that die are replaced."""
        parent = os.getpid()

        def begin() -> None:
            threading.Thread(target=self._reconcile_for_ever, daemon=True).start()
        os.register_at_fork(after_in_child=partial(end_with, parent))  # huey's scheduler too, which runs no startup hook
        self._huey.on_startup(name="reconcile")(begin)
        consumer = self._huey.create_consumer(workers=processes, worker_type="process", periodic=False, health_check_interval=1,
                                              initial_delay=0.05, max_delay=0.5)
        consumer.run()

    def drain(self) -> None:
        """Does everything there is to do, in this process, and returns."""
        while self.queue.reconcile():
            while (task := self._huey.dequeue()) is not None:
                self._huey.execute(task)

    def _deliver(self, task: str, job_id: str, number: int) -> None:
        try:
            self.queue.handle(task, job_id, number)
        except DoorplateError as exc:
            log.warning("delivery not done", task=task, job=job_id, number=number, trouble=f"{exc.code}: {exc.message}")

    def _reconcile_for_ever(self) -> None:
        queue = self._make_queue(self.send)
        while True:
            try:
                queue.reconcile()
            except DoorplateError as exc:
                log.warning("reconcile", trouble=f"{exc.code}: {exc.message}")
            time.sleep(_RECONCILE_S)


def _huey(url: str) -> Huey:
    """Raises InputError(queue.url)."""
    parts = urlsplit(url)
    kept: dict[str, Any] = {"results": False}
    if parts.scheme == "sqlite" and parts.path:
        path = Path(unquote(parts.path[1:] if url.startswith("sqlite:///") and not url.startswith("sqlite:////") else parts.path))
        path.parent.mkdir(parents=True, exist_ok=True)
        return SqliteHuey(_NAME, filename=str(path), timeout=30, strict_fifo=True, **kept)
    if parts.scheme in ("postgresql", "postgres"):
        return PostgresHuey(_NAME, dsn=url, **kept)
    if parts.scheme in ("redis", "rediss"):
        return RedisHuey(_NAME, url=url, **kept)
    if parts.scheme == "memory":
        return MemoryHuey(_NAME, **kept)
    raise InputError("queue.url", "DOORPLATE_QUEUE_URL 用不了: 要写成 sqlite:///文件, postgresql://… 或 redis://…")
