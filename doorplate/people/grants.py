"""What somebody holds today: their own assignments, and those of absent colleagues they stand in for. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from doorplate.model import Staff
from doorplate.people.account import Assignment, Grant, Role
from doorplate.people.duty import has_left, is_away


def own_grants(assignments: Iterable[Assignment], day: date) -> tuple[Grant, ...]:
    """Those in force on a day, both ends included, each once."""
    return tuple(dict.fromkeys(Grant(one.role, one.area_code) for one in assignments if in_force(one, day)))


def in_force(one: Assignment, day: date) -> bool:
    return one.valid_from <= day and (one.valid_to is None or day <= one.valid_to)


def deputised_grants(assignments: Iterable[Assignment], day: date, not_for: Collection[Role]) -> tuple[Grant, ...]:
    """What a deputy holds of an absent colleague's: as theirs, with whose it is."""
    return tuple(dict.fromkeys(Grant(one.role, one.area_code, one.account_id) for one in assignments
                               if in_force(one, day) and one.role not in not_for))


def stands_in_for(person_id: str, staff: Mapping[str, Staff], day: date) -> tuple[Staff, ...]:
    """The absent ones whose place this person takes today: their deputy, or the deputy's deputy where that one is away too.
    staff: by id, everyone who is away, and everyone they name. Whoever has left, or is away, stands in for nobody."""
    person = staff.get(person_id)
    if person is None or has_left(person, day) or is_away(person, day):
        return ()
    return tuple(one for one in staff.values()
                 if one.id != person_id and is_away(one, day) and not has_left(one, day)
                 and _standing(one, staff, day) == person_id)


def _standing(absent: Staff, staff: Mapping[str, Staff], day: date) -> str:
    tried: set[str] = set()
    now: Staff | None = absent
    while now is not None and now.id not in tried:
        if not is_away(now, day):
            return now.id
        tried.add(now.id)
        now = staff.get(now.deputy_id or "")
    return ""
