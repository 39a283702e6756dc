"""The second look: a plate of a closing round is scanned again at its wall, and what is found wrong has its consequences."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from doorplate.errors import InputError, NotFound, Refused
from doorplate.field.items import Recheck
from doorplate.field.records import FieldItem, RecheckResult, ZoneRound
from doorplate.field.zone_rules import round_status, worse
from doorplate.model import Address, Event, Finding, Plate, PlateStatus, SourceRef
from doorplate.plates.code import normalise
from doorplate.plates.lifecycle import may_become
from doorplate.registry.field import FieldWork
from doorplate.registry.plate_states import advance
from doorplate.registry.standing_findings import Told, note
from doorplate.store import Reader, Unit

WRONG = "plate.wrong_wall"
OWN = "recheck.own"
"""Whoever hung the plate looked at it again: not forbidden, for a village may have one installer, but to be seen (D)."""

_SOURCE = "安装抽查"
_BECOMES: dict[RecheckResult, tuple[PlateStatus, str]] = {
    "right": ("checked", ""), "missing": ("lost", "抽查时墙上没有"), "damaged": ("damaged", "抽查时已损坏")}


def flags_of_recheck(reader: Reader, account_id: str, sent: Recheck) -> tuple[str, ...]:
    """What whoever reads the round should know."""
    plate = reader.plate_by_code(normalise(sent.plate) or "")
    hung = [one for one in reader.mountings_of_plate(plate.id) if one.outcome == "mounted"] if plate else []
    return (OWN,) if hung and hung[-1].account_id == account_id else ()


def record_recheck(work: FieldWork, unit: Unit, item: FieldItem, sent: Recheck) -> str:
    """Writes the result to its round and closes the round when it was the last; a plate found right becomes checked, a missing
    one lost, a damaged one damaged, one on a wrong wall a finding. Of two looks the worse holds; what is told after the round
    was closed still has its consequences for the plate. Gives the round's id.

    Raises NotFound(zone_round.unknown), Refused(zone_round.not_of_sample), InputError(plate.code)."""
    before = unit.zone_round(sent.round)
    if before is None or before.community != item.community:
        raise NotFound("zone_round.unknown", "没有这一轮抽查, 请更新离线包")
    plate = _plate(unit, sent, before)
    known = before.results.get(plate.code)
    result = worse(known, sent.result)
    if before.status == "open" and result != known:
        results = {**before.results, plate.code: result}
        after = replace(before, results=results, status=round_status(before.sample, results))
        verb = "zone_round.looked" if after.status == "open" else f"zone_round.{after.status}"
        _move(work, unit, item, plate, result)
        unit.save(before, after, work.event(verb, before.id, item.account_id, source=f"field:{item.id}"))
    elif before.status != "open" and sent.result != "right":
        _move(work, unit, item, plate, sent.result)
    return before.id


def _plate(unit: Unit, sent: Recheck, one: ZoneRound) -> Plate:
    code = normalise(sent.plate)
    if code is None:
        raise InputError("plate.code", "门牌编码不对, 请重新扫", field="plate")
    plate = unit.plate_by_code(code)
    if plate is None or code not in one.sample:
        raise Refused("zone_round.not_of_sample", "这块门牌不在这一轮抽查里, 请看抽查名单")
    return plate


def _move(work: FieldWork, unit: Unit, item: FieldItem, plate: Plate, result: RecheckResult) -> None:
    if result == "wrong":
        _raise(work, unit, item, plate)
        return
    status, reason = _BECOMES[result]
    if may_become(plate.status, status):
        advance(work.by(item.account_id), unit, [plate], status, reason=reason, source=f"field:{item.id}")


def _raise(work: FieldWork, unit: Unit, item: FieldItem, plate: Plate) -> None:
    address = unit.address(plate.address_id)
    if address is None:
        return

    def event(verb: str, subject_id: str) -> Event:
        return work.event(verb, subject_id, item.account_id, source=f"field:{item.id}")

    finding = partial(_finding, plate, address)
    note(unit, Told(WRONG, plate.id, plate.code, address, _SOURCE, "recheck", finding, event))


def _finding(plate: Plate, address: Address, times: int) -> Finding:
    door = address.elements.thoroughfare + address.elements.painted_number or address.standard_address
    return Finding(ref=SourceRef(_SOURCE, None, 0), code=WRONG, field="plate", value=f"{plate.code} ×{times}",
                   message=f"抽查时, {door} 的墙上不是它的门牌; 可能和邻居的装反了",
                   proposal="到现场把门牌换到对的墙上, 再重新扫一遍", confidence="ask")
