"""What the review pages may see and do: the desk is handed a `ReviewDesk`; scope and rights are decided behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from doorplate.field.records import ItemStatus, Verdict
from doorplate.people.account import Actor, Role

ReviewShow = Literal["all", "clean", "soft", "hard", "flagged", "mine", "done"]
ReviewOrder = Literal["oldest", "newest"]
"""By when they came in."""


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One line of the queue. sender: their name; role: held today. own: the asker sent it, so may not decide it. street, number:
    as painted, "" where the address has none. verdict: as it compares now, of a decided one as it was decided."""

    id: str
    kind: str
    operation: str
    place: str
    fields: Sequence[str]
    verdict: Verdict
    flags: Sequence[str]
    sender: str
    role: Role | Literal[""]
    captured_at: datetime
    received_at: datetime
    status: ItemStatus
    own: bool
    street: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class ReviewAsk:
    """What of the queue is asked for. page counts from 1. find: part of an address or of a sender's name."""

    show: ReviewShow = "all"
    page: int = 1
    order: ReviewOrder = "oldest"
    find: str = ""


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """A page of the queue; counts: how many each show has. area: where the asker may decide, in words, "" nowhere."""

    rows: Sequence[ReviewRow]
    total: int
    page: int
    pages: int
    ask: ReviewAsk
    counts: Mapping[str, int]
    area: str = ""


@dataclass(frozen=True, slots=True)
class FieldCompared:
    """One field of the card. state: same (not touched), clean (only proposed changed it), soft (only the register did), hard
    (both did), moot (both made it the same). base, current, proposed: as a person reads them; of status and place_kind the id,
    which the page words. value: what amending starts from, None where it cannot be amended here."""

    name: str
    base: str
    current: str
    proposed: str
    state: Literal["same", "clean", "soft", "hard", "moot"]
    value: str | None = None


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """Something that was done to an address or its plates. who: a name, "" = nobody in person. verb: of the event; fields: what
    changed; before, after: standard addresses where that changed; reason: as it was given."""

    at: datetime
    who: str
    verb: str
    fields: Sequence[str]
    reason: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class ReviewMap:
    """Points to draw, degrees lon/lat: what each is ("base", "current", "proposed", "phone", "near") and its words.
    metres: from where it stands now to where it would be; from there to the phone. outlines: rings of its grid."""

    points: Sequence[tuple[str, float, float, str]]
    metres: float | None
    phone_metres: float | None = None
    outlines: Sequence[Sequence[tuple[float, float]]] = ()


@dataclass(frozen=True, slots=True)
class PlateEffect:
    """What approving does to metal: codes of plates to be made anew, and to be taken down."""

    new_metal: Sequence[str] = ()
    take_down: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ReviewCard:
    """One item opened. history: of its address, the latest first. near: other waiting items of the same subject. photos, voices:
    ids of files. flags: codes of what must be looked at. may_decide: False with why_not. version: grows with every change of the
    item and of what it speaks of. effect: of approving it as proposed; hindered: why that would be refused, in words. decided:
    (when, who, words) of a decided one. may_undo: approving it was an act that can be taken back."""

    row: ReviewRow
    compared: Sequence[FieldCompared]
    reason: str
    note: str
    flags: Sequence[str]
    map: ReviewMap
    photos: Sequence[str]
    voices: Sequence[str]
    history: Sequence[HistoryLine]
    near: Sequence[ReviewRow]
    may_decide: bool
    why_not: Literal["", "own", "decided", "area", "forgotten"]
    version: int
    previous_id: str
    next_id: str
    effect: PlateEffect = PlateEffect()
    hindered: str = ""
    decided: tuple[datetime, str, str] | None = None
    may_undo: bool = False


@dataclass(frozen=True, slots=True)
class CleanLine:
    """One line of the preview of approving many: what it changes and what that means for plates; why_not, in words: it stays."""

    row: ReviewRow
    changes: Sequence[FieldCompared]
    effect: PlateEffect = PlateEffect()
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """done: how many; not_done: (item id, why in words) of those that were not; undoable: items whose act can be taken back."""

    done: int
    not_done: Sequence[tuple[str, str]] = ()
    undoable: Sequence[str] = ()


class ReviewDesk(Protocol):
    """Every method may raise NotFound(item.unknown), NotPermitted(permission.denied, review.own), Refused(store.stale,
    review.decided) and what the registry refuses (address.number_taken …), Unavailable."""

    def queue(self, actor: Actor, ask: ReviewAsk) -> ReviewPage: ...

    def open(self, actor: Actor, item_id: str, ask: ReviewAsk | None = None) -> ReviewCard:
        """previous_id and next_id: in the order of what was asked. Opening a household's item is logged."""

    def file(self, actor: Actor, item_id: str, file_id: str) -> tuple[str, bytes]:
        """Mimetype and bytes. Raises NotFound(item.unknown, media.unknown)."""

    def approve(self, actor: Actor, item_id: str, version: int, choices: Mapping[str, Any] | None = None) -> None:
        """choices: for hard fields what holds ("current" or "proposed"), required for each of them: Refused(review.undecided)."""

    def amend(self, actor: Actor, item_id: str, version: int, values: Mapping[str, str], words: str) -> None:
        """Approves with other values; words go back to the phone. Raises InputError(review.no_words, review.value)."""

    def reject(self, actor: Actor, item_id: str, version: int, words: str) -> None:
        """Raises InputError(review.no_words, review.personal_data)."""

    def preview_clean(self, actor: Actor, item_ids: Sequence[str]) -> Sequence[CleanLine]:
        """What approving these together would do; writes nothing."""

    def approve_clean(self, actor: Actor, item_ids: Sequence[str]) -> Decided:
        """Many at once: only those that compare clean now, each an act of its own."""

    def undo(self, actor: Actor, item_ids: Sequence[str]) -> Decided:
        """Takes approvals back: the act is undone and the item waits again. done: how many."""
