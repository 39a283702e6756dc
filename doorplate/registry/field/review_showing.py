"""Values as a reviewer reads them; what is personal only masked."""

from __future__ import annotations

import json
from typing import Any

from doorplate.field.compare import FieldDifference
from doorplate.field.items import Mount
from doorplate.households.seal import mask_name, mask_phone
from doorplate.model import Point
from doorplate.registry.field import FieldWork
from doorplate.registry.field.households import contact_of
from doorplate.registry.field.review_amending import AMENDABLE, as_typed, starts_with
from doorplate.registry.field.review_subject import Subject
from doorplate.review_view import FieldCompared

_AMONG = "、"


def compared(work: FieldWork, subject: Subject, *, personal: bool = True) -> tuple[FieldCompared, ...]:
    """Every field of the card. personal False: that there is a contact, not which (where nobody opened the card)."""
    if isinstance(subject.sent, Mount):
        return _of_mount(work, subject.sent)
    open_ = subject.item.status == "waiting"
    found = [_one(work, subject, one, personal=personal) for one in subject.differences]
    return tuple(found if open_ else [one for one in found if one.state != "same"])


def _one(work: FieldWork, subject: Subject, one: FieldDifference, *, personal: bool) -> FieldCompared:
    base, current, proposed = (_text(work, subject, one.field, value, personal=personal)
                               for value in (one.base, one.current, one.proposed))
    amended = one.field in AMENDABLE and subject.operation not in ("retire", "verify")
    offered = as_typed(one.field, starts_with(one)) if amended else None
    return FieldCompared(one.field, base, current, proposed, one.state, offered)


def _text(work: FieldWork, subject: Subject, name: str, value: Any, *, personal: bool) -> str:
    if value is None or value == "" or value == ():
        return ""
    if isinstance(value, Point):
        sure = f" (±{value.accuracy_m:.0f} m)" if value.accuracy_m is not None else ""
        return f"{value.lon:.6f}, {value.lat:.6f}{sure}"
    match name:
        case "tenure":
            return {one.id: one.zh for one in work.settings.household.tenure}.get(value, str(value))
        case "needs":
            words = {one.id: one.zh for one in work.settings.household.needs}
            return _AMONG.join(words.get(one, one) for one in value)
        case "contact":
            return _contact(work, subject, value) if personal else "有"
        case "persons":
            return f"{len(value)} 人"
        case _:
            return str(value)


def _contact(work: FieldWork, subject: Subject, value: str) -> str:
    """Masked, also for who may unmask: that is asked for elsewhere, with a reason."""
    if value == "kept":
        told = contact_of(work, subject.household) if subject.household else {}
        name, phone = told.get("name", ""), told.get("phone", "")
    else:
        name, phone = json.loads(value)
    return " ".join(filter(None, (mask_name(name), mask_phone(phone) if phone else "")))


def _of_mount(work: FieldWork, sent: Mount) -> tuple[FieldCompared, ...]:
    sides = {one.id: one.zh for one in work.settings.mount.sides}
    height = f"{sent.height_mm} mm" if sent.height_mm is not None else ""
    told = (("plate", sent.plate), ("outcome", sent.outcome), ("side", sides.get(sent.side, sent.side)), ("height_mm", height))
    return tuple(FieldCompared(name, "", "", value, "clean") for name, value in told if value)
