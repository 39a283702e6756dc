"""What staff do with a matter, each act once, each with its line in the matter's trail and its event.

`Act.version` is `Opened.version` as it was when the page was shown: the number of the matter's last step. Opening a matter is
an event, but no step, so that looking never makes somebody else's page stale. Words are sealed before they are stored; events
never hold them. Every act raises NotFound(case.unknown) for a matter this person may not see, as if it did not exist, and
Refused(store.stale) when something has happened on it since.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from doorplate.cases.case import Case
from doorplate.cases.lifecycle import require_may, settled_status
from doorplate.cases.texts import words_of
from doorplate.errors import InputError, NotFound, Refused
from doorplate.registry.cases.casework import Casework, Said
from doorplate.registry.cases.routes import charge_to, handed_to, people_for
from doorplate.registry.cases.working import Opened, opened, scope_of
from doorplate.store import Unit

How = Literal["page", "phone", "visit"]
_HOW: dict[How, str] = {"page": "网页", "phone": "电话", "visit": "上门"}


@dataclass(frozen=True, slots=True)
class Act:
    """Who does something to which matter, having seen it as of which step."""

    staff_id: str
    case_id: str
    version: int


def looked(work: Casework, staff_id: str, case_id: str) -> Opened:
    """The matter with its words opened; the opening is recorded (event case.looked by this person)."""
    with work.registry.store.writing() as unit:
        case = _seen(work, unit, staff_id, case_id)
        case = unit.save(case, case, work.event("case.looked", case.id, staff_id))
        return opened(work, unit, case, staff_id)


def note(work: Casework, act: Act, words: str) -> Case:
    """A remark colleagues see and the resident does not. Raises InputError(case.no_words, case.too_long)."""
    said = _words(work, words, "case.no_words", "请写下要记的内容")
    with work.registry.store.writing() as unit:
        case = _current(work, unit, act)
        return work.step(unit, case, case, Said("noted", act.staff_id, said, public=False))


def route(work: Casework, act: Act, to: str, words: str) -> Case:
    """分流: gives it to somebody else, with the reason (colleagues read it, the resident reads only whom it went to); a new clock
    begins. to: a `Person.id` of `people_for`: a staff id or "desk:<level>".

    Raises InputError(case.no_words, case.no_such_person), Refused(case.closed)."""
    said = _words(work, words, "case.no_words", "请写下转交的原因")
    with work.registry.store.writing() as unit:
        case = _current(work, unit, act)
        require_may("route", case)
        if to not in {person.id for person in people_for(work, unit, case)}:
            raise InputError("case.no_such_person", "不能转给这个人: 请从列出的人员里选", field="to")
        charge = charge_to(work, unit, to)
        after = replace(case, status="routed", level=charge.level, owner_id=charge.owner_id, due_at=work.due(case, charge.level))
        noted = work.step(unit, case, case, Said("noted", act.staff_id, said, public=False))
        return work.step(unit, noted, after, Said("routed", act.staff_id, handed_to(work, unit, case, charge)))


def settle(work: Casework, act: Act, answer: str) -> Case:
    """办结 with the answer the resident will read. Without a phone number left, the answer stands on the follow page and the
    matter is answered in the same transaction; with one, the resident is to be called: it is answered when that is confirmed,
    or when the resident opens the follow page, whichever is first (D).

    Raises Refused(case.no_answer) for an empty answer, Refused(case.closed), InputError(case.too_long)."""
    with work.registry.store.writing() as unit:
        case = _current(work, unit, act)
        require_may("settle", case)
        said = words_of(answer, work.settings.limits.answer, "answer")
        if not said:
            raise Refused("case.no_answer", "没有写答复, 不能办结: 请写下给居民的答复", field="answer")
        settled = replace(case, status="settled", due_at=work.due(case, case.level))
        settled = work.step(unit, case, settled, Said("settled", act.staff_id, said))
        if settled_status(call_back=bool(work.contact(case).phone)) == "settled":
            return settled
        return work.step(unit, settled, replace(settled, status="answered", due_at=None), Said("answered", act.staff_id))


def confirm_answered(work: Casework, act: Act, how: How, words: str = "") -> Case:
    """反馈: the resident has the answer. how it came to them stands in the event, words (for colleagues) in the trail.
    Raises InputError(case.how), Refused(case.not_settled)."""
    if how not in _HOW:
        raise InputError("case.how", "请选择答复是怎样送到的: 网页、电话或上门", field="how")
    said = words_of(words, work.settings.limits.answer, "words")
    with work.registry.store.writing() as unit:
        case = _current(work, unit, act)
        require_may("confirm", case)
        if said:
            case = work.step(unit, case, case, Said("noted", act.staff_id, said, public=False))
        after = replace(case, status="answered", due_at=None)
        return work.step(unit, case, after, Said("answered", act.staff_id, source=_HOW[how]))


def _words(work: Casework, words: str, code: str, message: str) -> str:
    said = words_of(words, work.settings.limits.answer, "words")
    if not said:
        raise InputError(code, message, field="words")
    return said


def _current(work: Casework, unit: Unit, act: Act) -> Case:
    case = _seen(work, unit, act.staff_id, act.case_id)
    if len(unit.case_entries(case.id)) != act.version:
        raise Refused("store.stale", "这件事刚刚有了新的进展, 这次没有保存; 请看过之后再操作", subjects=[case.id])
    return case


def _seen(work: Casework, unit: Unit, staff_id: str, case_id: str) -> Case:
    case = unit.case_in(scope_of(work, unit, staff_id), case_id)
    if case is None:
        raise NotFound("case.unknown", "没有这件事, 或者不归您办理", case=case_id)
    return case

