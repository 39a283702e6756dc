"""Everything the lists say about one line's number, gathered before anybody judges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from doorplate.addresses.quality.lines import Line
from doorplate.addresses.quality.order import Between
from doorplate.addresses.quality.spots import Spot, spot_at
from doorplate.addresses.quality.street import Street
from doorplate.addresses.quality.village import Village

_PLOT_LIMIT_M = 11.0  # (D) wider plots than this do not make a point less wrong


@dataclass
class Evidence:
    """For one line: its street's doors, what list order says, and how many metres its point is from where its number
    must be. limit_m: further is wrong; near_m: nearer is right."""

    line: Line
    street: Street | None
    between: Between | None
    misfit: float | None
    limit_m: float
    near_m: float

    @cached_property
    def spot(self) -> Spot | None:
        """What stands where the point is."""
        return spot_at(self.street, self.line) if self.street else None

    @property
    def point_against(self) -> bool:
        """The point lies too far from the number's place for any measuring error."""
        return self.misfit is not None and self.misfit > self.limit_m

    @property
    def point_for(self) -> bool:
        return self.misfit is not None and self.misfit <= self.near_m

    @property
    def order_against(self) -> bool:
        return self.between is not None and self.between.fits is False

    @property
    def order_for(self) -> bool:
        return self.between is not None and self.between.fits is True

    @property
    def on_the_line(self) -> bool:
        """The point stands where doors of this street stand."""
        return self.spot is not None and self.spot.away_m <= self.near_m

    def misfit_of(self, number: int) -> float | None:
        """Metres from the point to where another number must be."""
        return self.street.distance(self.line, number) if self.street else None

    def order_takes(self, number: int) -> bool:
        """Whether list order would be content with another number."""
        return self.between is not None and self.between.low <= number <= self.between.high

    def free_numbers(self) -> list[int]:
        """The numbers that fit the place by point and by list order, best first; [] where neither tells."""
        free = self.between.numbers() if self.between else []
        by_order = [n for n in free if not self.street or n not in self.street.taken]
        by_point = list(self.spot.free) if self.spot and self.on_the_line else []
        if by_order and by_point:
            return [n for n in by_point if n in by_order] or by_point
        return by_point or by_order


def gather(line: Line, village: Village) -> Evidence:
    """The evidence about one line's number."""
    street, rules = village.doors.of(line), village.rules
    misfit = street.misfit(line, line.number) if street and line.number is not None else None
    plot = street.plot_m if street else rules.numbers.spacing_default_m
    limit = max(rules.points.off_m - rules.points.expected_m, rules.numbers.wrong_plots * min(plot, _PLOT_LIMIT_M))
    return Evidence(line, street, village.order.of(line), misfit, limit_m=limit, near_m=max(12.0, 1.1 * plot))


def numbers_elsewhere(line: Line, household: Sequence[Line]) -> dict[int, list[Line]]:
    """What other lists say the household's number is: number → the lines that say it. Chat corrections come first."""
    said: dict[int, list[Line]] = {}
    for other in sorted(household, key=lambda x: (not x.correction, x.index)):
        if other.list_name != line.list_name and other.number is not None and _same_way(line, other):
            said.setdefault(other.number, []).append(other)
    return said


def is_disputed(line: Line, household: Sequence[Line]) -> bool:
    """Whether every other list that has this household gives it another number."""
    elsewhere = numbers_elsewhere(line, household)
    return line.number is not None and bool(elsewhere) and line.number not in elsewhere


def _same_way(a: Line, b: Line) -> bool:
    return a.way == b.way or not a.elements.thoroughfare
