"""What staff may read of matters: pages of the list, one matter opened, what lies close by.

`work` is a `casework.Casework`; every function that takes staff_id raises NotFound(staff.unknown) for somebody who is not on
record or has left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from doorplate.cases.case import Case, CaseEntry, CaseFile
from doorplate.cases.duty import level_of, on_duty
from doorplate.cases.lifecycle import OPEN
from doorplate.cases.nearness import likeness, metres_between
from doorplate.cases.visibility import CaseScope
from doorplate.errors import NotFound
from doorplate.model import Address, Community, Staff
from doorplate.people.duty import has_left
from doorplate.registry.cases.casework import Casework, Contact
from doorplate.registry.cases.routes import Person, people_for
from doorplate.registry.days import today
from doorplate.store import Reader
from doorplate.store.case_reader import Show, Slice

PAGE_ROWS = 20
_CLOSE_BY = 10  # more would not be read (D)
_PROVINCE = 2  # digits of the widest division
_NOWHERE = "-"  # begins no community's code
_LOOKED_AT = 200  # how many of a community's latest matters are compared (D)


@dataclass(frozen=True, slots=True)
class Listed:
    """One matter in a list, with what is needed to name its place and owner. address None: it has gone from the door."""

    case: Case
    address: Address | None
    community: Community
    owner: Staff | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class ListPage:
    """Matters of a page (from 1, PAGE_ROWS rows), most urgent first; total: all that match; counts: of every `Show`."""

    rows: Sequence[Listed]
    total: int
    page: int
    pages: int
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the trail with its words ("" = none, or taken away) and who did it (None: the resident or the clock, see
    entry.by)."""

    entry: CaseEntry
    words: str
    staff: Staff | None


@dataclass(frozen=True, slots=True)
class Opened:
    """A matter with everything opened. version: what an `Act` on it must carry. people: whom it may be given to.
    about: those a direct-line matter names. near: other matters this person may see that may be the same."""

    listed: Listed
    text: str
    contact: Contact
    files: Sequence[CaseFile]
    steps: Sequence[Step]
    about: Sequence[Staff]
    near: Sequence[Listed]
    people: Sequence[Person]
    version: int


def scope_of(work: Casework, reader: Reader, staff_id: str) -> CaseScope:
    """What this member of staff may see today. Raises NotFound(staff.unknown)."""
    day = today(work.registry)
    found = reader.staff_of([staff_id])
    if not found or has_left(found[0], day):
        raise NotFound("staff.unknown", "没有这个工作人员, 或已经不在岗", staff=staff_id)
    person = found[0]
    prefix, grid_id = _area_of(reader, person)
    deputised, absent = _deputised(reader, staff_id, day)
    return CaseScope(person.id, level_of(person.role, work.settings.roles), prefix, grid_id, (person.id, *absent),
                     (person.id, *deputised))


def cases_page(work: Casework, staff_id: str, show: Show, page: int) -> ListPage:
    """A page of what this person may see; a page behind the last is the last."""
    with work.registry.store.reading() as reader:
        scope = scope_of(work, reader, staff_id)
        counts = reader.count_cases(scope, work.now)
        pages = max(1, -(-counts[show] // PAGE_ROWS))
        page = min(max(page, 1), pages)
        cases = reader.cases_in(scope, show, work.now, Slice((page - 1) * PAGE_ROWS, PAGE_ROWS))
        return ListPage(listed(work, reader, cases), counts[show], page, pages, counts)


def opened(work: Casework, reader: Reader, case: Case, staff_id: str) -> Opened:
    """A matter this person may see, with its words. Recording that it was opened is `acts.looked`."""
    steps = steps_of(work, reader, case)
    near = close_by(work, reader, case, scope_of(work, reader, staff_id))
    [line] = listed(work, reader, [case])
    return Opened(line, work.opened(case.text_sealed, case.id), work.contact(case), reader.case_files(case.id), steps,
                  reader.staff_of(case.about), listed(work, reader, near), people_for(work, reader, case), len(steps))


def steps_of(work: Casework, reader: Reader, case: Case) -> tuple[Step, ...]:
    """The trail of a matter, with its words opened."""
    entries = reader.case_entries(case.id)
    by = {one.id: one for one in reader.staff_of(entry.by for entry in entries)}
    return tuple(Step(entry, work.opened(entry.words_sealed, case.id), by.get(entry.by)) for entry in entries)


def close_by(work: Casework, reader: Reader, case: Case, scope: CaseScope) -> tuple[Case, ...]:
    """Matters of the last days near the same door, of the same category or told in similar words; the latest first."""
    near = work.settings.near
    others = [one for one in reader.cases_since(case.community, case.asked_at - timedelta(days=near.days), _LOOKED_AT, scope)
              if one.id != case.id and abs(one.asked_at - case.asked_at) <= timedelta(days=near.days)]
    places = {a.id: a for a in reader.addresses_of(one.address_id for one in (case, *others) if one.address_id)}
    text = work.opened(case.text_sealed, case.id)

    def same_place(one: Case) -> bool:
        here, there = places.get(case.address_id or ""), places.get(one.address_id or "")
        if here is None or there is None:
            return False
        close = here.point and there.point and metres_between(here.point, there.point) <= near.metres
        return here.id == there.id or bool(close)

    def same_thing(one: Case) -> bool:
        same = (one.kind, one.category) == (case.kind, case.category)
        return same or likeness(text, work.opened(one.text_sealed, one.id)) >= near.alike

    return tuple([one for one in others if same_place(one) and same_thing(one)][:_CLOSE_BY])


def file_of(work: Casework, staff_id: str, case_id: str, file_id: str) -> tuple[str, bytes]:
    """Mimetype and bytes of a picture or voice note of a matter this person may see. Raises NotFound(case.unknown)."""
    with work.registry.store.reading() as reader:
        case = reader.case_in(scope_of(work, reader, staff_id), case_id)
        return bytes_of(work, reader, case, file_id)


def bytes_of(work: Casework, reader: Reader, case: Case | None, file_id: str) -> tuple[str, bytes]:
    """Raises NotFound(case.unknown) for a file that is not this matter's, or was taken away."""
    files = reader.case_files(case.id) if case else ()
    found = next((one for one in files if one.id == file_id and one.key), None)
    if found is None:
        raise NotFound("case.unknown", "没有这个附件, 或已经删除", file=file_id)
    return found.mimetype, work.vault.get(found.key)


def listed(work: Casework, reader: Reader, cases: Iterable[Case]) -> tuple[Listed, ...]:
    """Matters with their places and owners, in the order given."""
    found = tuple(cases)
    places = {one.id: one for one in reader.addresses_of(case.address_id for case in found if case.address_id)}
    owners = {one.id: one for one in reader.staff_of(case.owner_id for case in found if case.owner_id)}
    communities = {code: reader.community(code) for code in {case.community for case in found}}
    now = work.now
    return tuple(
        Listed(case, places.get(case.address_id or ""), community, owners.get(case.owner_id or ""),
               case.status in OPEN and case.due_at is not None and case.due_at < now)
        for case in found if (community := communities[case.community]) is not None)


def _deputised(reader: Reader, staff_id: str, day: date) -> tuple[list[str], list[str]]:
    """Ids of those this person is deputy of, themselves or behind a deputy who is away; and of these, who is away."""
    deputised: list[str] = []
    absent: list[str] = []
    behind = [staff_id]
    while behind:
        for one in reader.staff_deputised_by(behind.pop()):
            if one.id == staff_id or one.id in deputised:
                continue
            deputised.append(one.id)
            if not on_duty(one, day):
                absent.append(one.id)
                behind.append(one.id)
    return deputised, absent


def _area_of(reader: Reader, person: Staff) -> tuple[str, str | None]:
    """What a community's code must begin with, and the one grid, where it is a grid: else None."""
    areas = reader.areas_coded(person.area_code)
    if areas:
        grid = next((area.id for area in areas if area.kind == "grid"), None)
        return areas[0].community, grid
    division = person.area_code.isdecimal() and len(person.area_code) >= _PROVINCE
    return person.area_code if division else _NOWHERE, None
