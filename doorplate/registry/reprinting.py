"""补制: which plates need new metal by what is painted on them and what happened since, and their successors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from doorplate.errors import PreflightFailed, Refused
from doorplate.model import Address, BatchPlate, Plate, RecordedEvent
from doorplate.plates.code import normalise
from doorplate.plates.lifecycle import NAMES, REPLACED, may_become
from doorplate.plates.painting import GATE, NONE_LAID_DOWN, PaintRule, Spellings, painted
from doorplate.plates.reprint import Need, Standing, Verdict, judge
from doorplate.registry import Registry
from doorplate.registry.communities import require_community
from doorplate.registry.plate_states import advance
from doorplate.registry.printing import plan_plates
from doorplate.registry.zoning import Whereabouts, whereabouts
from doorplate.store import Reader, Unit

_DEAD_ENDS = frozenset({"planned", "reissued"})  # nothing was made yet, or its successor is planned already


@dataclass(frozen=True)
class Asked:
    """One plate something is to be done about. because: the reason written down with the last change of its address, if any."""

    plate: Plate
    address: Address
    verdict: Verdict
    because: str = ""


@dataclass(frozen=True)
class Reprints:
    """The plates of a community that ask for something, in walking order; unchanged: those that stand as they are. news: what
    else changed since the first of them was printed, that only pages show."""

    asked: tuple[Asked, ...]
    unchanged: int
    news: Mapping[str, int]

    def of(self, need: Need) -> tuple[Asked, ...]:
        return tuple(one for one in self.asked if one.verdict.need == need)


@dataclass(frozen=True)
class Reissued:
    """An old plate and the one that takes its place."""

    old: Plate
    new: Plate
    address: Address


def _gates(_kind: str) -> PaintRule:
    return GATE


def find_reprints(registry: Registry, community: str, rule_of: Callable[[str], PaintRule] = _gates,
                  spellings: Spellings = NONE_LAID_DOWN) -> Reprints:
    """Compares every plate of a community with what was printed on it last. rule_of: kind → which words its plates carry.

    Writes nothing. Raises NotFound(community.unknown)."""
    with registry.store.reading() as reader:
        require_community(reader, community)
        where = whereabouts(reader, community)
        addresses = {a.id: a for a in reader.addresses(community)}
        plates = _in_question(reader.plates(community))
        printed = _printed(reader, community)
        asked, unchanged = [], 0
        for plate in plates:
            address, line = addresses[plate.address_id], printed.get(plate.code)
            now = painted(address, rule_of(plate.kind), spellings)
            verdict = judge(Standing(plate, address, line[0] if line else None, now, where.grid(address)))
            if verdict is not None:
                asked.append(Asked(plate, address, verdict))
            elif plate.status not in _DEAD_ENDS | REPLACED:
                unchanged += 1
        told = _with_reasons(reader, asked, {code: at for code, (_, at) in printed.items()})
        return Reprints(_in_walking_order(told, where), unchanged, _news(reader, community, printed.values()))


def reissue(registry: Registry, codes: Sequence[str], reason: str) -> tuple[Reissued, ...]:
    """Ends these plates as reissued and plans a successor with a code of its own for each, in one act; where the address has a
    living plate of the kind already, that is the successor. The old codes keep answering: they say what the door is called now.

    Raises Refused(operation.no_reason), PreflightFailed(reprint.not_reissuable) with a list, and nothing is changed.
    """
    if not reason.strip():
        raise Refused("operation.no_reason", "要写明补制的理由, 例如“路名变更”或“牌面破损”")
    with registry.store.writing() as unit:
        plates = _reissuable(unit, codes)
        addresses = {a.id: a for a in unit.addresses_of(plate.address_id for plate in plates)}
        alive = [p for p in plates if may_become(p.status, "retired") and not may_become(p.status, "reissued")]
        ended = {p.code: p for p in advance(registry, unit, alive, "retired", reason=reason.strip())}
        old = advance(registry, unit, [ended.get(p.code, p) for p in plates], "reissued", reason=reason.strip())
        standing = {(p.address_id, p.kind): p for p in unit.plates_of(addresses) if p.status not in REPLACED}
        for kind in sorted({p.kind for p in old}):
            bare = [addresses[p.address_id] for p in old if p.kind == kind and (p.address_id, kind) not in standing]
            planned = plan_plates(registry, unit, list({a.id: a for a in bare}.values()), kind)
            standing |= {(address_id, kind): plate for address_id, plate in planned.items()}
        return tuple(Reissued(p, standing[p.address_id, p.kind], addresses[p.address_id]) for p in old)


def _in_question(plates: Iterable[Plate]) -> list[Plate]:
    """Of the plates of one kind at one door only the last is asked about: the living one, or else the one that ended last."""
    last: dict[tuple[str, str], Plate] = {}
    for plate in plates:
        held = last.get((plate.address_id, plate.kind))
        if held is None or held.status in REPLACED or plate.status not in REPLACED:
            last[plate.address_id, plate.kind] = plate
    return list(last.values())


def _printed(reader: Reader, community: str) -> dict[str, tuple[BatchPlate, datetime]]:
    """Code → what was painted on it last, and when that was frozen."""
    return {line.code: (line, batch.frozen_at) for batch in reader.batches(community) if batch.status == "printed"
            for line in batch.plates}


def _with_reasons(reader: Reader, asked: Sequence[Asked], since: Mapping[str, datetime]) -> list[Asked]:
    """The reason people gave with the last change of the address since its plate was printed."""
    changed = [one.address.id for one in asked if one.plate.status not in REPLACED]
    stories: dict[str, list[RecordedEvent]] = {}
    for event in reader.events_of(changed):
        stories.setdefault(event.event.subject_id, []).append(event)
    told = []
    for one in asked:
        start = since.get(one.plate.code)
        reasons = [e.event.reason for e in stories.get(one.address.id, ())
                   if start is not None and e.event.at >= start and e.event.reason and "standard_address" in e.event.after]
        told.append(replace(one, because=reasons[-1] if reasons else ""))
    return told


def _in_walking_order(asked: Iterable[Asked], where: Whereabouts) -> tuple[Asked, ...]:
    return tuple(sorted(asked, key=lambda one: where.walking_key(one.address)))


def _news(reader: Reader, community: str, printed: Iterable[tuple[BatchPlate, datetime]]) -> dict[str, int]:
    """Changes of the community and of those responsible since the first printing: pages show them, no plate does."""
    start = min((at for _, at in printed), default=None)
    if start is None:
        return {}
    people = [person.id for person in reader.staff([community, *(area.code for area in reader.areas(community))])]
    events = [e.event for e in reader.events_of([community, *people]) if e.event.at > start]
    found = {"社区资料变动": sum(e.verb == "community.changed" for e in events),
             "责任人变动": sum(e.verb.startswith("staff.") for e in events)}
    return {title: count for title, count in found.items() if count}


def _reissuable(unit: Unit, codes: Sequence[str]) -> list[Plate]:
    wanted = [normalise(code) or code for code in codes]
    found = {plate.code: plate for plate in unit.plates_coded(wanted)}
    addresses = {a.id: a for a in unit.addresses_of(plate.address_id for plate in found.values())}
    problems = []
    for code in dict.fromkeys(wanted):
        plate = found.get(code)
        if plate is None:
            problems.append(f"{code}: 登记簿里没有这个编码")
        elif plate.status in _DEAD_ENDS:
            problems.append(f"{code}: 这块门牌{NAMES[plate.status]}, 不用补制")
        elif addresses[plate.address_id].status == "retired":
            problems.append(f"{code}: {addresses[plate.address_id].standard_address} 已停用, 不再挂牌")
    if problems:
        raise PreflightFailed("reprint.not_reissuable", f"有 {len(problems)} 块门牌不能补制, 一块也没有动", problems)
    return [found[code] for code in dict.fromkeys(wanted)]
