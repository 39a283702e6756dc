"""What the assistant is told and what it answers, as plain frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from doorplate.model import Point

StreetKind = Literal["through", "dead-end", "one-sided"]
LonLat = tuple[float, float]


@dataclass(frozen=True, slots=True, order=True)
class HouseNumber:
    """A house number with its 附号; suffix 0 = none. Sorts as it stands along a street."""

    number: int
    suffix: int = 0

    def __str__(self) -> str:
        """As painted: 15号, 15号附1号."""
        return f"{self.number}号附{self.suffix}号" if self.suffix else f"{self.number}号"


@dataclass(frozen=True, slots=True)
class Door:
    """A door to be numbered. number None = it has none yet; suffix 0 = no 附号; point None = nobody knows where it is."""

    id: str
    point: Point | None
    number: int | None = None
    suffix: int = 0

    @property
    def painted(self) -> HouseNumber | None:
        """Its number today."""
        return None if self.number is None else HouseNumber(self.number, self.suffix)


@dataclass(frozen=True, slots=True)
class Street:
    """A thoroughfare. line: its middle as (lon, lat) degrees, None = to be worked out from the doors' points.

    kind: through = open at both ends; dead-end = a lane with one mouth; one-sided = houses on one side only.
    mouth: where a dead end is entered; without it a line's first vertex.
    """

    name: str
    line: tuple[LonLat, ...] | None = None
    kind: StreetKind = "through"
    mouth: Point | None = None


@dataclass(frozen=True, slots=True)
class NumberProposal:
    """A number for one new house, None where only a person can decide. side: "北侧", "" where the street has no sides.

    reasons: sentences in Chinese, the rule first. alternatives: other free numbers, best first. conflicts: what a person
    should look at before accepting.
    """

    house: HouseNumber | None
    side: str
    reasons: tuple[str, ...]
    alternatives: tuple[HouseNumber, ...] = ()
    conflicts: tuple[str, ...] = ()

    @property
    def number(self) -> int | None:
        return self.house.number if self.house else None

    @property
    def suffix(self) -> int:
        return self.house.suffix if self.house else 0


@dataclass(frozen=True, slots=True)
class Assignment:
    """What one door has and is to get. why: one phrase in Chinese, "" where nothing changes.

    row: +1 left, -1 right of the direction in which numbers rise, 0 where there is one row only; along_m and beside_m:
    metres from the start of the numbering and to the left of the street's middle, None without a point.
    """

    door_id: str
    old: HouseNumber | None
    new: HouseNumber | None
    why: str = ""
    row: int = 0
    along_m: float | None = None
    beside_m: float | None = None
    point: Point | None = None

    @property
    def changed(self) -> bool:
        return self.old != self.new


@dataclass(frozen=True, slots=True)
class StreetPlan:
    """Old → new for every door, in walking order. rule: the rule in words, first sentence first. warnings: what a person
    must look at. path: the street's middle from the start of the numbering, (lon, lat) degrees; for a compound the S.
    sides: words for the rows +1 and -1 ("北侧"), empty for one row. heading: "由东向西".
    """

    street: str
    kind: Literal["through", "dead-end", "one-sided", "compound"]
    assignments: tuple[Assignment, ...]
    rule: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    path: tuple[LonLat, ...] = ()
    sides: tuple[str, str] | tuple[()] = ()
    heading: str = ""

    @property
    def changes(self) -> int:
        """Doors whose existing number changes: so many plates must be made anew."""
        return sum(a.changed and a.old is not None for a in self.assignments)

    @property
    def additions(self) -> int:
        """Doors that get a number for the first time."""
        return sum(a.old is None and a.new is not None for a in self.assignments)
