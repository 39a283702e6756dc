"""What a grid code written some time ago means today: after a split or a renumbering it may name nothing, or another grid."""

from __future__ import annotations

from collections.abc import Sequence

from doorplate.areas.grids import AreaIndex
from doorplate.model import Area, Point


class GridCodes:
    """The grids in force. A code borne since the beginning means what it always meant; any other is settled by the point."""

    def __init__(self, grids: Sequence[Area]) -> None:
        self._ids = {grid.code: grid.id for grid in grids}
        self._codes = {grid.id: grid.code for grid in grids}
        self._lasting = {grid.code: grid.id for grid in grids if grid.valid_from is None}
        self._index = AreaIndex(grids)

    def __contains__(self, code: str) -> bool:
        return code in self._ids

    def today(self, code: str) -> str | None:
        """The id of the grid that bears the code today."""
        return self._ids.get(code)

    def code(self, grid_id: str | None) -> str:
        """The code of a grid in force, "" for any other id."""
        return self._codes.get(grid_id or "", "")

    def then(self, code: str, point: Point | None) -> str | None:
        """The id of the grid that a code in an earlier list stands for; where codes changed hands, the one the point lies in."""
        if code in self._lasting or point is None:
            return self._lasting.get(code)
        at = int(self._index.locate(point.lon, point.lat)[0])
        return self._index.areas[at].id if at >= 0 else None
