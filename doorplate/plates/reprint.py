"""Which plates need new metal, and for which it is enough that the page behind the code has changed.

Metal is needed where what is painted is no longer true, or where the plate is spoilt or gone. An address that changed in ways
nobody painted needs nothing: the code leads to the page, and the page is always today's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from doorplate.model import Address, BatchPlate, Plate
from doorplate.plates.lifecycle import REPLACED
from doorplate.plates.painting import Painted

Need = Literal["metal", "redirect", "take_down"]
NEEDS: dict[Need, str] = {"metal": "要换新牌", "redirect": "只需转向", "take_down": "请摘牌"}

_GONE = {"damaged": "已损坏", "lost": "已遗失", "retired": "已停用, 地址还在用"}


@dataclass(frozen=True, slots=True)
class Standing:
    """One plate as it stands today. printed: what was painted on it, None when it was never printed; now: what would be painted
    today; grid: the code of its grid today."""

    plate: Plate
    address: Address
    printed: BatchPlate | None
    now: Painted
    grid: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one plate needs, and why, in words."""

    need: Need
    reason: str


def judge(standing: Standing) -> Verdict | None:
    """None where nothing is to be done. A plate whose successor stands already is not asked about."""
    plate, address, printed = standing.plate, standing.address, standing.printed
    if plate.status in _GONE:
        return None if address.status == "retired" else Verdict("metal", _GONE[plate.status])
    if plate.status in REPLACED or plate.status == "planned" or printed is None:
        return None
    if address.status == "retired":
        return Verdict("take_down", "地址已停用")
    if changed := list(_repainted(printed, standing.now)):
        return Verdict("metal", "; ".join(changed))
    moved = list(_unpainted(printed, standing))
    return Verdict("redirect", "; ".join(moved)) if moved else None


def _repainted(printed: BatchPlate, now: Painted) -> Iterator[str]:
    """What stands on the metal and is no longer true. Words that were never painted on it are not missed (D)."""
    yield from _changed("路名", printed.street, now.name)
    yield from _changed("号码", printed.number, now.number)
    beside = (("拼音", printed.pinyin, now.pinyin), ("民族文字", printed.minority, now.minority),
              ("邮编", printed.postcode, now.postcode))
    for title, was, wanted in beside:
        if was and wanted:
            yield from _changed(title, was, wanted)


def _unpainted(printed: BatchPlate, standing: Standing) -> Iterator[str]:
    yield from _changed("标准地址", printed.standard_address, standing.address.standard_address)
    if printed.grid and standing.grid:
        yield from _changed("网格", printed.grid, standing.grid)


def _changed(title: str, was: str, now: str) -> Iterator[str]:
    if was != now:
        yield f"{title}改了: {was or '无'}→{now or '无'}"
