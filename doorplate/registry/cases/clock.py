"""What is not dealt with in time goes one level up, by itself."""

from __future__ import annotations

from dataclasses import replace

from doorplate.cases.lifecycle import may
from doorplate.cases.routing import next_charge
from doorplate.registry.cases.casework import CLOCK, Casework, Said
from doorplate.registry.cases.routes import address_of, handed_to, staff_at, subject_of

_BLOCK = 200  # ids read at a time


def escalate_due(work: Casework) -> int:
    """Passes every overdue matter one level up, with a new clock; gives how many. Each in a transaction of its own that looks
    again first: run twice, or by two at once, it does nothing twice. What stood still long (a machine that was off) goes up one
    level a run, so that every level has its time."""
    passed, after = 0, ""
    while True:
        with work.registry.store.reading() as reader:
            due = reader.cases_due(work.now, after, _BLOCK)
        if not due:
            return passed
        passed += sum(_escalate(work, case_id) for case_id in due)
        after = due[-1]


def _escalate(work: Casework, case_id: str) -> bool:
    with work.registry.store.writing() as unit:
        case = unit.case(case_id)
        if case is None or not may("escalate", case) or case.due_at is None or case.due_at > work.now:
            return False
        staff = staff_at(work, unit, case.community, address_of(unit, case))
        charge = next_charge(case, subject_of(work, unit, case.kind, case.about), staff)
        if charge is None:
            return False
        after = replace(case, level=charge.level, owner_id=charge.owner_id, due_at=work.due(case, charge.level))
        work.step(unit, case, after, Said("escalated", CLOCK, handed_to(work, unit, case, charge)))
        return True
