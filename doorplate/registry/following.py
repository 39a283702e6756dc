"""Open findings of an address that is merged into another: a doubt about the house passes to the address that stands, a doubt
that only its own text or point had raised ends with it. The event of each says which."""

from __future__ import annotations

from dataclasses import replace

from doorplate.addresses.operations import Grounds
from doorplate.model import Address, Finding
from doorplate.registry.bench import Bench
from doorplate.registry.proposals import ADDRESS

_OF_THE_HOUSE = frozenset({"duplicate.number"})  # two houses on one number are two houses wherever the number goes


def follow(bench: Bench, merged: Address, survivor: Address, grounds: Grounds) -> int:
    """Moves or ends what is open on `merged` (as it was before). Gives how many ended."""
    ended = 0
    told = f"{merged.standard_address} 已并入 {survivor.standard_address}"
    for finding in [f for f in bench.findings.values() if f.address_id == merged.id and f.resolution == "open"]:
        if _is_moot(finding.finding, merged, survivor):
            reason = f"{told}, 这个问题随之了结"
            done = replace(finding, resolution="settled", resolved_reason=reason, address_id=survivor.id)
            bench.put(finding, done, "finding.settled", replace(grounds, reason=reason))
            ended += 1
        else:
            moved = replace(finding, address_id=survivor.id)
            bench.put(finding, moved, "finding.linked", replace(grounds, reason=f"{told}, 这个问题转到该地址"))
    return ended


def _is_moot(finding: Finding, merged: Address, survivor: Address) -> bool:
    if finding.class_ == "point":
        return survivor.point is not None and survivor.point != merged.point
    if finding.code == "wrong.grid":
        return survivor.grid_id is not None and survivor.grid_id != merged.grid_id
    return finding.code in ADDRESS - _OF_THE_HOUSE
