"""Settling findings: accept what they propose, say what is right instead, or dismiss them; one or many, seen before it is done.

`preview` and `settle` make the same plan; only `settle` writes it, in one transaction and as one act that `undoing` takes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from doorplate.addresses.format import address_key
from doorplate.addresses.operations import Correct, Grounds, require_grounds
from doorplate.errors import DoorplateError, InputError, NotFound, Refused
from doorplate.model import Address, Confidence, RecordedFinding, Settlement
from doorplate.registry import Registry
from doorplate.registry.bench import METAL, Effect, begin
from doorplate.registry.communities import require_community
from doorplate.registry.days import today
from doorplate.registry.deciding import MERGED, Deciding, Ruling
from doorplate.registry.exchanging import rings
from doorplate.registry.following import follow
from doorplate.registry.proposals import ADDRESS
from doorplate.store import Reader

ALONG = "同一行的地址已核定, 一并了结"
POINT_ALONG = "坐标已补定, 一并了结"
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
class Outcome:
    """What settling one finding does. act: 核对 更正 新编 停用 合并 入户 恢复 分户 换号 定位 (核对 = the address
    stays as it is). grids: codes of the grid before and after, where that changes."""

    finding: str
    code: str
    where: str
    act: str
    effect: Effect
    grids: tuple[str, str] | None = None


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
        self.ruling = ruling
        self.bench, self.settlement = begin(registry, reader, community, ruling.grounds, ruling.decision)
        self.deciding = Deciding(registry, self.bench, ruling)
        self.findings = self.bench.findings
        self.open = frozenset(f.id for f in self.findings.values() if f.resolution == "open")
        self.outcomes: list[Outcome] = []
        self.hindered: dict[str, DoorplateError] = {}
        self.along = 0
        self.plan = self._planned(self._chosen(choice))

    @property
    def troubles(self) -> list[DoorplateError]:
        """Why findings stay open, in their order."""
        return list(self.hindered.values())

    def _chosen(self, choice: Choice) -> list[RecordedFinding]:
        grids = self.deciding.grids
        if choice.findings:
            return list(dict.fromkeys(self._named(start) for start in choice.findings))
        if choice.grid is not None and choice.grid not in grids:
            raise NotFound("grid.unknown", f"登记簿里没有网格 {choice.grid}", grid=choice.grid)
        chosen = [f for f in self.findings.values() if f.resolution == "open" and _is_among(f, choice)]
        return [f for f in chosen if choice.grid is None or self._grid(f) == grids.today(choice.grid)]

    def _named(self, start: str) -> RecordedFinding:
        found = [f for one, f in self.findings.items() if start and one.startswith(start.lower())]
        if not found:
            raise NotFound("finding.unknown", f"没有编号为 {start} 的问题", finding=start)
        if len(found) > 1:
            raise InputError("finding.ambiguous", f"编号 {start} 对上了 {len(found)} 个问题, 请多写几位", finding=start)
        return found[0]

    def _grid(self, finding: RecordedFinding) -> str | None:
        address = self.deciding.address(finding)
        place = self.deciding.grids.then(finding.place.grid, finding.place.point) if finding.place else None
        return address.grid_id if address and address.grid_id else place

    def _planned(self, chosen: Sequence[RecordedFinding]) -> Plan:
        """Goes round as long as something moves: one correction may free the number another one waits for."""
        waiting, moved = list(chosen), True
        while waiting and moved:
            left = self._exchanged(self._round(waiting))
            moved = len(left) < len(waiting) and any(self._is_kept_waiting(f) for f in left)
            waiting = left
        self.hindered = {f.id: self.hindered[f.id] for f in waiting}
        told = [Hindrance(f.id, _where(f), self.hindered[f.id].code, self.hindered[f.id].message) for f in waiting]
        return Plan(tuple(self.outcomes), tuple(told), self.along)

    def _round(self, waiting: Sequence[RecordedFinding]) -> list[RecordedFinding]:
        """Settles what can be settled; gives the rest."""
        left = []
        for finding in waiting:
            try:
                self._settle(self.findings[finding.id])
            except Refused as exc:
                self.hindered[finding.id] = exc
                left.append(finding)
        return left

    def _exchanged(self, left: Sequence[RecordedFinding]) -> list[RecordedFinding]:
        """Houses that wait for each other's numbers get them at once; gives the findings that stay."""
        wanted = {at[0].id: (f, at) for f in left if self._is_kept_waiting(f) and (at := self.deciding.wanted(f))}
        code = self.bench.community.code
        holders = {one: self.bench.holder(address_key(code, target)) for one, (_, (_, target)) in wanted.items()}
        done: set[str] = set()
        for ring in rings({one: holder.id for one, holder in holders.items() if holder is not None}):
            members = [(wanted[one][0], *wanted[one][1]) for one in ring]
            try:
                afters = self.bench.exchange([(was, Correct(self._grounds(f), target)) for f, was, target in members])
            except Refused as exc:
                self.hindered |= {f.id: exc for f, _, _ in members}
                continue
            for (finding, was, _), now in zip(members, afters, strict=True):
                self._end(self.findings[finding.id], "换号", was, now)
                done.add(finding.id)
        return [f for f in left if f.id not in done]

    def _is_kept_waiting(self, finding: RecordedFinding) -> bool:
        return finding.id in self.hindered and self.hindered[finding.id].code == "address.number_taken"

    def _settle(self, finding: RecordedFinding) -> None:
        """Nothing for a finding that ended along with another one of this act."""
        if finding.id not in self.open:
            raise self._already(finding)
        if finding.resolution != "open":
            return
        was = self.deciding.address(finding)
        act, address = self.deciding.act(finding, self._grounds(finding))
        self._end(finding, act, was, address)

    def _grounds(self, finding: RecordedFinding) -> Grounds:
        return replace(self.ruling.grounds, evidence=self.ruling.grounds.evidence or _where(finding))

    def _end(self, finding: RecordedFinding, act: str, was: Address | None, address: Address | None) -> None:
        """Notes what was done for a finding and what ends with it."""
        grounds = self._grounds(finding)
        self._close(finding, address, grounds)
        if act == MERGED and was and address:
            self.along += follow(self.bench, was, address, grounds)
        now = address or self.deciding.address(finding)
        effect = self.bench.effect(was if was and now and was.id == now.id else None, now) if now else Effect("", "")
        if was and now and was.id != now.id:
            effect = replace(effect, before=was.standard_address, take_down=self._orphaned(was))
        if finding.finding.code == "damaged" and self.ruling.decision == "accept" and now:
            effect = replace(effect, new_metal=self._plates(now))
        codes = self.deciding.grids.code
        grids = (codes(effect.grids[0]), codes(effect.grids[1])) if effect.grids else None
        self.outcomes.append(Outcome(finding.id, finding.finding.code, _where(finding), act, effect, grids))

    def _close(self, finding: RecordedFinding, address: Address | None, grounds: Grounds) -> None:
        """Ends the finding; others on its line end too where they were sure, the rest now belong to the address."""
        resolution = _RESOLUTIONS[self.ruling.decision]
        belongs = address.id if address else finding.address_id
        done = replace(finding, resolution=resolution, resolved_reason=grounds.reason, address_id=belongs)
        self.bench.put(finding, done, f"finding.{resolution}", grounds)
        if address is None:
            return
        if self.ruling.point is not None:
            self._close_along(self._points_at(address), address, replace(grounds, reason=POINT_ALONG))
        if finding.finding.code not in ADDRESS:
            return
        beside = self._beside(finding)
        self._close_along([f for f in beside if f.finding.confidence == "sure"], address, replace(grounds, reason=ALONG))
        for other in beside:
            if other.finding.confidence != "sure" and other.address_id != address.id:
                self.bench.put(other, replace(other, address_id=address.id), "finding.linked", grounds)

    def _close_along(self, others: Sequence[RecordedFinding], address: Address, grounds: Grounds) -> None:
        for other in others:
            ended = replace(other, resolution="settled", resolved_reason=grounds.reason, address_id=address.id)
            self.bench.put(other, ended, "finding.settled", grounds)
        self.along += len(others)

    def _points_at(self, address: Address) -> list[RecordedFinding]:
        """What is open about the point of a door: a new point answers all of it."""
        return [f for f in self.findings.values() if f.resolution == "open" and f.finding.class_ == "point"
                and (at := self.deciding.address(f)) is not None and at.id == address.id]

    def _beside(self, finding: RecordedFinding) -> list[RecordedFinding]:
        return [f for f in self.findings.values() if f.id != finding.id and f.resolution == "open"
                and (f.import_id, f.finding.ref) == (finding.import_id, finding.finding.ref)]

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
