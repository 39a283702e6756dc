"""The packing table: boxes are laid out for a proven batch, plates are scanned into them one by one, full boxes are sealed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from doorplate.errors import InputError, NotFound, Refused
from doorplate.model import BatchPlate, Plate, PlateBox, PrintBatch
from doorplate.plates.code import grouped
from doorplate.plates.lifecycle import NAMES, REPLACED
from doorplate.plates.packing import ACCEPTED, Judgement, Slot, capacity_of, expected, judge, zones_in_boxes
from doorplate.registry import Registry
from doorplate.registry.plate_states import require_reason
from doorplate.store import Reader

Absence = Literal["lost", "damaged"]

_LARGEST_BOX = 1000


@dataclass(frozen=True)
class Table:
    """How packing stands. plates: by code; packed: the codes that lie in their boxes; due: the code expected next, "" = none."""

    batch: PrintBatch
    boxes: tuple[PlateBox, ...]
    plates: Mapping[str, BatchPlate]
    packed: frozenset[str]

    @property
    def due(self) -> str:
        return expected(self.boxes, self.packed)

    def place(self, code: str) -> Slot:
        """Raises KeyError for a code of another batch."""
        box = next((box for box in self.boxes if code in box.codes), None)
        if box is None:
            raise KeyError(code)
        return Slot(box.number, box.codes.index(code) + 1)


@dataclass(frozen=True)
class Scanned:
    """What the table answers to a scan: accepted or not, one sentence for the packer, and how packing stands now."""

    judgement: Judgement
    message: str
    table: Table

    @property
    def accepted(self) -> bool:
        return self.judgement.outcome in ACCEPTED


def find_batch(reader: Reader, start: str) -> PrintBatch:
    """The batch whose id begins so. Raises NotFound(batch.unknown), Refused(batch.ambiguous)."""
    found = reader.batches_beginning(start.strip().lower()) if start.strip() else ()
    if not found:
        raise NotFound("batch.unknown", f"登记簿里没有批次 {start}", batch=start)
    if len(found) > 1:
        raise Refused("batch.ambiguous", f"以 {start} 开头的批次有 {len(found)} 个, 请多写几位", batch=start)
    return found[0]


def start_packing(registry: Registry, batch: str, capacity: int | None = None) -> Table:
    """Lays out the boxes of a printed batch; a second time they are as they were.

    capacity: plates to a box, by the kind of plate if not said. Raises Refused(batch.not_printed), InputError(box.capacity)."""
    if capacity is not None and not 1 <= capacity <= _LARGEST_BOX:
        raise InputError("box.capacity", f"每箱 {capacity} 块不行: 请在 1 到 {_LARGEST_BOX} 之间")
    with registry.store.writing() as unit:
        found = find_batch(unit, batch)
        if found.status != "printed":
            raise Refused("batch.not_printed", f"批次 {found.id[:8]} 还没有印好验读, 不能装箱", batch=found.id)
        if not unit.boxes(found.id):
            laid = list(zones_in_boxes(found.plates, capacity or capacity_of(found.plates[0].kind)))
            boxes = [PlateBox(registry.new_id(), found.id, number, len(laid), zone, codes)
                     for number, (zone, codes) in enumerate(laid, 1)]
            unit.save_many((None, box, registry.event("box.opened", box.id, source=_source(found))) for box in boxes)
        return table_of(unit, found)


def packing_table(registry: Registry, batch: str) -> Table:
    """How packing stands. Raises Refused(box.not_started)."""
    with registry.store.reading() as reader:
        return _started(reader, batch)


def scan_at_table(registry: Registry, batch: str, text: str) -> Scanned:
    """A scan at the table: the plate that is due is packed, everything else is refused with what it is and what to do.

    text: what the scanner typed, a link or a code."""
    with registry.store.writing() as unit:
        table = _started(unit, batch)
        judgement = judge(text, table.batch.base_url, table.boxes, table.packed)
        if judgement.outcome not in ACCEPTED:
            return Scanned(judgement, _refusal(unit, judgement, table), table)
        plate = unit.plate_by_code(judgement.code)
        if plate is None or plate.status != "proved":
            return Scanned(replace(judgement, outcome="stranger"), _unfit(plate), table)
        place = table.place(plate.code)
        box = table.boxes[place.box - 1]
        source = f"{_source(table.batch)} 第 {box.number}/{box.total} 箱第 {place.slot} 格"
        unit.save(plate, replace(plate, status="packed"), registry.event("plate.packed", plate.id, source=source))
        if judgement.outcome == "late":
            box = unit.save(box, _without(box, plate.code), registry.event("box.completed", box.id, source=source))
        boxes = (*table.boxes[:place.box - 1], box, *table.boxes[place.box:])
        now = replace(table, boxes=boxes, packed=table.packed | {plate.code})
        return Scanned(judgement, _accepted(judgement, now), now)


def report_absent(registry: Registry, batch: str, code: str, absence: Absence, reason: str) -> Table:
    """A plate that cannot be packed: not in the pile, or spoilt; packing goes on with the next. Found later, a scan puts it in.

    code: in any spelling, or "" for the one that is due. Raises Refused(operation.no_reason, box.packed, box.sealed),
    NotFound(plate.unknown)."""
    require_reason(reason)
    with registry.store.writing() as unit:
        table = _started(unit, batch)
        wanted = code or table.due
        if wanted not in table.plates:
            raise NotFound("plate.unknown", f"这一批里没有 {code or '待装的门牌'}", plate_code=code)
        box = table.boxes[table.place(wanted).box - 1]
        if wanted in table.packed:
            raise Refused("box.packed", f"{_name(table, wanted)} 已经在第 {box.number} 箱里", plate_code=wanted)
        if box.status != "open":
            raise Refused("box.sealed", f"第 {box.number} 箱已封箱", box=box.number)
        rest = _without(box, wanted)
        noted = {wanted: reason.strip()}
        after = (replace(rest, lost={**rest.lost, **noted}) if absence == "lost"
                 else replace(rest, damaged={**rest.damaged, **noted}))
        unit.save(box, after, registry.event(f"box.plate_{absence}", box.id, reason=reason.strip(), source=_source(table.batch)))
        return table_of(unit, table.batch)


def seal_box(registry: Registry, batch: str, number: int) -> Table:
    """Closes a box in which every slot is filled or accounted for. Raises NotFound(box.unknown), Refused(box.not_full)."""
    with registry.store.writing() as unit:
        table = _started(unit, batch)
        box = box_numbered(table, number)
        if box.status != "open":
            return table
        empty = [code for code in box.codes if code not in table.packed and code not in box.lost and code not in box.damaged]
        if empty:
            first = "、".join(_name(table, code) for code in empty[:3])
            raise Refused("box.not_full", f"第 {number} 箱还缺 {len(empty)} 块 ({first}{' 等' if len(empty) > 3 else ''}): "
                                          f"请扫入, 或报缺报损后再封箱", box=number, codes=empty)
        unit.save(box, replace(box, status="sealed"), registry.event("box.sealed", box.id, source=_source(table.batch)))
        return table_of(unit, table.batch)


def box_numbered(table: Table, number: int) -> PlateBox:
    """Raises NotFound(box.unknown)."""
    found = next((box for box in table.boxes if box.number == number), None)
    if found is None:
        raise NotFound("box.unknown", f"这一批只有 {len(table.boxes)} 箱, 没有第 {number} 箱", box=number)
    return found


def table_of(reader: Reader, batch: PrintBatch) -> Table:
    """How packing of a batch stands: what has left the press and not come back from the table is not packed."""
    boxes = reader.boxes(batch.id)
    in_boxes = [code for box in boxes for code in box.codes]
    waiting = reader.codes_in_state(batch.id, ("planned", "printed", "proved"))
    absent = {code for box in boxes for code in (*box.lost, *box.damaged)}
    packed = frozenset(in_boxes) - waiting - absent
    return Table(batch, boxes, {plate.code: plate for plate in batch.plates}, packed)


def _started(reader: Reader, batch: str) -> Table:
    table = table_of(reader, find_batch(reader, batch))
    if not table.boxes:
        short = table.batch.id[:8]
        raise Refused("box.not_started", f"批次 {short} 还没有开始装箱: doorplate packing start {short}", batch=table.batch.id)
    return table


def _accepted(judgement: Judgement, table: Table) -> str:
    place = table.place(judgement.code)
    box = table.boxes[place.box - 1]
    there = sum(code in table.packed for code in box.codes)
    word = "补进" if judgement.outcome == "late" else "放进"
    full = f" 本箱 {len(box.codes)} 块已齐, 可以封箱" if there == len(box.codes) and box.status == "open" else ""
    return f"{word}第 {box.number}/{box.total} 箱, 第 {place.slot} 格: {table.plates[judgement.code].painted}.{full}"


def _refusal(reader: Reader, judgement: Judgement, table: Table) -> str:
    due = f"应为 {_name(table, judgement.expected)}" if judgement.expected else "这一批已装完"
    match judgement.outcome:
        case "double":
            place = table.place(judgement.code)
            return (f"重复: {_name(table, judgement.code)} 已经在第 {place.box} 箱第 {place.slot} 格, "
                    "手里这块是多出来的, 请单独收好")
        case "closed":
            return f"{_name(table, judgement.code)} 的箱子已经领出, 请单独收好并报告"
        case "order":
            place = table.place(judgement.code)
            return (f"顺序不对: {due}; 手里是 {_name(table, judgement.code)}, 属于第 {place.box} 箱第 {place.slot} 格. "
                    f"先放一边; 若应装的那块找不到, 请报缺")
        case "stranger":
            return f"不是这一批的门牌: {_known_as(reader, judgement.code)}. {due}"
        case "foreign":
            return f"不是本系统的二维码, 请挑出来并报告. {due}"
        case _:
            return f"没有读懂, 请再扫一次. {due}"


def _known_as(reader: Reader, code: str) -> str:
    plate = reader.plate_by_code(code)
    address = reader.address(plate.address_id) if plate else None
    if plate is None or address is None:
        return f"登记簿里没有编码 {grouped(code)}"
    return f"{address.standard_address} ({NAMES[plate.status]})"


def _unfit(plate: Plate | None) -> str:
    if plate is not None and plate.status in REPLACED:
        return f"这块门牌{NAMES[plate.status]}, 不能装箱, 请单独收好"
    return "这块门牌还没有验读, 不能装箱"


def _name(table: Table, code: str) -> str:
    return f"{table.plates[code].painted} ({grouped(code)})"


def _without(box: PlateBox, code: str) -> PlateBox:
    return replace(box, lost={c: r for c, r in box.lost.items() if c != code},
                   damaged={c: r for c, r in box.damaged.items() if c != code})


def _source(batch: PrintBatch) -> str:
    return f"批次 {batch.id[:8]}"
