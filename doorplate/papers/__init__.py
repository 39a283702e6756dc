"""What stands on the papers that go with the plates: notice, map, card, installer's list, box label. Pure values.

A white list like `public_view`: built field by field from areas, addresses, official contacts and the frozen batch. Households
are not in reach, so no resident can get onto a paper. Places are degrees (lon, lat) in WGS84.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from doorplate.public_view import ContactView, StationView

Lonlat = tuple[float, float]
Ring = tuple[Lonlat, ...]


@dataclass(frozen=True, slots=True)
class Imprint:
    """What every paper says of itself: where it holds (county, township, community; "" = unknown), the day its data were taken
    from the register, and whether they are invented."""

    county: str
    township: str
    community: str
    day: date
    sample: bool = False

    @property
    def above(self) -> str:
        """The administration the community belongs to."""
        return self.county + self.township


@dataclass(frozen=True, slots=True)
class GroupEntry:
    """A household group 联户. number: short, "12" of 联户12; scope: a line a street; doors: addresses in use. name: what it is
    called where that says more than its number."""

    code: str
    number: str
    leaders: tuple[ContactView, ...]
    scope: tuple[str, ...]
    doors: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class GridBoard:
    """The notice of one grid: name "" where the community has no grids. workers: those of the grid, officers: of the whole."""

    imprint: Imprint
    code: str
    name: str
    workers: tuple[ContactView, ...]
    officers: tuple[ContactView, ...]
    station: StationView | None
    groups: tuple[GroupEntry, ...]


@dataclass(frozen=True, slots=True)
class MapDoor:
    """A door on a map. number: as painted, without 号 ("53", "53附1"); group: its code, "" = none."""

    at: Lonlat
    street: str
    number: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class MapStreet:
    """A street's middle line."""

    name: str
    line: tuple[Lonlat, ...]


@dataclass(frozen=True, slots=True)
class MapShape:
    """An area's outline: its outer rings and holes."""

    code: str
    rings: tuple[Ring, ...]


@dataclass(frozen=True, slots=True)
class GridMap:
    """One grid on the map: its outline, its groups with theirs, its doors that have a place. unplaced: doors without one."""

    board: GridBoard
    outline: tuple[Ring, ...]
    shapes: tuple[MapShape, ...]
    streets: tuple[MapStreet, ...]
    doors: tuple[MapDoor, ...]
    unplaced: int


@dataclass(frozen=True, slots=True)
class HowTo:
    """The resident's card. host: of the links in the codes, without https://."""

    imprint: Imprint
    host: str
    station: StationView | None


@dataclass(frozen=True, slots=True)
class InstallPlate:
    """A plate to hang. slot: its place in the box or zone, from 1; code: grouped in fours; note: what is known beforehand."""

    slot: int
    street: str
    number: str
    code: str
    at: Lonlat | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class InstallLot:
    """What an installer takes along: one box, or a zone while nothing is packed. title: "第 3/7 箱"."""

    title: str
    zone: str
    grid: str
    installer: str
    streets: tuple[MapStreet, ...]
    plates: tuple[InstallPlate, ...]


@dataclass(frozen=True, slots=True)
class InstallList:
    """The list of a batch; batch: the first characters of its id, design: the name of what was printed."""

    imprint: Imprint
    batch: str
    design: str
    lots: tuple[InstallLot, ...]


@dataclass(frozen=True, slots=True)
class BoxLabel:
    """A box of a batch: number of total, what lies in it from its first plate to its last. absent: plates that are not in it."""

    batch: str
    number: int
    total: int
    zone: str
    grid: str
    plates: int
    absent: int
    first: str
    last: str
    installer: str


@dataclass(frozen=True, slots=True)
class BoxLabels:
    """The labels of all boxes of a batch."""

    imprint: Imprint
    design: str
    labels: tuple[BoxLabel, ...]
