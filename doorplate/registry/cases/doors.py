"""The door a matter is about, and what may be asked there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from doorplate.cases.case import CaseKind
from doorplate.cases.duty import ORDER, DoorStaff, is_chief
from doorplate.cases_view import AskForm, Choice
from doorplate.errors import NotFound
from doorplate.model import Address, Community, Plate, ServiceItem
from doorplate.people.duty import has_left
from doorplate.plates.lifecycle import REPLACED
from doorplate.registry.cases.casework import Casework
from doorplate.registry.cases.routes import staff_at
from doorplate.registry.days import today
from doorplate.services import services_for
from doorplate.store import Reader

_GONE = REPLACED - {"damaged"}  # as for a scan: a damaged plate may still hang where it belongs


@dataclass(frozen=True, slots=True)
class Door:
    """What a plate in use stands for, and who is in charge there."""

    plate: Plate
    address: Address
    community: Community
    staff: DoorStaff


def door_of(work: Casework, reader: Reader, plate_code: str) -> Door:
    """Raises NotFound(plate.unknown) for a plate not in use."""
    plate = reader.plate_by_code(plate_code)
    address = reader.address(plate.address_id) if plate else None
    community = reader.community(address.community) if address else None
    if plate is None or address is None or community is None or plate.status in _GONE or address.status == "retired":
        raise NotFound("plate.unknown", "没有查到这块门牌, 不能从这里提交; 请核对门牌上的编码", plate_code=plate_code)
    return Door(plate, address, community, staff_at(work, reader, community.code, address))


def form_at(work: Casework, door: Door, kind: CaseKind, language: str) -> AskForm:
    settings = work.settings
    consented, why = settings.consent_words(language)
    categories = settings.of_kind(kind)
    first = categories[0]
    hours = first.hours or settings.clock.at(first.level)
    return AskForm(
        kind, door.address.standard_address, door.community.names[-1],
        [Choice(one.id, one.named(language)) for one in categories],
        [Choice(one.id, one.title, one.where) for one in bookable(work, door, language)] if kind == "appointment" else [],
        people(work, door, language) if kind == "direct" else [],
        days(work) if kind == "appointment" else [],
        hours, why, settings.consent.version, consented, door.community.sample)


def people(work: Casework, door: Door, language: str) -> list[Choice]:
    """Whom a direct-line matter may name: everybody in charge of the door whose name is public; of the chief, with the word that
    it goes to the superior, or where to turn when no superior is on record."""
    direct = work.settings.direct.en if language == "en" else work.settings.direct
    above = bool(door.staff.at("superior"))
    hint = direct.hint_chief if above else direct.hint_no_superior
    shown = [one for level in ORDER[:-1] for one in door.staff.at(level)
             if one.published and not has_left(one, door.staff.today)]
    return [Choice(one.id, f"{one.role} {one.name}", hint if is_chief(one, door.staff.roles) else "") for one in shown]


def bookable(work: Casework, door: Door, language: str) -> list[ServiceItem]:
    """Services of the community that can be booked: not those for which one just comes."""
    here = services_for(work.services, door.community.code)
    return [one.in_language(language) for one in here if one.appointment is not False]


def days(work: Casework) -> Sequence[date]:
    """The days that can be booked, from tomorrow on."""
    limits, tomorrow = work.settings.limits, today(work.registry) + timedelta(days=1)
    coming = (tomorrow + timedelta(days=ahead) for ahead in range(limits.appointment_days))
    return [day for day in coming if day.isoweekday() in limits.appointment_weekdays]
