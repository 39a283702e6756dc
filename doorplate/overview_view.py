"""What the overview may show: the desk is handed an `Overview`. Counts only, never a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from doorplate.people.account import Actor

Level = Literal["county", "township", "village"]
DEFECTS = ("duplicate", "wrong", "omitted", "incomplete", "damaged", "disordered")
"""重 错 漏 缺 损 乱; faults of points are counted with what is wrong."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a village (or all below a division) stands. doors: in use. homeless: households without a door; wrong_wall: plates
    whose address somebody doubts: both must be 0. findings: open ones by class of `DEFECTS`. late: matters open and overdue;
    in_day: of the matters answered in the last 30 days, how many within 24 hours, answered: of how many. visits: last 30 days.
    waiting: reports to be reviewed."""

    code: str
    name: str
    doors: int = 0
    verified: int = 0
    plates: int = 0
    mounted: int = 0
    homeless: int = 0
    wrong_wall: int = 0
    findings: Mapping[str, int] = field(default_factory=dict)
    matters: int = 0
    late: int = 0
    visits: int = 0
    waiting: int = 0
    villages: int = 1


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """lines: villages, or divisions where within holds several. within: the division looked into, "" = all in sight; path: the
    divisions above it, (code, name). as_of: when it was counted. weeks: (Monday, doors verified, plates mounted) of twelve weeks,
    of the whole registry."""

    lines: Sequence[Standing]
    total: Standing
    within: str
    path: Sequence[tuple[str, str]]
    page: int
    pages: int
    order: str
    as_of: datetime
    weeks: Sequence[tuple[str, int, int]] = ()


class Overview(Protocol):
    """Raises NotFound(division.unknown) for what is outside the asker's areas, NotPermitted(permission.denied), Unavailable."""

    def overview(self, actor: Actor, within: str, order: str, page: int) -> OverviewPage:
        """order: a number of `Standing` (most first), "" = by code."""
