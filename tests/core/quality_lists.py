"""A street of houses and the lists people write about it, for stories about the check.

幸福路 runs west to east, odd numbers on the south side, even ones on the north, a door every 11 m; 和谐街 lies 150 m north.
"""

from __future__ import annotations

from collections.abc import Sequence

import shapely

from doorplate.addresses.quality import CheckContext, check
from doorplate.areas.coordinates import LocalFrame
from doorplate.model import Area, CheckResult, Division, ListRow, SourceRef

VILLAGE = Division("610431001203", ("陕西省", "咸阳市", "武功县", "普集街道", "营上村"))
SIBLINGS = (Division("610431001205", ("陕西省", "咸阳市", "武功县", "普集街道", "营西村")),)
FRAME = LocalFrame(108.2075, 34.2722)
STREETS = {"幸福路": 0.0, "和谐街": 150.0}
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"


def place(number: int, street: str = "幸福路", east: float = 0.0, north: float = 0.0) -> tuple[float, float]:
    """Where the door of a number stands (lon, lat), moved by some metres."""
    x, y = (number + 1) // 2 * 11.0 + east, STREETS[street] + (5.0 if number % 2 == 0 else -5.0) + north
    lon, lat = FRAME.degrees(x, y)
    return float(lon), float(lat)


def head(number: int, street: str = "幸福路") -> str:
    """A name of its own for every house."""
    at = number + 200 * list(STREETS).index(street)
    return _SURNAMES[at % 31] + _SURNAMES[(at // 31 + 7) % 31] + _SURNAMES[at * 7 % 29]


class Lists:
    """Rows in the order they are written; `cells` of a row win over what it would have by itself."""

    def __init__(self) -> None:
        self.rows: list[ListRow] = []
        self._next: dict[tuple[str, str | None], int] = {}

    def sheet(self, house: int | None, street: str = "幸福路", /, *, sheet: str = "第一网格", grid_hint: str = "1",
              crs: str | None = None, point: tuple[float, float] | str | None = "", **cells: str) -> ListRow:
        """A line of a sheet; it has the house's own point unless another one (or None) is given."""
        at = place(house, street) if point == "" and house is not None else point or None
        own = {"street": street, "number": f"{house}号" if house is not None else "", "head": head(house or 0, street),
               "members": "4", "phone": f"139{house or 0:04d}{len(street)}{list(STREETS).index(street):03d}"}
        if at:
            own |= {"lon": f"{at[0]:.6f}", "lat": f"{at[1]:.6f}"}
        return self._add("核对表.xlsx", sheet, "sheets", {**own, **cells}, grid_hint=grid_hint, crs=crs)

    def register(self, house: int, street: str = "幸福路", /, **cells: str) -> ListRow:
        """A line of the police register."""
        own = {"address": f"武功县普集镇营上村{street}{house}号", "head": head(house, street), "members": "4"}
        return self._add("户籍.csv", None, "register", {**own, **cells})

    def chat(self, **cells: str) -> ListRow:
        """A line of the group chat."""
        return self._add("接龙.txt", None, "late", cells)

    def street(self, numbers: Sequence[int], street: str = "幸福路", **more: str) -> None:
        """Clean lines for many houses, sheet and register."""
        for number in numbers:
            self.sheet(number, street, **more)
        for number in numbers:
            self.register(number, street)

    def check(self, areas: Sequence[Area] = ()) -> Checked:
        return Checked(check(self.rows, CheckContext(VILLAGE, SIBLINGS, areas)))

    def _add(self, file: str, sheet: str | None, list_name: str, cells: dict[str, str], **more: object) -> ListRow:
        number = self._next.get((file, sheet), 5)
        self._next[file, sheet] = number + 1
        row = ListRow(SourceRef(file, sheet, number), {k: v for k, v in cells.items() if v}, list_name, **more)  # type: ignore[arg-type]
        self.rows.append(row)
        return row


class Checked:
    """A result, asked by row."""

    def __init__(self, result: CheckResult) -> None:
        self.result = result
        self._rows = {row.ref: row for row in result.rows}

    def codes(self, row: ListRow) -> list[str]:
        """Codes of the findings on a row, without missing points."""
        return [f.code for f in self.result.findings if f.ref == row.ref and f.code != "point.missing"]

    def finding(self, row: ListRow, code: str):
        return next(f for f in self.result.findings if f.ref == row.ref and f.code == code)

    def row(self, row: ListRow):
        return self._rows[row.ref]

    def address(self, row: ListRow) -> str | None:
        """The standard address below the community."""
        whole = self._rows[row.ref].standard_address
        return whole.removeprefix(VILLAGE.prefix) if whole else None

    def all_codes(self) -> set[str]:
        return {f.code for f in self.result.findings} - {"point.missing"}


def grids() -> list[Area]:
    """The first grid holds 幸福路, the second 和谐街; their common line lies 75 m north."""
    def area(code: str, name: str, street: str, south: float, north: float) -> Area:
        ring = [FRAME.degrees(x, y) for x, y in ((-60, south), (1400, south), (1400, north), (-60, north))]
        outline = shapely.Polygon([(float(a), float(b)) for a, b in ring])
        return Area(code, "grid", code, name, VILLAGE.code, outline.wkb, (street,))

    return [area("610431001203-G01", "营上村第一网格", "幸福路", -80, 75),
            area("610431001203-G02", "营上村第二网格", "和谐街", 75, 230)]


ODD, EVEN = range(1, 40, 2), range(2, 41, 2)
EVERYBODY = [*ODD, *EVEN]
