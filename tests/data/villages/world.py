"""The true village: grids, streets, lanes, hamlets, houses with numbers, households. Everything else is a report about it."""

from dataclasses import dataclass, field
from random import Random

from geo import Frame
from place import Place

XY = tuple[float, float]


@dataclass
class Line:
    """A street, a lane of one, or a hamlet (kind 街, 巷, 组); path in board metres, numbered from its first point."""

    name: str
    lane: str
    kind: str
    path: list[XY]
    rule: str = ""
    odd_left: bool = True
    mode: str = "seq"
    pool: set[int] = field(default_factory=set)
    aliases: list[str] = field(default_factory=list)
    short: bool = False

    @property
    def full(self) -> str:
        """Name as the standard address has it: 幸福路一巷."""
        return self.name + self.lane


@dataclass(eq=False)
class House:
    """One door: where it stands, its true number and what hangs on the wall now."""

    line: Line
    door: XY
    poly: list[XY]
    left: bool
    u: float
    grid: int = 0
    no: int = 0
    sub: int = 0
    addr_id: str = ""
    point: XY = (0.0, 0.0)
    side: str = ""
    unit: str = ""
    retired: bool = False
    plate_no: int | None = None
    fault: str = ""
    action: str = "保留"
    note: str = ""
    twin: "House | None" = None
    partner: "House | None" = None
    households: list["Household"] = field(default_factory=list)

    def text(self, no: int | None = None) -> str:
        """幸福路一巷2号附1号, with the true number or the one given."""
        return f"{self.line.full}{no or self.no}号" + (f"附{self.sub}号" if self.sub else "")


@dataclass(eq=False)
class Household:
    """Who lives there: invented name, invented phone."""

    hh_id: str
    head: str
    people: int
    home: int
    phone: str
    house: House
    missing: bool = False
    also_in: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Habits:
    """How villages differ beyond their plan. off: metres by which a point goes astray · gaps: share of lines without a
    point on every sheet, None = a few, differently on each · plots: how wide, 1 = 10.5 to 14.5 m · winding: streets that wind."""

    off: tuple[float, float] = (45.0, 90.0)
    gaps: float | None = None
    plots: float = 1.0
    winding: bool = False


@dataclass
class World:
    """The whole truth."""

    place: Place
    frame: Frame
    scheme: str
    lines: list[Line]
    houses: list[House]
    grids: list[list[list[XY]]]
    lane_kind: str
    alias: bool
    peculiar: list[str]
    rng: Random
    habits: Habits

    def grid_id(self, grid: int) -> str:
        """610431001203-G01."""
        return f"{self.place.code}-G{grid + 1:02d}"

    def std(self, house: House) -> str:
        """The whole standard address."""
        return self.place.prefix + house.text()

    @property
    def households(self) -> list[Household]:
        """All, in order of their doors."""
        return [h for house in self.houses for h in house.households]
