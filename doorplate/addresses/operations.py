"""What may be done to an address: 核对 verify, 清理 clean, 更正 correct, 停用 retire, 新编 assign, 合并 merge.


An operation is a value: what is to be done and on what grounds. `apply` says what the address is afterwards, or why it
cannot be. A corrected address keeps every name it had; a number that was retired on a thoroughfare is never given again.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from doorplate.addresses.format import address_key, local_address
from doorplate.addresses.lifecycle import require_transition
from doorplate.errors import Refused
from doorplate.model import Address, Elements, Point

EARLIEST = date(1949, 10, 1)  # (D) an effective date before it is a slip of the hand
LATEST = timedelta(days=366)  # (D) renumberings are announced at most a year ahead
_PERSONAL = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dXx])(?!\d)")  # a mobile number, an identity number (GB 11643)


@dataclass(frozen=True, slots=True)
class Grounds:
    """Why something is done, on what evidence, and from which day it holds."""

    reason: str
    evidence: str
    effective_on: date


@dataclass(frozen=True, slots=True)
class Verify:
    """核对: a person or a rule has found it right."""

    grounds: Grounds


@dataclass(frozen=True, slots=True)
class Clean:
    """清理: the same address in its proper writing (東風路05号 → 东风路5号); never another door."""

    grounds: Grounds
    elements: Elements


@dataclass(frozen=True, slots=True)
class Correct:
    """更正: another number, street, grid (id) or point, another kind of place or its name. None = stays as it is."""

    grounds: Grounds
    elements: Elements | None = None
    grid_id: str | None = None
    point: Point | None = None
    place_kind: Literal["household", "public"] | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Retire:
    """停用: demolished or given up. Its number is spent."""

    grounds: Grounds


@dataclass(frozen=True, slots=True)
class Assign:
    """新编: a new address. id, community: of the record that comes to be."""

    grounds: Grounds
    id: str
    community: str
    elements: Elements
    point: Point | None = None
    grid_id: str | None = None
    place_kind: Literal["household", "public"] = "household"
    name: str = ""


@dataclass(frozen=True, slots=True)
class Merge:
    """合并: this address is the same door as `into` and ends; `absorb` gives the other its names."""

    grounds: Grounds
    into: Address


Operation = Verify | Clean | Correct | Retire | Assign | Merge
NAMES: dict[type, str] = {Verify: "核对", Clean: "清理", Correct: "更正", Retire: "停用", Assign: "新编", Merge: "合并"}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an operation must know of the register. prefix: what the community's standard addresses begin with; today: in
    China; holder: key → the living address that has it; spent: key → whether it once belonged to a retired address."""

    prefix: str
    today: date
    holder: Callable[[str], Address | None]
    spent: Callable[[str], bool]


def apply(address: Address | None, operation: Operation, around: Surroundings) -> Address:
    """The address as it is afterwards (version untouched); address is None for Assign alone.

    Raises Refused: operation.no_reason, operation.personal_data, operation.effective_date, operation.no_change,
    address.transition, address.retired, address.incomplete, address.number_taken, address.number_spent,
    address.not_a_cleaning, address.cannot_merge.
    """
    require_grounds(operation.grounds, around.today)
    if isinstance(operation, Assign):
        return _assigned(operation, around)
    if address is None:
        raise ValueError(f"{type(operation).__name__} needs an address")
    match operation:
        case Verify():
            require_transition(address.status, "verified")
            return replace(address, status="verified")
        case Retire():
            require_transition(address.status, "retired")
            return replace(address, status="retired")
        case Merge():
            return _merged(address, operation.into)
        case Clean():
            if address_key(address.community, operation.elements) != address.key:
                raise Refused("address.not_a_cleaning", f"{address.standard_address} 清理后成了另一个门牌, 这要用“更正”")
            return _changed(address, Correct(operation.grounds, operation.elements), around)
        case Correct():
            return _changed(address, operation, around)


def absorb(survivor: Address, merged: Address) -> Address:
    """The surviving address with every name the merged one had, and its point and grid where it has none itself."""
    return replace(
        survivor,
        aliases=_names(survivor, *merged.aliases, merged.standard_address),
        point=survivor.point or merged.point,
        grid_id=survivor.grid_id or merged.grid_id,
    )


def require_grounds(grounds: Grounds, today: date) -> None:
    """Raises Refused(operation.no_reason, operation.personal_data, operation.effective_date)."""
    if not grounds.reason.strip():
        raise Refused("operation.no_reason", "要写明理由, 例如“现场核对, 原登记有误”")
    if holds_personal_number(grounds.reason + " " + grounds.evidence):
        raise Refused("operation.personal_data", "理由和依据会永久留痕, 请不要写手机号和身份证号")
    if not EARLIEST <= grounds.effective_on <= today + LATEST:
        raise Refused(
            "operation.effective_date",
            f"生效日期 {grounds.effective_on} 不对: 要在 {EARLIEST} 以后, 最多提前一年 ({today + LATEST})",
        )


def without_personal_numbers(text: str) -> str:
    """The text with mobile and identity numbers taken out: for words somebody else wrote that shall become a reason."""
    return _PERSONAL.sub("…", text)


def holds_personal_number(text: str) -> bool:
    """Whether a mobile number or an identity number stands in it."""
    return _PERSONAL.search(text) is not None


def require_free(key: str, standard_address: str, own_id: str, around: Surroundings) -> None:
    """Raises Refused(address.number_taken, address.number_spent) unless the address with this key may be given to own_id."""
    holder = around.holder(key)
    if holder is not None and holder.id != own_id:
        raise Refused("address.number_taken", f"{standard_address} 已经有人用了, 不能再编给别家", address=standard_address)
    if holder is None and around.spent(key):
        raise Refused("address.number_spent", f"{standard_address} 停用过, 停用的号不再编给别家", address=standard_address)


def is_complete(elements: Elements) -> bool:
    """Whether the elements lead to one door: a number on a thoroughfare, or a room in a compound's building."""
    e = elements
    return bool((e.thoroughfare and e.number) or (e.compound and e.building and e.room))


def _assigned(operation: Assign, around: Surroundings) -> Address:
    elements = operation.elements
    standard = _standard(elements, around)
    key = address_key(operation.community, elements)
    require_free(key, standard, operation.id, around)
    return Address(
        id=operation.id,
        community=operation.community,
        elements=elements,
        standard_address=standard,
        key=key,
        status="proposed",
        point=operation.point,
        grid_id=operation.grid_id,
        place_kind=operation.place_kind,
        name=operation.name,
    )


def _changed(address: Address, operation: Correct, around: Surroundings) -> Address:
    _require_living(address)
    elements = operation.elements or address.elements
    standard = _standard(elements, around)
    key = address_key(address.community, elements)
    after = replace(
        address,
        elements=elements,
        standard_address=standard,
        key=key,
        grid_id=operation.grid_id or address.grid_id,
        point=operation.point or address.point,
        place_kind=operation.place_kind or address.place_kind,
        name=address.name if operation.name is None else operation.name,
    )
    if after == address:
        raise Refused("operation.no_change", f"{address.standard_address} 本来就是这样, 没有可改的")
    if key != address.key:
        require_free(key, standard, address.id, around)
    if standard != address.standard_address:
        after = replace(after, aliases=_names(after, address.standard_address))
    return after


def _merged(address: Address, into: Address) -> Address:
    _require_living(address)
    if into.id == address.id or into.status == "retired" or into.community != address.community:
        told = f"{address.standard_address} 不能并入 {into.standard_address}"
        raise Refused("address.cannot_merge", f"{told}: 要并入本社区另一个在用的地址")
    require_transition(address.status, "retired")
    return replace(address, status="retired")


def _require_living(address: Address) -> None:
    if address.status == "retired":
        raise Refused("address.retired", f"{address.standard_address} 已停用, 不能再改", address=address.standard_address)


def _standard(elements: Elements, around: Surroundings) -> str:
    standard = around.prefix + local_address(elements)
    if not is_complete(elements):
        raise Refused("address.incomplete", f"{standard} 不完整: 要有街路巷(或组、小区)和门牌号")
    return standard


def _names(address: Address, *more: str) -> tuple[str, ...]:
    return tuple(sorted({*address.aliases, *more} - {address.standard_address}))
