"""A helper program that opens workbooks, so that one which takes all memory or time takes nothing of ours.

One helper is kept for the next workbook, since its start takes longer than most workbooks do. It ends with this process.
"""

from __future__ import annotations

import atexit
import json
import marshal
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

import doorplate
from doorplate.exchange.limits import Limits

_COMMAND = [sys.executable, "-m", "doorplate.exchange.formats.sheet_child"]
_idle: list[_Helper] = []  # one at most; a process forked from this one starts its own
os.register_at_fork(after_in_child=_idle.clear)


class Refused(Exception):
    """The helper could not open the workbook. code, why: as `sheet_child` tells them."""

    def __init__(self, code: str, why: str = "") -> None:
        super().__init__(code)
        self.code, self.why = code, why


@contextmanager
def opened(task: Literal["cells", "marks"], path: Path, limits: Limits) -> Iterator[Iterator[tuple[Any, ...]]]:
    """The frames that `sheet_child` tells about a workbook; reading them raises Refused."""
    helper = _waiting() or _Helper()
    clock = threading.Timer(limits.seconds, helper.kill)
    clock.start()
    try:
        yield helper.frames({"task": task, "path": str(path.resolve()), "limits": asdict(limits)})
    finally:
        clock.cancel()
        if helper.is_ready and not _idle:
            _idle.append(helper)
        else:
            helper.stop()


def _waiting() -> _Helper | None:
    while True:
        try:
            helper = _idle.pop()
        except IndexError:
            return None
        if helper.is_alive():
            return helper
        helper.stop()


class _Helper:
    """A running helper; is_ready: it waits for work."""

    def __init__(self) -> None:
        root = str(Path(doorplate.__file__).resolve().parent.parent)
        own = {"PYTHONPATH": root, "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"}  # a thread takes memory even when unused
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            _COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=own | {"PATH": os.environ.get("PATH", "")},
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
        self._process.communicate()

    def frames(self, wanted: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
        """The answer to one request. Raises Refused."""
        asked, answer = self._process.stdin, self._process.stdout
        if asked is None or answer is None:
            return
        self.is_ready, left = False, wanted["limits"]["told_bytes"]
        with suppress(BrokenPipeError):
            asked.write(json.dumps(wanted).encode() + b"\n")
            asked.flush()
        while len(head := answer.read(4)) == 4:
            size = int.from_bytes(head, "big")
            left -= size
            if left < 0:
                raise Refused("list.too_large")
            data = answer.read(size)
            if len(data) < size:
                break
            frame: tuple[Any, ...] = marshal.loads(data)  # noqa: S302 - written by our own child
            self.is_ready = frame[0] in ("end", "refused")
            if frame[0] == "refused":
                raise Refused(*frame[1:])
            if self.is_ready:
                return
            yield frame
        raise Refused("list.broken" if self._process.wait() in (0, 1) else "list.too_large")


@atexit.register
def stop_idle() -> None:
    """End the helper that waits; the next workbook starts a new one."""
    while _idle:
        _idle.pop().stop()
