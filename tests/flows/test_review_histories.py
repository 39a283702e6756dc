"""Random histories of several officers at the same doors: what somebody made true is never replaced without a person choosing it.

What counts as silent is told here from snapshots alone, not by the code that compares.
"""

from __future__ import annotations

import random

import pytest
from flows.review_stories import ReviewStory
from flows.settling_stories import require_sound

from doorplate.errors import Refused
from doorplate.model import Address
from doorplate.store import Store

FIELDS = {"number": [str(n) for n in range(1, 40)], "lane": ["", "二巷", "三巷"], "name": ["", "小卖部", "卫生室"],
          "place_kind": ["household", "public"]}
ROUNDS, SENDERS = 40, ("wang", "li", "sun")


def value(address: Address, field: str) -> str:
    return str(getattr(address.elements, field) if field in ("number", "lane") else getattr(address, field))


@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_overwritten_in_silence(store: Store, seed: int) -> None:
    story, chance = ReviewStory(store), random.Random(seed)
    packs = {(who, n): story.house(n) for who in SENDERS for n in (1, 2, 3)}  # each phone has its own, growing old
    waiting: list[tuple[str, Address, dict[str, str]]] = []
    met = {"silent": 0, "asked": 0, "done": 0}
    for _ in range(ROUNDS):
        who, n = chance.choice(SENDERS), chance.choice((1, 2, 3))
        if chance.random() < 0.3:
            packs[who, n] = story.house(n)
        base = packs[who, n]
        changes = {field: chance.choice(values) for field, values in FIELDS.items() if chance.random() < 0.5}
        changes = {field: told for field, told in changes.items() if told != value(base, field)}
        if changes and base.status != "retired":
            waiting.append((story.correction(who, n, base=base.version, **changes), base, changes))
        if waiting and chance.random() < 0.7:
            decide(story, waiting.pop(chance.randrange(len(waiting))), chance, met)
    assert met["silent"] == 0
    assert met["asked"] > 0
    assert met["done"] > 0
    require_sound(story.registry)


def decide(story: ReviewStory, sent: tuple[str, Address, dict[str, str]], chance: random.Random, met: dict[str, int]) -> None:
    item, base, changes = sent
    [now] = [house for house in map(story.house, (1, 2, 3)) if house.id == base.id]
    overwrites = [f for f, told in changes.items() if value(now, f) not in (value(base, f), told)]
    try:
        story.approve(item)
    except Refused as exc:
        if exc.code != "review.undecided":
            assert exc.code in ("address.number_taken", "address.number_spent", "review.nothing_left")  # noqa: PT017
            return
        met["asked"] += 1
        hard = [one.name for one in story.card(item).compared if one.state == "hard"]
        assert set(overwrites) <= set(hard)
        try:
            story.approve(item, **{name: chance.choice(("current", "proposed")) for name in hard})
        except Refused as again:
            assert again.code in ("address.number_taken", "address.number_spent", "review.nothing_left")  # noqa: PT017
        return
    met["silent"] += bool(overwrites)
    met["done"] += 1
