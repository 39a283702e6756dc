"""走访: somebody was at a door, why, what was done, and the matter it brought up."""

from __future__ import annotations

from doorplate.cases.nearness import metres_between
from doorplate.cases_view import AskRequest
from doorplate.errors import InputError, NotFound, Refused
from doorplate.field.gnss import averaged
from doorplate.field.items import Item, OpenedMatter, VisitDone
from doorplate.field.records import FieldItem, Visit
from doorplate.model import Address
from doorplate.plates.lifecycle import REPLACED
from doorplate.registry.cases.intake import take_in_within
from doorplate.registry.field import FieldWork
from doorplate.registry.field.matter_files import attach_pictures
from doorplate.services import services_for
from doorplate.store import Reader, Unit


def record_visit(work: FieldWork, unit: Unit, item: FieldItem, sent: VisitDone) -> str:
    """Writes the visit, and its matter as a case. Gives the visit's id (the item's).

    Raises InputError(visit.purpose, visit.service), NotFound(address.unknown), Refused(visit.no_matters, visit.no_plate), and as
    `take_in_within`."""
    purposes = {one.id for one in work.settings.visit.purposes}
    if unknown := [one for one in sent.purposes if one not in purposes]:
        raise InputError("visit.purpose", f"没有“{unknown[0]}”这种走访目的, 请更新离线包", field="purposes")
    address_id = require_address(unit, sent).id
    services = {one.id for one in services_for(work.services, item.community)}
    if unknown := [one for one in sent.done if one not in services]:
        raise InputError("visit.service", f"没有“{unknown[0]}”这项服务, 请更新离线包", field="done")
    case_id = _open_case(work, unit, item, sent.matter) if sent.matter else None
    visit = Visit(
        id=item.id, address_id=address_id, account_id=item.account_id, at=item.captured_at, presence=sent.presence,
        purposes=tuple(dict.fromkeys(sent.purposes)), done=tuple(dict.fromkeys(sent.done)), case_id=case_id,
        distance_m=_distance(unit, address_id, sent), flags=item.flags,
        words_sealed=work.sealed(sent.note.encode(), item.id) if sent.note else None)
    unit.save(None, visit, work.event("visit.recorded", visit.id, item.account_id, source=f"field:{item.id}"))
    return visit.id


def require_address(reader: Reader, sent: Item) -> Address:
    """The door, of the community that was named. Raises NotFound(address.unknown)."""
    address = reader.address(sent.address) if sent.address else None
    if address is None or address.community != sent.community:
        raise NotFound("address.unknown", "没有这个地址, 请更新离线包")
    return address


def _open_case(work: FieldWork, unit: Unit, item: FieldItem, matter: OpenedMatter) -> str:
    """Routed like any other, with the pictures taken at the door; the item's id makes sure that it is opened once."""
    if work.casework is None:
        raise Refused("visit.no_matters", "这里没有开通诉求办理, 请把要办的事写在备注里")
    plates = unit.plates_of([item.address_id or ""])
    living = [plate for plate in plates if plate.status not in REPLACED and plate.status != "planned"]
    if not living:
        raise Refused("visit.no_plate", "这个门还没有门牌, 不能开成诉求; 请把要办的事写在备注里")
    asked = AskRequest(item.id, living[0].code, "report", matter.category, matter.text, sure_not_emergency=True)
    account = unit.account(item.account_id)
    by = (account.staff_id if account else None) or item.account_id
    case = take_in_within(work.casework, unit, asked, by)
    attach_pictures(work, unit, item, case.id, by)
    return case.id


def _distance(reader: Reader, address_id: str, sent: VisitDone) -> float | None:
    """Metres between phone and door, None where either is not known."""
    address, there = reader.address(address_id), averaged(sent.fixes)
    return round(metres_between(address.point, there), 1) if address and address.point and there else None
