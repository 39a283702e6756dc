"""The only writer of communities, areas, addresses, plates and batches.

One module an act, in the order of a plate's life: communities → lists → verifying → printing → scanning; `counters`
says where a community stands. Every change goes through `unit.save(before, after, event)`: one row, one event.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from doorplate.model import Event
from doorplate.store import Store


@dataclass(frozen=True)
class Registry:
    """A store with the things a pure function may not reach for itself: who acts, the clock, chance, and the sealing key.

    rng must be cryptographic (`random.SystemRandom`) wherever plate codes are drawn; tests hand in a seeded one.
    """

    store: Store
    secret: str
    actor: str
    now: Callable[[], datetime]
    rng: random.Random

    def new_id(self) -> str:
        """A fresh uuid4 as hex text, drawn from rng."""
        return uuid.UUID(int=self.rng.getrandbits(128), version=4).hex

    def event(self, verb: str, subject_id: str, reason: str = "", source: str = "") -> Event:
        """An event by this actor, now; the store fills in what changed."""
        return Event(verb=verb, subject_id=subject_id, actor=self.actor, at=self.now(), reason=reason, source=source)
