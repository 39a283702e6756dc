"""What happens to official contacts: confirmed, away and back, replaced, shown or not. A page shows it at the next scan."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from doorplate.errors import InputError, NotFound, Refused
from doorplate.model import Staff
from doorplate.people.duty import has_left
from doorplate.people.rules import PeopleRules
from doorplate.public_view import phones
from doorplate.registry import Registry
from doorplate.registry.days import today
from doorplate.registry.portraits import PeopleFiles
from doorplate.store import Reader

_SHORT = 8  # characters of an id that people are shown
_PLAIN = re.compile(r"[^\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff<>]{1,40}")
_DIVISION = re.compile(r"\d{2,12}")


@dataclass(frozen=True)
class NewPerson:
    """Somebody who begins. area_code: a grid's or group's code, or a division code (610431001203 or, a township, 610431001)."""

    name: str
    role: str
    phone: str
    area_code: str


def find_person(reader: Reader, who: str, within: str = "") -> Staff:
    """The one contact with this name or an id beginning so, on duty before left; within: what their area code begins with.

    Raises NotFound(staff.unknown), Refused(staff.ambiguous) naming whom it could mean."""
    wanted = who.strip()
    found = [one for one in reader.staff_called(wanted) if one.area_code.startswith(within)] if wanted else []
    found = [one for one in found if one.left_on is None] or found
    if not found:
        raise NotFound("staff.unknown", f"没有找到 {wanted or '(空)'}, 写姓名或编号开头 6 位, 用 staff list 看有哪些人")
    if len(found) > 1:
        choices = "; ".join(f"{one.id[:_SHORT]} {one.role} {one.area_code}" for one in found)
        raise Refused("staff.ambiguous", f"有 {len(found)} 条记录叫 {wanted}, 请改写编号: {choices}")
    return found[0]


def confirm_person(registry: Registry, staff_id: str, phone: str = "") -> Staff:
    """The contact was asked today and holds; phone: the number it has now, "" = as before. Raises InputError(staff.phone)."""
    day, number = today(registry), _phone(phone) if phone else ""
    return _change(registry, staff_id, "confirmed", lambda one: replace(one, phone=number or one.phone, confirmed_on=day))


def set_away(registry: Registry, staff_id: str, first: date, last: date | None) -> Staff:
    """Away on these days, both included; last None = until told. Raises InputError(staff.days)."""
    if last is not None and last < first:
        raise InputError("staff.days", f"离岗从 {first} 到 {last}: 结束日在开始日之前, 请改日期")
    return _change(registry, staff_id, "away", lambda one: replace(one, absent_from=first, absent_until=last))


def set_back(registry: Registry, staff_id: str) -> Staff:
    """On duty again from now on."""
    return _change(registry, staff_id, "back", lambda one: replace(one, absent_from=None, absent_until=None))


def set_deputy(registry: Registry, staff_id: str, deputy_id: str | None) -> Staff:
    """Who stands in while the person is away; None = nobody. Raises Refused(staff.own_deputy, staff.left)."""
    if deputy_id == staff_id:
        raise Refused("staff.own_deputy", "代班人不能是本人, 请另选一位")
    with registry.store.reading() as reader:
        if deputy_id is not None:
            _on_duty(_person(reader, deputy_id), today(registry))
    return _change(registry, staff_id, "deputy_set", lambda one: replace(one, deputy_id=deputy_id))


def set_published(registry: Registry, staff_id: str, published: bool) -> Staff:
    """Whether pages may show the person: with their consent, or no longer."""
    verb = "published" if published else "unpublished"
    return _change(registry, staff_id, verb, lambda one: replace(one, published=published))


def set_photo(registry: Registry, staff_id: str, files: PeopleFiles, portrait: bytes | None) -> Staff:
    """A portrait (`portraits.make_portrait`), or none any more: then the file goes too, unless another record shows it."""
    name = files.keep(portrait) if portrait else ""
    with registry.store.reading() as reader:
        before = _person(reader, staff_id).photo
    after = _change(registry, staff_id, "photo_set" if name else "photo_removed", lambda one: replace(one, photo=name))
    if before and before != name:
        with registry.store.reading() as reader:
            if not any(one.photo == before for one in reader.staff_within("")):
                files.forget(before)
    return after


def end_duty(registry: Registry, staff_id: str, last_day: date) -> Staff:
    """Serves until this day, included."""
    return _change(registry, staff_id, "left", lambda one: replace(one, left_on=last_day))


def add_person(registry: Registry, new: NewPerson, rules: PeopleRules, replaces: str | None = None) -> Staff:
    """Somebody begins today; replaces: the id of whoever they take over from, who goes from the pages at once.

    Raises InputError(staff.name, staff.role, staff.phone, staff.area), Refused(staff.known, staff.left)."""
    day = today(registry)
    with registry.store.writing() as unit:
        area = area_in_force(unit, new.area_code)
        name, role = _word(new.name, "name", "姓名"), _word(new.role, "role", "职务")
        if any((one.name, one.role) == (name, role) and not has_left(one, day) for one in unit.staff([area])):
            raise Refused("staff.known", f"{area} 已经有职务是 {role} 的 {name}, 换电话请用 doorplate staff confirm --phone")
        shown = rules.rule(role).published_at_first
        person = Staff(registry.new_id(), name, role, _phone(new.phone), area, confirmed_on=day, published=shown)
        if replaces is not None:
            before = _on_duty(_person(unit, replaces), day)
            after = replace(before, left_on=day - timedelta(days=1))
            unit.save(before, after, registry.event("staff.left", before.id, reason="由新人接替"))
        return unit.save(None, person, registry.event("staff.added", person.id))


def _change(registry: Registry, staff_id: str, verb: str, change: Callable[[Staff], Staff]) -> Staff:
    """One person, one event; unchanged = no event. Raises NotFound(staff.unknown), Refused(staff.left)."""
    with registry.store.writing() as unit:
        before = _on_duty(_person(unit, staff_id), today(registry))
        after = change(before)
        return before if after == before else unit.save(before, after, registry.event(f"staff.{verb}", before.id))


def _person(reader: Reader, staff_id: str) -> Staff:
    found = reader.staff_of([staff_id])
    if not found:
        raise NotFound("staff.unknown", f"没有编号是 {staff_id[:_SHORT]} 的人员")
    return found[0]


def _on_duty(person: Staff, day: date) -> Staff:
    if has_left(person, day):
        raise Refused("staff.left", f"{person.name}已在 {person.left_on} 离任, 记录只读; 再来任职请用 doorplate staff add")
    return person


def area_in_force(reader: Reader, code: str) -> str:
    """An area in force, or a division cut where it begins to hold: 610431001000 is the township 610431001.
    Raises InputError(staff.area)."""
    wanted = code.strip().upper()
    if _DIVISION.fullmatch(wanted):
        for digits in (9, 6, 4, 2):
            if len(wanted) > digits and not wanted[digits:].strip("0"):
                wanted = wanted[:digits]
        if any(one.code.startswith(wanted) for one in reader.communities()):
            return wanted
    elif any(one.code == wanted for one in reader.areas(wanted[:12])):
        return wanted
    message = f"登记簿里没有区域 {code}: 写社区代码、网格或联户代码 (610431001203-G01), 全街道写前 9 位"
    raise InputError("staff.area", message, value=code)


def _phone(text: str) -> str:
    if not phones(text):
        raise InputError("staff.phone", f"电话 {text} 拨不通: 要写一个能直接拨打的号码, 例如 029-00000000", value=text)
    return text.strip()


def _word(text: str, field: str, word: str) -> str:
    plain = text.strip()
    if not _PLAIN.fullmatch(plain):
        raise InputError(f"staff.{field}", f"{word}要写 1 到 40 个字, 不能有换行、尖括号和看不见的字符")
    return plain
