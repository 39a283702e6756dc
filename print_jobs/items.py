"""What stands in the slots of a sheet: plates, and the cards that part one installation zone from the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from doorplate.model import BatchPlate


@dataclass(frozen=True, slots=True)
class ZoneCard:
    """Lies on top of a zone's plates in the pile. zone, grid: codes; plates: how many follow; first, last: what is painted on the
    first and the last of them."""

    zone: str
    grid: str
    plates: int
    first: str
    last: str


Item = BatchPlate | ZoneCard


def card_for(plates: Sequence[BatchPlate]) -> ZoneCard:
    """The card that lies on these plates of one zone."""
    first, last = plates[0], plates[-1]
    return ZoneCard(first.zone, first.grid, len(plates), first.painted, last.painted)
