"""The states of a matter, and what may be done in which: accepted → routed → settled → answered; withdrawn ends it anywhere;
reopened brings an answered one back to routed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from doorplate.cases.case import Case, CaseStatus
from doorplate.errors import Refused

Doing = Literal["route", "settle", "confirm", "add", "rate", "reopen", "withdraw", "escalate"]

NAMES: Mapping[CaseStatus, str] = {
    "accepted": "已受理", "routed": "办理中", "settled": "已办结", "answered": "已答复", "withdrawn": "已撤回"}

OPEN: frozenset[CaseStatus] = frozenset({"accepted", "routed", "settled"})
"""States in which somebody still has something to do."""

_MAY: Mapping[Doing, frozenset[CaseStatus]] = {
    "route": frozenset({"accepted", "routed"}),
    "settle": frozenset({"accepted", "routed"}),
    "confirm": frozenset({"settled"}),
    "escalate": OPEN,
    "add": frozenset({"accepted", "routed"}),
    "rate": frozenset({"answered"}),
    "reopen": frozenset({"answered"}),
    "withdraw": OPEN | {"answered"},
}
_REFUSALS: Mapping[Doing, tuple[str, str]] = {
    "route": ("case.closed", "这件事{now}, 不能再转交"),
    "settle": ("case.closed", "这件事{now}, 不能再办结"),
    "confirm": ("case.not_settled", "这件事{now}, 不是等着反馈的"),
    "escalate": ("case.closed", "这件事{now}, 没有时限了"),
    "add": ("case.closed", "这件事{now}, 不能再补充; 答复后还没解决可以退回重办, 或另提一件"),
    "rate": ("case.not_answered", "这件事{now}, 还不能评价"),
    "reopen": ("case.not_answered", "这件事{now}, 不能退回重办"),
    "withdraw": ("case.closed", "这件事{now}"),
}


def may(doing: Doing, case: Case) -> bool:
    return case.status in _MAY[doing]


def require_may(doing: Doing, case: Case) -> None:
    """Raises Refused(case.closed | case.not_settled | case.not_answered) with what state the matter is in."""
    if not may(doing, case):
        code, message = _REFUSALS[doing]
        raise Refused(code, message.format(now=NAMES[case.status]), status=case.status)


def may_rate(case: Case) -> bool:
    """Once, after the answer."""
    return may("rate", case) and case.rating is None


def may_reopen(case: Case, times: int) -> bool:
    return may("reopen", case) and case.reopened < times


def settled_status(*, call_back: bool) -> CaseStatus:
    """What a matter is once its answer is written: answered, as the resident can read it, unless they are to be called (D)."""
    return "settled" if call_back else "answered"
