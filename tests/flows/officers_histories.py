"""Random histories of two to four officers at the same doors, through the real inbox and the real review. What counts as silent
is told from snapshots alone, not by the code that compares."""

from __future__ import annotations

import random
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from flows.review_stories import NOW, ReviewStory, ident
from flows.settling_stories import VILLAGE, require_sound

from doorplate.errors import Refused
from doorplate.model import Address
from doorplate.people.account import Actor, Grant
from doorplate.registry.field.inbox import take_in
from doorplate.store import Store

FIELDS = {"number": [str(n) for n in range(1, 40)], "lane": ["", "二巷", "三巷"], "name": ["", "小卖部", "卫生室"],
          "place_kind": ["household", "public"]}
OFFICERS, HOUSES = ("wang", "li", "sun", "far"), (1, 2, 3)
NOT_POSSIBLE = frozenset({"address.number_taken", "address.number_spent", "address.retired", "address.transition",
                          "review.nothing_left", "operation.no_change"})
"""What the register itself refuses, said aloud to the reviewer."""


@dataclass
class Told:
    """silent: approvals that replaced what somebody else had made true, without anybody choosing. hidden: times a conflict stood
    and the item's card or its place in the queue did not show it. asked: conflicts a person was asked to choose in."""

    silent: int = 0
    hidden: int = 0
    asked: int = 0
    approved: int = 0
    rejected: int = 0
    impossible: Counter[str] = field(default_factory=Counter)

    def add(self, other: Told) -> None:
        for name in ("silent", "hidden", "asked", "approved", "rejected"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.impossible += other.impossible


@dataclass(frozen=True)
class Sent:
    """An item as its sender knew the house. changes: field → proposed; of 停用 the status."""

    id: str
    base: Address
    changes: dict[str, str]

    def overwrites(self, now: Address) -> set[str]:
        """Fields somebody else has changed since, and that this would make yet another."""
        if "status" in self.changes:
            moved = any(value(now, name) != value(self.base, name) for name in FIELDS)
            return {"status"} if moved and now.status != "retired" else set()
        return {name for name, told in self.changes.items() if value(now, name) not in (value(self.base, name), told)}


def value(address: Address, name: str) -> str:
    return str(getattr(address.elements if name in ("number", "lane") else address, name))


class History:
    """Officers with packs that grow old, and a reviewer who takes what waits in any order."""

    def __init__(self, store: Store, seed: int, officers: int) -> None:
        self.story, self.chance, self.told = ReviewStory(store), random.Random(seed), Told()
        self.officers = self.chance.sample(OFFICERS, officers)
        self.packs = {(who, n): self.story.house(n) for who in self.officers for n in HOUSES}
        self.waiting: list[Sent] = []

    def run(self, rounds: int) -> Told:
        for _ in range(rounds):
            self._somebody_sends()
            if self.waiting and self.chance.random() < 0.6:
                self._decide(self.waiting.pop(self.chance.randrange(len(self.waiting))))
                self._require_shown()
        while self.waiting:
            self._decide(self.waiting.pop())
        require_sound(self.story.registry)
        return self.told

    def _somebody_sends(self) -> None:
        who, n = self.chance.choice(self.officers), self.chance.choice(HOUSES)
        if self.chance.random() < 0.3:
            self.packs[who, n] = self.story.house(n)
        base = self.packs[who, n]
        if base.status == "retired":
            return
        if self.chance.random() < 0.06:
            self._send(who, base, {"status": "retired"})
            return
        changes = {name: self.chance.choice(values) for name, values in FIELDS.items() if self.chance.random() < 0.5}
        changes = {name: told for name, told in changes.items() if told != value(base, name)}
        if changes:
            self._send(who, base, changes)

    def _send(self, who: str, base: Address, changes: dict[str, str]) -> None:
        """Twice, as a phone does that heard no answer."""
        retires, at = "status" in changes, NOW.isoformat()
        assert base.point is not None
        there = [{"lon": base.point.lon, "lat": base.point.lat, "accuracy_m": 20, "at": at}]
        item: dict[str, Any] = {
            "id": uuid.UUID(int=self.chance.getrandbits(128)).hex, "kind": "correction", "at": at,
            "fixes": there, "community": VILLAGE, "address": base.id, "base": base.version,
            "operation": "retire" if retires else "correct",
            "changes": {} if retires else changes, "reason": "demolished" if retires else "wrong_number"}
        actor = Actor(ident(who), who, (Grant("officer", VILLAGE),), device_id=ident(f"phone {who}"))
        told = [take_in(self.story.work, actor, [item], None)[0].result for _ in range(2)]
        assert told == ["accepted", "duplicate"], told
        self.waiting.append(Sent(item["id"], base, changes))

    def _now(self, sent: Sent) -> Address:
        return next(house for house in map(self.story.house, HOUSES) if house.id == sent.base.id)

    def _decide(self, sent: Sent) -> None:
        if self.chance.random() < 0.1:
            self.story.desk.reject(self.story.actor("zhao"), sent.id, self.story.card(sent.id).version, "现场不是这样")
            self.told.rejected += 1
            return
        overwrites = sent.overwrites(self._now(sent))
        try:
            self.story.approve(sent.id)
        except Refused as exc:
            if exc.code != "review.undecided":
                self._impossible(sent, exc.code)
                return
            self.told.asked += 1
            hard = {one.name for one in self.story.card(sent.id).compared if one.state == "hard"}
            self.told.hidden += not overwrites <= hard
            self._choose(sent, hard)
            return
        self.told.silent += bool(overwrites)
        self.told.approved += 1

    def _choose(self, sent: Sent, hard: set[str]) -> None:
        try:
            self.story.approve(sent.id, **{name: self.chance.choice(("current", "proposed")) for name in sorted(hard)})
            self.told.approved += 1
        except Refused as exc:
            self._impossible(sent, exc.code)

    def _impossible(self, sent: Sent, code: str) -> None:
        """It was not done, and the item waits on; the reviewer sends it back."""
        assert code in NOT_POSSIBLE, code
        self.told.impossible[code] += 1
        self.story.desk.reject(self.story.actor("zhao"), sent.id, self.story.card(sent.id).version, "登记簿不收")

    def _require_shown(self) -> None:
        """Every conflict that stands now is on its card and in the queue among the conflicts."""
        queued = set(self.story.shown("zhao", "hard"))
        for sent in self.waiting:
            if overwrites := sent.overwrites(self._now(sent)):
                hard = {one.name for one in self.story.card(sent.id).compared if one.state == "hard"}
                self.told.hidden += not (overwrites <= hard and sent.id in queued)
