"""A print job: a frozen batch with everything that decides what its volumes look like, and what came of it."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from doorplate.model import BatchPlate, PrintBatch
from print_jobs.batch import to_bytes
from print_jobs.fonts import FontSet
from print_jobs.imposition import Imposition
from print_jobs.items import Item, with_cards
from print_jobs.plate_design import PlateDesign
from print_jobs.sheet import Sheet, arrange, plates_per_volume


@dataclass(frozen=True, slots=True)
class BatchReport:
    """What lies in the folder `out` now. again: it was all there before, and its hashes were found right."""

    batch_id: str
    out: Path
    plates: int
    pages: int
    volumes: tuple[str, ...]
    again: bool


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How plates are put on sheets. stacked: cut-and-stack. cards: a divider before each installation zone. used: slots taken on
    partly used sheets, which are filled first. copies: of every plate."""

    stacked: bool = False
    cards: bool = False
    used: tuple[int, ...] = ()
    copies: int = 1


@dataclass(frozen=True, slots=True)
class Volume:
    """A piece of the batch that becomes one PDF: its number from 1, how many plates come before it, what stands on its pages."""

    number: int
    before: int
    items: tuple[Item, ...]
    imposition: Imposition

    @property
    def plates(self) -> tuple[BatchPlate, ...]:
        return tuple(item for item in self.items if isinstance(item, BatchPlate))

    @property
    def pages(self) -> int:
        return self.imposition.page_count(len(self.items))


@dataclass(frozen=True)
class PrintJob:
    """What is printed, how, on what; volume_size is the most plates a volume may have."""

    batch: PrintBatch
    design: PlateDesign
    sheet: Sheet
    fonts: FontSet
    volume_size: int
    arrangement: Arrangement = Arrangement()

    @cached_property
    def volumes(self) -> tuple[Volume, ...]:
        """The batch in volumes of whole pages."""
        how, slots = self.arrangement, len(arrange(self.design.face, self.sheet).slots)
        size = plates_per_volume(self.volume_size, slots)
        plates = tuple(plate for plate in self.batch.plates for _ in range(how.copies))
        found = []
        for number, start in enumerate(range(0, len(plates), size), 1):
            there = plates[start:start + size]
            items = tuple(with_cards(there)) if how.cards else there
            used = how.used if number == 1 else ()
            found.append(Volume(number, start, items, Imposition(slots, used, how.stacked)))
        return tuple(found)

    @property
    def pages(self) -> int:
        """Pages of all volumes together."""
        return sum(volume.pages for volume in self.volumes)

    @cached_property
    def identity(self) -> bytes:
        """What batch.json says: the same for the same batch, design, sheet, font and volume size, and for these only."""
        forms = [self.design.model_dump_json(), self.sheet.model_dump_json(), self.fonts.digest]
        sources = hashlib.sha256("\n".join(forms).encode()).hexdigest()
        job = {"sheet": self.sheet.name, "volume_size": self.volume_size, "arrangement": asdict(self.arrangement)}
        return to_bytes(self.batch, {**job, "sources_sha256": sources})
