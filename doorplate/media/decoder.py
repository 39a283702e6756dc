"""The helper program that decodes what strangers send, so that a file which takes all memory or time takes nothing of ours."""

from __future__ import annotations

import json
import os
import threading
from contextlib import suppress
from dataclasses import asdict
from typing import Any, Literal

from doorplate.errors import Unavailable
from doorplate.helpers.process import HelperProcess, Kept
from doorplate.media.limits import LIMITS, MediaLimits

_turns = threading.BoundedSemaphore(LIMITS.children)


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
        with _kept.taken(limits.seconds) as helper:
            return helper.answer(task, data, limits)
    finally:
        turns.release()


class _Helper(HelperProcess):
    def __init__(self) -> None:
        super().__init__("doorplate.media.decoder_child", {}, cwd="/")

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


def _begin_anew() -> None:
    """In a process forked from this one: turns taken belong to the other."""
    global _turns  # noqa: PLW0603 - a lock held by a thread that does not exist here can never be given back
    _turns = threading.BoundedSemaphore(LIMITS.children)


os.register_at_fork(after_in_child=_begin_anew)
_kept = Kept(_Helper)
_idle = _kept.idle
stop_idle = _kept.stop_idle
