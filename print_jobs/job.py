"""One batch on its way through the press: in which design, on what paper, cut into volumes. Every step reads its work from here.

A volume is a pile: filled sheets that are cut together. Cut-and-stack keeps a zone whole in one pile as long as it fits there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path

from pydantic import TypeAdapter

from doorplate.errors import InputError
from doorplate.model import BatchPlate, PrintBatch
from print_jobs.batch import from_bytes, to_bytes
from print_jobs.folder import BatchFolder
from print_jobs.fonts import FontSet, fonts_of
from print_jobs.imposition import Imposition
from print_jobs.inks import FOUR_COLOURS, PressOptions
from print_jobs.items import Item, card_for
from print_jobs.plate_design import PlateDesign
from print_jobs.sheet import Sheet, arrange, cut_to_length, plates_per_volume

_MOST_COPIES = 99  # (D) more of one plate is a slip of the hand


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
    partly used sheets, which are filled first. copies: of every plate, one behind the other."""

    stacked: bool = False
    cards: bool = False
    used: tuple[int, ...] = ()
    copies: int = 1


AS_THEY_COME = Arrangement()


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
    """What is printed, how, on what; volume_size is the most plates and cards a volume may have."""

    batch: PrintBatch
    design: PlateDesign
    sheet: Sheet
    fonts: FontSet
    volume_size: int
    arrangement: Arrangement = AS_THEY_COME
    options: PressOptions = FOUR_COLOURS

    def __post_init__(self) -> None:
        """Raises as `require_arrangement`."""
        require_arrangement(self.arrangement, self.design, self.sheet)

    @cached_property
    def zones(self) -> tuple[tuple[BatchPlate, ...], ...]:
        """All copies of all plates, zone by zone in walking order."""
        plates = (plate for plate in self.batch.plates for _ in range(self.arrangement.copies))
        return tuple(tuple(there) for _, there in groupby(plates, key=lambda plate: plate.zone))

    @cached_property
    def paper(self) -> Sheet:
        """The sheet as the press gets it: a roll is cut into equal pieces, as long as the batch needs."""
        cards = len(self.zones) if self.arrangement.cards else 0
        return cut_to_length(self.sheet, self.design.face, sum(map(len, self.zones)) + cards)

    @cached_property
    def volumes(self) -> tuple[Volume, ...]:
        """The batch in volumes of whole pages."""
        how, slots = self.arrangement, len(arrange(self.design.face, self.paper).slots)
        found: list[Volume] = []
        before = 0
        for items in self._piles(slots):
            used = how.used if not found else ()
            found.append(Volume(len(found) + 1, before, items, Imposition(slots, used, how.stacked)))
            before += len(found[-1].plates)
        return tuple(found)

    @property
    def pages(self) -> int:
        """Pages of all volumes together."""
        return sum(volume.pages for volume in self.volumes)

    @property
    def plate_count(self) -> int:
        """Plates of all volumes together, copies included."""
        return len(self.batch.plates) * self.arrangement.copies

    @cached_property
    def identity(self) -> bytes:
        """What batch.json says: the same for the same batch, design, sheet, inks, font and volume size, and for these only.
        Design, sheet and inks stand in it whole, so that the folder can be read where their files are not."""
        forms = [self.design.model_dump_json(), self.sheet.model_dump_json(), self.fonts.digest]
        sources = hashlib.sha256("\n".join(forms).encode()).hexdigest()
        job = {"sheet": self.sheet.name, "volume_size": self.volume_size, "arrangement": asdict(self.arrangement),
               "paper": self.sheet.model_dump(mode="json"), "design": self.design.model_dump(mode="json"),
               "options": TypeAdapter(PressOptions).dump_python(self.options, mode="json")}
        return to_bytes(self.batch, {**job, "sources_sha256": sources})

    def _piles(self, slots: int) -> Iterator[tuple[Item, ...]]:
        """What stands in each volume. A zone begins with its card, also where it goes on in a further volume."""
        how = self.arrangement
        full = plates_per_volume(self.volume_size, slots)
        card = 1 if how.cards else 0
        pile: list[Item] = []
        capacity = _first_capacity(how.used, slots, full)
        for zone in self.zones:
            start = 0
            while start < len(zone):
                room, left = capacity - len(pile) - card, len(zone) - start
                spare = how.stacked and pile and room < left <= full - card
                if room < 1 or spare:
                    yield tuple(pile)
                    pile, capacity = [], full
                    continue
                there = zone[start:start + room]
                pile += [card_for(there), *there] if card else there
                start += len(there)
        if pile:
            yield tuple(pile)


def require_arrangement(how: Arrangement, design: PlateDesign, sheet: Sheet) -> None:
    """Raises InputError(sheet.used, sheet.used_roll, sheet.copies, sheet.one_slot) for what cannot be done, and as `arrange`."""
    slots = len(arrange(design.face, sheet).slots)
    if not 1 <= how.copies <= _MOST_COPIES:
        raise InputError("sheet.copies", f"份数 {how.copies} 不能用: 每块门牌印 1 到 {_MOST_COPIES} 份")
    if how.used and sheet.is_roll:
        raise InputError("sheet.used_roll", f"{sheet.title}是卷材, 没有用过一部分的纸: 请去掉 --used")
    for number, used in enumerate(how.used, 1):
        if not 0 <= used < slots:
            raise InputError("sheet.used", f"第 {number} 张用过的纸不能是 {used} 格: {sheet.title}每张 {slots} 格, "
                                           f"请写 0 到 {slots - 1} 之间的数", used=used, slots=slots)
    if slots == 1 and (how.stacked or how.cards):
        raise InputError("sheet.one_slot", f"{sheet.title}每页只有一块, 不用裁切叠放, 也不用分区卡: 请换拼版的纸张")


def read_job(folder: BatchFolder) -> PrintJob:
    """The job of a folder as its batch.json tells it. Raises InputError(batch.unreadable), Unavailable(font.…)."""
    data = folder.batch.read_bytes()
    batch = from_bytes(data)
    try:
        asked = json.loads(data)["job"]
        design, sheet = PlateDesign.model_validate(asked["design"]), Sheet.model_validate(asked["paper"])
        volume_size = int(asked["volume_size"])
        arrangement = TypeAdapter(Arrangement).validate_python(asked["arrangement"])
        options = TypeAdapter(PressOptions).validate_python(asked["options"])
    except (KeyError, TypeError, ValueError) as exc:
        raise InputError("batch.unreadable", f"{folder.path.name} 的 batch.json 没有写明图样、纸张和每册块数",
                         folder=folder.path.name) from exc
    return PrintJob(batch, design, sheet, fonts_of(design.fonts), volume_size, arrangement, options)


def _first_capacity(used: Sequence[int], slots: int, full: int) -> int:
    """Items of the first volume: what is free on used sheets, and fresh pages as far as the volume size allows; one at least."""
    return sum(slots - taken for taken in used) + max(full // slots - len(used), 1) * slots
