"""What stands in the slots of a sheet: plates, and the cards that part one installation zone from the next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

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


def with_cards(plates: Sequence[BatchPlate]) -> Iterator[Item]:
    """The plates, which are in walking order, with a card before each zone's."""
    for zone, group in groupby(plates, key=lambda plate: plate.zone):
        there = list(group)
        yield ZoneCard(zone, there[0].grid, len(there), there[0].painted, there[-1].painted)
        yield from there
