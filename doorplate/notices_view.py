"""What the notices' room may see and do: the desk is handed a `NoticeDesk`, which lets everybody write for their
own areas only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from doorplate.people.account import Actor

NoticeState = Literal["showing", "coming", "over"]
NOTICE_FIELDS = ("area", "kind", "title", "body", "link", "from", "until", "title_en", "body_en")


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One notice. area_name: of the division or grid, "" everywhere."""

    id: str
    area: str
    area_name: str
    kind: Literal["warning", "news"]
    title: str
    first: date
    last: date
    state: NoticeState


@dataclass(frozen=True, slots=True)
class NoticePage:
    lines: Sequence[NoticeLine]
    show: NoticeState
    counts: Mapping[str, int]
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class NoticeSheet:
    """One notice opened. values: by `NOTICE_FIELDS`, as a form holds them. history: (when, who, what, why)."""

    line: NoticeLine
    values: Mapping[str, str]
    version: int
    history: Sequence[tuple[datetime, str, str, str]]


class NoticeDesk(Protocol):
    """Every method may raise NotPermitted(permission.denied), NotFound(notice.unknown) also for what is of other areas."""

    def notices(self, actor: Actor, show: NoticeState, page: int) -> NoticePage: ...

    def areas(self, actor: Actor) -> Sequence[tuple[str, str]]:
        """(code, name) of the areas this person may write for."""

    def open(self, actor: Actor, notice_id: str) -> NoticeSheet: ...

    def check(self, actor: Actor, values: Mapping[str, str]) -> None:
        """Raises InputError(notice.…) as `post`; writes nothing."""

    def post(self, actor: Actor, values: Mapping[str, str]) -> str:
        """The notice's id. Raises InputError(notice.invalid, notice.area), Refused(notice.known)."""

    def change(self, actor: Actor, notice_id: str, version: int, values: Mapping[str, str]) -> None:
        """Raises Refused(store.stale) where somebody was quicker."""

    def end(self, actor: Actor, notice_id: str, version: int, reason: str) -> None: ...
