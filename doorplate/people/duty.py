"""Who answers at a door on a day: those responsible there, deputies for the absent, nobody who has left. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from doorplate.model import Staff
from doorplate.people.rules import PeopleRules


@dataclass(frozen=True, slots=True)
class DoorPlace:
    """Where a door is, in codes: its community (12 digits), grid and household group ("" = none)."""

    community: str
    grid: str = ""
    group: str = ""

    @property
    def codes(self) -> tuple[str, ...]:
        """Every area code whose people are responsible here, the narrowest first: of divisions, all the ways to cut the code."""
        wider = [self.community[:length] for length in range(len(self.community), 1, -1)]
        return tuple(dict.fromkeys(code for code in (self.group, self.grid, *wider) if code))


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Somebody who answers today. standing_in_for: the absent ones whose place they take."""

    person: Staff
    standing_in_for: tuple[Staff, ...] = ()


def has_left(person: Staff, day: date) -> bool:
    """left_on is the last day of duty."""
    return person.left_on is not None and person.left_on < day


def is_away(person: Staff, day: date) -> bool:
    """Both ends of an absence count; without an end it lasts until told otherwise."""
    if person.absent_from is None or day < person.absent_from:
        return False
    return person.absent_until is None or day <= person.absent_until


def is_stale(person: Staff, day: date, rules: PeopleRules) -> bool:
    """Whether nobody confirmed this contact for longer than the rules allow, or ever."""
    return person.confirmed_on is None or (day - person.confirmed_on).days > rules.confirm_within_days


def responsible(staff: Iterable[Staff], place: DoorPlace, day: date, rules: PeopleRules) -> list[Staff]:
    """Those a page may name at a door, away or not, in the order of the rules: published, not left, and whoever leads a household
    group only at its own doors."""
    here = set(place.codes)
    found = [one for one in staff if one.area_code in here and one.published and not has_left(one, day)]
    kept = [one for one in found if _reaches(one, place, rules)]
    return sorted(dict.fromkeys(kept), key=lambda one: rules.rank(one.role))


def _reaches(person: Staff, place: DoorPlace, rules: PeopleRules) -> bool:
    rule = rules.rule(person.role)
    return rule.shown != "never" and (rule.reach == "area" or (place.group != "" and person.area_code == place.group))


def on_duty(staff: Sequence[Staff], place: DoorPlace, day: date, rules: PeopleRules) -> tuple[OnDuty, ...]:
    """Who answers at a door on a day, in the order of the rules, each once. staff: everyone of the place's codes, and the
    deputies wherever they serve. A deputy takes the place of the absent one; where none is there, the next responsible
    moves up. Those shown only "alone" (the chief) stand there when nobody else does."""
    known = {one.id: one for one in staff}
    taken: dict[str, OnDuty] = {}
    for person in responsible(staff, place, day, rules):
        standing = _standing(person, known, day)
        if standing is None:
            continue
        absent = (person,) if standing is not person else ()
        before = taken.get(standing.id, OnDuty(standing))
        taken[standing.id] = OnDuty(standing, before.standing_in_for + absent)
    alone = {id_ for id_, one in taken.items() if _alone(one, rules)}
    return tuple(one for id_, one in taken.items() if id_ not in alone or len(alone) == len(taken))


def _alone(one: OnDuty, rules: PeopleRules) -> bool:
    """A chief, or whoever stands in for nobody but a chief; a chief who stands in for an officer answers as the officer would."""
    roles = [absent.role for absent in one.standing_in_for] or [one.person.role]
    return all(rules.rule(role).shown == "alone" for role in roles)


def _standing(person: Staff, known: Mapping[str, Staff], day: date) -> Staff | None:
    """The person, or while they are away their deputy, or their deputy's; None when nobody of them is there and may be shown."""
    tried: set[str] = set()
    now: Staff | None = person
    while now is not None and now.id not in tried:
        if not is_away(now, day):
            return now if now.published and not has_left(now, day) else None
        tried.add(now.id)
        now = known.get(now.deputy_id or "")
    return None
