"""The helper program that decodes what strangers send, so that a file which takes all memory or time takes nothing of ours.

One helper is kept for the next file, since its start takes longer than most files do. It ends with this process.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

import doorplate
from doorplate.errors import Unavailable
from doorplate.media.limits import LIMITS, MediaLimits

_COMMAND = [sys.executable, "-m", "doorplate.media.decoder_child"]
_turns = threading.BoundedSemaphore(LIMITS.children)
_idle: list[_Helper] = []  # one at most; a process forked from this one starts its own


class NotDecoded(Exception):
    """Nothing came of it. code: as `decoder_child` tells it, "too_hard" when a limit ended it, "broken" after a crash."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def decode(task: Literal["photo", "voice"], data: bytes, limits: MediaLimits) -> tuple[dict[str, Any], bytes]:
    """What the child tells about the file, and the file encoded anew. Raises NotDecoded; Unavailable(media.busy) when too many
    others are being decoded."""
    turns = _turns
    if not turns.acquire(timeout=limits.queue_seconds):
        raise Unavailable("media.busy", "现在上传照片和录音的人太多, 请过一会儿再试")
    try:
        helper = _waiting() or _Helper()
        clock = threading.Timer(limits.seconds, helper.kill)
        clock.start()
        try:
            return helper.answer(task, data, limits)
        finally:
            clock.cancel()
            if helper.is_ready and not _idle:
                _idle.append(helper)
            else:
                helper.stop()
    finally:
        turns.release()


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
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            _COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": root, "LANG": "C.UTF-8", "PATH": os.environ.get("PATH", "")},
            cwd="/",
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

    def answer(self, task: str, data: bytes, limits: MediaLimits) -> tuple[dict[str, Any], bytes]:
        """One file decoded. Raises NotDecoded."""
        asked, told = self._process.stdin, self._process.stdout
        if asked is None or told is None:
            raise NotDecoded("broken")
        self.is_ready = False
        with suppress(BrokenPipeError):
            asked.write(json.dumps({"task": task, "size": len(data), "limits": asdict(limits)}).encode() + b"\n" + data)
            asked.flush()
        facts, size = _head(told.readline(1000))
        answer = told.read(size) if 0 <= size <= limits.told_bytes else b""
        if facts is None or len(answer) != size:
            raise NotDecoded("broken" if self._process.wait() == 1 else "too_hard")
        self.is_ready = True
        if "refused" in facts:
            raise NotDecoded(str(facts["refused"]))
        return facts, answer


def _head(line: bytes) -> tuple[dict[str, Any] | None, int]:
    """What stands before the answer, read as what a program under attack may have written."""
    try:
        facts = json.loads(line)
        return facts, int(facts["size"])
    except (ValueError, TypeError, KeyError):
        return None, 0


@atexit.register
def stop_idle() -> None:
    """End the helper that waits; the next file starts a new one."""
    while _idle:
        _idle.pop().stop()


def _begin_anew() -> None:
    """In a process forked from this one: helpers and turns taken belong to the other."""
    global _turns  # noqa: PLW0603 - a lock held by a thread that does not exist here can never be given back
    _idle.clear()
    _turns = threading.BoundedSemaphore(LIMITS.children)


os.register_at_fork(after_in_child=_begin_anew)
