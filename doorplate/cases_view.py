"""What the residents' door may do with matters, and what it may see of them: the door is handed a `PublicCases` and reaches
nothing else.

Everything a resident may read back is listed here field by field. Nothing here names a household.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from doorplate.cases.case import CaseKind, CaseStatus, Step


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several: a category, a service to book, a person a direct-line matter may name. id goes back with the form."""

    id: str
    words: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class AskForm:
    """What the form for one kind needs. consent_version and consent_words: what a resident agrees to who leaves name or phone;
    why_contact: the reason they are asked. days: bookable days, the first offered first. hours: how long the first level has,
    in words' number."""

    kind: CaseKind
    standard_address: str
    community: str
    categories: Sequence[Choice]
    services: Sequence[Choice]
    people: Sequence[Choice]
    days: Sequence[date]
    hours: int
    why_contact: str
    consent_version: str
    consent_words: str
    sample: bool


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came: bytes never trusted. name: the sender's file name, for messages only."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class AskRequest:
    """What was filled in. client_id: 32 hex digits; sure_not_emergency: sent after the page had pointed to 110."""

    client_id: str
    plate_code: str
    kind: CaseKind
    category: str
    text: str
    photos: Sequence[Upload] = ()
    voice: Upload | None = None
    name: str = ""
    phone: str = ""
    consent: str = ""
    service_id: str = ""
    wanted_day: date | None = None
    wanted_part: str = ""
    about: Sequence[str] = ()
    sure_not_emergency: bool = False
    language: str = "zh"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the resident keeps. number: grouped for reading; hours: within which an answer or the next person is due."""

    number: str
    pin: str
    asked_at: datetime
    hours: int
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class StepView:
    """One line of the matter's way, for the resident: when, what, by whom (role and, for officials, name), and the words."""

    at: datetime
    step: Step
    by: str
    words: str


@dataclass(frozen=True, slots=True)
class FileView:
    """id: to fetch it with `PublicCases.file`."""

    id: str
    kind: str
    mimetype: str
    width: int
    height: int
    seconds: float


@dataclass(frozen=True, slots=True)
class FollowView:
    """A matter as the resident who has receipt and PIN may see it."""

    number: str
    kind: CaseKind
    category: str
    status: CaseStatus
    standard_address: str
    community: str
    asked_at: datetime
    due_at: datetime | None
    owner: str
    text: str
    files: Sequence[FileView]
    steps: Sequence[StepView]
    service: str
    wanted_day: date | None
    wanted_part: str
    left_contact: bool
    rating: int | None
    may_rate: bool
    may_reopen: bool
    may_add: bool
    may_withdraw: bool
    sample: bool


class PublicCases(Protocol):
    """All the residents' door can do with matters. `receipt` in any spelling; every method that takes receipt and PIN raises
    NotFound(case.unknown) for a pair that does not fit (the same for either being wrong) and Refused(case.locked) after too
    many tries. Every method may raise Unavailable."""

    def form(self, plate_code: str, kind: CaseKind, language: str = "zh") -> AskForm:
        """language: of the categories, the services and the consent. Raises NotFound(plate.unknown) for a plate not in use."""

    def ask(self, request: AskRequest) -> Receipt:
        """Takes the matter in: when this returns it is on disk. The same client_id gives the same receipt and PIN.
        Raises InputError(case.*, media.*) naming the `field` that must change; Refused(case.emergency) with `numbers` when the
        words speak of an emergency and sure_not_emergency is not set."""

    def follow(self, receipt: str, pin: str) -> FollowView: ...

    def file(self, receipt: str, pin: str, file_id: str) -> tuple[str, bytes]:
        """Mimetype and bytes. Raises NotFound(case.unknown)."""

    def add(self, receipt: str, pin: str, words: str, photos: Sequence[Upload] = ()) -> FollowView:
        """More to the same matter. Raises InputError, Refused(case.closed)."""

    def rate(self, receipt: str, pin: str, stars: int) -> FollowView:
        """1–5, once, after the answer. Raises InputError(case.rating), Refused(case.not_answered, case.rated)."""

    def reopen(self, receipt: str, pin: str, words: str) -> FollowView:
        """Raises Refused(case.not_answered, case.reopened_enough)."""

    def withdraw(self, receipt: str, pin: str) -> FollowView:
        """Ends the matter and deletes its personal part: texts, contact, files."""
