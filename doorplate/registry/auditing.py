"""Proving that nobody bent the trail: every event's hash, the digests of what came in bulk, and a checkpoint kept elsewhere."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from doorplate.model import Checkpoint, RecordedEvent
from doorplate.registry import Registry
from doorplate.store import Reader

LOADED = "list.imported"
Against = Literal["none", "fits", "truncated", "rewritten"]


@dataclass(frozen=True)
class Audit:
    """What was found. first_bad: seq of the first event that does not fit, None when all do. loads, changed_loads: how many
    registers came in bulk, and the seq of those whose addresses are no longer what their event says (asked only of a whole
    trail). against: how the trail stands to the checkpoint. end: where the trail stands now, a checkpoint for next time."""

    events: int
    first_bad: int | None
    loads: int
    changed_loads: tuple[int, ...]
    against: Against
    end: Checkpoint

    @property
    def ok(self) -> bool:
        return self.first_bad is None and not self.changed_loads and self.against in ("none", "fits")


def audit(registry: Registry, checkpoint: Checkpoint | None = None) -> Audit:
    """Verifies the whole registry as of one moment. About 10 s for a million events, more for a million loaded addresses."""
    with registry.store.reading() as reader:
        report = reader.verify_chain()
        loads = list(_loads(reader)) if report.ok else []
        changed = tuple(load.seq for load in loads if not _is_true(reader, load.event.subject_id))
        last = reader.event_count()
        end = Checkpoint(last, reader.event_hash(last) or "", registry.now())
        return Audit(report.events, report.first_bad_seq, len(loads), changed, _against(reader, checkpoint, last), end)


def _loads(reader: Reader) -> Iterator[RecordedEvent]:
    """The events of bulk loads, as the trail has them: a load taken out of its table is still asked for."""
    seq = 0
    while events := reader.events(verb=LOADED, after_seq=seq):
        yield from (event for event in events if event.event.after.get("digest"))
        seq = events[-1].seq


def _is_true(reader: Reader, import_id: str) -> bool:
    try:
        return reader.load_is_true(import_id)
    except (ValueError, TypeError, struct.error):
        return False  # somebody wrote into the table what no address holds


def _against(reader: Reader, checkpoint: Checkpoint | None, last: int) -> Against:
    if checkpoint is None:
        return "none"
    if checkpoint.seq > last:
        return "truncated"
    return "fits" if reader.event_hash(checkpoint.seq) == checkpoint.hash else "rewritten"
