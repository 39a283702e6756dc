"""Where a community stands, in the figures the pilot lives by."""

from __future__ import annotations

from dataclasses import dataclass

from doorplate.registry import Registry
from doorplate.registry.communities import require_community

WRONG_WALL = frozenset({"duplicate.number", "disordered", "wrong.number"})
LIVING_PLATE = frozenset({"planned", "printed", "proved", "packed", "issued", "mounted", "checked", "damaged"})


@dataclass(frozen=True)
class Counters:
    """The two zeros first: both must reach 0 before a village is done. The rest says how far it is."""

    households_without_door: int  # no address is known for them
    plates_on_wrong_wall: int  # plates of ours whose address somebody doubts
    old_plates_in_doubt: int  # plates that hang already and may hang wrong, as the lists say
    households: int
    addresses: int  # in use: proposed or verified
    verified: int
    plates: int
    findings_open: int


def count(registry: Registry, community: str) -> Counters:
    """Counts the community as it stands now. Raises NotFound for an unknown one."""
    with registry.store.reading() as reader:
        require_community(reader, community)
        households = reader.households(community)
        living = [a for a in reader.addresses(community) if a.status != "retired"]
        plates = [p for p in reader.plates_of([a.id for a in living]) if p.status in LIVING_PLATE]
        unsettled = reader.findings(community, "open")
        doubts = [f for f in unsettled if f.finding.code in WRONG_WALL]
        doubted = {f.address_id for f in doubts if f.address_id}
        return Counters(
            households_without_door=sum(h.address_id is None for h in households),
            plates_on_wrong_wall=sum(p.address_id in doubted for p in plates),
            old_plates_in_doubt=len({f.address_id or f.id for f in doubts}),
            households=len(households),
            addresses=len(living),
            verified=sum(a.status == "verified" for a in living),
            plates=len(plates),
            findings_open=len(unsettled),
        )
