"""A raster over many areas: most points lie in a cell that is wholly in one area, the others are told by the few edges that
pass through their cell. What cannot be told so for certain is MIXED and left to the caller.

Everything is plane, x and y in the unit of the shapes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from doorplate.areas.edges import Edges, Floats, Ints, Net, crossings, edges_of, make_net, repeated, rings_of, touched

OUTSIDE, MIXED = -1, -2
_MOST_CELLS = 4_000_000  # (D) 16 MB of labels
_MOST_TOUCHES = 4_000_000  # (D) edges in cells; a finer raster would cost more memory than it saves time
_FEWEST_CELLS = 16
_BLOCK = 1 << 13  # points beside edges at a time: what a block needs stays in the processor's cache
_DEPTH = 1 << 32  # more than there are areas
_NEAR = 1e-6  # of a cell: closer to an edge's line than this, rounding may be wrong about the side


@dataclass(frozen=True, slots=True)
class Outlined:
    """The cells outlines pass through, in order: the label of each one's middle, and in edge[start[k]:start[k + 1]] its edges."""

    middle: NDArray[np.int32]
    start: Ints
    edge: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class CellRaster:
    """labels: area index, OUTSIDE or MIXED for each cell, row by row from the south-west; MIXED - 1 - k for the k-th outlined."""

    net: Net
    labels: NDArray[np.int32]
    edges: Edges
    outlined: Outlined

    def locate(self, x: Floats, y: Floats) -> NDArray[np.int32]:
        """For each point the index of the first area it lies in, OUTSIDE (off the raster too, or no number) or MIXED."""
        column = (x - self.net.west) * self.net.scale
        row = (y - self.net.south) * self.net.scale
        on = (column >= 0) & (column < self.net.columns) & (row >= 0) & (row < self.net.rows)
        if on.all():
            return self._locate(column, row)
        found = np.full(len(x), OUTSIDE, dtype=np.int32)
        found[on] = self._locate(column[on], row[on])
        return found

    def _locate(self, column: Floats, row: Floats) -> NDArray[np.int32]:
        found = self.labels[row.astype(np.int32) * self.net.columns + column.astype(np.int32)]
        beside = _by_label(found, np.flatnonzero(found < MIXED))
        for start in range(0, len(beside), _BLOCK):
            some = beside[start : start + _BLOCK]
            found[some] = self._beside_edges(column[some], row[some], MIXED - 1 - found[some])
        return found

    def _beside_edges(self, column: Floats, row: Floats, cell: NDArray[np.int32]) -> NDArray[np.int32]:
        """From the middle of the cell, whose label is known, straight to the point: every edge on the way changes sides."""
        first = self.outlined.start[cell]
        point, step = repeated(self.outlined.start[cell + 1] - first)
        edge = self.outlined.edge[first[point] + step]
        crossed, unsure = _crossed(self.edges, edge, (column, row), point)
        areas = int(self.edges.area.max()) + 1
        keys, times = np.unique(point[crossed] * areas + self.edges.area[edge[crossed]], return_counts=True)
        changed, area = np.divmod(keys[times % 2 == 1], areas)
        middle = self.outlined.middle[cell]
        left = middle[changed] == area
        found = middle.copy()
        found[changed[left]] = OUTSIDE
        entered, area = changed[~left][::-1], area[~left][::-1]  # reversed: the smallest index is written last
        new = np.full(len(found), areas)
        new[entered] = area
        found = np.where((found < 0) & (new < areas) | (found > new), new, found).astype(np.int32)
        found[point[unsure]] = MIXED
        return found


def _by_label(found: NDArray[np.int32], beside: Ints) -> Ints:
    """The same points in the order of their cells, so that the same edges are asked for one after the other."""
    keys = np.sort(((MIXED - found[beside].astype(np.int64)) << 32) | np.arange(len(beside)))
    order: Ints = keys & ((1 << 32) - 1)
    return np.take(beside, order)


def _crossed(edges: Edges, edge: Ints, at: tuple[Floats, Floats], point: Ints) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether each edge lies between its point and the middle of the point's cell; and whether that is too close to tell.

    An end of an edge that lies exactly on the way counts to one side of it, the same for both edges that meet there.
    """
    middle_x, middle_y = np.floor(at[0]) + 0.5, np.floor(at[1]) + 0.5
    px, py = (at[0] - middle_x)[point], (at[1] - middle_y)[point]
    middle_x, middle_y = middle_x[point], middle_y[point]
    ax, ay = edges.x[edge] - middle_x, edges.y[edge] - middle_y
    bx, by = edges.x[edge + 1] - middle_x, edges.y[edge + 1] - middle_y
    run, rise = bx - ax, by - ay
    of_middle = rise * ax - run * ay
    of_point = of_middle + run * py - rise * px
    crossed = ((of_middle > 0) != (of_point > 0)) & ((px * ay > py * ax) != (px * by > py * bx))
    unsure = np.minimum(np.abs(of_middle), np.abs(of_point)) <= _NEAR * (np.abs(run) + np.abs(rise))
    return crossed, unsure


def make_raster(shapes: NDArray[Any], cells: int) -> CellRaster | None:
    """The raster of these (multi)polygons with about so many cells, None where none can be made: no extent, too many edges, or
    rings that contradict each other (what lies inside those only GEOS can say; inside a single ring, however crooked, both go by
    the even-odd rule)."""
    if not len(shapes):
        return None
    rings, area = rings_of(shapes)
    several = np.bincount(area, minlength=len(shapes)) > 1
    if not shapely.is_valid(shapes[several]).all():
        return None
    bounds = shapely.total_bounds(shapes)
    if not (np.isfinite(bounds).all() and bounds[2] > bounds[0] and bounds[3] > bounds[1]):
        return None
    cells = min(cells, _MOST_CELLS)
    while cells >= _FEWEST_CELLS:
        net = make_net(bounds, cells)
        edges = edges_of(rings, area, net)
        if edges.reach() <= _MOST_TOUCHES:
            return CellRaster(net, *_labelled(edges, net))
        cells //= 4
    return None


def _labelled(edges: Edges, net: Net) -> tuple[NDArray[np.int32], Edges, Outlined]:
    labels = _middles(edges, net)
    cells, start, edge = touched(edges, net)
    middle = labels[cells]
    labels[cells] = np.where(middle == MIXED, MIXED, MIXED - 1 - np.arange(len(cells)))
    return labels, edges, Outlined(middle, start, edge)


def _middles(edges: Edges, net: Net) -> NDArray[np.int32]:
    """For each cell the area its middle lies in, OUTSIDE, or MIXED for several: spans in rows, laid over each other."""
    size = net.size + 1
    keys = crossings(edges, net)
    area, start = np.divmod(keys[::2], size)
    at = np.concatenate([start, keys[1::2] - area * size])
    order = np.argsort(at)
    weight = area + 1 + _DEPTH  # both sums in one
    label = np.cumsum(np.concatenate([weight, -weight])[order])
    label = np.where(label == 0, OUTSIDE, np.where(label < 2 * _DEPTH, label - _DEPTH - 1, MIXED))
    return np.repeat(np.append(OUTSIDE, label).astype(np.int32), np.diff(at[order], prepend=0, append=net.size))
