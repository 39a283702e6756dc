"""What the page of a new village may show and do: the desk is handed an `Onboarding`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from doorplate.people.account import Actor

StepName = Literal["village", "areas", "list", "findings", "verified", "contacts", "services", "batch", "mounted"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step from list to wall. state: done, part (begun), missing, later (waits for another). done of total: what it counts, 0
    of 0 for what is only there or not. lacks: what is missing, as areas or kinds in words."""

    name: StepName
    state: Literal["done", "part", "missing", "later"]
    done: int = 0
    total: int = 0
    lacks: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Village:
    """One village on its way. steps_done: of how many."""

    code: str
    name: str
    steps_done: int
    steps: Sequence[Step]


class Onboarding(Protocol):
    """Every method may raise NotPermitted(permission.denied), NotFound(community.unknown) also for villages of others."""

    def villages(self, actor: Actor, page: int) -> tuple[Sequence[tuple[str, str]], int, int]:
        """(code, name) of those in sight; the page and how many pages."""

    def village(self, actor: Actor, code: str) -> Village: ...

    def open(self, actor: Actor, code: str) -> str:
        """A new village by its 12 digits; its name. Raises InputError(division.bad_code, division.unknown,
        division.not_community), Refused(community.known)."""
