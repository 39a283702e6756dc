"""Who is in charge of the door a matter is about, read from the registry; the rules are `cases.routing`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from doorplate.areas.placing import place
from doorplate.cases.case import Case, CaseKind, Level
from doorplate.cases.duty import ORDER, DoorStaff, level_of
from doorplate.cases.routing import Charge, Subject
from doorplate.cases.visibility import hidden_from
from doorplate.errors import InputError
from doorplate.model import Address, Staff
from doorplate.people.duty import has_left, is_away
from doorplate.registry.cases.casework import Casework
from doorplate.registry.days import today
from doorplate.registry.household_groups import group_of
from doorplate.store import Reader

DESK = "desk:"  # begins the id of a level's desk, where a matter lies with nobody by name


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a matter can be given to. id: a staff id, or "desk:<level>" (staff None). away: not on duty today."""

    id: str
    level: Level
    staff: Staff | None
    away: bool = False


def staff_at(work: Casework, reader: Reader, community: str, address: Address | None) -> DoorStaff:
    """Everybody in charge of a door: of its household group, grid and beat, of the community, and of what lies above it."""
    codes = [community[:digits] for digits in range(2, len(community) + 1)]
    codes += _areas_around(reader, community, address)
    people = reader.staff(codes)
    return DoorStaff(people, today(work.registry), work.settings.roles, _with_deputies(reader, people))


def subject_of(work: Casework, reader: Reader, kind: CaseKind, about: Iterable[str]) -> Subject:
    """With those who must not see it: as deputies are today."""
    named = reader.staff_of(about)
    hidden = hidden_from(named, _with_deputies(reader, named), today(work.registry))
    return Subject(kind, frozenset(person.id for person in named), hidden)


def address_of(reader: Reader, case: Case) -> Address | None:
    return reader.address(case.address_id) if case.address_id else None


def people_for(work: Casework, reader: Reader, case: Case) -> tuple[Person, ...]:
    """Whom a matter may be given to: everybody with a level at its door, from the neighbour up, and the desks of station and
    superior; never those a direct-line matter names, nor their deputies, nor anybody below the officers with such a matter."""
    staff = staff_at(work, reader, case.community, address_of(reader, case))
    subject = subject_of(work, reader, case.kind, case.about)
    lowest = ORDER.index("officer") if case.kind == "direct" else 0
    people = [Person(one.id, level, one, is_away(one, staff.today)) for level in ORDER[lowest:] for one in staff.at(level)
              if one.id not in subject.hidden and not has_left(one, staff.today)]
    desks: tuple[Level, ...] = ("station", "superior")
    return tuple(people) + tuple(Person(f"{DESK}{level}", level, None) for level in desks)


def charge_to(work: Casework, reader: Reader, to: str) -> Charge:
    """What giving it to a `Person.id` means. Raises InputError(case.no_such_person)."""
    desk = next((level for level in ORDER if to == f"{DESK}{level}"), None)
    if desk is not None:
        return Charge(desk, None)
    [*found] = reader.staff_of([to])
    level = level_of(found[0].role, work.settings.roles) if found else None
    if level is None:
        raise InputError("case.no_such_person", "不能转给这个人: 请从列出的人员里选", field="to")
    return Charge(level, to)


def name_of(work: Casework, language: str, level: Level, owner: Staff | None) -> str:
    """Who has a matter, as a resident may read it: the level, and the name of those whose names are public."""
    said = work.settings.names(language).levels[level]
    return f"{said} {owner.name}" if owner is not None and owner.published else said


def handed_to(work: Casework, reader: Reader, case: Case, charge: Charge) -> str:
    """The words of a step that gives a matter to somebody."""
    owner = next(iter(reader.staff_of([charge.owner_id])), None) if charge.owner_id else None
    who = name_of(work, case.language, charge.level, owner)
    return work.settings.names(case.language).handed.replace("{who}", who)


def _with_deputies(reader: Reader, people: Iterable[Staff]) -> dict[str, Staff]:
    """These and their deputies, and the deputies' deputies, by id."""
    known = {person.id: person for person in people}
    missing = {person.deputy_id for person in known.values() if person.deputy_id} - known.keys()
    while missing:
        found = {person.id: person for person in reader.staff_of(missing)}
        known |= found
        missing = {person.deputy_id for person in found.values() if person.deputy_id} - known.keys()
    return known


def _areas_around(reader: Reader, community: str, address: Address | None) -> list[str]:
    """Codes of the grid, household group and beat a door lies in."""
    if address is None:
        return []
    around = [reader.area(address.grid_id) if address.grid_id else None, group_of(reader, address)]
    beats = [area for area in reader.areas(community, "beat") if area.geometry_wkb]
    found = place([address], beats)[0].area if beats else -1
    around += [beats[found]] if found >= 0 else []
    return [area.code for area in around if area is not None]
