"""What officers wrote down at a door is forgotten when its time is over; that they were there, and why, stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from doorplate.field.records import FORGOTTEN, Visit
from doorplate.registry.field import CLOCK, FieldWork

_BLOCK = 200  # in one transaction


def forget_notes(work: FieldWork) -> int:
    """Deletes the notes of visits and the words of mountings older than `keep.item_days`; gives how many. Run again, it goes on
    where it stopped. Of a mounting it stays known that a reason was given: its zone may rest on it."""
    forgotten = 0
    before = work.now - timedelta(days=work.settings.keep.item_days)
    while True:
        with work.registry.store.writing() as unit:
            over = unit.notes_to_forget(before, _BLOCK)
            for one in over:
                if isinstance(one, Visit):
                    unit.save(one, replace(one, words_sealed=None), work.event("visit.forgotten", one.id, CLOCK))
                else:
                    unit.save(one, replace(one, words=FORGOTTEN), work.event("mounting.forgotten", one.id, CLOCK))
        if not over:
            return forgotten
        forgotten += len(over)
