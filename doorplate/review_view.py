"""What the review pages may see and do: the desk is handed a `ReviewDesk`; scope and rights are decided behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from doorplate.field.records import ItemStatus, Verdict
from doorplate.people.account import Actor

ReviewShow = Literal["clean", "soft", "hard", "flagged", "mine", "done", "all"]


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One line of the queue. sender: name and role. own: the asker sent it, so may not decide it."""

    id: str
    kind: str
    operation: str
    place: str
    fields: Sequence[str]
    verdict: Verdict
    flags: Sequence[str]
    sender: str
    captured_at: datetime
    received_at: datetime
    status: ItemStatus
    own: bool


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """A page of the queue; counts: how many each show has."""

    rows: Sequence[ReviewRow]
    total: int
    page: int
    pages: int
    show: ReviewShow
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class FieldCompared:
    """One field of the card. state: same (not touched), clean (only proposed changed it), soft, hard (both changed it),
    moot (both made it the same). base, current, proposed: as a person reads them. value: what amending starts from."""

    name: str
    label: str
    base: str
    current: str
    proposed: str
    state: Literal["same", "clean", "soft", "hard", "moot"]
    value: str = ""


@dataclass(frozen=True, slots=True)
class ReviewMap:
    """Points to draw, degrees lon/lat: what each is ("base", "current", "proposed", "phone", "near") and its words."""

    points: Sequence[tuple[str, float, float, str]]
    metres: float | None


@dataclass(frozen=True, slots=True)
class ReviewCard:
    """One item opened. history: (when, who, what) of its address. near: other waiting items of the same subject.
    may_decide: False with why_not in words (own item, not in their area)."""

    row: ReviewRow
    compared: Sequence[FieldCompared]
    reason: str
    note: str
    flags: Sequence[tuple[str, str]]
    map: ReviewMap
    photos: Sequence[str]
    voices: Sequence[str]
    history: Sequence[tuple[datetime, str, str]]
    near: Sequence[ReviewRow]
    may_decide: bool
    why_not: str
    version: int
    previous_id: str
    next_id: str


@dataclass(frozen=True, slots=True)
class Decided:
    """done: how many; not_done: (item id, why in words) of those that were not."""

    done: int
    not_done: Sequence[tuple[str, str]] = ()


class ReviewDesk(Protocol):
    """Every method may raise NotFound(item.unknown), NotPermitted(permission.denied, review.own), Refused(store.stale,
    review.decided) and what the registry refuses (address.number_taken …), Unavailable."""

    def queue(self, actor: Actor, show: ReviewShow, page: int) -> ReviewPage: ...

    def open(self, actor: Actor, item_id: str) -> ReviewCard: ...

    def file(self, actor: Actor, item_id: str, file_id: str) -> tuple[str, bytes]: ...

    def approve(self, actor: Actor, item_id: str, version: int, choices: Mapping[str, Any] | None = None) -> None:
        """choices: for hard fields what holds ("current" or "proposed"), required for each of them: Refused(review.undecided)."""

    def amend(self, actor: Actor, item_id: str, version: int, values: Mapping[str, str], words: str) -> None:
        """Approves with other values; words go back to the phone."""

    def reject(self, actor: Actor, item_id: str, version: int, words: str) -> None:
        """Raises InputError(review.no_words)."""

    def approve_clean(self, actor: Actor, item_ids: Sequence[str]) -> Decided:
        """Many at once: only those that compare clean now."""
