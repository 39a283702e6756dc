"""Hanging a plate, as it was told from the wall: the right plate at the right door, or it is refused."""

from __future__ import annotations

from collections.abc import Sequence

from doorplate.errors import InputError, NotFound, Refused
from doorplate.field.items import Mount
from doorplate.field.mount_rules import NEEDS_WORDS, mount_flags
from doorplate.field.records import FieldItem, Mounting
from doorplate.model import Plate, PlateStatus
from doorplate.plates.code import normalise
from doorplate.plates.lifecycle import NAMES
from doorplate.registry.field import FieldWork
from doorplate.registry.plate_states import advance
from doorplate.store import Reader, Unit

HANGS: frozenset[PlateStatus] = frozenset({"mounted", "checked"})
_WAY: tuple[PlateStatus, ...] = ("proved", "packed", "issued", "mounted")
"""What is skipped where an office does without the packing table is recorded, a step an event (D)."""


def flags_of_mount(work: FieldWork, reader: Reader, sent: Mount) -> tuple[str, ...]:
    """What a reviewer must see first; beside `gnss.flags_of`. Raises as record_mount."""
    plate = plate_for(reader, sent)
    other = _hanging(reader, plate)
    twice = ("mount.second",) if sent.outcome == "mounted" and other else ()
    return mount_flags(sent, plate.kind, work.settings.mount) + twice


def record_mount(work: FieldWork, unit: Unit, item: FieldItem, sent: Mount) -> str:
    """Writes what happened, and moves the plate on where it hangs, is spoilt or lost. Gives the mounting's id (the item's).

    Raises NotFound(plate.unknown), Refused(mount.wrong_door, plate.transition), InputError(mount.side, mount.no_words)."""
    plate = plate_for(unit, sent)
    if sent.side and sent.side not in {one.id for one in work.settings.mount.sides}:
        raise InputError("mount.side", "安装位置要从列出的里面选", field="side")
    if sent.outcome in NEEDS_WORDS and not sent.note:
        raise InputError("mount.no_words", "请写明原因", field="note")
    _move(work, unit, plate, item, sent)
    point = sent.point
    mounting = Mounting(
        id=item.id, plate_id=plate.id, address_id=plate.address_id, account_id=item.account_id, at=item.captured_at,
        outcome=sent.outcome, height_mm=sent.height_mm, side=sent.side, lon=point.lon if point else None,
        lat=point.lat if point else None, accuracy_m=point.accuracy_m if point else None,
        photo_id=sent.files[0] if sent.files else "", flags=item.flags, words=sent.note)
    unit.save(None, mounting, work.event("mounting.recorded", mounting.id, item.account_id, source=f"field:{item.id}"))
    return mounting.id


def plate_for(reader: Reader, sent: Mount) -> Plate:
    """The plate in hand, which must be this door's. Raises NotFound(plate.unknown), Refused(mount.wrong_door)."""
    code = normalise(sent.plate)
    plate = reader.plate_by_code(code) if code else None
    if plate is None:
        raise NotFound("plate.unknown", "没有这块门牌: 编码不对, 或不是本系统的门牌")
    if plate.address_id != sent.address:
        address = reader.address(plate.address_id)
        where = address.elements.thoroughfare + address.elements.painted_number if address else "别处"
        raise Refused("mount.wrong_door", f"这块门牌是 {where} 的, 不能装在这里", plate_code=plate.code)
    return plate


def _move(work: FieldWork, unit: Unit, plate: Plate, item: FieldItem, sent: Mount) -> None:
    if sent.outcome == "mounted" and plate.status not in HANGS:
        for status in _steps(plate.status):
            plate = _advance(work, unit, plate, status, item, sent.note if status == "mounted" else "现场已安装, 补记")
    elif sent.outcome in ("damaged", "lost") and plate.status != sent.outcome:
        _advance(work, unit, plate, "damaged" if sent.outcome == "damaged" else "lost", item, sent.note)


def _steps(status: PlateStatus) -> Sequence[PlateStatus]:
    """The states on its way to the wall. Raises Refused(plate.transition) for a plate that must not hang."""
    if status not in _WAY:
        raise Refused("plate.transition", f"这块门牌{NAMES[status]}, 不能安装; 请改用补制的新牌", current=status)
    return _WAY[_WAY.index(status) + 1:]


def _advance(work: FieldWork, unit: Unit, plate: Plate, status: PlateStatus, item: FieldItem, reason: str) -> Plate:
    by = work.by(item.account_id)
    [after] = advance(by, unit, [plate], status, reason=reason, source=f"field:{item.id}")
    return after


def _hanging(reader: Reader, plate: Plate) -> Plate | None:
    """Another plate of the same kind that hangs at the same door."""
    others = reader.plates_of([plate.address_id])
    return next((one for one in others if one.id != plate.id and one.kind == plate.kind and one.status in HANGS), None)
