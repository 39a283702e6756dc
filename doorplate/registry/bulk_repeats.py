"""Which rows of a register say again what an earlier row or the registry says already."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import compress
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from doorplate.addresses.formed import Formed
from doorplate.areas.coordinates import Floats, distance_m

SAME_PLACE_M = 30.0
"""One address at two points further apart than this is two houses with one number, not one listed twice (as point.off) (D)."""
Repeat = tuple[int, Literal["known", "retired", "household", "number"], int]
"""Position in the block, what it repeats, and the row on which it stood first (0 = in the registry)."""


class Repeats:
    """Remembers every key of a file with its row and point: about 300 bytes each. standing: key → whether in use, of the
    addresses in the registry, filled in by the caller."""

    def __init__(self) -> None:
        self.standing: dict[str, bool] = {}
        self._seen: dict[str, int] = {}
        self._blocks: list[tuple[NDArray[np.int64], Floats, Floats]] = []
        self._starts: list[int] = []

    def find(self, rows: Sequence[int], formed: Sequence[Formed | None], lon: Floats, lat: Floats) -> list[Repeat]:
        """The repeats in a block; its other addresses are remembered."""
        if len(rows):
            self._blocks.append((np.array(rows, dtype=np.int64), lon, lat))
            self._starts.append(rows[0])
        keys = [one[3] for one in formed if one is not None]
        rows_of_keys = list(compress(rows, formed)) if len(keys) < len(rows) else list(rows)
        first = list(map(self._seen.setdefault, keys, rows_of_keys))
        if first == rows_of_keys and self.standing.keys().isdisjoint(keys):
            return []
        return list(self._one_by_one(rows, formed))

    def _one_by_one(self, rows: Sequence[int], formed: Sequence[Formed | None]) -> Iterator[Repeat]:
        for i, (one, row) in enumerate(zip(formed, rows, strict=True)):
            if one is None:
                continue
            key = one[3]
            if key in self.standing:
                yield i, "known" if self.standing[key] else "retired", 0
                continue
            first = self._seen[key]
            if first != row:
                yield i, "household" if self._same_place(first, row) else "number", first

    def _same_place(self, first: int, row: int) -> bool:
        here, there = self._point(row), self._point(first)
        return bool(np.isnan([*here, *there]).any()) or distance_m(here, there) <= SAME_PLACE_M

    def _point(self, row: int) -> tuple[float, float]:
        rows, lon, lat = self._blocks[bisect_right(self._starts, row) - 1]
        i = int(np.searchsorted(rows, row))
        return float(lon[i]), float(lat[i])
