"""The owner's side: a helper program is started once and kept for the next file, since its start takes longer than most files do.
It ends with this process."""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Generic, TypeVar

import doorplate


class HelperProcess:
    """A running helper; is_ready: it waits for work. module: what it runs, as `python -m`; own: what stands in its environment
    beside path and language, nothing of ours goes along."""

    def __init__(self, module: str, own: Mapping[str, str], cwd: str | None = None) -> None:
        root = str(Path(doorplate.__file__).resolve().parent.parent)
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": root, "LANG": "C.UTF-8", "PATH": os.environ.get("PATH", ""), **own},
            cwd=cwd,
            start_new_session=True,
        )
        self.is_ready = True

    def is_alive(self) -> bool:
        return self.is_ready and self._process.poll() is None

    def kill(self) -> None:
        """End it and what it started."""
        self.is_ready = False
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def stop(self) -> None:
        """End it for good."""
        self.kill()
        with suppress(BrokenPipeError):
            self._process.communicate()


H = TypeVar("H", bound=HelperProcess)


class Kept(Generic[H]):
    """The helpers of one kind. idle: those that wait, one at most; a process forked from this one starts its own."""

    def __init__(self, start: Callable[[], H]) -> None:
        self._start = start
        self.idle: list[H] = []
        os.register_at_fork(after_in_child=self.idle.clear)
        atexit.register(self.stop_idle)

    @contextmanager
    def taken(self, seconds: float) -> Iterator[H]:
        """A helper for one file, killed when that takes longer; kept afterwards if it is ready for another."""
        helper = self._waiting() or self._start()
        clock = threading.Timer(seconds, helper.kill)
        clock.start()
        try:
            yield helper
        finally:
            clock.cancel()
            if helper.is_ready and not self.idle:
                self.idle.append(helper)
            else:
                helper.stop()

    def stop_idle(self) -> None:
        """End the helper that waits; the next file starts a new one."""
        while self.idle:
            self.idle.pop().stop()

    def _waiting(self) -> H | None:
        while True:
            try:
                helper = self.idle.pop()
            except IndexError:
                return None
            if helper.is_alive():
                return helper
            helper.stop()
