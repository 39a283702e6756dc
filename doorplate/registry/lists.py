"""Importing checked lists: lines become addresses, households and findings, in one transaction or not at all.

A line that says where it is becomes (or meets) an address; a line that does not becomes a household without a door.
What the check was sure of is settled at once and kept as a settled finding; the rest stays open.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from doorplate.addresses.format import address_key
from doorplate.households.seal import Sealer
from doorplate.model import (
    Address,
    Area,
    CheckedRow,
    CheckResult,
    Community,
    Elements,
    Finding,
    Household,
    ListImport,
    ListRow,
    Place,
    Point,
    RecordedFinding,
    SourceRef,
)
from doorplate.registry import Registry
from doorplate.registry.communities import put_areas, put_community
from doorplate.store import Change, Unit

POINT_FAULTS = frozenset({"point.off", "point.imprecise", "point.far", "point.zero"})
SETTLED_BY_CHECK = "依据充分, 导入时自动更正"
SUPERSEDED = "新名单里已没有这个问题"


@dataclass(frozen=True)
class Delivery:
    """What one import brings: the lists as read and as understood, and what they were checked against."""

    community: Community
    areas: Sequence[Area]
    lines: Sequence[ListRow]
    result: CheckResult
    files: tuple[str, ...]
    fingerprint: str


def fingerprint(paths: Iterable[Path], community: str, areas: Iterable[Area]) -> str:
    """SHA-256 over what would be imported: community, areas, and every file's name and bytes, in the order given."""
    digest = hashlib.sha256(community.encode())
    for area in areas:
        digest.update(repr((area.kind, area.code, area.name, area.geometry_wkb, area.streets)).encode())
    for path in paths:
        digest.update(path.name.encode() + b"\0")
        with path.open("rb") as handle:
            while block := handle.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def find_import(registry: Registry, fingerprint: str) -> ListImport | None:
    """The earlier import of the very same lists, if there was one."""
    with registry.store.reading() as reader:
        return reader.list_import(fingerprint)


def import_lists(registry: Registry, delivery: Delivery) -> ListImport:
    """Brings a delivery in and says what came of it. The same delivery twice changes nothing the second time."""
    with registry.store.writing() as unit:
        known = unit.list_import(delivery.fingerprint)
        if known is not None:
            return known
        return _Importing(registry, unit, delivery).run()


class _Importing:
    """One import under way: the transaction, the delivery, and the lookups all its steps share."""

    def __init__(self, registry: Registry, unit: Unit, delivery: Delivery) -> None:
        self.registry, self.unit, self.delivery = registry, unit, delivery
        self.code = delivery.community.code
        self.source = "、".join(delivery.files)
        self.import_id = registry.new_id()
        self.lines: Mapping[SourceRef, ListRow] = {line.ref: line for line in delivery.lines}
        self.rows: Mapping[SourceRef, CheckedRow] = {row.ref: row for row in delivery.result.rows}
        self.findings_at: dict[SourceRef, list[Finding]] = {}
        for finding in delivery.result.findings:
            self.findings_at.setdefault(finding.ref, []).append(finding)
        self.address_at: dict[SourceRef, str] = {}
        self.household_at: dict[SourceRef, str] = {}
        self.spent: list[Finding] = []

    def run(self) -> ListImport:
        put_community(self.registry, self.unit, self._community())
        put_areas(self.registry, self.unit, self.delivery.areas, self.source)
        addresses = self._addresses()
        households = self._households()
        self._supersede()
        codes = self._findings()
        counts = {
            "lines": len(self.rows),
            "addresses": addresses,
            "households": households,
            "findings": sum(codes.values()),
            **{f"finding.{code}": number for code, number in sorted(codes.items())},
        }
        done = ListImport(self.import_id, self.code, self.delivery.fingerprint, self.delivery.files, counts)
        return self.unit.save(None, done, self.registry.event("list.imported", done.id, source=self.source))

    def _community(self) -> Community:
        """Lists know where a community is; what is known of its station stays as it was."""
        known = self.unit.community(self.code)
        given = self.delivery.community
        return replace(known, names=given.names, prefix=given.prefix) if known else given

    def _addresses(self) -> int:
        grids = {area.code: area.id for area in self.unit.areas(self.code, "grid")}
        everything = self.unit.addresses(self.code)
        known = {address.key: address for address in everything}
        called = {alias: a for a in everything if a.status != "retired" for alias in a.aliases}
        groups: dict[str, list[CheckedRow]] = {}
        for row in self.delivery.result.rows:
            if row.elements is not None and row.standard_address and row.kind != "note":
                groups.setdefault(address_key(self.code, row.elements), []).append(row)
        changes: list[Change[Address]] = []
        for key, rows in groups.items():
            before = known.get(key)
            if before is None or before.status == "retired":  # a list may still use the name of before a correction
                before = called.get(rows[0].standard_address or "", before)
            after = self._address(key, rows, before, grids)
            for row in rows:
                self.address_at[row.ref] = after.id
                if after.status == "retired" and row.kind != "retired":
                    self.spent.append(_spent_number(row))
            if before is None:
                verb = "address.retired" if after.status == "retired" else "address.proposed"
                changes.append((None, after, self.registry.event(verb, after.id, source=_where(rows[0].ref))))
            elif after != before:
                changes.append((before, after, self.registry.event("address.completed", after.id, source=_where(rows[0].ref))))
        self.unit.save_many(changes)
        return len(groups)

    def _address(self, key: str, rows: Sequence[CheckedRow], before: Address | None, grids: Mapping[str, str]) -> Address:
        point = self._best_point(rows)
        grid = next((grids[row.grid] for row in rows if row.grid and row.grid in grids), None)
        aliases = tuple(
            sorted(
                {
                    f.value
                    for row in rows
                    for f in self.findings_at.get(row.ref, ())
                    if f.code in ("wrong.street", "wrong.village") and f.confidence == "sure" and f.value
                }
            )
        )
        if before is not None:
            return replace(
                before,
                point=before.point or point,
                grid_id=before.grid_id or grid,
                aliases=tuple(sorted({*before.aliases, *aliases})),
            )
        living = [row for row in rows if row.kind != "retired"]
        public = next((row for row in living if row.kind == "public"), None)
        elements = rows[0].elements or Elements()
        return Address(
            id=self.registry.new_id(),
            community=self.code,
            elements=elements,
            standard_address=rows[0].standard_address or "",
            key=key,
            status="proposed" if living else "retired",
            point=point,
            grid_id=grid,
            aliases=aliases,
            place_kind="public" if public else "household",
            name=self.lines[public.ref].cell("head") if public and public.ref in self.lines else "",
        )

    def _best_point(self, rows: Sequence[CheckedRow]) -> Point | None:
        """A point nobody doubts, else any: a doubted point still helps a person find the door."""
        located = [row for row in rows if row.point is not None]
        sound = [row for row in located if not any(f.code in POINT_FAULTS for f in self.findings_at.get(row.ref, ()))]
        return (sound or located)[0].point if located else None

    def _households(self) -> int:
        sealer = Sealer(self.registry.secret)
        standing: dict[str, list[Household]] = {}
        for household in self.unit.households(self.code):
            standing.setdefault(household.head_index, []).append(household)
        changes: list[Change[Household]] = []
        groups = [refs for refs in self.delivery.result.households if self._kind(refs) == "household"]
        for refs in groups:
            after = self._household(refs, sealer)
            before = _same_household(after, standing.get(after.head_index, []))
            self.household_at |= dict.fromkeys(refs, before.id if before else after.id)
            if before is None:
                changes.append((None, after, self.registry.event("household.listed", after.id, source=_where(refs[0]))))
                continue
            standing[after.head_index].remove(before)
            moved = replace(before, address_id=after.address_id or before.address_id, members=after.members or before.members)
            if moved != before:
                changes.append((before, moved, self.registry.event("household.changed", before.id, source=_where(refs[0]))))
        self.unit.save_many(changes)
        return len(groups)

    def _kind(self, refs: Sequence[SourceRef]) -> str:
        """A household that any list calls demolished or an office is none; otherwise the standing line decides."""
        kinds = {self.rows[ref].kind for ref in refs if ref in self.rows}
        return next((kind for kind in ("retired", "public") if kind in kinds), "household" if "household" in kinds else "note")

    def _household(self, refs: Sequence[SourceRef], sealer: Sealer) -> Household:
        lines = [self.lines[ref] for ref in refs if ref in self.lines]
        head = next((line.cell("head") for line in lines if line.cell("head").strip()), "")
        address = next((self.address_at[ref] for ref in refs if ref in self.address_at), None)
        members = next((n for line in lines if (n := _people(line.cell("members"))) is not None), None)
        sealed = sealer.seal(head, self.registry.rng) if head.strip() else None
        return Household(
            id=self.registry.new_id(),
            community=self.code,
            address_id=address,
            members=members,
            head_sealed=sealed,
            head_index=sealer.index(head, self.code) if head.strip() else "",
        )

    def _supersede(self) -> None:
        """Open findings on the same files that the new reading no longer makes are settled by it."""
        again = {(f.ref, f.code) for f in self.delivery.result.findings}
        files = set(self.delivery.files)
        changes = []
        for old in self.unit.findings(self.code, "open"):
            if old.finding.ref.file in files:
                reason = SUPERSEDED if (old.finding.ref, old.finding.code) not in again else "由新一次导入接替"
                after = replace(old, resolution="settled", resolved_reason=reason)
                changes.append((old, after, self.registry.event("finding.settled", old.id, reason=reason, source=self.source)))
        self.unit.save_many(changes)

    def _findings(self) -> Counter[str]:
        changes = []
        findings = (*self.delivery.result.findings, *self.spent)
        for finding in findings:
            row = self.rows.get(finding.ref)
            settled = finding.confidence == "sure" and row is not None and row.certain
            record = RecordedFinding(
                id=self.registry.new_id(),
                community=self.code,
                import_id=self.import_id,
                finding=finding,
                address_id=self.address_at.get(finding.ref),
                household_id=self.household_at.get(finding.ref),
                place=Place(row.elements, row.point, row.grid or "") if row and row.elements else None,
                blocks=row is not None and not row.certain,
                resolution="settled" if settled else "open",
                resolved_reason=SETTLED_BY_CHECK if settled else "",
            )
            event = self.registry.event(
                "finding.settled" if settled else "finding.raised",
                record.id,
                reason=record.resolved_reason,
                source=_where(finding.ref),
            )
            changes.append((None, record, event))
        self.unit.save_many(changes)
        return Counter(finding.code for finding in findings)


def _same_household(after: Household, candidates: Sequence[Household]) -> Household | None:
    """The household already known: same head and address, else the only one with that head that has not been met yet."""
    if not after.head_index:
        return None
    here = [h for h in candidates if h.address_id == after.address_id]
    if here:
        return here[0]
    return candidates[0] if len(candidates) == 1 else None


def _spent_number(row: CheckedRow) -> Finding:
    """A retired number is never given again (地名管理条例 and the house's own rule), so the list cannot be right about it."""
    number = row.elements.painted_number if row.elements else ""
    return Finding(
        row.ref, "retired", "number", number,
        f"登记簿里 {number} 已经停用, 停用的号不再给别人, 名单上却还有人住。请核对后给这一户另编新号。", "", "ask",
    )  # fmt: skip


def _people(text: str) -> int | None:
    """ "4", "4人", "４口人" → 4; None where no plain number stands (a count in words stays with the list)."""
    found = re.search(r"\d+", text)
    return int(found.group()) if found else None


def _where(ref: SourceRef) -> str:
    return " ".join(str(part) for part in (ref.file, ref.sheet, f"第{ref.row}行") if part)
