"""Taking an act of settling back: new events that restore the values. Nothing is deleted, and an undo can itself be undone.

Refused when something was built on it since, and then it says what. A number that only a withdrawn act had given is free again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from doorplate.addresses.operations import Grounds, require_grounds
from doorplate.errors import InputError, NotFound, Refused
from doorplate.model import Address, RecordedEvent, Settlement
from doorplate.plates.lifecycle import REPLACED
from doorplate.registry import Registry
from doorplate.registry.area_acts import MOVED
from doorplate.registry.area_undoing import AreaRestoring
from doorplate.registry.bench import WITHDRAWN, Bench, Settled, undone, was_withdrawn
from doorplate.registry.communities import require_community
from doorplate.registry.days import today
from doorplate.registry.locating import Ground
from doorplate.registry.operating import Done
from doorplate.store import Reader, Unit

VERIFIED = "address.verified"


def undo(registry: Registry, operation: str, reason: str = "") -> Done:
    """Takes back the act with this id (or its beginning) whole. Its effective date becomes the undo's, so that by effective
    date the act never was.

    Raises NotFound(settlement.unknown), InputError(settlement.ambiguous), Refused(undo.already, undo.built_upon, operation.…).
    """
    with registry.store.writing() as unit:
        return undo_in(registry, unit, operation, reason)


def undo_in(registry: Registry, unit: Unit, operation: str, reason: str = "") -> Done:
    """The same inside a transaction the caller holds. Raises as `undo`, having written nothing."""
    act = _named(unit, operation)
    grounds = Grounds(reason.strip() or "撤销", f"操作 {act.id[:8]}", act.effective_on)
    require_grounds(grounds, today(registry))
    settlement = Settlement(
        registry.new_id(), act.community, "undo", grounds.reason, grounds.evidence, act.effective_on, (), undoes=act.id
    )
    undoing = _Undoing(registry, unit, act, settlement.source)
    undoing.restore(grounds)
    undoing.require_nothing_built()
    effects = undoing.bench.effects()
    return Done(undoing.bench.write(unit, settlement), effects, tuple(undoing.restoring.changed))


def _named(reader: Reader, start: str) -> Settlement:
    found = reader.settlements_beginning(start.lower()) if start else ()
    if not found:
        raise NotFound("settlement.unknown", f"没有编号为 {start} 的操作", operation=start)
    if len(found) > 1:
        raise InputError("settlement.ambiguous", f"编号 {start} 对上了 {len(found)} 个操作, 请多写几位", operation=start)
    return found[0]


class _Undoing:
    """One act being taken back. own: its events by subject, in order; moment: the last of them; stories: every event of its
    subjects. Raises Refused(undo.already, undo.built_upon) where somebody changed the same since."""

    def __init__(self, registry: Registry, unit: Unit, act: Settlement, source: str) -> None:
        self.unit, self.act = unit, act
        self.bench = Bench(registry, unit, require_community(unit, act.community), source)
        events = unit.events_of(act.subjects)
        self.own: dict[str, list[RecordedEvent]] = {}
        for event in events:
            if event.event.source == act.source:
                self.own.setdefault(event.event.subject_id, []).append(event)
        self.moment = max(event.seq for story in self.own.values() for event in story)
        later = [e for e in events if e.seq > self.own[e.event.subject_id][-1].seq]
        self.restoring = AreaRestoring(self.bench, self.own)
        self.of_areas = bool(self.restoring.areas)
        self.ground = Ground(self.bench.community, unit.areas(act.community), self.bench.addresses)
        self.verified_since = {e.event.subject_id for e in later if e.event.verb == VERIFIED}
        self.stories = events
        overlaid = self._overlaid(later)
        if hard := [e for e in later if e.event.subject_id in overlaid]:
            raise self._overtaken(hard)

    def restore(self, grounds: Grounds) -> None:
        """Last changed, first restored: a number is free again before its old owner takes it back."""
        addresses = {a.id: a for a in self.unit.addresses_of(self.own)}
        households = {h.id: h for h in self.unit.households_of(self.own)}
        findings = {f.id: f for f in self.unit.findings_of(self.own)}
        areas, staff = self.restoring.areas, self.restoring.staff
        for subject, story in sorted(self.own.items(), key=lambda item: item[1][-1].seq, reverse=True):
            if address := addresses.get(subject):
                self._restore_address(address, story, grounds)
            elif household := households.get(subject):
                self._put(household, undone(household, story), "household.restored", grounds)
            elif finding := findings.get(subject):
                was = undone(finding, story)
                self._put(finding, was, "finding.reopened" if was.resolution == "open" else "finding.restored", grounds)
            elif area := areas.get(subject):
                self.restoring.area(area, story, grounds)
            elif person := staff.get(subject):
                self.restoring.contact(person, story, grounds)

    def _restore_address(self, now: Address, story: Sequence[RecordedEvent], grounds: Grounds) -> None:
        was = undone(now, story)
        earlier = [e for e in self.stories if e.event.subject_id == now.id and e.seq < story[0].seq]
        made_here = story[0].version == 1  # an address that came in bulk has no event of its birth
        if made_here:
            was = replace(was, status="retired")
        elif now.id in self.verified_since and was.standard_address != now.standard_address and was.status == "verified":
            was = replace(was, status="proposed")  # what had been verified is what is now taken back
        if not self.of_areas and was.status != "retired":
            was = replace(was, grid_id=self.ground.standing_grid(was))  # its grid of then may have been divided since
        withdrawn = was.status == "retired" and (made_here or was_withdrawn(earlier))
        self._put(now, was, WITHDRAWN if withdrawn else "address.restored", grounds)

    def _put(self, now: Settled, was: Settled, verb: str, grounds: Grounds) -> None:
        if was != now:
            self.bench.put(now, was, verb, grounds)

    def _overlaid(self, later: Sequence[RecordedEvent]) -> set[str]:
        """Subjects on which what the act had changed, or their status, is no longer as it left it. What came and was taken back
        again does not count; nor does a verification, which falls with what it verified, nor that an area's addresses went
        where the area went. An act on areas only asks for what it changed itself, of contacts for where they are in charge."""
        left: dict[tuple[str, str], Any] = {}
        for story in self.own.values():
            left |= {(e.event.subject_id, name): value for e in story for name, value in e.event.after.items()
                     if e.event.subject_id not in self.restoring.staff or name == "area_code"}
        opened = {one for one, story in self.own.items() if one in self.restoring.areas and story[0].version == 1}
        now = dict(left)
        for event in (e.event for e in later if e.event.verb != VERIFIED):
            watched = event.before if event.subject_id in opened else () if self.of_areas else {"status"} & event.before.keys()
            for name in watched:
                left.setdefault((event.subject_id, name), event.before[name])
            for name, value in event.after.items():
                if (event.subject_id, name) in left and (self.of_areas or event.verb != MOVED):
                    now[event.subject_id, name] = value
        return {subject for (subject, name), value in now.items() if left[subject, name] != value}

    def require_nothing_built(self) -> None:
        """Raises Refused where the restored register would contradict what came after the act."""
        if depends := self.restoring.what_depends():
            raise self._built(depends)
        changed = [(before, after) for before, after, _ in self.bench.changes if isinstance(after, Address)]
        for before, after in changed:
            if after.status != "retired":
                self._require_its_own(after)
            self._require_no_plates(before, after)
            if after.status == "retired" != before.status and self.bench.living_in(after.id):
                raise self._built(f"{before.standard_address} 后来登记了住户")

    def _require_its_own(self, after: Address) -> None:
        if self.bench.spent(after.key):
            raise self._built(f"{after.standard_address} 后来给过别家, 已停用")
        same = [a for a in self.bench.addresses.values() if a.key == after.key and a.status != "retired" and a.id != after.id]
        if same:
            raise self._built(f"{after.standard_address} 后来给了别家")

    def _require_no_plates(self, before: Address, after: Address) -> None:
        """Metal made since then shows what the act had made true; a plate given to a new address speaks for it."""
        if before.standard_address == after.standard_address and (after.status != "retired" or before.status == "retired"):
            return
        plates = [p for p in self.unit.plates_of([after.id]) if p.status not in REPLACED]
        made = {e.event.subject_id for e in self.unit.events_of([p.id for p in plates])
                if e.seq > self.moment and e.event.verb in ("plate.printed", "plate.planned")}
        if made:
            codes = "、".join(p.code for p in plates if p.id in made)
            raise self._built(f"{before.standard_address} 后来制作了门牌 {codes}")

    def _overtaken(self, later: Sequence[RecordedEvent]) -> Refused:
        """What stands in the way: another act (its id), or a change of another kind (its day)."""
        sources = {event.event.source for event in later}
        acts = [s for s in self.unit.settlements(self.act.community) if s.source in sources]
        undone = next((s for s in acts if s.undoes == self.act.id), None)
        if undone is not None and undone is acts[-1]:
            return Refused("undo.already", f"这次操作已经撤销过了 (撤销的编号 {undone.id[:8]})", operation=undone.id)
        if acts:
            return self._built(f"后来的操作 {acts[-1].id[:8]} ({acts[-1].reason}), 请先撤销它")
        first = later[0].event
        return self._built(f"{first.at:%Y-%m-%d} 又有改动 ({first.verb})")

    def _built(self, what: str) -> Refused:
        return Refused("undo.built_upon", f"不能撤销: {what}", operation=self.act.id)

