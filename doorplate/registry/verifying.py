"""核对: an address on which nothing waits for a person is verified; the others say what they wait for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from doorplate.addresses.lifecycle import require_transition
from doorplate.model import Address, RecordedFinding
from doorplate.registry import Registry
from doorplate.registry.communities import require_community

REASON = "名单、坐标与网格一致, 没有待核问题"


@dataclass(frozen=True)
class Verification:
    """verified: how many changed now; standing: verified before; waiting: address → why it waits, in words."""

    verified: int
    standing: int
    waiting: Mapping[str, str]


def verify_community(registry: Registry, community: str, grid: str | None = None) -> Verification:
    """Verifies every proposed address that nothing speaks against. Raises NotFound for an unknown community."""
    with registry.store.writing() as unit:
        require_community(unit, community)
        grids = {area.code: area.id for area in unit.areas(community, "grid")}
        open_by_address = _open(unit.findings(community, "open"))
        changes, waiting, standing = [], {}, 0
        for address in unit.addresses(community):
            if grid is not None and address.grid_id != grids.get(grid):
                continue
            if address.status == "verified":
                standing += 1
            if address.status != "proposed":
                continue
            reason = _waits_for(address, open_by_address.get(address.id, ()), bool(grids))
            if reason:
                waiting[address.standard_address] = reason
                continue
            require_transition(address.status, "verified")
            changes.append(
                (address, replace(address, status="verified"), registry.event("address.verified", address.id, reason=REASON))
            )
        unit.save_many(changes)
        return Verification(len(changes), standing, waiting)


def _open(findings: Sequence[RecordedFinding]) -> dict[str, list[RecordedFinding]]:
    by_address: dict[str, list[RecordedFinding]] = {}
    for finding in findings:
        if finding.blocks and finding.address_id:
            by_address.setdefault(finding.address_id, []).append(finding)
    return by_address


def _waits_for(address: Address, findings: Sequence[RecordedFinding], has_grids: bool) -> str:
    if findings:
        doubts = [f for f in findings if f.finding.class_ != "point"] or findings
        return " ".join(dict.fromkeys(f.finding.message for f in doubts))
    if not address.elements.number:
        return "没有门牌号"
    if has_grids and address.grid_id is None:
        return "不知道在哪个网格"
    return ""
