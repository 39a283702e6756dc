"""Pictures and voice notes on their way into the vault: made clean, laid there before the matter is committed, taken out again
when it is not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from doorplate.cases.case import CaseFile
from doorplate.cases_view import Upload
from doorplate.errors import InputError
from doorplate.media.photos import clean_photo
from doorplate.media.voice import clean_voice
from doorplate.registry.cases.casework import Casework
from doorplate.registry.days import today
from doorplate.store import Unit

FOLDER = "cases"
"""What every key begins with; then the day it was laid there (YYYYMMDD), by which orphans are told from what is coming in."""


@dataclass(frozen=True, slots=True)
class Clean:
    """A file that can be kept: what the record will say, and its bytes."""

    file: CaseFile
    data: bytes


def cleaned(work: Casework, photos: Sequence[Upload], voice: Upload | None = None) -> tuple[Clean, ...]:
    """The files as they can be kept, not yet of any matter. A field left empty (no name, no bytes) is no file.
    Raises InputError(case.too_many_photos), and whatever `media` raises."""
    sent = [photo for photo in photos if photo.name or photo.data]
    most = work.settings.limits.photos
    if len(sent) > most:
        raise InputError("case.too_many_photos", f"最多 {most} 张照片, 现在有 {len(sent)} 张, 请去掉 {len(sent) - most} 张",
                         field="photos", limit=most)
    found = [_photo(work, photo) for photo in sent]
    if voice is not None and (voice.name or voice.data):
        found.append(_voice(work, voice))
    return tuple(found)


@contextmanager
def laid_in_vault(work: Casework, files: Sequence[Clean]) -> Iterator[set[str]]:
    """The files lie in the vault inside the block. Add the keys that are about to be committed to the set it gives: whatever else
    was laid there goes again at the end, however the block ends. (Should the commit then fail, they are orphans to be swept:
    better than a matter that was committed and lost its pictures.)"""
    laid: list[str] = []
    claimed: set[str] = set()
    try:
        for one in files:
            laid.append(one.file.key)
            work.vault.put(one.file.key, one.data)
        yield claimed
    finally:
        unclaimed = [key for key in laid if key not in claimed]
        if unclaimed:
            work.vault.delete(unclaimed)


def record_files(work: Casework, unit: Unit, case_id: str, files: Sequence[Clean], by: str) -> None:
    unit.save_many((None, replace(one.file, case_id=case_id), work.event("case_file.added", one.file.id, by)) for one in files)


def _photo(work: Casework, sent: Upload) -> Clean:
    clean = clean_photo(sent.name, sent.data)
    record = CaseFile(work.registry.new_id(), "", "photo", clean.mimetype, fresh_key(work), len(clean.data), clean.sha256,
                      width=clean.width, height=clean.height)
    return Clean(record, clean.data)


def _voice(work: Casework, sent: Upload) -> Clean:
    clean = clean_voice(sent.name, sent.data)
    record = CaseFile(work.registry.new_id(), "", "voice", clean.mimetype, fresh_key(work), len(clean.data), clean.sha256,
                      seconds=clean.seconds)
    return Clean(record, clean.data)


def fresh_key(work: Casework) -> str:
    """Where the next file of a matter lies."""
    return f"{FOLDER}/{today(work.registry):%Y%m%d}/{work.registry.new_id()}"
