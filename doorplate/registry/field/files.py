"""Photos and voice notes from the field: whole or not at all, made harmless, in the vault before the record says so."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from doorplate.errors import InputError
from doorplate.field.items import plain_id
from doorplate.field.records import FieldFile
from doorplate.field_view import ItemReceipt, SentFile
from doorplate.media.photos import clean_photo
from doorplate.media.voice import clean_voice
from doorplate.people.account import Actor
from doorplate.registry.days import today
from doorplate.registry.field import FieldWork

FOLDER = "field"
"""What every key of the vault begins with; then the day (YYYYMMDD)."""
_HEX = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class _Clean:
    mimetype: str
    data: bytes


def store_file(work: FieldWork, actor: Actor, sent: SentFile) -> ItemReceipt:
    """See `field_view.FieldDoor.store_file`. Receipts: file.id, file.cut (retry), file.differs, and what `media` refuses."""
    file_id = str(plain_id(sent.id))
    if len(file_id) != 32 or not _HEX.issuperset(file_id):
        return ItemReceipt(sent.id[:80], "refused", "file.id", "附件的编号不对")
    if hashlib.sha256(sent.data).hexdigest() != sent.sha256:
        return ItemReceipt(sent.id, "refused", "file.cut", "附件没有传完, 会再传一次", retry=True)
    known = _known(work, actor, file_id, sent)
    if known is not None:
        return known
    try:
        clean = _cleaned(sent)
    except InputError as exc:
        return ItemReceipt(sent.id, "refused", exc.code, exc.message)
    key = f"{FOLDER}/{today(work.registry):%Y%m%d}/{work.registry.new_id()}"
    work.vault.put(key, clean.data)
    record = FieldFile(file_id, actor.account_id, "", sent.kind, clean.mimetype, key, len(clean.data), sent.sha256,
                       dict(sent.evidence), work.now)
    if _written(work, record):
        return ItemReceipt(sent.id, "accepted")
    return _known(work, actor, file_id, sent) or ItemReceipt(sent.id, "refused", "file.busy", "请再传一次", retry=True)


def _written(work: FieldWork, record: FieldFile) -> bool:
    """Not when the same was sent at the same moment and the other was first: then its bytes go again. After Unavailable they
    stay, for nobody knows whether the record stands; if not, they are swept one day."""
    with work.registry.store.writing() as unit:
        before = next(iter(unit.field_files([record.id])), None)
        free = before is None or _forgotten(before)
        if free:
            unit.save(before, record, work.event("field_file.added", record.id, record.account_id))
    if not free:
        work.vault.delete([record.key])
    return free


def _forgotten(file: FieldFile) -> bool:
    """No item named it in time: it may come again."""
    return not (file.key or file.item_id)


def _known(work: FieldWork, actor: Actor, file_id: str, sent: SentFile) -> ItemReceipt | None:
    with work.registry.store.reading() as reader:
        there = next(iter(reader.field_files([file_id])), None)
    if there is None:
        return None
    if (there.account_id, there.sha256) == (actor.account_id, sent.sha256):
        return None if _forgotten(there) else ItemReceipt(sent.id, "duplicate")
    return ItemReceipt(sent.id, "refused", "file.differs", "这个编号下已经有另一个附件")


def _cleaned(sent: SentFile) -> _Clean:
    """Raises InputError as `media` does."""
    if sent.kind == "photo":
        photo = clean_photo("照片", sent.data)
        return _Clean(photo.mimetype, photo.data)
    voice = clean_voice("录音", sent.data)
    return _Clean(voice.mimetype, voice.data)
