"""What an address may become: proposed → verified → retired. A retired address never comes back; its number is never reused."""

from __future__ import annotations

from collections.abc import Mapping

from doorplate.errors import Refused
from doorplate.model import AddressStatus

TRANSITIONS: Mapping[AddressStatus, frozenset[AddressStatus]] = {
    "proposed": frozenset({"verified", "retired"}),
    "verified": frozenset({"retired"}),
    "retired": frozenset(),
}
_WORDS = {"proposed": "待核对", "verified": "已核对", "retired": "已停用"}


def may_become(current: AddressStatus, wanted: str) -> bool:
    """Whether the step from `current` to `wanted` is allowed."""
    return wanted in TRANSITIONS[current]


def require_transition(current: AddressStatus, wanted: str) -> None:
    """Nothing where the step is allowed; raises Refused(address.transition) otherwise."""
    if not may_become(current, wanted):
        told = _WORDS.get(wanted, wanted)
        raise Refused("address.transition", f"地址的状态是“{_WORDS[current]}”, 不能改成“{told}”", current=current, wanted=wanted)
