"""What a serving process does beside answering: hand on the counts, let the clock of matters tick. One thread a process."""

from __future__ import annotations

import fcntl
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from doorplate.errors import DoorplateError


@dataclass(frozen=True, slots=True)
class Chore:
    """every_s: from one beginning to the next. at_end: once more when the process stops. alone: by one process of this machine
    only (a lock on `Caretaker.lock`), whichever has it."""

    name: str
    act: Callable[[], object]
    every_s: float
    at_end: bool = False
    alone: bool = False


class Caretaker:
    """Runs chores until stopped; what fails is tried again next time."""

    def __init__(self, chores: Sequence[Chore], lock: Path | None = None) -> None:
        self._chores, self._lock = tuple(chores), lock
        self._held: int | None = None
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """In the process that is to do them: after a fork."""
        self._thread = threading.Thread(target=self._run, name="doorplate-chores", daemon=True)
        self._thread.start()

    def stop(self, patience_s: float = 5) -> None:
        """Ends the thread and does what is to be done at the end."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(patience_s)
        for chore in self._chores:
            if chore.at_end:
                self.do(chore)
        self._release()

    def do(self, chore: Chore) -> None:
        """One chore, once."""
        if chore.alone and not self._alone():
            return
        try:
            chore.act()
        except DoorplateError as exc:
            structlog.get_logger().warning("chore.failed", chore=chore.name, code=exc.code)

    def _run(self) -> None:
        try:
            self._go_on()
        finally:
            if not self._stopping.is_set():
                self._give_up()

    def _give_up(self) -> None:
        """Something nobody foresaw ended the thread: a process that goes on answering without its chores, and holds the lock,
        would stop counts and clocks for good. It ends in order, and the server starts another in its place."""
        structlog.get_logger().error("chores.ended")
        self._release()
        os.kill(os.getpid(), signal.SIGTERM)

    def _release(self) -> None:
        if self._held is not None:
            os.close(self._held)
            self._held = None

    def _go_on(self) -> None:
        due = {chore.name: time.monotonic() + chore.every_s for chore in self._chores}
        while not self._stopping.wait(max(0.0, min(due.values(), default=3600.0) - time.monotonic())):
            for chore in self._chores:
                if time.monotonic() >= due[chore.name]:
                    due[chore.name] = time.monotonic() + chore.every_s
                    self.do(chore)

    def _alone(self) -> bool:
        """The kernel gives the lock back when its process ends, however it ends: another one then takes over."""
        if self._lock is None or self._held is not None:
            return True
        handle = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            return False
        self._held = handle
        return True
