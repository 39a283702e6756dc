"""A matter put into the words of the desk: its place, who has it, what was done on it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from doorplate.cases.case import Case, CaseFile, Level
from doorplate.cases_desk_view import CaseRow, DeskStep, PersonChoice
from doorplate.cases_view import FileView
from doorplate.model import Staff
from doorplate.registry.cases.casework import CLOCK, RESIDENT, Casework
from doorplate.registry.cases.intake import grouped_receipt
from doorplate.registry.cases.routes import Person
from doorplate.registry.cases.working import Listed, Step
from doorplate.services import services_for

_PARTS = {"am": "上午", "pm": "下午", "": ""}
_BY = {RESIDENT: "居民", CLOCK: "系统"}
_WEEKDAYS = "一二三四五六日"


def row_of(work: Casework, line: Listed) -> CaseRow:
    """One line of the list."""
    case = line.case
    owner = person_words(line.owner) if line.owner else desk_words(work, case.level)
    return CaseRow(case.id, grouped_receipt(case.receipt), case.kind, category_words(work, case), place_words(line), case.status,
                   case.level, owner, case.asked_at, case.due_at, line.overdue, case.urgent)


def category_words(work: Casework, case: Case) -> str:
    """A category that has gone from the settings is called by its id."""
    category = work.settings.category(case.kind, case.category)
    return category.words if category else case.category


def place_words(line: Listed) -> str:
    """As the plate says it, then the community: 幸福路二巷53号 · 营上村."""
    village = line.community.names[-1]
    if line.address is None:
        return f"{village} (门牌已停用)"
    elements = line.address.elements
    painted = elements.thoroughfare + elements.painted_number
    return f"{painted or line.address.name or line.address.standard_address} · {village}"


def person_words(person: Staff) -> str:
    return f"{person.name} ({person.role})"


def desk_words(work: Casework, level: Level) -> str:
    """A level where the matter lies with nobody by name."""
    return f"{work.settings.words.levels[level]}值班 (未指定个人)"


def choice_of(work: Casework, person: Person) -> PersonChoice:
    words = person_words(person.staff) if person.staff else desk_words(work, person.level)
    return PersonChoice(person.id, words, person.away)


def files_of(files: Iterable[CaseFile]) -> tuple[FileView, ...]:
    """Those that are still there."""
    return tuple(FileView(one.id, one.kind, one.mimetype, one.width, one.height, one.seconds) for one in files if one.key)


def service_words(work: Casework, case: Case) -> str:
    """What an appointment is for; a service that has gone from the list is called by its id."""
    offered = services_for(work.services, case.community)
    return next((one.title for one in offered if one.id == case.service_id), case.service_id)


def wanted_words(case: Case) -> str:
    """2026-11-25 星期三上午"""
    return f"{_day(case.wanted_day)}{_PARTS[case.wanted_part]}" if case.wanted_day else ""


def desk_steps(work: Casework, case: Case, steps: Iterable[Step]) -> tuple[DeskStep, ...]:
    """The trail with what the resident does not see."""
    return tuple(_step(work, case, one) for one in steps)


def _step(work: Casework, case: Case, one: Step) -> DeskStep:
    by = person_words(one.staff) if one.staff else _BY.get(one.entry.by, work.settings.words.staff)
    rated = one.entry.step == "rated" and case.rating
    words = f"{case.rating} 分 (满分 5 分)" if rated else one.words
    return DeskStep(one.entry.at, one.entry.step, by, words, one.entry.public)


def _day(day: date) -> str:
    return f"{day.isoformat()} 星期{_WEEKDAYS[day.weekday()]}"
