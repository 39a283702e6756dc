"""Everything the lists say about one line's number, gathered before anybody judges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from doorplate.addresses.quality.doors import Doors
from doorplate.addresses.quality.homes import most_strange, strangeness
from doorplate.addresses.quality.lines import Line
from doorplate.addresses.quality.order import Between
from doorplate.addresses.quality.spots import Spot, spot_at
from doorplate.addresses.quality.street import Street
from doorplate.addresses.quality.village import Village
from doorplate.addresses.rules import Rules

_AMONG_OTHERS, _FAR = 2.5, 1.0  # (D) nats more for a point on another street's door, where one in fifty doors stands but one
# in four strayed points; and for one that is far off however the row is drawn
_BESIDE_M = 8.0  # (D) nearer than this to a door, with a phone's error, is that door


@dataclass
class Evidence:
    """For one line: its street's doors, what list order says, and whether its point stands further from where its number
    must be than any measuring error. near_m: nearer is right."""

    line: Line
    street: Street | None
    between: Between | None
    point_against: bool
    near_m: float

    @cached_property
    def misfit(self) -> float | None:
        """How many metres the point is from where the number must be; in doubt little."""
        number = self.line.number
        return self.street.misfit(self.line, number) if self.street and number is not None else None

    @cached_property
    def spot(self) -> Spot | None:
        """What stands where the point is."""
        return spot_at(self.street, self.line) if self.street else None

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
    plot = street.plot_m if street else rules.numbers.spacing_default_m
    return Evidence(line, street, village.order.of(line), _strayed(line, village.doors, rules), near_m=max(12.0, 1.1 * plot))


def _strayed(line: Line, doors: Doors, rules: Rules) -> bool:
    """Whether the point is too strange for its number, and far enough from the number's place to be off."""
    street, number = doors.streets.get(line.way), line.number
    if street is None or number is None:
        return False
    strange, limit = strangeness(street, line, number), most_strange(street, rules.numbers)
    if strange is not None and strange <= limit - _AMONG_OTHERS - _FAR:
        return False
    misfit, away = street.misfit(line, number), street.distance(line, number)
    if strange is None:  # no door with a number like it: only the way from the street's last door tells
        return misfit is not None and misfit > rules.points.off_m
    strange += _FAR if misfit is None or misfit > rules.points.home_m else 0.0
    strange += _AMONG_OTHERS if doors.among_others(line, _BESIDE_M) else 0.0
    return strange > limit and (away is None or away > rules.points.home_m)


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
