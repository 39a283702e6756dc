"""A matter as its resident may see it, field by field."""

from __future__ import annotations

from doorplate.cases.case import Case, CaseEntry, CaseFile
from doorplate.cases.lifecycle import may, may_rate, may_reopen
from doorplate.cases_view import FileView, FollowView, StepView
from doorplate.model import Staff
from doorplate.registry.cases.casework import CLOCK, RESIDENT, Casework
from doorplate.registry.cases.intake import grouped_receipt
from doorplate.registry.cases.routes import address_of, name_of
from doorplate.services import services_for
from doorplate.store import Reader


def follow_view(work: Casework, reader: Reader, case: Case) -> FollowView:
    """Only public steps; of staff the role, and the name where it is public."""
    address, community = address_of(reader, case), reader.community(case.community)
    category = work.settings.category(case.kind, case.category)
    entries = [one for one in reader.case_entries(case.id) if one.public]
    staff = {one.id: one for one in reader.staff_of([*(one.by for one in entries), case.owner_id or ""])}
    return FollowView(
        number=grouped_receipt(case.receipt), kind=case.kind, category=category.named(case.language) if category else "",
        status=case.status, standard_address=address.standard_address if address else "",
        community=community.names[-1] if community else "", asked_at=case.asked_at, due_at=case.due_at,
        owner=name_of(work, case.language, case.level, staff.get(case.owner_id or "")),
        text=work.opened(case.text_sealed, case.id),
        files=[file_view(one) for one in reader.case_files(case.id) if one.key],
        steps=[_step(work, case, entry, staff) for entry in entries],
        service=_service(work, case), wanted_day=case.wanted_day, wanted_part=case.wanted_part,
        left_contact=case.contact_sealed is not None, rating=case.rating, may_rate=may_rate(case),
        may_reopen=may_reopen(case, work.settings.limits.reopened), may_add=may("add", case), may_withdraw=may("withdraw", case),
        sample=community.sample if community else False)


def file_view(file: CaseFile) -> FileView:
    return FileView(file.id, file.kind, file.mimetype, file.width, file.height, file.seconds)


def _step(work: Casework, case: Case, entry: CaseEntry, staff: dict[str, Staff]) -> StepView:
    return StepView(entry.at, entry.step, _by(work, case.language, entry.by, staff.get(entry.by)),
                    work.opened(entry.words_sealed, case.id))


def _by(work: Casework, language: str, by: str, person: Staff | None) -> str:
    said = work.settings.names(language)
    if by in (RESIDENT, CLOCK):
        return said.resident if by == RESIDENT else said.clock
    if person is None:
        return said.staff
    return f"{person.role} {person.name}" if person.published else person.role


def _service(work: Casework, case: Case) -> str:
    offered = services_for(work.services, case.community)
    found = next((one for one in offered if one.id == case.service_id), None)
    return found.in_language(case.language).title if found else ""
