"""The inbox: each item once and for ever, compared with the register, recorded or left to a reviewer. Nothing else is changed.

A receipt is given after its item is committed. A bad item is refused by itself; what goes wrong with a good one costs no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from doorplate.areas.grids import AreaIndex
from doorplate.errors import DoorplateError, InputError, NotFound, NotPermitted, Refused, Unavailable
from doorplate.field.gnss import Clock, Presence, corrected, flags_of
from doorplate.field.items import Correction, Fix, HouseholdCount, Item, Look, Mount, Read, Recheck, Tamper, VisitDone
from doorplate.field.parsing import EARLIEST, LATEST, id_of, parse_item, payload_of
from doorplate.field.records import FieldFile, FieldItem
from doorplate.field_view import ItemReceipt
from doorplate.model import Address, Point
from doorplate.people.account import Actor
from doorplate.people.duty import DoorPlace
from doorplate.people.permission import Permission, allowed
from doorplate.registry.field import FieldWork, opened
from doorplate.registry.field.households import receive_household
from doorplate.registry.field.mountings import flags_of_mount, record_mount
from doorplate.registry.field.rechecks import flags_of_recheck, record_recheck
from doorplate.registry.field.review_subject import subject_of
from doorplate.registry.field.tampering import record_tamper
from doorplate.registry.field.unmasking import record_look
from doorplate.registry.field.visits import record_visit
from doorplate.registry.household_groups import group_of
from doorplate.store import Unit

_NEEDED: Mapping[str, Permission] = {
    "correction": "field.work", "household": "household.count", "mount": "plate.mount", "visit": "visit.log",
    "tamper": "field.work", "recheck": "field.work", "look": "household.see", "read": "field.work"}
_TOGETHER = 10  # items in one transaction
_RECORDERS: Mapping[type, Callable[[FieldWork, Unit, FieldItem, Any], str]] = {
    Mount: record_mount, VisitDone: record_visit, Tamper: record_tamper, Recheck: record_recheck, Look: record_look}
_MISSING = "files.missing"
_Taken = tuple[str, Item]


@dataclass(frozen=True)
class _Sender:
    """Who sends, and how far their phone's clock was ahead. files_follow: whether files may come after the item naming them."""

    actor: Actor
    skew_s: float
    files_follow: bool = False


def take_in(work: FieldWork, actor: Actor, values: Sequence[Any], device_clock: datetime | None) -> list[ItemReceipt]:
    """A receipt for each value, in order."""
    sender = _Sender(actor, _skew(work, device_clock))
    receipts: list[ItemReceipt | None] = [None] * len(values)
    good: list[tuple[int, str, Item]] = []
    for place, value in enumerate(values):
        try:
            good.append((place, id_of(value), parse_item(value)))
        except InputError as exc:
            receipts[place] = ItemReceipt(id_of(value), "refused", exc.code, exc.message)
    for (place, _, _), receipt in zip(good, _by_tens(work, sender, [(told, item) for _, told, item in good]), strict=True):
        receipts[place] = receipt
    return [one for one in receipts if one is not None]


def take_one(work: FieldWork, actor: Actor, value: Any, device_clock: datetime | None) -> ItemReceipt:
    """The receipt of an item by itself, as ODK clients send it: more than fits at once comes in several sendings of the same
    item, and what is lost on the phone never comes. A reviewer sees what is missing (files.missing)."""
    try:
        item = parse_item(value)
    except InputError as exc:
        return ItemReceipt(id_of(value), "refused", exc.code, exc.message)
    return _alone(work, _Sender(actor, _skew(work, device_clock), files_follow=True), (id_of(value), item))


def _skew(work: FieldWork, device_clock: datetime | None) -> float:
    """Seconds the phone was ahead; a clock that no phone shows tells nothing."""
    told = device_clock is not None and EARLIEST <= device_clock <= LATEST
    return (device_clock - work.now).total_seconds() if device_clock and told else 0.0


def _by_tens(work: FieldWork, sender: _Sender, items: Sequence[_Taken]) -> list[ItemReceipt]:
    """Once the registry is away the rest is to come again: waiting half a minute for each would take all day."""
    receipts: list[ItemReceipt] = []
    for start in range(0, len(items), _TOGETHER):
        try:
            receipts += _several(work, sender, items[start:start + _TOGETHER])
        except Unavailable as exc:
            return receipts + [ItemReceipt(told, "refused", exc.code, exc.message, retry=True) for told, _ in items[start:]]
    return receipts


def _several(work: FieldWork, sender: _Sender, items: Sequence[_Taken]) -> list[ItemReceipt]:
    """One transaction for them all; when one of them cannot be, each in its own. Raises Unavailable(store.…)."""
    try:
        with work.registry.store.writing() as unit:
            return [_one(work, unit, sender, one) for one in items]
    except DoorplateError as exc:
        if isinstance(exc, Unavailable) and exc.code.startswith("store."):
            raise
    return [_alone(work, sender, one) for one in items]


def _alone(work: FieldWork, sender: _Sender, item: _Taken) -> ItemReceipt:
    try:
        with work.registry.store.writing() as unit:
            return _one(work, unit, sender, item)
    except Unavailable as exc:
        return ItemReceipt(item[0], "refused", exc.code, exc.message, retry=True)
    except DoorplateError as exc:
        return ItemReceipt(item[0], "refused", exc.code, exc.message)


def _one(work: FieldWork, unit: Unit, sender: _Sender, taken: _Taken) -> ItemReceipt:
    """Raises DoorplateError for one that is refused; then nothing of the transaction stands."""
    told, sent = taken
    known = unit.item_sent(sent.id)
    if known is not None:
        receipt = _again(work, sender, told, sent, known)
        if sender.files_follow and _MISSING in known.flags:
            _claim_late(work, unit, sender, sent, known)
        return receipt
    address = _require_scope(work, unit, sender.actor, sent)
    if isinstance(sent, Read):
        _mark_read(work, unit, sender, sent)
        return ItemReceipt(told, "accepted")
    _require_files(unit, sender, sent)
    item = _compared(work, unit, _item(work, unit, sender, sent, address), sent)
    item = unit.save(None, item, work.event("item.received", item.id, item.account_id, source=f"device:{item.device_id}"))
    _claim_files(work, unit, item, sent)
    if isinstance(sent, HouseholdCount):
        receive_household(work, unit, item, sent)
    if item.status == "recorded":
        result = _RECORDERS[type(sent)](work, unit, item, sent)
        unit.save(item, replace(item, result=result), work.event("item.recorded", item.id, item.account_id))
    return ItemReceipt(told, "accepted")


def _again(work: FieldWork, sender: _Sender, told: str, sent: Item, known: FieldItem) -> ItemReceipt:
    """Once for ever; but another thing under a known id would be lost if it were called the same."""
    if known.account_id != sender.actor.account_id:
        raise Refused("item.taken", "这个编号已经用过, 请在手机上重新登记这一条")
    if known.payload_sealed is not None and work.opened(known.payload_sealed, known.id) != payload_of(sent):
        raise Refused("item.differs", "这个编号下已经收到另一份内容, 请在手机上重新登记这一条")
    return ItemReceipt(told, "duplicate")


def _require_scope(work: FieldWork, unit: Unit, actor: Actor, sent: Item) -> Address | None:
    """The door it is about. What lies elsewhere and what does not exist are told alike. Raises NotPermitted(item.not_yours)."""
    address = unit.address(sent.address) if sent.address else None
    refused = NotPermitted("item.not_yours", "这个门不在您的片区里, 或者没有这个门; 请更新离线包")
    if unit.community(sent.community) is None or (sent.address and (address is None or address.community != sent.community)):
        raise refused
    if not any(_may(work, actor, sent, place) for place in _places(unit, sent, address)):
        raise refused
    if address is not None and sent.base > address.version and isinstance(sent, Correction):
        raise Refused("item.from_the_future", "手机上的版本比登记簿还新, 请更新离线包后重新登记")
    return address


def _may(work: FieldWork, actor: Actor, sent: Item, place: DoorPlace) -> bool:
    """Persons need a right of their own beside that to count households."""
    persons = isinstance(sent, HouseholdCount) and bool(sent.changes.persons)
    return (allowed(actor, _NEEDED[sent.kind], place, work.permissions)
            and (not persons or allowed(actor, "person.count", place, work.permissions)))


def _places(unit: Unit, sent: Item, address: Address | None) -> Iterable[DoorPlace]:
    """Where it is, the quick answer first. A new door is where its point lies, not where the phone says; of what names no door
    any grid of the person will do."""
    if address is not None:
        grid = unit.area(address.grid_id) if address.grid_id else None
        code = grid.code if grid else ""
        yield DoorPlace(sent.community, code)
        group = group_of(unit, address)
        yield DoorPlace(sent.community, code, group.code if group else "")
        return
    point = sent.changes.point if isinstance(sent, Correction) else None
    grids = list(unit.areas(sent.community, "grid"))
    if point is not None:
        index = AreaIndex(grids)
        found = int(index.locate(point.lon, point.lat)[0]) if index else -1
        grids = [index.areas[found]] if found >= 0 else []
    yield DoorPlace(sent.community)
    for grid in grids:
        yield DoorPlace(sent.community, grid.code)


def _mark_read(work: FieldWork, unit: Unit, sender: _Sender, sent: Read) -> None:
    item = unit.item_sent(sent.item)
    if item is None or item.account_id != sender.actor.account_id:
        raise NotFound("item.unknown", "没有这一条")
    if item.reviewed_at is not None and item.read_at is None:
        unit.save(item, replace(item, read_at=work.now), work.event("item.read", item.id, item.account_id))


def _require_files(unit: Unit, sender: _Sender, sent: Item) -> None:
    """Raises Unavailable(item.file_missing), to be sent again when the files are there."""
    there = {one.id: one for one in _arrived(unit, sent)}
    for file_id in sent.files:
        one = there.get(file_id)
        if one is None and sender.files_follow:
            continue
        if one is None or one.account_id != sender.actor.account_id:
            raise Unavailable("item.file_missing", "附件还没有传到, 传完会再送这一条")
        if one.item_id not in ("", sent.id):
            raise Refused("item.file_taken", "附件已经属于另一条, 请重新拍照")


def _claim_files(work: FieldWork, unit: Unit, item: FieldItem, sent: Item) -> None:
    for one in _arrived(unit, sent):
        if one.item_id != item.id:
            unit.save(one, replace(one, item_id=item.id), work.event("field_file.claimed", one.id, item.account_id))


def _claim_late(work: FieldWork, unit: Unit, sender: _Sender, sent: Item, known: FieldItem) -> None:
    """Files that came after their item."""
    _require_files(unit, sender, sent)
    _claim_files(work, unit, known, sent)
    if not _files_missing(unit, sent):
        whole = replace(known, flags=tuple(flag for flag in known.flags if flag != _MISSING))
        unit.save(known, whole, work.event("item.completed", known.id, known.account_id))


def _arrived(unit: Unit, sent: Item) -> list[FieldFile]:
    """The files it names that are here, without those that no item named in time and that were forgotten."""
    return [one for one in unit.field_files(sent.files) if one.key or one.item_id] if sent.files else []


def _files_missing(unit: Unit, sent: Item) -> bool:
    return len(_arrived(unit, sent)) < len(sent.files)


def _item(work: FieldWork, unit: Unit, sender: _Sender, sent: Item, address: Address | None) -> FieldItem:
    return FieldItem(
        id=sent.id, kind=sent.kind, account_id=sender.actor.account_id, device_id=sender.actor.device_id,
        community=sent.community, address_id=address.id if address else None, subject_id=_subject_id(sent),
        base_version=sent.base, captured_at=corrected(sent.at, sender.skew_s), received_at=work.now, skew_s=sender.skew_s,
        payload_sealed=work.sealed(payload_of(sent), sent.id), fields=_fields(sent), verdict="clean",
        flags=_flags(work, unit, sender, sent, address), status="waiting")


def _subject_id(sent: Item) -> str:
    if isinstance(sent, HouseholdCount | Look):
        return sent.household or ""
    return sent.address or ""


def _fields(sent: Item) -> tuple[str, ...]:
    if isinstance(sent, Correction):
        return tuple(sorted(sent.changes.model_fields_set)) if sent.operation in ("correct", "assign") else ("status",)
    return tuple(sorted(sent.changes.model_fields_set)) if isinstance(sent, HouseholdCount) else ()


def _flags(work: FieldWork, unit: Unit, sender: _Sender, sent: Item, address: Address | None) -> tuple[str, ...]:
    point = sent.changes.point if isinstance(sent, Correction) else sent.point if isinstance(sent, Mount) else None
    door: Point | None = address.point if address else None
    presence = Presence(sent.at, sent.fixes, point, door, _previous(work, unit, sender))
    flags = flags_of(presence, Clock(sender.skew_s, work.now), work.settings)
    flags += (_MISSING,) if _files_missing(unit, sent) else ()
    if isinstance(sent, Recheck):
        return flags + flags_of_recheck(unit, sender.actor.account_id, sent)
    return flags + (flags_of_mount(work, unit, sent) if isinstance(sent, Mount) else ())


def _previous(work: FieldWork, unit: Unit, sender: _Sender) -> Fix | None:
    """Where the same person was last."""
    last = unit.last_item_of(sender.actor.account_id)
    fixes = opened(work, last).fixes if last is not None and last.payload_sealed is not None else ()
    return max(fixes, key=lambda fix: fix.at) if fixes else None


def _compared(work: FieldWork, unit: Unit, item: FieldItem, sent: Item) -> FieldItem:
    """Changes of what is true wait for a reviewer, and so does a plate that was hung in a way that raises questions."""
    if isinstance(sent, Correction | HouseholdCount):
        return replace(item, verdict=subject_of(work, unit, item).verdict)
    if isinstance(sent, Mount) and item.flags and sent.outcome == "mounted":
        return item
    return replace(item, status="recorded")
