"""What the register's room may see and do: the desk is handed a `RegisterDesk`; scope and rights are decided behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol

from doorplate.model import AddressStatus, PlateStatus
from doorplate.people.account import Actor
from doorplate.review_view import HistoryLine, PlateEffect, ReviewMap

Only = Literal["", "no_plate", "finding"]
ActKind = Literal["verify", "correct", "retire", "assign", "merge"]
ELEMENT_FIELDS = ("hamlet", "street", "lane", "number", "suffix", "compound", "building", "unit", "floor", "room")


@dataclass(frozen=True, slots=True)
class RegisterAsk:
    """find: what was typed (address, old name, pinyin, code), "" = everything of the community. community: 12 digits, "" = the
    first one in sight, or all of them while finding. grid: an area's id. only: doors without a plate, or with an open finding."""

    find: str = ""
    community: str = ""
    status: AddressStatus | Literal[""] = ""
    grid: str = ""
    only: Only = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One door. place: its standard address below the community's; village: the community's name. plates: (code in groups,
    state). formerly: the old name by which it was found, "" else."""

    id: str
    place: str
    village: str
    street: str
    number: str
    status: AddressStatus
    grid: str
    plates: Sequence[tuple[str, PlateStatus]] = ()
    formerly: str = ""


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """A page of doors. total: of all that match, None where it was not counted (there are more than shown). communities and
    grids: (code or id, name) to choose from. counts: of the community, by status. common: what was typed fits too much."""

    rows: Sequence[RegisterRow]
    total: int | None
    page: int
    more: bool
    ask: RegisterAsk
    communities: Sequence[tuple[str, str]]
    grids: Sequence[tuple[str, str]]
    counts: Mapping[str, int]
    common: bool = False


@dataclass(frozen=True, slots=True)
class PlateLine:
    code: str
    status: PlateStatus
    kind: str


@dataclass(frozen=True, slots=True)
class FindingLine:
    id: str
    kind: str
    message: str
    proposal: str


@dataclass(frozen=True, slots=True)
class NameLine:
    """One link of the chain old → new."""

    old: str
    new: str
    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class HouseholdLine:
    """A household, masked. head: "" where none is known."""

    id: str
    head: str
    members: int | None


@dataclass(frozen=True, slots=True)
class AddressSheet:
    """One door opened. elements: by `ELEMENT_FIELDS`. households: how many; may_see: whether the asker may
    have them shown, masked. visits: how many. version: what acts bring back. undoable: the last act on it that can be taken
    back."""

    row: RegisterRow
    standard: str
    community: str
    elements: Mapping[str, str]
    kind: str
    name: str
    names: Sequence[NameLine]
    plates: Sequence[PlateLine]
    findings: Sequence[FindingLine]
    households: int
    may_see: bool
    visits: int
    history: Sequence[HistoryLine]
    map: ReviewMap
    may_change: bool
    version: int
    undoable: str = ""


@dataclass(frozen=True, slots=True)
class ActAsked:
    """An act as a person fills it in. elements: by `ELEMENT_FIELDS`, for correct and assign; into: the standard address, or its
    part below the community, of the door this one is merged into. point: (lon, lat) degrees, None as it is."""

    kind: ActKind
    reason: str
    evidence: str = ""
    effective_on: str = ""
    elements: Mapping[str, str] = field(default_factory=dict)
    into: str = ""
    point: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What an act would do; writes nothing. lines: (standard address before, after), "" where there is none."""

    lines: Sequence[tuple[str, str]]
    effect: PlateEffect


@dataclass(frozen=True, slots=True)
class DayPage:
    """The register as of a day, or what changed between two. lines: (before, after, reason)."""

    community: str
    village: str
    lines: Sequence[tuple[str, str, str]]
    total: int
    page: int
    pages: int
    counts: Mapping[str, int]


class RegisterDesk(Protocol):
    """Every method may raise NotFound(address.unknown, community.unknown), also for what is outside the asker's areas,
    NotPermitted(permission.denied), Unavailable."""

    def search(self, actor: Actor, ask: RegisterAsk) -> RegisterPage: ...

    def open(self, actor: Actor, address_id: str) -> AddressSheet: ...

    def households(self, actor: Actor, address_id: str) -> Sequence[HouseholdLine]:
        """Masked; that somebody looked is on disk when it returns."""

    def preview(self, actor: Actor, community: str, address_id: str, version: int, act: ActAsked) -> Foreseen:
        """address_id "" for assign. Raises Refused as the act itself, InputError(register.date, register.point,
        register.into)."""

    def act(self, actor: Actor, community: str, address_id: str, version: int, act: ActAsked) -> tuple[str, str]:
        """(id of the address, id of the act, which undoes it). Raises Refused(store.stale) for a page that is old."""

    def undo(self, actor: Actor, act_id: str, reason: str) -> None:
        """Raises NotFound(settlement.unknown), Refused(undo.…)."""

    def as_of(self, actor: Actor, community: str, day: str, page: int) -> DayPage:
        """Raises InputError(register.date)."""

    def changes(self, actor: Actor, community: str, start: str, end: str, page: int) -> DayPage: ...
