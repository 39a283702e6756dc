"""Settling findings: accept what they propose, say what is right instead, or dismiss them; one or many, seen before it is done.

`preview` and `settle` make the same plan; only `settle` writes it, in one transaction and as one act that `undoing` takes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from doorplate.addresses.format import address_key
from doorplate.addresses.operations import Assign, Correct, Grounds, Merge, Retire, is_complete, require_grounds
from doorplate.errors import DoorplateError, InputError, NotFound, Refused
from doorplate.model import Address, Confidence, Elements, Household, Place, RecordedFinding, Settlement
from doorplate.registry import Registry
from doorplate.registry.communities import require_community
from doorplate.registry.grid_codes import GridCodes
from doorplate.registry.operating import METAL, Effect, begin, today
from doorplate.registry.proposals import ADDRESS, SAME_DOOR, proposed, reading, require_confirmable
from doorplate.store import Reader

ALONG = "同一行的地址已核定, 一并了结"
_RESOLUTIONS: dict[str, Literal["settled", "dismissed"]] = {"accept": "settled", "amend": "settled", "dismiss": "dismissed"}


@dataclass(frozen=True)
class Choice:
    """Which open findings. findings: ids or their beginnings, named one by one; else all of the classes or codes (wrong,
    wrong.street), of one confidence, in one grid (code). Everything empty = every open finding."""

    findings: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    confidence: Confidence | None = None
    grid: str | None = None


@dataclass(frozen=True)
class Ruling:
    """What a person decides. accept: as proposed; amend: `address` (text) is right; dismiss: nothing is wrong."""

    decision: Literal["accept", "amend", "dismiss"]
    grounds: Grounds
    address: str = ""


@dataclass(frozen=True)
class Outcome:
    """What settling one finding does. act: 核对 更正 新编 停用 合并 入户 恢复 分户 (核对 = the address stays as it is)."""

    finding: str
    code: str
    where: str
    act: str
    effect: Effect


@dataclass(frozen=True)
class Hindrance:
    """A finding that stays open, and why: code and message as an error would have them."""

    finding: str
    where: str
    code: str
    message: str


@dataclass(frozen=True)
class Plan:
    """What would happen (or happened): per finding; along: further findings on the same lines that end with them."""

    outcomes: tuple[Outcome, ...]
    hindered: tuple[Hindrance, ...]
    along: int = 0


def preview(registry: Registry, community: str, choice: Choice, ruling: Ruling) -> Plan:
    """What settling would do; writes nothing. Raises NotFound(community.unknown, finding.unknown, grid.unknown),
    InputError(finding.ambiguous, address.unreadable), Refused(operation.…) for the grounds."""
    with registry.store.reading() as reader:
        return _Settling(registry, reader, community, choice, ruling).plan


def settle(registry: Registry, community: str, choice: Choice, ruling: Ruling) -> tuple[Settlement, Plan]:
    """Does it, all in one transaction. Findings chosen by a filter that cannot be settled stay open; one that was named and
    cannot be settled stops everything.

    Raises as `preview`; what hinders a named finding (finding.already_settled, address.number_taken …);
    Refused(settle.nothing) where the filter leaves nothing to do.
    """
    with registry.store.writing() as unit:
        work = _Settling(registry, unit, community, choice, ruling)
        if work.troubles and (choice.findings or not work.plan.outcomes):
            raise work.troubles[0]
        if not work.plan.outcomes:
            raise Refused("settle.nothing", "没有符合条件的待处理问题")
        return work.bench.write(unit, work.settlement), work.plan


class _Settling:
    """One act over the chosen findings, planned on a bench."""

    def __init__(self, registry: Registry, reader: Reader, community: str, choice: Choice, ruling: Ruling) -> None:
        require_grounds(ruling.grounds, today(registry))
        self.registry, self.ruling = registry, ruling
        self.bench, self.settlement = begin(registry, reader, community, ruling.grounds, ruling.decision)
        self.words = reading(reader, self.bench.community)
        self.grids = GridCodes(reader.areas(community, "grid"))
        self.target = self.words.address(ruling.address) if ruling.decision == "amend" else None
        self.findings = {f.id: f for f in reader.findings(community)}
        self.troubles: list[DoorplateError] = []
        self.along = 0
        self.plan = self._planned(self._chosen(choice))

    def _chosen(self, choice: Choice) -> list[RecordedFinding]:
        if choice.findings:
            return list(dict.fromkeys(self._named(start) for start in choice.findings))
        if choice.grid is not None and choice.grid not in self.grids:
            raise NotFound("grid.unknown", f"登记簿里没有网格 {choice.grid}", grid=choice.grid)
        chosen = [f for f in self.findings.values() if f.resolution == "open" and _is_among(f, choice)]
        return [f for f in chosen if choice.grid is None or self._grid(f) == self.grids.today(choice.grid)]

    def _named(self, start: str) -> RecordedFinding:
        found = [f for one, f in self.findings.items() if start and one.startswith(start.lower())]
        if not found:
            raise NotFound("finding.unknown", f"没有编号为 {start} 的问题", finding=start)
        if len(found) > 1:
            raise InputError("finding.ambiguous", f"编号 {start} 对上了 {len(found)} 个问题, 请多写几位", finding=start)
        return found[0]

    def _grid(self, finding: RecordedFinding) -> str | None:
        address = self._address(finding)
        place = self.grids.then(finding.place.grid, finding.place.point) if finding.place else None
        return address.grid_id if address and address.grid_id else place

    def _planned(self, chosen: Sequence[RecordedFinding]) -> Plan:
        """Goes round as long as something moves: one correction may free the number another one waits for."""
        outcomes: list[Outcome] = []
        waiting, moved = list(chosen), True
        hindered: dict[str, DoorplateError] = {}
        while waiting and moved:
            left = []
            for finding in waiting:
                try:
                    outcome = self._settle(self.findings[finding.id], again=bool(outcomes or hindered))
                except Refused as exc:
                    hindered[finding.id] = exc
                    left.append(finding)
                else:
                    hindered.pop(finding.id, None)
                    outcomes += [outcome] if outcome else []
            moved = len(left) < len(waiting) and any(hindered[f.id].code == "address.number_taken" for f in left)
            waiting = left
        self.troubles = [hindered[f.id] for f in waiting]
        told = [Hindrance(f.id, _where(f), hindered[f.id].code, hindered[f.id].message) for f in waiting]
        return Plan(tuple(outcomes), tuple(told), self.along)

    def _settle(self, finding: RecordedFinding, *, again: bool) -> Outcome | None:
        """None for a finding that ended along with another one of this act."""
        if finding.resolution != "open":
            if again and finding.resolved_reason == ALONG:
                return None
            raise self._already(finding)
        grounds = replace(self.ruling.grounds, evidence=self.ruling.grounds.evidence or _where(finding))
        was = self._address(finding)
        act, address = self._act(finding, grounds)
        self._close(finding, address, grounds)
        now = address or self._address(finding)
        effect = self.bench.effect(was if was and now and was.id == now.id else None, now) if now else Effect("", "")
        if was and now and was.id != now.id:
            effect = replace(effect, before=was.standard_address, take_down=self._orphaned(was))
        if finding.finding.code == "damaged" and self.ruling.decision == "accept" and now:
            effect = replace(effect, new_metal=self._plates(now))
        return Outcome(finding.id, finding.finding.code, _where(finding), act, effect)

    def _act(self, finding: RecordedFinding, grounds: Grounds) -> tuple[str, Address | None]:
        """Does what the ruling means for this finding: the act's name, the address the finding then belongs to."""
        code, address = finding.finding.code, self._address(finding)
        if self.target is not None:
            return self._give(finding, self.target, grounds, join=True)
        if self.ruling.decision == "dismiss":
            return self._dismiss(finding, address, grounds)
        if code == "incomplete.number" and address and address.status != "retired":
            return "核对", address  # another line of the same household has given it its number
        if code in ADDRESS:
            base = address.elements if address else finding.place.elements if finding.place else Elements()
            return self._give(finding, proposed(finding.finding, base, self.words), grounds, join=code in SAME_DOOR)
        if code == "retired" and address and address.status != "retired":
            return "停用", self.bench.do(address, Retire(grounds))
        if code == "wrong.grid":
            grid = self.grids.then(finding.finding.proposal, address.point) if address else None
            if address and grid and address.grid_id != grid:
                return "更正", self.bench.do(address, Correct(grounds, grid_id=grid))
        if finding.finding.class_ == "point":
            require_confirmable(finding.finding)
        return "核对", address

    def _dismiss(self, finding: RecordedFinding, address: Address | None, grounds: Grounds) -> tuple[str, Address | None]:
        """Nothing is wrong: what the check held back or took away on suspicion comes into the register."""
        code = finding.finding.code
        if code in ADDRESS and finding.address_id is None and finding.place and is_complete(finding.place.elements):
            return self._give(finding, finding.place.elements, grounds, join=False)
        if code == "retired" and address and address.status == "retired":
            return "恢复", self._revive(address, grounds)
        if code == "duplicate.household" and finding.household_id in self.bench.households:
            self._part(self.bench.households[finding.household_id], grounds)
            return "分户", address
        return "核对", address

    def _give(self, finding: RecordedFinding, target: Elements, grounds: Grounds, *, join: bool) -> tuple[str, Address]:
        """The line's house gets this address: its own is corrected, or it moves into the one that stands, or a new one is made.
        join: the address may be another record's, which then is the same door."""
        bench, household, address = self.bench, self._household(finding), self._address(finding)
        key = address_key(bench.community.code, target)
        if address and address.status != "retired" and address.key == key:
            return "核对", address
        holder = bench.holder(key)
        others = [h for h in bench.living_in(address.id) if household is None or h.id != household.id] if address else []
        alone = address is not None and address.status != "retired" and not others
        if holder and join and alone:
            return "合并", bench.do(address, Merge(grounds, holder))
        if holder and join and household:
            bench.move(household, holder.id, grounds)
            return "入户", holder
        if alone:
            return "更正", bench.do(address, Correct(grounds, target))
        place = finding.place or Place(target)
        grid = self.grids.then(place.grid, place.point)
        assign = Assign(grounds, self.registry.new_id(), bench.community.code, target, place.point, grid,
                        "household" if household else "public")
        fresh = bench.do(None, assign)
        if household:
            bench.move(household, fresh.id, grounds)
        return "新编", fresh

    def _revive(self, address: Address, grounds: Grounds) -> Address:
        """Only what the import retired on the list's word: a person's act is undone by `doorplate undo`."""
        story = self.bench.reader.events_of([address.id])
        if [e.version for e in story if e.event.verb == "address.retired"] != [1]:
            raise Refused("address.retired", f"{address.standard_address} 是由人停用的, 请用 doorplate undo 撤销那次停用")
        return self.bench.put(address, replace(address, status="proposed"), "address.revived", grounds)

    def _part(self, household: Household, grounds: Grounds) -> None:
        """The import had taken two lines for one household; now there is a second one, of which only the door is known."""
        second = Household(self.registry.new_id(), household.community, household.address_id, None, None, "", household.id)
        listed = self.bench.put(None, second, "household.listed", grounds)
        self.bench.put(listed, replace(listed, merged_into=None), "household.parted", grounds)

    def _close(self, finding: RecordedFinding, address: Address | None, grounds: Grounds) -> None:
        """Ends the finding; others on its line end too where they were sure, the rest now belong to the address."""
        resolution = _RESOLUTIONS[self.ruling.decision]
        belongs = address.id if address else finding.address_id
        done = replace(finding, resolution=resolution, resolved_reason=grounds.reason, address_id=belongs)
        self.findings[finding.id] = self.bench.put(finding, done, f"finding.{resolution}", grounds)
        if finding.finding.code not in ADDRESS or address is None:
            return
        for other in self._beside(finding):
            if other.finding.confidence == "sure":
                ended = replace(other, resolution="settled", resolved_reason=ALONG, address_id=address.id)
                self.findings[other.id] = self.bench.put(other, ended, "finding.settled", replace(grounds, reason=ALONG))
                self.along += 1
            elif other.address_id != address.id:
                linked = replace(other, address_id=address.id)
                self.findings[other.id] = self.bench.put(other, linked, "finding.linked", grounds)

    def _beside(self, finding: RecordedFinding) -> list[RecordedFinding]:
        return [f for f in self.findings.values() if f.id != finding.id and f.resolution == "open"
                and (f.import_id, f.finding.ref) == (finding.import_id, finding.finding.ref)]

    def _household(self, finding: RecordedFinding) -> Household | None:
        return self.bench.households.get(finding.household_id or "")

    def _address(self, finding: RecordedFinding) -> Address | None:
        """Where the line's household lives by now, else the address the finding was put on."""
        household = self._household(finding)
        found = (household.address_id if household else None) or finding.address_id
        return self.bench.addresses.get(found or "")

    def _already(self, finding: RecordedFinding) -> Refused:
        story = [e.event for e in self.bench.reader.events_of([finding.id])]
        last = [event for event in story if event.verb in ("finding.settled", "finding.dismissed")]
        told = f": {last[-1].at:%Y-%m-%d} 由 {last[-1].actor} 处理, 理由“{last[-1].reason}”" if last else ""
        return Refused("finding.already_settled", f"{_where(finding)} 的这个问题已经处理过了{told}", finding=finding.id)

    def _orphaned(self, was: Address) -> tuple[str, ...]:
        return () if self.bench.living_in(was.id) else self._plates(was)

    def _plates(self, address: Address) -> tuple[str, ...]:
        return tuple(p.code for p in self.bench.reader.plates_of([address.id]) if p.status in METAL)


def waiting(registry: Registry, community: str) -> tuple[RecordedFinding, ...]:
    """The open findings of a community, in the order of the lists. Raises NotFound(community.unknown)."""
    with registry.store.reading() as reader:
        require_community(reader, community)
        return reader.findings(community, "open")


def _is_among(finding: RecordedFinding, choice: Choice) -> bool:
    fits = not choice.codes or finding.finding.code in choice.codes or finding.finding.class_ in choice.codes
    return fits and choice.confidence in (None, finding.finding.confidence)


def _where(finding: RecordedFinding) -> str:
    ref = finding.finding.ref
    return " ".join(str(part) for part in (ref.file, ref.sheet, f"第{ref.row}行") if part)
