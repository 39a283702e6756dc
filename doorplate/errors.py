"""One family of errors with stable codes.

A code is `thing.fact` (`list.not_a_table`, `batch.address_unverified`) and never changes once
published; the message is for people, in Chinese, one line. The command line prints
`code: message` and exits with 2; only the web turns them into HTTP numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class DoorplateError(Exception):
    """The base. `details` are plain values (file, sheet, row, code …), never objects of ours."""

    def __init__(self, code: str, message: str, **details: Any) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.details = details


class InputError(DoorplateError):
    """What came in cannot be used at all: wrong file, wrong arguments, wrong village."""


class NotFound(DoorplateError):
    """The thing named does not exist."""


class NotPermitted(DoorplateError):
    """The thing exists; this caller may not do that."""


class Refused(DoorplateError):
    """A rule of the house forbids it: stale version, wrong state, retired code."""


class PreflightFailed(DoorplateError):
    """A batch is stopped before ink. `problems` lists every reason, one line each."""

    def __init__(self, code: str, message: str, problems: Sequence[str], **details: Any) -> None:
        super().__init__(code, message, **details)
        self.problems = tuple(problems)


class Unavailable(DoorplateError):
    """Something this needs is missing on the machine or does not answer just now."""
