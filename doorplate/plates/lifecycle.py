"""The states of a plate, and which may follow which: planned → printed → proved → packed → issued → mounted → checked;
issued → packed when brought back; damaged, lost, retired → reissued. A reissued plate is history: its successor has a code
of its own."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from doorplate.errors import Refused
from doorplate.model import PlateStatus

NAMES: Mapping[PlateStatus, str] = {
    "planned": "待制作", "printed": "已印制", "proved": "已验读", "packed": "已装箱", "issued": "已领出", "mounted": "已安装",
    "checked": "已复核", "damaged": "已损坏", "lost": "已遗失", "retired": "已停用", "reissued": "已补制",
}

_ON_THE_WAY: tuple[PlateStatus, ...] = ("planned", "printed", "proved", "packed", "issued", "mounted", "checked")
_ENDS: frozenset[PlateStatus] = frozenset({"damaged", "lost", "retired"})

REPLACED: frozenset[PlateStatus] = _ENDS | {"reissued"}
"""States in which a plate no longer stands for its address: another one takes its place."""

TRANSITIONS: Mapping[PlateStatus, frozenset[PlateStatus]] = {
    "planned": frozenset({"printed", "retired"}),  # nothing exists yet that could be damaged or lost
    **{now: _ENDS | {then} for now, then in pairwise(_ON_THE_WAY[1:])},
    "issued": _ENDS | {"mounted", "packed"},  # packed again: brought back at the end of the day
    "checked": _ENDS,
    "damaged": frozenset({"reissued", "retired"}),
    "lost": frozenset({"reissued", "retired"}),
    "retired": frozenset({"reissued"}),
    "reissued": frozenset(),
}


def may_become(current: PlateStatus, wanted: str) -> bool:
    """Whether a plate in state `current` may go to `wanted`; staying where it is is not a transition."""
    return wanted in TRANSITIONS[current]


def require_transition(current: PlateStatus, wanted: str) -> None:
    """Raises Refused(plate.transition) unless a plate in state `current` may go to `wanted`."""
    if not may_become(current, wanted):
        raise Refused("plate.transition", f"这块门牌{_name(current)}, 不能改为{_name(wanted)}", current=current, wanted=wanted)


def _name(status: str) -> str:
    return next((name for state, name in NAMES.items() if state == status), status)
