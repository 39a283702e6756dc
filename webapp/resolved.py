"""The registry as the views see it: the same, and it is remembered within a request what its codes turned out to be.

What is kept, counted or raises an alarm afterwards knows it from here, so that no view has to say it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import g

from doorplate.public_view import PublicRegistry, Resolution


class Remembering:
    """A PublicRegistry over another one."""

    def __init__(self, behind: PublicRegistry) -> None:
        self._behind = behind

    def resolve(self, code: str) -> Resolution:
        found = self._behind.resolve(code)
        g.setdefault("resolved", {})[code] = found
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._behind, name)


def resolved() -> Mapping[str, Resolution]:
    """Code → what it stands for, of all this request asked for."""
    found: Mapping[str, Resolution] = g.get("resolved", {})
    return found
