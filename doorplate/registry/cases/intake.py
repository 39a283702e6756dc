"""受理: a request becomes a matter, once, whole, and on disk before the receipt is given."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from doorplate.cases.case import Case
from doorplate.cases.routing import first_charge, hours_at
from doorplate.cases.settings import Category
from doorplate.cases.texts import emergency_numbers, line_of, phone_of, words_of
from doorplate.cases_view import AskRequest, Receipt
from doorplate.errors import InputError, Refused
from doorplate.plates.code import ALPHABET, grouped
from doorplate.registry.cases.casework import CLOCK, RESIDENT, Casework, Contact, Said
from doorplate.registry.cases.doors import Door, bookable, days, door_of, people
from doorplate.registry.cases.filing import Clean, cleaned, laid_in_vault, record_files
from doorplate.registry.cases.routes import handed_to, subject_of
from doorplate.store import Reader, Unit

RECEIPT_LENGTH = 10
_CLIENT_ID = re.compile(r"[0-9a-f]{32}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,3}")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request that was found in order."""

    category: Category
    text: str
    contact: Contact
    about: tuple[str, ...]
    service_id: str
    wanted_day: date | None
    wanted_part: str
    urgent: bool


def take_in(work: Casework, request: AskRequest) -> Receipt:
    """See `cases_view.PublicCases.ask`. Files lie in the vault before the matter is committed; of several posts of one client id
    the first to commit is the matter, the others get its receipt and take their files back."""
    request = replace(request, client_id=_client_id(request.client_id))
    with work.registry.store.reading() as reader:
        known = reader.case_by_client(request.client_id)
        if known is not None:
            return _receipt(work, known, repeated=True)
        asked = _in_order(work, door_of(work, reader, request.plate_code), request)
    files = cleaned(work, request.photos, request.voice)
    if not (asked.text or files or request.kind == "appointment"):
        raise InputError("case.no_words", "请写下要说的事, 或者拍照、录音", field="text")
    with laid_in_vault(work, files) as claimed, work.registry.store.writing() as unit:
        known = unit.case_by_client(request.client_id)
        case = known or _write(work, unit, request, asked, files)
        if known is None:
            claimed.update(one.file.key for one in files)
    return _receipt(work, case, repeated=known is not None)


def take_in_within(work: Casework, unit: Unit, request: AskRequest, by: str) -> Case:
    """A matter without files somebody of the staff brings in (by: their account), inside the caller's transaction; the same
    client id is the same matter. Raises as `cases_view.PublicCases.ask`."""
    request = replace(request, client_id=_client_id(request.client_id))
    known = unit.case_by_client(request.client_id)
    if known is not None:
        return known
    asked = _in_order(work, door_of(work, unit, request.plate_code), request)
    if not asked.text:
        raise InputError("case.no_words", "请写下要说的事", field="text")
    return _write(work, unit, request, asked, (), by)


def fresh_receipt(work: Casework, reader: Reader) -> str:
    """A receipt number nobody has: random, of the plate code's alphabet."""
    while True:
        bits = work.registry.rng.getrandbits(5 * RECEIPT_LENGTH)
        number = "".join(ALPHABET[bits >> shift & 31] for shift in range(0, 5 * RECEIPT_LENGTH, 5))
        if reader.case_by_receipt(number) is None:
            return number


def _client_id(text: str) -> str:
    plain = text.strip().lower().replace("-", "")
    if not _CLIENT_ID.fullmatch(plain):
        raise InputError("case.client_id", "页面没有打开完整, 请重新打开这一页再提交 (写好的内容可以先复制)", field="client_id")
    return plain


def _in_order(work: Casework, door: Door, request: AskRequest) -> _Asked:
    """Field by field in the order of the form, so that the first thing that must change is named first."""
    if request.kind not in ("ask", "report", "appointment", "direct"):
        raise InputError("case.kind", "请从门牌页面选择要办的事", field="kind")
    category = work.settings.category(request.kind, request.category)
    if category is None:
        raise InputError("case.category", "请选择类别", field="category")
    text = words_of(request.text, work.settings.limits.text, "text")
    service_id, day, part = _wish(work, door, request)
    about = _about(work, door, request)
    contact = _contact(work, request)
    numbers = emergency_numbers(text, work.settings.emergency)
    if numbers and not request.sure_not_emergency:
        called = " ".join(numbers)
        raise Refused("case.emergency", f"听起来很急: 请马上拨打 {called}。这里的留言要等人看到才会处理; 不急的, 请确认后再提交",
                      numbers=list(numbers), field="sure_not_emergency")
    return _Asked(category, text, contact, about, service_id, day, part, bool(numbers))


def _wish(work: Casework, door: Door, request: AskRequest) -> tuple[str, date | None, str]:
    """An appointment's service, day and half of the day; of other kinds there is none to keep."""
    if request.kind != "appointment":
        return "", None, ""
    if request.service_id and request.service_id not in {one.id for one in bookable(work, door, "zh")}:
        raise InputError("case.service", "这项业务现在不能预约, 请重新选择", field="service_id")
    if request.wanted_day not in days(work):
        raise InputError("case.day", "请从列出的日期里选一天", field="wanted_day")
    if request.wanted_part not in ("", "am", "pm"):
        raise InputError("case.part", "请选上午或下午", field="wanted_part")
    return request.service_id, request.wanted_day, request.wanted_part


def _about(work: Casework, door: Door, request: AskRequest) -> tuple[str, ...]:
    if request.kind != "direct":
        return ()
    offered = {one.id for one in people(work, door, "zh")}
    named = tuple(dict.fromkeys(one for one in request.about if one))
    if not offered.issuperset(named):
        raise InputError("case.about", "人员名单有变化, 请重新选择要反映的人", field="about")
    return named


def _contact(work: Casework, request: AskRequest) -> Contact:
    contact = Contact(line_of(request.name, work.settings.limits.name, "name"), phone_of(request.phone))
    if (contact.name or contact.phone) and request.consent != work.settings.consent.version:
        raise InputError("case.consent", "留姓名或电话要先勾选同意; 不想留就把它们清空, 同样可以提交", field="consent")
    return contact


def _write(work: Casework, unit: Unit, request: AskRequest, asked: _Asked, files: tuple[Clean, ...],
           by: str = RESIDENT) -> Case:
    """The door is read again: between looking and writing the plate may have been withdrawn."""
    door = door_of(work, unit, request.plate_code)
    case = _accepted(work, unit, door, request, asked)
    unit.save(None, case, work.event("case.opened", case.id, by))
    case = replace(case, version=1)
    case = work.step(unit, case, case, Said("accepted", by))
    record_files(work, unit, case.id, files, by)
    subject = subject_of(work, unit, case.kind, case.about)
    charge = first_charge(subject, asked.category.level, case.urgent, door.staff)
    routed = replace(case, status="routed", level=charge.level, owner_id=charge.owner_id, due_at=work.due(case, charge.level))
    return work.step(unit, case, routed, Said("routed", CLOCK, handed_to(work, unit, case, charge)))


def _accepted(work: Casework, unit: Unit, door: Door, request: AskRequest, asked: _Asked) -> Case:
    case_id = work.registry.new_id()
    contact = work.sealed_contact(asked.contact, case_id)
    language = request.language if _LANGUAGE.fullmatch(request.language) else "zh"
    return Case(
        id=case_id, client_id=request.client_id, receipt=fresh_receipt(work, unit), community=door.community.code,
        address_id=door.address.id, plate_code=door.plate.code, kind=request.kind, category=asked.category.id,
        status="accepted", asked_at=work.now, level=asked.category.level, urgent=asked.urgent, about=asked.about,
        service_id=asked.service_id, wanted_day=asked.wanted_day, wanted_part=asked.wanted_part,  # type: ignore[arg-type]
        language=language, text_sealed=work.sealed(asked.text, case_id), contact_sealed=contact,
        consent=request.consent if contact else "")


def _receipt(work: Casework, case: Case, *, repeated: bool) -> Receipt:
    return Receipt(grouped_receipt(case.receipt), work.pin_of(case.client_id), case.asked_at,
                   hours_at(case, case.level, work.settings), repeated)


def grouped_receipt(receipt: str) -> str:
    """As it is written for a person: "ABCD EFGH JK"."""
    return grouped(receipt)
