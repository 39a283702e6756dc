"""The pictures a visit was sent with, given to the matter it brought up: copies, for each is kept by rules of its own."""

from __future__ import annotations

import hashlib
import io

from PIL import Image

from doorplate.cases.case import CaseFile
from doorplate.field.records import FieldFile, FieldItem
from doorplate.registry.cases.casework import Casework
from doorplate.registry.cases.filing import Clean, fresh_key, record_files
from doorplate.registry.field import FieldWork
from doorplate.store import Unit


def attach_pictures(work: FieldWork, unit: Unit, item: FieldItem, case_id: str, by: str) -> None:
    """Those of the item, in the order they came. They lie in the vault before the transaction ends; should it fail, they are
    orphans to be swept (`cases.retention.sweep_orphans`). Raises Unavailable(media.vault)."""
    if work.casework is None:
        return
    copies = [_copy(work, work.casework, one) for one in unit.review_files(item.id) if one.kind == "photo"]
    record_files(work.casework, unit, case_id, copies, by)


def _copy(work: FieldWork, casework: Casework, one: FieldFile) -> Clean:
    data = work.vault.get(one.key)
    width, height = Image.open(io.BytesIO(data)).size  # a JPEG of our own making; its head is read, nothing is decoded
    key = fresh_key(casework)
    casework.vault.put(key, data)
    record = CaseFile(work.registry.new_id(), "", "photo", one.mimetype, key, len(data), hashlib.sha256(data).hexdigest(),
                      width=width, height=height)
    return Clean(record, data)
