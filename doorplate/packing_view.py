"""What the packing table's page may see and do: the door is handed a `PackingDesk` and reaches nothing else of the registry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class BoxView:
    """One box: how many slots, how many are filled, how many plates are missing or spoilt. state: in words."""

    number: int
    total: int
    zone: str
    plates: int
    packed: int
    lost: int
    damaged: int
    state: str
    open: bool


@dataclass(frozen=True, slots=True)
class DueView:
    """The plate that comes next: its box and slot (from 1), what is painted on it, its code in groups."""

    box: int
    slot: int
    painted: str
    code: str


@dataclass(frozen=True, slots=True)
class TableView:
    """How packing of one batch stands. due: None when everything is packed or accounted for."""

    batch: str
    community: str
    plates: int
    packed: int
    boxes: Sequence[BoxView]
    due: DueView | None
    sample: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What the table says to a scan or an act. headline: the few words to be read from two metres away."""

    accepted: bool
    headline: str
    message: str
    table: TableView


class PackingDesk(Protocol):
    """The packing table of one batch. Every method may raise Refused, NotFound, Unavailable."""

    def view(self) -> TableView:
        """How packing stands."""

    def scan(self, text: str) -> Answer:
        """A plate held under the scanner."""

    def absent(self, kind: Literal["lost", "damaged"], reason: str) -> Answer:
        """The plate that is due is missing or spoilt."""

    def seal(self, number: int) -> Answer:
        """Closes a box."""
