"""What came in from the field is forgotten when its time is over; that it came, from whom and what became of it, stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from doorplate.registry.days import today
from doorplate.registry.field import CLOCK, FieldWork
from doorplate.registry.field.files import FOLDER
from doorplate.registry.field.notes import forget_notes
from doorplate.store import Unit

_BLOCK = 200  # in one transaction


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many of each."""

    notes: int
    items: int
    files: int
    asides: int
    orphans: int


def forget_field(work: FieldWork) -> Forgotten:
    """Everything whose time is over (`keep` of field.toml). Run again, it goes on where it stopped. Raises
    Unavailable(media.vault)."""
    keep = work.settings.keep
    return Forgotten(forget_notes(work), _all(work, _items, keep.item_days), _all(work, _files, keep.item_days),
                     _all(work, _asides, keep.aside_days), sweep_vault(work))


def sweep_vault(work: FieldWork) -> int:
    """Deletes what lies in the vault and no record speaks of: what a crash between vault and database left behind. Only of days
    before yesterday, for a file may be on its way in just now. Gives how many."""
    yesterday = f"{today(work.registry) - timedelta(days=1):%Y%m%d}"
    old = (key for key in work.vault.keys(f"{FOLDER}/") if key.split("/")[1] < yesterday)
    swept = 0
    while keys := list(islice(old, _BLOCK)):
        with work.registry.store.reading() as reader:
            known = reader.field_keys_known(keys)
        orphans = [key for key in keys if key not in known]
        work.vault.delete(orphans)
        swept += len(orphans)
    return swept


def _items(work: FieldWork, unit: Unit, before: datetime) -> int:
    """The content of what is settled; the same sent again is still known by its id."""
    over = unit.items_to_forget(before, _BLOCK)
    unit.save_many((one, replace(one, payload_sealed=None), work.event("item.forgotten", one.id, CLOCK)) for one in over)
    return len(over)


def _files(work: FieldWork, unit: Unit, before: datetime) -> int:
    """Files first, then the keys that lead to them: never a file that nobody can find any more."""
    over = unit.files_to_forget(before, _BLOCK)
    work.vault.delete([one.key for one in over])
    unit.save_many((one, replace(one, key="", size=0, evidence={}), work.event("field_file.forgotten", one.id, CLOCK))
                   for one in over)
    return len(over)


def _asides(work: FieldWork, unit: Unit, before: datetime) -> int:
    over = unit.aside_to_forget(before, _BLOCK)
    unit.save_many((one, replace(one, body_sealed=b""), work.event("field_aside.forgotten", one.id, CLOCK)) for one in over)
    return len(over)


def _all(work: FieldWork, block: Callable[[FieldWork, Unit, datetime], int], days: int) -> int:
    """Block after block, a transaction each, until nothing is left that is older than so many days."""
    forgotten = 0
    while True:
        with work.registry.store.writing() as unit:
            count = block(work, unit, work.now - timedelta(days=days))
        if not count:
            return forgotten
        forgotten += count
