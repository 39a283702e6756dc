"""The packing table as its page sees it (`packing_view.PackingDesk`), bound to one batch."""

from __future__ import annotations

from typing import Literal

from doorplate.errors import DoorplateError
from doorplate.model import BoxStatus, PlateBox
from doorplate.packing_view import Answer, BoxView, DueView, TableView
from doorplate.plates.code import grouped
from doorplate.plates.packing import NAMES
from doorplate.registry import Registry
from doorplate.registry.packing import Table, packing_table, report_absent, scan_at_table, seal_box

BOX_STATES: dict[BoxStatus, str] = {"open": "装箱中", "sealed": "已封箱", "issued": "已领出", "closed": "已结清"}
"""What each state of a box is called."""


class BatchTable:
    """The table of one batch. Refusals become answers: the packer reads them on the same page."""

    def __init__(self, registry: Registry, batch: str) -> None:
        self._registry, self._batch = registry, batch

    def view(self) -> TableView:
        return self._view(packing_table(self._registry, self._batch))

    def scan(self, text: str) -> Answer:
        scanned = scan_at_table(self._registry, self._batch, text)
        here = scanned.judgement.here
        box = scanned.table.boxes[here.box - 1] if here else None
        headline = f"第 {box.number}/{box.total} 箱 · 第 {here.slot} 格" if scanned.accepted and box and here else NAMES[
            scanned.judgement.outcome]
        message = scanned.message.partition(": ")[2] or scanned.message  # the headline says the beginning
        return Answer(scanned.accepted, headline, message, self._view(scanned.table))

    def absent(self, kind: Literal["lost", "damaged"], reason: str) -> Answer:
        try:
            table = report_absent(self._registry, self._batch, "", kind, reason)
        except DoorplateError as exc:
            return Answer(False, "没有记下", exc.message, self.view())
        noted = "已记下缺" if kind == "lost" else "已记下损"
        return Answer(True, noted, "接着装下一块; 找到了再扫一次就补进去", self._view(table))

    def seal(self, number: int) -> Answer:
        try:
            table = seal_box(self._registry, self._batch, number)
        except DoorplateError as exc:
            return Answer(False, "不能封箱", exc.message, self.view())
        return Answer(True, f"第 {number} 箱已封", "贴上箱签, 可以领", self._view(table))

    def _view(self, table: Table) -> TableView:
        with self._registry.store.reading() as reader:
            community = reader.community(table.batch.community)
        due = None
        if table.due:
            place = table.place(table.due)
            due = DueView(place.box, place.slot, table.plates[table.due].painted, grouped(table.due))
        boxes = tuple(_box(box, table) for box in table.boxes)
        name = community.names[-1] if community else table.batch.community
        return TableView(table.batch.id[:8], name, len(table.plates), len(table.packed), boxes, due, table.batch.sample)


def _box(box: PlateBox, table: Table) -> BoxView:
    packed = sum(code in table.packed for code in box.codes)
    zone = box.zone.removeprefix(f"{table.batch.community}-")
    return BoxView(box.number, box.total, zone, len(box.codes), packed, len(box.lost), len(box.damaged),
                   BOX_STATES[box.status], box.status == "open")
