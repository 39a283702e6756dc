"""What the page for working matters may see and do: the desk is handed a `CaseDesk`, bound to one member of staff.

Scope is decided behind it: a matter this person may not see is `NotFound`, as if it did not exist (a direct-line matter that
names them or whose deputy they are, a matter of another area). Opening a matter is logged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from doorplate.cases.case import CaseKind, CaseStatus, Level
from doorplate.cases_view import FileView
from doorplate.people.account import Actor

Show = Literal["mine", "open", "overdue", "done"]


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One line of the list: no personal part, not even the text."""

    id: str
    number: str
    kind: CaseKind
    category: str
    place: str
    status: CaseStatus
    level: Level
    owner: str
    asked_at: datetime
    due_at: datetime | None
    overdue: bool
    urgent: bool


@dataclass(frozen=True, slots=True)
class CasePage:
    """A page of the list. total counts all that match; counts: how many each `Show` has."""

    rows: Sequence[CaseRow]
    total: int
    page: int
    pages: int
    show: Show
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class DeskStep:
    """One line of the trail: also what the resident does not see (public False)."""

    at: datetime
    step: str
    by: str
    words: str
    public: bool


@dataclass(frozen=True, slots=True)
class PersonChoice:
    """Whom a matter can be given to."""

    id: str
    words: str
    away: bool = False


@dataclass(frozen=True, slots=True)
class CaseSheet:
    """One matter, opened. name and phone: what the resident left, "" when nothing. near: other matters close by that may be the
    same."""

    row: CaseRow
    text: str
    name: str
    phone: str
    files: Sequence[FileView]
    steps: Sequence[DeskStep]
    service: str
    wanted: str
    about: Sequence[str]
    near: Sequence[CaseRow]
    people: Sequence[PersonChoice]
    may_settle: bool
    may_route: bool
    may_confirm_answered: bool
    version: int


class CaseDesk(Protocol):
    """Matters as one member of staff may work them. Every method may raise NotFound(case.unknown), Refused(store.stale) when
    somebody else was quicker, Unavailable."""

    @property
    def who(self) -> str:
        """Name and role of the member of staff, for the page's head."""

    def cases(self, show: Show, page: int) -> CasePage: ...

    def open(self, case_id: str) -> CaseSheet: ...

    def file(self, case_id: str, file_id: str) -> tuple[str, bytes]: ...

    def note(self, case_id: str, version: int, words: str) -> CaseSheet:
        """A remark colleagues see and the resident does not. Raises InputError(case.no_words)."""

    def route(self, case_id: str, version: int, to: str, words: str) -> CaseSheet:
        """Gives it to somebody else (a `PersonChoice.id`), with the reason. A new clock begins."""

    def settle(self, case_id: str, version: int, answer: str) -> CaseSheet:
        """办结 with the answer the resident will read: without one it cannot be settled, Refused(case.no_answer)."""

    def confirm_answered(self, case_id: str, version: int, how: Literal["page", "phone", "visit"], words: str) -> CaseSheet:
        """反馈: the resident has the answer."""


class Matters(Protocol):
    """The way from an account to the desk of the member of staff it belongs to."""

    def desk_for(self, actor: Actor) -> CaseDesk:
        """Raises NotPermitted(permission.denied, case.no_staff), NotFound(staff.unknown) for somebody who has left."""
