"""Random histories of several officers at the same doors: what somebody made true is never replaced without a person choosing it,
and a conflict is shown until it is settled. benchmarks/sync.py runs a thousand."""

from __future__ import annotations

import pytest
from flows.officers_histories import History
from flows.settling_stories import require_sound

from doorplate.store import Store

ROUNDS = 40


@pytest.mark.parametrize(("seed", "officers"), [(0, 2), (1, 3), (2, 4)])
def test_nothing_is_overwritten_in_silence(store: Store, seed: int, officers: int) -> None:
    history = History(store, seed, officers)
    told = history.run(ROUNDS)
    assert (told.silent, told.hidden) == (0, 0)
    assert told.asked > 0
    assert told.approved > 0
    require_sound(history.story.registry)
