"""A helper program that opens workbooks, so that one which takes all memory or time takes nothing of ours."""

from __future__ import annotations

import json
import marshal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from doorplate.exchange.limits import Limits
from doorplate.helpers.process import HelperProcess, Kept

_OWN = {"OPENBLAS_NUM_THREADS": "1"}  # a thread takes memory even when unused


class Refused(Exception):
    """The helper could not open the workbook. code, why: as `sheet_child` tells them."""

    def __init__(self, code: str, why: str = "") -> None:
        super().__init__(code)
        self.code, self.why = code, why


@contextmanager
def opened(task: Literal["cells", "marks"], path: Path, limits: Limits) -> Iterator[Iterator[tuple[Any, ...]]]:
    """The frames that `sheet_child` tells about a workbook; reading them raises Refused."""
    with _kept.taken(limits.seconds) as helper:
        yield helper.frames({"task": task, "path": str(path.resolve()), "limits": asdict(limits)})


class _Helper(HelperProcess):
    def __init__(self) -> None:
        super().__init__("doorplate.exchange.formats.sheet_child", _OWN)

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


_kept = Kept(_Helper)
_idle = _kept.idle
stop_idle = _kept.stop_idle
