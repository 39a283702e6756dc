"""Who may follow a matter: whoever has its receipt number and PIN."""

from __future__ import annotations

import hmac
import unicodedata
from dataclasses import replace
from datetime import timedelta

from doorplate.cases.case import Case
from doorplate.errors import NotFound, Refused
from doorplate.plates.code import ALPHABET
from doorplate.registry.cases.casework import RESIDENT, Casework
from doorplate.registry.cases.intake import RECEIPT_LENGTH
from doorplate.store import Unit

_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})


def admitted(work: Casework, receipt: str, pin: str) -> Case:
    """The matter of this pair. Raises NotFound(case.unknown) when either is wrong, Refused(case.locked) after too many wrong PINs
    in a row, for a right one too. Tries are judged one after the other, in the transaction that counts them: a thousand at once
    are still only five (standards.md: lock for 10–30 min after 5 failures)."""
    with work.registry.store.writing() as unit:
        case = unit.case_by_receipt(receipt_of(receipt))
        right = _fits(work.pin_of(case.client_id if case else ""), pin)
        locked = case is not None and case.locked_until is not None and work.now < case.locked_until
        if case is not None and not locked:
            case = _counted(work, unit, case, right)
    if locked and case is not None:
        minutes = work.settings.pin.locked_minutes
        raise Refused("case.locked", f"密码输错次数太多, 这件事已锁定, 请 {minutes} 分钟后再试", until=case.locked_until)
    if case is None or not right:
        raise NotFound("case.unknown", "回执号或密码不对, 请对照回执再输一遍")
    return case


def receipt_of(text: str) -> str:
    """The receipt number in its one written form; full width, lower case, spaces and dashes are forgiven, O is 0, I and L are 1.
    "" for what cannot be one."""
    plain = "".join(c for c in unicodedata.normalize("NFKC", text).upper() if c.isalnum()).translate(_MISREAD)
    return plain if len(plain) == RECEIPT_LENGTH and all(c in ALPHABET for c in plain) else ""


def _fits(right: str, typed: str) -> bool:
    plain = "".join(c for c in unicodedata.normalize("NFKC", typed) if not c.isspace() and c != "-")
    return hmac.compare_digest(right.encode(), plain.encode(errors="replace"))


def _counted(work: Casework, unit: Unit, case: Case, right: bool) -> Case:
    if right:
        if not case.pin_failures:
            return case
        free = replace(case, pin_failures=0, locked_until=None)
        return unit.save(case, free, work.event("case.pin_accepted", case.id, RESIDENT))
    rules = work.settings.pin
    failures = 1 if case.locked_until is not None else case.pin_failures + 1
    until = work.now + timedelta(minutes=rules.locked_minutes) if failures >= rules.tries else None
    failed = replace(case, pin_failures=failures, locked_until=until)
    return unit.save(case, failed, work.event("case.pin_failed", case.id, RESIDENT))
