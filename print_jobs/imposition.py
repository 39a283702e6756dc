"""Which item stands in which slot of which page, so that the cut pile needs no sorting.

Sheets that are partly used already are filled first, in reading order. The rest is filled in reading order too, or cut-and-stack:
slot by slot through all the pages, so that the piles a guillotine leaves, laid on each other from slot 1 on, are in order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item stands in a volume: page and slot, both counted from 1."""

    page: int
    slot: int


@dataclass(frozen=True, slots=True)
class Imposition:
    """slots: of a page. used: slots taken already on the first sheets, one number a sheet. stacked: cut-and-stack."""

    slots: int
    used: tuple[int, ...] = ()
    stacked: bool = False

    def page_count(self, items: int) -> int:
        """Pages that so many items take."""
        pages = 0
        for used in self.used:
            if items <= 0:
                return pages
            pages, items = pages + 1, items - (self.slots - used)
        return pages + -(-max(items, 0) // self.slots)

    def place(self, index: int, items: int) -> Place:
        """Where the item with this index (from 0) of so many stands."""
        for page, used in enumerate(self.used, 1):
            free = self.slots - used
            if index < free:
                return Place(page, used + index + 1)
            index, items = index - free, items - free
        before = len(self.used)
        if not self.stacked:
            return Place(before + index // self.slots + 1, index % self.slots + 1)
        height = -(-items // self.slots)
        return Place(before + index % height + 1, index // height + 1)

    def pages(self, items: int) -> Iterator[tuple[int | None, ...]]:
        """Page after page, what stands in its slots: the index of an item, None where the slot stays empty."""
        index = 0
        for used in self.used:
            if index >= items:
                return
            found = range(index, min(index + self.slots - used, items))
            yield (None,) * used + tuple(found) + (None,) * (self.slots - used - len(found))
            index += len(found)
        rest = items - index
        height = -(-rest // self.slots)
        step, across = (height, 1) if self.stacked else (1, self.slots)
        for page in range(height):
            there = (page * across + slot * step for slot in range(self.slots))
            yield tuple(index + i if i < rest else None for i in there)
