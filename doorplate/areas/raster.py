"""A raster over many areas: which cells lie wholly in one of them, so that most points need no geometry at all.

Cells that an outline passes through, or in which areas overlap, are MIXED and left to the caller. Everything is plane, x and y in
the unit of the shapes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

OUTSIDE, MIXED = -1, -2
_CELLS_PER_AREA = 256  # (D) 16 × 16: about one point in seven falls on an outline's cell
_MOST_CELLS = 4_000_000  # (D) 16 MB of labels
_MOST_PIECES = 4_000_000  # (D) outlines cut into rows; a finer raster would cost more memory than it saves time
_MARGIN = 1e-3  # of a cell: what rounding may move a point or an outline by, many times over


@dataclass(frozen=True, slots=True)
class _Net:
    """The lattice: its south-west corner, cells a unit, and its size in cells."""

    west: float
    south: float
    scale: float
    columns: int
    rows: int


@dataclass(frozen=True, slots=True)
class _Edges:
    """Line segments in cells: from (x0, y0) to (x1, y1), and the index of the area they bound."""

    x0: Floats
    y0: Floats
    x1: Floats
    y1: Floats
    area: Ints


@dataclass(frozen=True, slots=True)
class CellRaster:
    """labels: area index, OUTSIDE or MIXED for each cell, row by row from the south-west."""

    net: _Net
    labels: NDArray[np.int32]

    def locate(self, x: Floats, y: Floats) -> NDArray[np.int32]:
        """For each point its cell's label; a point off the raster, or that is no number, is OUTSIDE."""
        column = (x - self.net.west) * self.net.scale
        row = (y - self.net.south) * self.net.scale
        on = (column >= 0) & (column < self.net.columns) & (row >= 0) & (row < self.net.rows)
        if on.all():
            return self.labels[row.astype(np.int32) * self.net.columns + column.astype(np.int32)]
        found = np.full(len(x), OUTSIDE, dtype=np.int32)
        found[on] = self.labels[row[on].astype(np.int32) * self.net.columns + column[on].astype(np.int32)]
        return found


def make_raster(shapes: NDArray[Any]) -> CellRaster | None:
    """The raster of these (multi)polygons, None where none can be made: no extent, or rings that contradict each other
    (what lies inside those only GEOS can say; inside a single ring, however crooked, both go by the even-odd rule)."""
    if not len(shapes):
        return None
    rings, area = _rings(shapes)
    several = np.bincount(area, minlength=len(shapes)) > 1
    if not shapely.is_valid(shapes[several]).all():
        return None
    west, south, east, north = map(float, shapely.total_bounds(shapes))
    if not (np.isfinite([west, south, east, north]).all() and east > west and north > south):
        return None
    cells = min(_CELLS_PER_AREA * len(shapes), _MOST_CELLS)
    while True:
        net = _net(west, south, east, north, cells)
        edges = _edges(rings, area, net)
        if _pieces(edges).sum() <= _MOST_PIECES or cells < 64:
            break
        cells //= 4
    return CellRaster(net, _labels(edges, net))


def _net(west: float, south: float, east: float, north: float, cells: int) -> _Net:
    size = np.sqrt((east - west) * (north - south) / cells)
    size = max(float(size), (east - west) / cells, (north - south) / cells)  # a ribbon of areas: no more cells than that
    columns, rows = int(np.ceil((east - west) / size)) + 2, int(np.ceil((north - south) / size)) + 2
    return _Net(west - size / 2, south - size / 2, 1 / size, columns, rows)  # half: straight sides then run inside cells


def _rings(shapes: NDArray[Any]) -> tuple[NDArray[Any], Ints]:
    """All rings of all parts, and the index of the area each bounds."""
    parts, of_area = shapely.get_parts(shapes, return_index=True)
    rings, of_part = shapely.get_rings(parts, return_index=True)
    return rings, np.asarray(of_area[of_part], dtype=np.int64)


def _edges(rings: NDArray[Any], area: Ints, net: _Net) -> _Edges:
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    x, y = (xy[:, 0] - net.west) * net.scale, (xy[:, 1] - net.south) * net.scale
    start = np.flatnonzero(ring[1:] == ring[:-1])
    return _Edges(x[start], y[start], x[start + 1], y[start + 1], area[ring[start]])


def _rows_of(edges: _Edges) -> tuple[Ints, Ints]:
    """The lowest and highest row each edge comes near to."""
    low = np.floor(np.minimum(edges.y0, edges.y1) - _MARGIN).astype(np.int64)
    high = np.floor(np.maximum(edges.y0, edges.y1) + _MARGIN).astype(np.int64)
    return low, high


def _pieces(edges: _Edges) -> Ints:
    low, high = _rows_of(edges)
    return high - low + 1


def _labels(edges: _Edges, net: _Net) -> NDArray[np.int32]:
    """Spans of cell centres inside each area, laid over each other; then what the outlines touch is taken out."""
    size = net.columns * net.rows + 1
    keys = _crossings(edges, net)
    area, start = np.divmod(keys[::2], size)
    end = keys[1::2] - area * size
    depth = np.cumsum(np.bincount(start, minlength=size) - np.bincount(end, minlength=size))
    weight = area + 1.0
    label = np.cumsum(np.bincount(start, weight, size) - np.bincount(end, weight, size))
    labels = np.rint(label).astype(np.int32) - 1
    labels[(depth > 1) | _touched(edges, net)] = MIXED
    return labels


def _crossings(edges: _Edges, net: _Net) -> Ints:
    """Where outlines cross the middle lines of rows: area × cells + the first cell whose centre lies east of the crossing,
    sorted, so that every second one begins a span inside its area (even-odd rule)."""
    low = np.ceil(np.minimum(edges.y0, edges.y1) - 0.5).astype(np.int64)
    count = np.ceil(np.maximum(edges.y0, edges.y1) - 0.5).astype(np.int64) - low
    edge, step = _repeated(count)
    row = low[edge] + step
    x0, y0 = edges.x0[edge], edges.y0[edge]
    x = x0 + (row + 0.5 - y0) / (edges.y1[edge] - y0) * (edges.x1[edge] - x0)
    cell = row * net.columns + np.ceil(x - 0.5).astype(np.int64)
    return np.sort(edges.area[edge] * (net.columns * net.rows + 1) + cell)


def _touched(edges: _Edges, net: _Net) -> NDArray[np.bool_]:
    """The cells an outline passes through or comes within the margin of."""
    low, _ = _rows_of(edges)
    count = _pieces(edges)
    single, several = np.flatnonzero(count == 1), np.flatnonzero(count > 1)
    edge, step = _repeated(count[several])
    edge = several[edge]
    row = low[edge] + step
    x0, y0, run = edges.x0[edge], edges.y0[edge], edges.x1[edge] - edges.x0[edge]
    with np.errstate(divide="ignore", invalid="ignore"):
        per_row = 1 / (edges.y1[edge] - y0)
        enter = np.clip((row - _MARGIN - y0) * per_row, 0, 1)
        leave = np.clip((row + 1 + _MARGIN - y0) * per_row, 0, 1)
    level = ~np.isfinite(per_row)  # along the line between two rows: it touches both, all its length
    a = np.concatenate([edges.x0[single], np.where(level, x0, x0 + enter * run)])
    b = np.concatenate([edges.x1[single], np.where(level, x0 + run, x0 + leave * run)])
    start = np.concatenate([low[single], row]) * net.columns
    first = np.floor(np.minimum(a, b) - _MARGIN).astype(np.int64)
    last = np.floor(np.maximum(a, b) + _MARGIN).astype(np.int64)
    size = net.columns * net.rows + 1
    marks = np.bincount(start + first, minlength=size) - np.bincount(start + last + 1, minlength=size)
    return np.asarray(np.cumsum(marks) > 0)


def _repeated(count: Ints) -> tuple[Ints, Ints]:
    """For counts (2, 3): edges (0, 0, 1, 1, 1) and steps (0, 1, 0, 1, 2)."""
    edge = np.repeat(np.arange(len(count)), count)
    step = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
    return edge, step
