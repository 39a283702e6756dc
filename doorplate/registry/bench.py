"""One act in the making: the register of a community as the act leaves it, step by step, before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

from doorplate.addresses.operations import (
    Assign,
    Clean,
    Correct,
    Grounds,
    Merge,
    Operation,
    Retire,
    Surroundings,
    Verify,
    absorb,
    apply,
)
from doorplate.errors import Refused
from doorplate.model import (
    Address,
    Area,
    Community,
    Household,
    PlateStatus,
    Point,
    RecordedEvent,
    RecordedFinding,
    Settlement,
    Staff,
)
from doorplate.registry import Registry
from doorplate.registry.communities import require_community
from doorplate.registry.days import today
from doorplate.store import Reader, Unit
from doorplate.store.records import as_told

METAL: frozenset[PlateStatus] = frozenset({"printed", "proved", "packed", "issued", "mounted", "checked"})
VERBS: dict[type, str] = {
    Verify: "address.verified",
    Clean: "address.cleaned",
    Correct: "address.corrected",
    Retire: "address.retired",
    Assign: "address.assigned",
    Merge: "address.merged",
}
Settled = TypeVar("Settled", Address, Household, RecordedFinding, Area, Staff)
WITHDRAWN = "address.withdrawn"  # a new address taken back before it meant anything: its number is not spent


@dataclass(frozen=True)
class Effect:
    """What an act does to one address. before, after: standard addresses, "" where there is none. new_metal: codes of plates
    that exist and show what is no longer true; take_down: codes of plates that must leave the wall. points, grids: before and
    after, where they change (grids as ids)."""

    before: str
    after: str
    new_metal: tuple[str, ...] = ()
    take_down: tuple[str, ...] = ()
    points: tuple[Point | None, Point | None] | None = None
    grids: tuple[str | None, str | None] | None = None


class Bench:
    """Addresses, households and findings of one community as they are so far; every `put` is a change waiting to be saved."""

    def __init__(self, registry: Registry, reader: Reader, community: Community, source: str = "") -> None:
        self.registry, self.reader, self.community, self.source = registry, reader, community, source
        self.changes: list[tuple[Any, Any, Any]] = []
        self.addresses: dict[str, Address] = {}
        self.households: dict[str, Household] = {h.id: h for h in reader.households(community.code)}
        self._findings: dict[str, RecordedFinding] | None = None
        self._leaving: dict[str, str] = {}
        self._living: dict[str, str] = {}
        self._retired: dict[str, set[str]] = {}
        self._withdrawn: dict[str, bool] = {}
        for address in reader.addresses(community.code):
            self._index(address)

    @property
    def findings(self) -> dict[str, RecordedFinding]:
        """Every finding of the community by id; read when first asked for."""
        if self._findings is None:
            self._findings = {f.id: f for f in self.reader.findings(self.community.code)}
        return self._findings

    def holder(self, key: str) -> Address | None:
        """The living address with this key."""
        found = self._living.get(key)
        return self.addresses[found] if found and self._leaving.get(key) != found else None

    def spent(self, key: str) -> bool:
        """Whether an address with this key was ever retired. One that was withdrawn had never been in force."""
        return any(not self._was_withdrawn(one) for one in self._retired.get(key, ()))

    def living_in(self, address_id: str) -> list[Household]:
        """The households at an address."""
        return [h for h in self.households.values() if h.address_id == address_id and h.merged_into is None]

    def around(self) -> Surroundings:
        return Surroundings(self.community.prefix, today(self.registry), self.holder, self.spent)

    def do(self, address: Address | None, operation: Operation) -> Address:
        """Carries one operation out; households follow a merged address. Gives the address that stands afterwards.
        Raises Refused as `operations.apply`, having changed nothing."""
        after = apply(address, operation, self.around())
        done = self.put(address, after, VERBS[type(operation)], operation.grounds)
        if not isinstance(operation, Merge) or address is None:
            return done
        survivor = self.addresses[operation.into.id]
        for household in self.living_in(address.id):
            self.move(household, survivor.id, operation.grounds)
        return self.put(survivor, absorb(survivor, address), "address.absorbed", operation.grounds)

    def exchange(self, moves: Sequence[tuple[Address, Correct]]) -> list[Address]:
        """Corrections that take effect at one moment: each may take the number another of them gives up (5 ↔ 7). Raises
        Refused as `operations.apply` for the first that cannot be, having changed nothing."""
        self._leaving = {address.key: address.id for address, _ in moves}
        try:
            afters = [apply(address, operation, self.around()) for address, operation in moves]
        finally:
            self._leaving = {}
        name, count = Counter(after.standard_address for after in afters).most_common(1)[0]
        if count > 1:
            raise Refused("address.number_taken", f"{name} 同时给了 {count} 家, 只能给一家", address=name)
        return [self.put(address, after, VERBS[Correct], operation.grounds)
                for (address, operation), after in zip(moves, afters, strict=True)]

    def move(self, household: Household, address_id: str, grounds: Grounds) -> None:
        self.put(household, replace(household, address_id=address_id), "household.moved", grounds)

    def put(self, before: Settled | None, after: Settled, verb: str, grounds: Grounds) -> Settled:
        """Notes a change: one event, with its reason and evidence."""
        reason = grounds.reason + (f" (依据: {grounds.evidence})" if grounds.evidence else "")
        self.changes.append((before, after, self.registry.event(verb, after.id, reason=reason, source=self.source)))
        stands = replace(after, version=(before.version if before else 0) + 1)
        if isinstance(stands, Address):
            self._forget(stands.id)
            if before is None or stands.status != getattr(before, "status", ""):
                self._withdrawn[stands.id] = verb == WITHDRAWN
            self._index(stands)
        elif isinstance(stands, Household):
            self.households[stands.id] = stands
        elif isinstance(stands, RecordedFinding) and self._findings is not None:
            self._findings[stands.id] = stands
        return stands

    def write(self, unit: Unit, settlement: Settlement) -> Settlement:
        """Everything at once, and the act itself."""
        subjects = tuple(dict.fromkeys(after.id for _, after, _ in self.changes))
        settled = replace(settlement, subjects=subjects)
        event = self.registry.event(f"settlement.{settled.act}", settled.id, reason=settled.reason, source=settled.source)
        unit.set_aside(self._passed_on())
        unit.save_many([*self.changes, (None, settled, event)])
        return replace(settled, version=1)

    def effects(self) -> tuple[Effect, ...]:
        """Per address touched: as it was, as it is, and what that means for the plates that exist."""
        first: dict[str, Address | None] = {}
        for before, after, _ in self.changes:
            if isinstance(after, Address):
                first.setdefault(after.id, before)
        return tuple(self.effect(first[one], self.addresses[one]) for one in first)

    def effect(self, before: Address | None, after: Address) -> Effect:
        plates = [p.code for p in self.reader.plates_of([after.id]) if p.status in METAL]
        gone = after.status == "retired" and before is not None and before.status != "retired"
        repainted = before is not None and _painted(before) != _painted(after)
        return Effect(
            before=before.standard_address if before and before.status != "retired" else "",
            after=after.standard_address if after.status != "retired" else "",
            new_metal=tuple(plates) if repainted and not gone else (),
            take_down=tuple(plates) if gone else (),
            points=(before.point, after.point) if before is not None and before.point != after.point else None,
            grids=(before.grid_id, after.grid_id) if before is not None and before.grid_id != after.grid_id else None,
        )

    def _passed_on(self) -> list[str]:
        """Ids of the addresses whose name another one is given before they have left it."""
        named: dict[str, str] = {}
        for before, after, _ in reversed(self.changes):
            if isinstance(after, Address) and before is not None and before.status != "retired":
                named[before.standard_address] = after.id
        found: dict[str, None] = {}
        for before, after, _ in self.changes:
            if not isinstance(after, Address):
                continue
            if before is not None and named.get(before.standard_address) == after.id:
                del named[before.standard_address]
            if after.status != "retired":
                if (holder := named.get(after.standard_address)) is not None:
                    found[holder] = None
                named[after.standard_address] = after.id
        return list(found)

    def _index(self, address: Address) -> None:
        self.addresses[address.id] = address
        if address.status == "retired":
            self._retired.setdefault(address.key, set()).add(address.id)
        else:
            self._living[address.key] = address.id

    def _forget(self, address_id: str) -> None:
        old = self.addresses.get(address_id)
        if old is not None:
            self._retired.get(old.key, set()).discard(old.id)
            if self._living.get(old.key) == old.id:
                del self._living[old.key]

    def _was_withdrawn(self, address_id: str) -> bool:
        if address_id not in self._withdrawn:
            self._withdrawn[address_id] = was_withdrawn(self.reader.events_of([address_id]))
        return self._withdrawn[address_id]


def begin(
    registry: Registry, reader: Reader, community: str, grounds: Grounds, act: Literal["accept", "amend", "dismiss", "operate"]
) -> tuple[Bench, Settlement]:
    """A bench and the act it will be. Raises NotFound(community.unknown)."""
    settlement = Settlement(registry.new_id(), community, act, grounds.reason, grounds.evidence, grounds.effective_on, ())
    return Bench(registry, reader, require_community(reader, community), settlement.source), settlement


def undone(record: Settled, story: Sequence[RecordedEvent]) -> Settled:
    """The record as it was before these events of its own. What they had made comes out as they made it."""
    for event in reversed(story):
        if event.version > 1:
            record = as_told(record, event.event.before)
    return record


def was_withdrawn(story: Sequence[RecordedEvent]) -> bool:
    """Whether the last change of status in an address's story took it back, instead of retiring it."""
    verbs = [event.event.verb for event in story if "status" in event.event.after]
    return bool(verbs) and verbs[-1] == WITHDRAWN


def _painted(address: Address) -> str:
    return address.elements.thoroughfare + address.elements.painted_number
