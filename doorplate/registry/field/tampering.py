"""Codes on walls that are not ours or not of that door, told from the field: a finding at the door, until somebody settles it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from doorplate.errors import Refused
from doorplate.field.gnss import averaged
from doorplate.field.items import Tamper
from doorplate.field.records import FieldItem
from doorplate.model import Address, Event, Finding, SourceRef
from doorplate.plates.code import normalise
from doorplate.registry.field import FieldWork
from doorplate.registry.standing_findings import Told, note
from doorplate.store import Unit

TAMPERED = "plate.tampered"
SOURCE = "现场发现"
_WHY = {"host": "二维码指向别的网站", "check": "编码校验不对", "unknown": "编码不在登记簿里", "retired": "门牌已停用",
        "far": "门牌离登记的位置太远", "other_door": "挂的是别家的门牌"}
_MOST_SHOWN = 60  # characters
_NEAR_M = 100.0  # (D) a code found on a wall is at one of the doors around
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z -]{7,19}")  # a code as it was typed or dictated, right or wrong


def record_tamper(work: FieldWork, unit: Unit, item: FieldItem, sent: Tamper) -> str:
    """Notes it at the door. Gives the finding's id. Raises Refused(tamper.no_door) where none can be told: nobody could go
    there."""
    address = _door(unit, item, sent)
    if address is None:
        raise Refused("tamper.no_door", "请先选这是哪个门, 才能派人去看")
    seen = shown(sent)

    def finding(times: int) -> Finding:
        often = f", 已有 {times} 次" if times > 1 else ""
        return Finding(
            ref=SourceRef(SOURCE, None, 0), code=TAMPERED, field="plate", value=f"{sent.why} {seen} ×{times}",
            message=f"现场人员扫到不对的码: {_WHY[sent.why]} ({seen}){often}; 可能被贴了假码, 或挂错了门牌",
            proposal="到现场看, 假码撕下留证并报警, 门牌挂错的换回来, 坏的补制", confidence="ask")

    def event(verb: str, subject_id: str) -> Event:
        return work.event(verb, subject_id, item.account_id, source=f"field:{item.id}")

    return note(unit, Told(TAMPERED, address.id, f"{sent.why} {seen}", address, SOURCE, "field", finding, event)).id


def _door(unit: Unit, item: FieldItem, sent: Tamper) -> Address | None:
    """The door that was named, else the plate's own, else the nearest to where the phone was; of this community."""
    plate = unit.plate_by_code(normalise(sent.plate) or "")
    there = averaged(sent.fixes)
    named = [unit.address(one) for one in (item.address_id, plate.address_id if plate else None) if one]
    near = [one for one, _ in unit.addresses_near(there, _NEAR_M)] if there else []
    return next((one for one in (*named, *near) if one is not None and one.community == item.community), None)


def shown(sent: Tamper) -> str:
    """What was read, as far as it may be kept: of ours the code, of an address of the web host and path (a query may carry what
    is somebody's), of anything else only how long it was."""
    if code := normalise(sent.plate):
        return code
    read = "".join(c for c in sent.seen.strip() if c.isprintable() and c not in "<>")
    if _CODE.fullmatch(read):
        return read
    try:
        parts = urlsplit(read if "://" in read else f"//{read}")
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if "." not in host or " " in host:
        return f"不是网址, {len(read)} 个字" if read else "空白"
    return f"{host}{parts.path}"[:_MOST_SHOWN]
