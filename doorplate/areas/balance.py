"""Whether the grids of a community carry about the same: households a grid, against the usual size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from doorplate.areas.rules import AreaRules, Span, area_rules
from doorplate.model import Area

_VILLAGE = range(200, 400)  # the last three digits of a 村委会's code (standards.md, codes and areas)


@dataclass(frozen=True, slots=True)
class Imbalance:
    """A grid with too few or too many households, in words."""

    code: str
    households: int
    message: str

    def __str__(self) -> str:
        return self.message


def usual_size(community: str, rules: AreaRules | None = None) -> Span:
    """How many households a grid of this community (12 digits) usually has: a village's grids are smaller than a town's."""
    balance = (rules or area_rules()).balance
    return balance.village if community[-3:].isdigit() and int(community[-3:]) in _VILLAGE else balance.city


def imbalances(grids: Sequence[Area], households: Mapping[str, int], usual: Span) -> tuple[Imbalance, ...]:
    """households: area id → number. In the order of the grids."""
    found = []
    for grid in grids:
        number = households.get(grid.id, 0)
        if usual.least <= number <= usual.most:
            continue
        advice = "偏少, 可以和相邻网格合并" if number < usual.least else "偏多, 可以拆分"
        message = f"{grid.name or grid.code}有 {number} 户, 一般 {usual.least}–{usual.most} 户, {advice}"
        found.append(Imbalance(grid.code, number, message))
    return tuple(found)
