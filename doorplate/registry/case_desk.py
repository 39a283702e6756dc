"""The desk for matters as its page sees it (`cases_desk_view.CaseDesk`), bound to one member of staff.

What may be seen is `cases.visibility`, what is done is `registry.cases.acts`; here stands who may do it.
"""

from __future__ import annotations

from doorplate.cases.case import Case
from doorplate.cases.duty import ORDER
from doorplate.cases.lifecycle import Doing, may, require_may
from doorplate.cases.visibility import CaseScope
from doorplate.cases_desk_view import CasePage, CaseSheet, Show
from doorplate.errors import NotFound, NotPermitted
from doorplate.registry.case_desk_words import choice_of, desk_steps, files_of, row_of, service_words, wanted_words
from doorplate.registry.cases import acts
from doorplate.registry.cases.acts import Act, How
from doorplate.registry.cases.casework import Casework
from doorplate.registry.cases.working import Opened, cases_page, file_of, opened, scope_of
from doorplate.store import Reader


class StaffDesk:
    """Matters as one member of staff may work them. Raises NotFound(staff.unknown) for somebody who is not on record or has
    left, also when they leave while the desk is open."""

    def __init__(self, work: Casework, staff_id: str) -> None:
        self._work, self._staff_id = work, staff_id
        with work.registry.store.reading() as reader:
            scope_of(work, reader, staff_id)
            [person] = reader.staff_of([staff_id])
        self._who = f"{person.name} · {person.role}"

    @property
    def who(self) -> str:
        return self._who

    def cases(self, show: Show, page: int) -> CasePage:
        found = cases_page(self._work, self._staff_id, show, page)
        rows = tuple(row_of(self._work, line) for line in found.rows)
        return CasePage(rows, found.total, found.page, found.pages, show, found.counts)

    def open(self, case_id: str) -> CaseSheet:
        found = acts.looked(self._work, self._staff_id, case_id)
        with self._work.registry.store.reading() as reader:
            return self._sheet(reader, found)

    def file(self, case_id: str, file_id: str) -> tuple[str, bytes]:
        return file_of(self._work, self._staff_id, case_id, file_id)

    def note(self, case_id: str, version: int, words: str) -> CaseSheet:
        return self._after(acts.note(self._work, self._act(case_id, version), words))

    def route(self, case_id: str, version: int, to: str, words: str) -> CaseSheet:
        self._require("route", case_id)
        return self._after(acts.route(self._work, self._act(case_id, version), to, words))

    def settle(self, case_id: str, version: int, answer: str) -> CaseSheet:
        self._require("settle", case_id)
        return self._after(acts.settle(self._work, self._act(case_id, version), answer))

    def confirm_answered(self, case_id: str, version: int, how: How, words: str) -> CaseSheet:
        self._require("confirm", case_id)
        return self._after(acts.confirm_answered(self._work, self._act(case_id, version), how, words))

    def _act(self, case_id: str, version: int) -> Act:
        return Act(self._staff_id, case_id, version)

    def _require(self, doing: Doing, case_id: str) -> None:
        """Raises NotFound(case.unknown), Refused(case.closed, case.not_settled), NotPermitted(case.not_yours). Whatever changes
        between this look and the act makes the act stale."""
        with self._work.registry.store.reading() as reader:
            scope = scope_of(self._work, reader, self._staff_id)
            case = reader.case_in(scope, case_id)
        if case is None:
            raise NotFound("case.unknown", "没有这件事, 或者不归您办理", case=case_id)
        require_may(doing, case)
        if not may_work(scope, case):
            raise NotPermitted("case.not_yours", "这件事在上一级手里: 您可以看、可以记备注, 不能替他们办", case=case_id)

    def _after(self, case: Case) -> CaseSheet:
        """The matter after an act of this person: shown once more even where it has just been given out of their sight."""
        with self._work.registry.store.reading() as reader:
            return self._sheet(reader, opened(self._work, reader, case, self._staff_id))

    def _sheet(self, reader: Reader, found: Opened) -> CaseSheet:
        work, case = self._work, found.listed.case
        mine = may_work(scope_of(work, reader, self._staff_id), case)
        return CaseSheet(
            row=row_of(work, found.listed), text=found.text, name=found.contact.name, phone=found.contact.phone,
            files=files_of(found.files), steps=desk_steps(work, case, found.steps), service=service_words(work, case),
            wanted=wanted_words(case), about=tuple(f"{one.name} ({one.role})" for one in found.about),
            near=tuple(row_of(work, one) for one in found.near), people=tuple(choice_of(work, one) for one in found.people),
            may_settle=mine and may("settle", case), may_route=mine and may("route", case),
            may_confirm_answered=mine and may("confirm", case), version=found.version)


def may_work(scope: CaseScope, case: Case) -> bool:
    """Who may decide on a matter they see: its owner (or who stands in today), and levels not below the one it lies with (D)."""
    if case.owner_id in scope.stands_for:
        return True
    return scope.level is not None and ORDER.index(scope.level) >= ORDER.index(case.level)
