"""A print job: a frozen batch with everything that decides what its volumes look like, and what came of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from doorplate.model import BatchPlate, PrintBatch
from print_jobs.batch import to_bytes
from print_jobs.fonts import Face
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
class Volume:
    """A piece of the batch that becomes one PDF: its number from 1, and how many plates of the batch come before it."""

    number: int
    before: int
    plates: tuple[BatchPlate, ...]


@dataclass(frozen=True)
class PrintJob:
    """What is printed, how, on what; volume_size is the most plates a volume may have."""

    batch: PrintBatch
    design: PlateDesign
    sheet: Sheet
    face: Face
    volume_size: int

    @cached_property
    def volumes(self) -> tuple[Volume, ...]:
        """The batch in volumes of whole pages."""
        size, plates = plates_per_volume(self.volume_size, self._slots), self.batch.plates
        return tuple(Volume(n, start, plates[start:start + size]) for n, start in enumerate(range(0, len(plates), size), 1))

    @property
    def pages(self) -> int:
        """Pages of all volumes together."""
        return sum(-(-len(volume.plates) // self._slots) for volume in self.volumes)

    @cached_property
    def identity(self) -> bytes:
        """What batch.json says: the same for the same batch, design, sheet, font and volume size, and for these only."""
        forms = [self.design.model_dump_json(), self.sheet.model_dump_json(), self.face.digest]
        sources = hashlib.sha256("\n".join(forms).encode()).hexdigest()
        return to_bytes(self.batch, {"sheet": self.sheet.name, "volume_size": self.volume_size, "sources_sha256": sources})

    @cached_property
    def _slots(self) -> int:
        return len(arrange(self.design.face, self.sheet).slots)
