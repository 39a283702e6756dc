"""The rule a street is numbered by: the profile's, or the street's own where that is to be kept. In figures and in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from doorplate.addresses.numbering.axis import Axis, Floats
from doorplate.addresses.numbering.learned import Learned
from doorplate.addresses.numbering.nouns import Street
from doorplate.addresses.numbering.profile import Profile

_PARITY = {1: "单号", 0: "双号"}
_AXIS_HOUSES_M = 4.0  # (D) houses this near to the line stand on it: the line was drawn through them, and sides cannot be told


@dataclass(frozen=True, slots=True)
class Rule:
    """parity: row (+1 left, -1 right, 0 the only one) → remainder by 2 of its numbers, None = every number.

    step: from one door's number to the next in its row. vacant_m: metres of empty ground for which one number is kept, 0 = none.
    metric: (metres a number, metres before number 0), None = numbers are counted. skipped: numbers never given.
    """

    parity: Mapping[int, int | None]
    step: int
    vacant_m: float
    metric: tuple[float, float] | None
    skipped: frozenset[int]
    words: tuple[str, ...]

    def row_of(self, beside_m: float) -> int:
        """The row a place belongs to by its side."""
        return 0 if 0 in self.parity else 1 if beside_m > 0 else -1

    def first(self, row: int) -> int:
        """The lowest number of a row."""
        return 2 if self.parity[row] == 0 else 1

    def fits(self, number: int, row: int) -> bool:
        """Whether the row may have the number."""
        parity = self.parity[row]
        return number > 0 and number not in self.skipped and (parity is None or number % 2 == parity)

    def spacing(self, row: int) -> int:
        """From one number of the row to the next that would fit it: 2 on streets with odd and even apart."""
        return 1 if self.parity[row] is None else 2

    def plots(self, metres: float) -> int:
        """How many doors further a door stands that is so many metres away; at least 1."""
        return max(1, round(metres / self.vacant_m)) if self.vacant_m else 1

    def at(self, along_m: float, row: int) -> int:
        """Numbering by distance: the row's number nearest to a place, at least its first."""
        per, start = self.metric or (1.0, 0.0)
        first, spacing = self.first(row), self.spacing(row)
        return max(first, first + spacing * round(((along_m - start) / per - first) / spacing))


def own_rule(axis: Axis, learned: Learned, profile: Profile) -> tuple[Axis, Rule]:
    """The street's own rule, and the axis in the direction in which its numbers rise."""
    axis = axis.reversed() if learned.reverse else axis
    told = [f"照本街现有门牌的规律: {_sentence(axis, learned.parity)}", f"{learned.of} 户里有 {learned.agree} 户相符"]
    if learned.metric:
        told.append(f"号码按距离编, 约每 {learned.metric[0]:.1f} 米一个号")
    else:
        told.append(f"同一侧相邻两户约 {learned.plot_m:.0f} 米")
    step = 1 if learned.parity.get(0, 1) is None else 2
    rule = Rule(learned.parity, step, learned.plot_m, learned.metric, frozenset(profile.skipped), tuple(told))
    return axis, rule


def profile_rule(street: Street, axis: Axis, beside_m: Floats, profile: Profile) -> tuple[Axis, Rule]:
    """The profile's rule for this street. beside_m: how far the doors stand to the left of the axis as given."""
    start, odd_left = _start_and_odd(street, axis, profile)
    if start != 0:
        axis, beside_m = axis.reversed(), -beside_m
        odd_left = _start_and_odd(street, axis, profile)[1]
    parity: dict[int, int | None] = {1: int(odd_left), -1: int(not odd_left)}
    if street.kind == "one-sided":
        parity = {0: _one_parity(parity, beside_m, profile)}
    words = [f"按{profile.title}: {_sentence(axis, parity)}"]
    if street.kind == "dead-end":
        words.append("从巷口向里编")
    metric = (profile.metric.metres_per_number, 0.0) if profile.method == "metric" else None
    if metric:
        words.append(f"号码按距离编, 每 {metric[0]:g} 米一个号")
    rule = Rule(parity, profile.step, profile.vacant_plot_m, metric, frozenset(profile.skipped), tuple(words))
    return axis, rule


def say_source(rule: Rule, sentence: str) -> Rule:
    """The rule with one more sentence."""
    return replace(rule, words=(*rule.words, sentence))


def _start_and_odd(street: Street, axis: Axis, profile: Profile) -> tuple[int, bool]:
    """(0 where the axis begins at the start, -1 where it ends there; whether odd numbers are on the left of the axis)."""
    east, north = axis.direction
    if street.kind == "dead-end":
        return 0, profile.dead_end.odd == "left"  # the survey lays a lane's axis from its mouth
    if axis.is_east_west:
        begins = (profile.east_west.start == "east") == (east < 0)
        left_is, odd = ("south" if east < 0 else "north"), profile.east_west.odd
    else:
        begins = (profile.north_south.start == "north") == (north < 0)
        left_is, odd = ("east" if north < 0 else "west"), profile.north_south.odd  # type: ignore[assignment]
    return (0 if begins else -1), odd in ("left", left_is)


def _one_parity(parity: Mapping[int, int | None], beside_m: Floats, profile: Profile) -> int | None:
    if profile.one_sided.parity != "side":
        return int(profile.one_sided.parity == "odd")
    usual = float(np.median(beside_m)) if len(beside_m) else 0.0
    if abs(usual) < _AXIS_HOUSES_M:
        return int(profile.one_sided.fallback == "odd")
    return parity[1 if usual > 0 else -1]


def _sentence(axis: Axis, parity: Mapping[int, int | None]) -> str:
    """由东向西编号, 右手 (北侧) 单号、左手 (南侧) 双号. The hand holds on bent streets too."""
    if 0 in parity:
        only = parity[0]
        return "号码一户接一户, 不分单双号" if only is None else f"{axis.heading}编号, 只用{_PARITY[only]}"
    sides = {1: f"左手 ({axis.sides[0]}) ", -1: f"右手 ({axis.sides[1]}) "}
    odd, even = (1, -1) if parity[1] == 1 else (-1, 1)
    return f"{axis.heading}编号, {sides[odd]}单号、{sides[even]}双号"
