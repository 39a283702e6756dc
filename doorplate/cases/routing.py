"""分流: which level has a matter, who there, until when, and what happens when the time is over. Pure.

A level without anybody is passed over; the station is always there (its desk, owner None). A direct-line matter never reaches
those it names or their deputies; one that names the chief goes to the superior, on record or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from doorplate.cases.case import Case, CaseKind, Level
from doorplate.cases.duty import ORDER, DoorStaff, is_chief
from doorplate.cases.settings import CaseSettings


@dataclass(frozen=True, slots=True)
class Charge:
    """Who has a matter now. owner_id None: the level's desk, nobody by name."""

    level: Level
    owner_id: str | None


@dataclass(frozen=True, slots=True)
class Subject:
    """What decides the way of a matter. about: whom a direct-line matter names; hidden: them and their deputies."""

    kind: CaseKind
    about: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()


def first_charge(subject: Subject, start: Level, urgent: bool, staff: DoorStaff) -> Charge:
    """Who gets a new matter. start: the category's level; an urgent one begins with the officer at the lowest (D)."""
    if subject.kind == "direct":
        return _direct_charge(subject, staff)
    begin = max(ORDER.index(start), ORDER.index("officer") if urgent else 0)
    return _upwards(begin, subject.hidden, staff) or Charge("station", None)


def next_charge(case: Case, subject: Subject, staff: DoorStaff) -> Charge | None:
    """Who gets it when the level's time is over; None when nobody is above. A direct-line matter stays with the station where no
    superior is on record: it must not come to rest where nobody can read it (D)."""
    above = ORDER.index(case.level) + 1
    if above >= len(ORDER):
        return None
    charge = _upwards(above, subject.hidden, staff)
    if charge is not None:
        return charge
    if ORDER.index("station") >= above:
        return Charge("station", None)
    return None if subject.kind == "direct" else Charge("superior", None)


def charge_again(case: Case, subject: Subject, staff: DoorStaff) -> Charge:
    """Who gets a reopened matter: whoever is on duty at the level that answered it, else the next above."""
    acting = staff.acting(case.level, subject.hidden)
    if acting is not None:
        return Charge(case.level, acting.id)
    return (None if subject.kind == "direct" else next_charge(case, subject, staff)) or Charge(case.level, None)


def due_at(case: Case, level: Level, settings: CaseSettings, now: datetime) -> datetime:
    """When a level that gets it now must have dealt with it."""
    return now + timedelta(hours=hours_at(case, level, settings))


def hours_at(case: Case, level: Level, settings: CaseSettings) -> int:
    """How many hours a level has: an urgent matter's, else the category's own for its first level, else the level's."""
    if case.urgent:
        return settings.clock.urgent
    category = settings.category(case.kind, case.category)
    first = category is not None and category.hours is not None and category.level == level
    return category.hours if category and category.hours and first else settings.clock.at(level)


def _direct_charge(subject: Subject, staff: DoorStaff) -> Charge:
    chiefs = {person.id for person in staff.at("station") if is_chief(person, staff.roles)}
    if subject.about & chiefs:
        return _superior(subject, staff)
    acting = staff.acting("station", subject.hidden)
    if acting is not None:
        return Charge("station", acting.id)
    barred = any(person.id in subject.hidden for person in staff.at("station"))
    return _superior(subject, staff) if barred else Charge("station", None)


def _superior(subject: Subject, staff: DoorStaff) -> Charge:
    acting = staff.acting("superior", subject.hidden)
    return Charge("superior", acting.id if acting else None)


def _upwards(begin: int, hidden: frozenset[str], staff: DoorStaff) -> Charge | None:
    for level in ORDER[begin:]:
        acting = staff.acting(level, hidden)
        if acting is not None:
            return Charge(level, acting.id)
    return None
