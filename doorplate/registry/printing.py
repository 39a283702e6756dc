"""From verified addresses to a frozen batch, and from the proven print back into the registry."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from doorplate.errors import InputError, NotFound, PreflightFailed, Refused
from doorplate.model import Address, BatchPlate, Community, Plate, PrintBatch
from doorplate.plates.code import new_codes, normalise
from doorplate.plates.lifecycle import REPLACED, require_transition
from doorplate.plates.painting import GATE, NONE_LAID_DOWN, PaintRule, Spellings, painted
from doorplate.registry import Registry
from doorplate.registry.communities import require_community
from doorplate.registry.plate_states import advance
from doorplate.registry.zoning import Whereabouts, whereabouts
from doorplate.store import Unit


@dataclass(frozen=True)
class PrintOrder:
    """What somebody wants printed: a whole community, one grid of it, or the plates with these codes.

    kind: of the plates ("" = the design's name). rule, spellings: which words are painted, and how they are spelled."""

    design: str
    base_url: str
    community: str | None = None
    grid: str | None = None
    codes: tuple[str, ...] = ()
    kind: str = ""
    rule: PaintRule = GATE
    spellings: Spellings = NONE_LAID_DOWN

    @property
    def plate_kind(self) -> str:
        return self.kind or self.design

    @property
    def selection(self) -> str:
        if self.codes:
            return "codes:" + hashlib.sha256(" ".join(sorted(self.codes)).encode()).hexdigest()
        return f"grid:{self.grid}" if self.grid else "community"


@dataclass(frozen=True)
class Ordered:
    """The batch an order became. again: it had been frozen before and is handed out unchanged."""

    batch: PrintBatch
    again: bool


def order_batch(registry: Registry, order: PrintOrder, inspect: Callable[[PrintBatch], None]) -> Ordered:
    """Freezes what the order names, giving plates to verified addresses that have none.

    inspect looks at the batch before anything is kept; what it raises (PreflightFailed) leaves the registry as it was. An order
    frozen earlier but never recorded as printed is taken up again; one that is wholly printed is handed out again as it was.
    Raises InputError(batch.base_url_missing, batch.order), NotFound for an unknown community, grid or code,
    PreflightFailed(batch.not_printable) with a list, Refused(batch.nothing_to_print).
    """
    _require_base_url(order.base_url)
    with registry.store.writing() as unit:
        community = _community_of(unit, order)
        where = whereabouts(unit, community.code)
        chosen = _chosen(unit, order, community, where)
        plates = _living_plates(unit, chosen, order)
        wanted = chosen if order.codes else [a for a in chosen if a.id not in plates or plates[a.id].status == "planned"]
        bare = [a for a in wanted if a.id not in plates]
        repeat = None if bare else _repeat(_earlier(unit, order, community, chosen), _lines(wanted, plates, where, order))
        if repeat is None and not wanted:
            raise Refused(
                "batch.nothing_to_print",
                f"{community.names[-1]}没有可印的门牌: 先核对地址 (doorplate verify)",
                community=community.code,
            )
        if repeat is None:
            plates |= plan_plates(registry, unit, bare, order.plate_kind)
            return Ordered(_freeze(registry, unit, order, community, _lines(wanted, plates, where, order), inspect), again=False)
        inspect(repeat)
        return Ordered(repeat, again=True)


def _earlier(unit: Unit, order: PrintOrder, community: Community, chosen: Sequence[Address]) -> list[PrintBatch]:
    """The batches of the same order, for the same doors: a grid's code may have become another's since."""
    same = (order.selection, order.design, order.base_url)
    here = {a.standard_address for a in chosen}
    batches = [b for b in unit.batches(community.code) if (b.selection, b.design, b.base_url) == same]
    return [b for b in batches if order.grid is None or here & {p.standard_address for p in b.plates}]


def _repeat(earlier: Sequence[PrintBatch], lines: tuple[BatchPlate, ...]) -> PrintBatch | None:
    """The earlier batch an order means: the one with exactly these plates, or, when all is printed, the last printed one."""
    for batch in reversed(earlier):
        if batch.plates == lines or (not lines and batch.status == "printed"):
            return batch
    return None


def record_printed(registry: Registry, batch: PrintBatch) -> PrintBatch:
    """After proof: the batch is printed, its planned plates are printed and proved. Said twice, it is recorded once."""
    with registry.store.writing() as unit:
        current = unit.batch(batch.id)
        if current is None:
            raise NotFound("batch.unknown", f"登记簿里没有批次 {batch.id}", batch=batch.id)
        if current.status == "printed":
            return current
        source = f"批次 {batch.id}"
        by_code = {p.code: p for p in unit.plates(batch.community)}
        planned = [by_code[p.code] for p in batch.plates if by_code[p.code].status == "planned"]
        printed = advance(registry, unit, planned, "printed", source=source)
        advance(registry, unit, printed, "proved", source=source)
        return unit.save(current, replace(current, status="printed"), registry.event("batch.printed", batch.id, source=source))


def retire_plate(registry: Registry, code: str, reason: str) -> Plate:
    """Ends a plate for good; its code is never given again. Raises NotFound(plate.unknown), Refused(plate.transition)."""
    with registry.store.writing() as unit:
        plate = unit.plate_by_code(normalise(code) or "")
        if plate is None:
            raise NotFound("plate.unknown", f"登记簿里没有编码为 {code} 的门牌", plate_code=code)
        require_transition(plate.status, "retired")
        return unit.save(plate, replace(plate, status="retired"), registry.event("plate.retired", plate.id, reason=reason))


def issue_plate(registry: Registry, address_id: str, design: str) -> Plate:
    """Gives one address a plate of its own. Raises NotFound(address.unknown)."""
    with registry.store.writing() as unit:
        address = unit.address(address_id)
        if address is None:
            raise NotFound("address.unknown", f"登记簿里没有地址 {address_id}", address=address_id)
        return plan_plates(registry, unit, [address], design)[address_id]


def _require_base_url(base_url: str) -> None:
    parts = urlsplit(base_url)
    if not parts.hostname:
        raise InputError(
            "batch.base_url_missing",
            "还没有设定 DOORPLATE_BASE_URL: 印到门牌上的网址改不了, 请先设成正式域名, 例如 https://mp.example.gov.cn",
        )
    if parts.scheme != "https":
        raise InputError("batch.base_url_insecure", f"DOORPLATE_BASE_URL 是 {base_url}: 印到门牌上的网址必须是 https")


def _community_of(unit: Unit, order: PrintOrder) -> Community:
    if order.community:
        return require_community(unit, order.community)
    if order.grid:
        for community in unit.communities():
            if any(area.code == order.grid for area in unit.areas(community.code, "grid")):
                return community
        raise NotFound("grid.unknown", f"登记簿里没有网格 {order.grid}", grid=order.grid)
    for code in order.codes:
        plate = unit.plate_by_code(code)
        address = unit.address(plate.address_id) if plate else None
        if address is None:
            raise NotFound("plate.unknown", f"登记簿里没有编码为 {code} 的门牌", plate_code=code)
        return require_community(unit, address.community)
    raise InputError("batch.order", "请说明印什么: --community 社区代码, --grid 网格代码, 或 --codes 编码文件")


def _chosen(unit: Unit, order: PrintOrder, community: Community, where: Whereabouts) -> list[Address]:
    """The addresses the order names, in walking order. Codes must all be living plates of verified addresses."""
    if order.codes:
        return _by_codes(unit, order.codes, community, where)
    if order.grid and order.grid not in where.grids.values():
        raise NotFound("grid.unknown", f"{community.names[-1]}没有网格 {order.grid}", grid=order.grid)
    verified = unit.addresses(community.code, status="verified")
    here = [a for a in verified if order.grid is None or where.grid(a) == order.grid]
    return sorted(here, key=where.walking_key)


def _by_codes(unit: Unit, codes: Iterable[str], community: Community, where: Whereabouts) -> list[Address]:
    chosen, problems, seen = [], [], set()
    for code in codes:
        plate = unit.plate_by_code(code)
        address = unit.address(plate.address_id) if plate else None
        if code in seen:
            problems.append(f"{code}: 在清单里出现了两次")
        elif plate is None or address is None:
            problems.append(f"{code}: 登记簿里没有这个编码")
        elif address.community != community.code:
            problems.append(f"{code}: 不是{community.names[-1]}的门牌, 请分开印")
        elif plate.status in REPLACED:
            problems.append(f"{code}: 这块门牌已停用或已更换, 不能再印")
        elif address.status != "verified":
            problems.append(f"{code}: {address.standard_address} 还没有核对")
        else:
            chosen.append(address)
        seen.add(code)
    if problems:
        raise PreflightFailed("batch.not_printable", f"有 {len(problems)} 个编码不能印, 这一批没有开印", problems)
    return sorted(chosen, key=where.walking_key)


def _living_plates(unit: Unit, addresses: Sequence[Address], order: PrintOrder) -> dict[str, Plate]:
    """Address id → its plate: an address has one of each kind. Ordered by code, it is the plate with that code."""
    living = [p for p in unit.plates_of([a.id for a in addresses]) if p.status not in REPLACED]
    wanted = frozenset(order.codes)
    return {p.address_id: p for p in living if (p.code in wanted if wanted else p.kind == order.plate_kind)}


def plan_plates(registry: Registry, unit: Unit, addresses: Sequence[Address], kind: str) -> dict[str, Plate]:
    """A new plate with a fresh code for each address; a code that was ever given is drawn again."""
    codes: list[str] = []
    given: set[str] = set()
    while len(codes) < len(addresses):
        fresh = [code for code in new_codes(registry.rng, len(addresses) - len(codes)) if code not in given]
        taken = unit.codes_taken(fresh)
        free = [code for code in fresh if code not in taken]
        given.update(free)
        codes += free
    plates = {a.id: Plate(registry.new_id(), code, a.id, kind, "planned") for a, code in zip(addresses, codes, strict=True)}
    saved = unit.save_many((None, p, registry.event("plate.planned", p.id)) for p in plates.values())
    return dict(zip(plates, saved, strict=True))


def _lines(
    addresses: Sequence[Address], plates: Mapping[str, Plate], where: Whereabouts, order: PrintOrder
) -> tuple[BatchPlate, ...]:
    lines = []
    for address in addresses:
        plate = plates[address.id]
        words = painted(address, order.rule, order.spellings)
        lines.append(
            BatchPlate(
                code=plate.code,
                url=f"{order.base_url}/d/{plate.code}",
                standard_address=address.standard_address,
                street=words.name,
                number=words.number,
                kind=plate.kind,
                grid=where.grid(address),
                zone=where.zone(address),
                pinyin=words.pinyin,
                minority=words.minority,
                postcode=words.postcode,
            )
        )
    return tuple(lines)


def _freeze(
    registry: Registry,
    unit: Unit,
    order: PrintOrder,
    community: Community,
    lines: tuple[BatchPlate, ...],
    inspect: Callable[[PrintBatch], None],
) -> PrintBatch:
    batch = PrintBatch(
        id=registry.new_id(),
        community=community.code,
        selection=order.selection,
        design=order.design,
        base_url=order.base_url,
        frozen_at=registry.now(),
        plates=lines,
        sample=community.sample,
    )
    inspect(batch)
    return unit.save(None, batch, registry.event("batch.frozen", batch.id))
