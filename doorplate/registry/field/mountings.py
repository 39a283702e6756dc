"""Hanging a plate, as it was told from the wall: the right plate at the right door, or it is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from doorplate.errors import InputError, NotFound, Refused
from doorplate.field.gnss import averaged
from doorplate.field.items import Mount
from doorplate.field.mount_rules import NEEDS_WORDS, STAYS, mount_flags
from doorplate.field.records import FieldItem, Mounting
from doorplate.field.zone_rules import HANGS
from doorplate.model import Address, Plate, PlateStatus
from doorplate.plates.code import normalise
from doorplate.plates.lifecycle import NAMES, REPLACED
from doorplate.registry import Registry
from doorplate.registry.field import FieldWork
from doorplate.registry.field.visits import require_address
from doorplate.registry.hanging import keep_in
from doorplate.registry.plate_states import advance
from doorplate.store import Reader, Unit

_WAY: tuple[PlateStatus, ...] = ("proved", "packed", "issued", "mounted")
"""What is skipped where an office does without the packing table is recorded, a step an event (D)."""
_KEPT = {"absent": "家里没人, 改天再去", "refused": "住户不同意", "no_place": "没有合适的位置"}


def flags_of_mount(work: FieldWork, reader: Reader, sent: Mount) -> tuple[str, ...]:
    """What a reviewer must see first; beside `gnss.flags_of`. mount.again: this plate hangs here already; mount.second: another
    of its kind does. Raises as record_mount, so that a phone hears at once what cannot be."""
    plate = require_mountable(work, reader, sent)
    flags = mount_flags(sent, plate.kind, work.settings.mount, photo=bool(_photo(reader, sent)))
    if sent.outcome != "mounted":
        return flags
    again = ("mount.again",) if plate.status in HANGS else ()
    return flags + again + (("mount.second",) if _hanging(reader, plate) else ())


def record_mount(work: FieldWork, unit: Unit, item: FieldItem, sent: Mount, reviewer_id: str = "") -> str:
    """Writes what happened, and moves the plate on where it hangs, is spoilt or lost; of one that goes home again its box keeps
    the note. reviewer_id: who made it true where it had to be reviewed; then the events are theirs, and those of the plate say
    whose doing it was. Gives the mounting's id (the item's).

    Raises NotFound(plate.unknown, address.unknown), Refused(mount.wrong_door, mount.second, mount.hangs, address.retired,
    plate.transition), InputError(mount.side, mount.no_words)."""
    plate = require_mountable(work, unit, sent)
    _move(_doing(work, unit, item, reviewer_id), unit, plate, sent)
    point = sent.point or averaged(sent.fixes)
    mounting = Mounting(
        id=item.id, plate_id=plate.id, address_id=plate.address_id, account_id=item.account_id, at=item.captured_at,
        outcome=sent.outcome, height_mm=sent.height_mm, side=sent.side, lon=point.lon if point else None,
        lat=point.lat if point else None, accuracy_m=point.accuracy_m if point else None,
        photo_id=_photo(unit, sent), flags=item.flags, words=sent.note)
    by = reviewer_id or item.account_id
    unit.save(None, mounting, work.event("mounting.recorded", mounting.id, by, source=f"field:{item.id}"))
    return mounting.id


def require_mountable(work: FieldWork, reader: Reader, sent: Mount) -> Plate:
    """The plate in hand, of which this may be told. Raises as record_mount."""
    plate, address = plate_for(reader, sent)
    if sent.side and sent.side not in {one.id for one in work.settings.mount.sides}:
        raise InputError("mount.side", "安装位置要从列出的里面选", field="side")
    if sent.outcome in NEEDS_WORDS and not sent.note:
        raise InputError("mount.no_words", "请写明原因", field="note")
    if sent.outcome == "mounted":
        _require_hangable(reader, plate, address, sent)
    elif sent.outcome in STAYS and plate.status in HANGS:
        raise Refused("mount.hangs", "这块门牌已登记安装; 如果不在墙上, 请报遗失或损坏", plate_code=plate.code)
    return plate


def plate_for(reader: Reader, sent: Mount) -> tuple[Plate, Address]:
    """The plate in hand, which must be this door's, and the door. Raises NotFound(plate.unknown, address.unknown),
    Refused(mount.wrong_door)."""
    address = require_address(reader, sent)
    code = normalise(sent.plate)
    plate = reader.plate_by_code(code) if code else None
    if plate is None:
        raise NotFound("plate.unknown", "没有这块门牌: 编码不对, 或不是本系统的门牌")
    if plate.address_id != address.id:
        own = reader.address(plate.address_id)
        near = own is not None and own.community == address.community
        where = own.elements.thoroughfare + own.elements.painted_number if own and near else "别的社区"
        raise Refused("mount.wrong_door", f"这块门牌是{where or '别处'}的, 不是这里的, 不能装在这里", plate_code=plate.code)
    return plate, address


def _photo(reader: Reader, sent: Mount) -> str:
    """The id of its first picture, "" for none: a voice note shows no wall."""
    pictures = {one.id for one in reader.field_files(sent.files) if one.kind == "photo"}
    return next((one for one in sent.files if one in pictures), "")


def _require_hangable(reader: Reader, plate: Plate, address: Address, sent: Mount) -> None:
    if address.status == "retired":
        raise Refused("address.retired", "这个地址已停用, 门牌不能再装, 请带回")
    if plate.status not in HANGS and plate.status not in _WAY:
        hint = "请改用补制的新牌" if plate.status in REPLACED else "还没有做好, 请核对手里的牌"
        raise Refused("plate.transition", f"这块门牌{NAMES[plate.status]}, 不能安装; {hint}", current=plate.status)
    if _hanging(reader, plate) and not sent.note:
        raise Refused("mount.second", "这个门已经装了一块同样的门牌; 确实要装第二块, 请写明原因", plate_code=plate.code)


@dataclass(frozen=True, slots=True)
class _Doing:
    """In whose name the plate moves. installer: words that name who hung it, "" where that is the same person."""

    by: Registry
    source: str
    installer: str

    def advance(self, unit: Unit, plate: Plate, status: PlateStatus, reason: str) -> Plate:
        why = "; ".join(filter(None, (reason, self.installer)))
        [after] = advance(self.by, unit, [plate], status, reason=why, source=self.source)
        return after


def _doing(work: FieldWork, reader: Reader, item: FieldItem, reviewer_id: str) -> _Doing:
    account = reader.account(item.account_id) if reviewer_id else None
    installer = f"审核通过, 现场安装: {account.login}" if account else ""
    return _Doing(work.by(reviewer_id or item.account_id), f"field:{item.id}", installer)


def _move(doing: _Doing, unit: Unit, plate: Plate, sent: Mount) -> None:
    """The words of the note stay in the mounting, not in the trail: they may speak of people."""
    if sent.outcome == "mounted" and plate.status not in HANGS:
        for status in _WAY[_WAY.index(plate.status) + 1:]:
            plate = doing.advance(unit, plate, status, "" if status == "mounted" else "现场已安装, 补记")
    elif sent.outcome in ("damaged", "lost") and plate.status != sent.outcome:
        status, reason = ("damaged", "现场发现损坏") if sent.outcome == "damaged" else ("lost", "安装员报遗失")
        doing.advance(unit, plate, status, reason)
    elif sent.outcome in STAYS and plate.status == "issued":
        keep_in(doing.by, unit, plate, _KEPT[sent.outcome])


def _hanging(reader: Reader, plate: Plate) -> Sequence[Plate]:
    """Others of the same kind that hang at the same door."""
    others = reader.plates_of([plate.address_id])
    return [one for one in others if one.id != plate.id and one.kind == plate.kind and one.status in HANGS]
