"""Who of the staff is at which level, and who is on duty on a day. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from doorplate.cases.case import Level
from doorplate.cases.settings import Roles
from doorplate.model import Staff
from doorplate.people.duty import has_left, is_away

ORDER: tuple[Level, ...] = ("leader", "grid", "officer", "station", "superior")
"""From the neighbour to the superior: a matter nobody deals with in time goes up."""


def level_of(role: str, roles: Iterable[Roles]) -> Level | None:
    """The level of a role as people write it (社区民警, 副所长); the first entry that fits. None: no level of its own."""
    return next((one.level for one in roles if one.fit(role)), None)


def on_duty(person: Staff, today: date) -> bool:
    """Neither away nor gone."""
    return not has_left(person, today) and not is_away(person, today)


def is_chief(person: Staff, roles: Iterable[Roles]) -> bool:
    """The head of a station (所长), not one of the seconds (副所长)."""
    return level_of(person.role, roles) == "station" and "副" not in person.role


def stand_ins(person: Staff, known: Mapping[str, Staff], today: date) -> list[Staff]:
    """The deputy of somebody, there or not, and while a deputy is not there, the deputy's deputy, and so on."""
    found: list[Staff] = []
    now = known.get(person.deputy_id or "")
    while now is not None and now.id != person.id and now not in found:
        found.append(now)
        if on_duty(now, today):
            break
        now = known.get(now.deputy_id or "")
    return found


@dataclass(frozen=True, slots=True)
class DoorStaff:
    """Everybody in charge of one door, in any order. deputies: the records of those who stand in for them, by id, wherever
    they are in charge themselves."""

    people: Sequence[Staff]
    today: date
    roles: Sequence[Roles]
    deputies: Mapping[str, Staff] = field(default_factory=dict)

    def at(self, level: Level) -> list[Staff]:
        """Those of a level, the narrowest area first, the head before the seconds."""
        here = [person for person in self.people if level_of(person.role, self.roles) == level]
        return sorted(here, key=lambda person: ("副" in person.role, -len(person.area_code)))

    def acting(self, level: Level, hidden: frozenset[str] = frozenset()) -> Staff | None:
        """Who deals with it at this level today: the first on duty, or the deputy of who is not; never one of the hidden."""
        for person in self.at(level):
            if person.id in hidden:
                continue
            for one in (person, *stand_ins(person, self.deputies, self.today)):
                if on_duty(one, self.today):
                    if one.id not in hidden:
                        return one
                    break
        return None
