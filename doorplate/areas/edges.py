"""Outlines as edges on a lattice of cells: which cells each edge comes near to, and where edges cross the rows' middle lines.

Everything is plane and counted in cells; every array runs over all edges of all areas at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MARGIN = 1e-3  # of a cell: what rounding may move a point or an outline by, many times over
_BLOCK = 1 << 14  # edges at a time: what a block needs then stays in the processor's cache
_OFFSET = 0.37  # (D) of a cell: straight sides on the rim then run neither between cells nor through their middles


@dataclass(frozen=True, slots=True)
class Net:
    """The lattice: its south-west corner, cells a unit, and its size in cells."""

    west: float
    south: float
    scale: float
    columns: int
    rows: int

    @property
    def size(self) -> int:
        return self.columns * self.rows


@dataclass(frozen=True, slots=True)
class Edges:
    """Ring after ring of vertices, counted in cells. Edge i runs from vertex i to vertex i + 1 and bounds area[i] where
    joined[i]; elsewhere one ring ends and the next begins."""

    x: Floats
    y: Floats
    area: Ints
    joined: NDArray[np.bool_]

    def reach(self) -> int:
        """More than the cells that all edges together can touch."""
        length = np.abs(np.diff(self.x)) + np.abs(np.diff(self.y))
        return int(length @ self.joined) + 3 * len(self.area)

    def blocks(self) -> Iterator[tuple[int, Edges]]:
        """All edges in blocks: the index of the first one, and the block."""
        for start in range(0, len(self.area), _BLOCK):
            edge, vertex = slice(start, start + _BLOCK), slice(start, start + _BLOCK + 1)
            yield start, Edges(self.x[vertex], self.y[vertex], self.area[edge], self.joined[edge])


def make_net(bounds: Floats, cells: int) -> Net:
    """About so many square cells over (west, south, east, north), and a rim around them."""
    west, south, east, north = map(float, bounds)
    size = np.sqrt((east - west) * (north - south) / cells)
    size = max(float(size), (east - west) / cells, (north - south) / cells)  # a ribbon of areas: no more cells than that
    columns, rows = int(np.ceil((east - west) / size)) + 2, int(np.ceil((north - south) / size)) + 2
    return Net(west - size * _OFFSET, south - size * _OFFSET, 1 / size, columns, rows)


def rings_of(shapes: NDArray[Any]) -> tuple[NDArray[Any], Ints]:
    """What holds exactly one ring each — shapes of one ring as they are, the others taken apart — and whose ring it is."""
    plain = (shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON) & (shapely.get_num_interior_rings(shapes) == 0)
    whole, several = np.flatnonzero(plain), np.flatnonzero(~plain)
    parts, of_shape = shapely.get_parts(shapes[several], return_index=True)
    rings, of_part = shapely.get_rings(parts, return_index=True)
    return np.concatenate([shapes[whole], rings]), np.concatenate([whole, several[of_shape[of_part]]])


def edges_of(rings: NDArray[Any], area: Ints, net: Net) -> Edges:
    """The edges of all rings."""
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    x, y = xy[:, 0] - net.west, xy[:, 1] - net.south
    x *= net.scale
    y *= net.scale
    return Edges(x, y, area[ring[:-1]], ring[1:] == ring[:-1])


def crossings(edges: Edges, net: Net) -> Ints:
    """Where outlines cross the middle lines of rows: area × (cells + 1) + the first cell whose middle lies east of the crossing,
    sorted, so that every second one begins a span inside its area (even-odd rule)."""
    return np.sort(np.concatenate([_crossings(block, net) for _, block in edges.blocks()]))


def _crossings(edges: Edges, net: Net) -> Ints:
    line = np.ceil(edges.y - 0.5).astype(np.int64)  # the first middle line from each vertex upward
    low, high = np.minimum(line[:-1], line[1:]), np.maximum(line[:-1], line[1:]) - 1
    edge, row = _each(low, np.where(edges.joined, high, low - 1))
    x0, y0 = edges.x[edge], edges.y[edge]
    x = x0 + (row + 0.5 - y0) / (edges.y[edge + 1] - y0) * (edges.x[edge + 1] - x0)
    cell = row * net.columns + np.ceil(x - 0.5).astype(np.int64)
    return edges.area[edge] * (net.size + 1) + cell


def touched(edges: Edges, net: Net) -> tuple[Ints, Ints, NDArray[np.int32]]:
    """The cells edges pass through or come within the margin of, in ascending order; and which edges: those of the k-th cell are
    the third array from start[k] to start[k + 1]."""
    bits = max(len(edges.area) - 1, 1).bit_length()
    found = ((first, *_touched(block, net)) for first, block in edges.blocks())
    keys = np.concatenate([(cell << bits) | (first + edge) for first, cell, edge in found])
    keys.sort()
    edge = (keys & ((1 << bits) - 1)).astype(np.int32)
    keys >>= bits
    start = np.append(0, np.flatnonzero(keys[1:] != keys[:-1]) + 1)
    return keys[start], np.append(start, len(keys)), edge


def _touched(edges: Edges, net: Net) -> tuple[Ints, Ints]:
    low, high = np.floor(edges.y - MARGIN).astype(np.int64), np.floor(edges.y + MARGIN).astype(np.int64)
    low, high = np.minimum(low[:-1], low[1:]), np.maximum(high[:-1], high[1:])
    flat, tall = np.flatnonzero(edges.joined & (low == high)), np.flatnonzero(edges.joined & (low != high))
    of_tall, row = _each(low[tall], high[tall])
    sloping = tall[of_tall]
    a, b = _within_row(edges, sloping, row)
    a, b = np.concatenate([edges.x[flat], a]), np.concatenate([edges.x[flat + 1], b])
    edge, row = np.concatenate([flat, sloping]), np.concatenate([low[flat], row])
    west, east = np.floor(np.minimum(a, b) - MARGIN).astype(np.int64), np.floor(np.maximum(a, b) + MARGIN).astype(np.int64)
    piece, column = _each(west, east)
    return row[piece] * net.columns + column, edge[piece]


def _within_row(edges: Edges, edge: Ints, row: Ints) -> tuple[Floats, Floats]:
    """West and east end (in either order) of the piece of each edge that lies in or near a row."""
    x0, y0, x1 = edges.x[edge], edges.y[edge], edges.x[edge + 1]
    run, rise = x1 - x0, edges.y[edge + 1] - y0
    with np.errstate(divide="ignore", invalid="ignore"):
        enter = np.clip((row - MARGIN - y0) / rise, 0, 1)
        leave = np.clip((row + 1 + MARGIN - y0) / rise, 0, 1)
    level = rise == 0  # along the line between two rows: it touches both, all its length
    return np.where(level, x0, x0 + enter * run), np.where(level, x1, x0 + leave * run)


def _each(low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """Every whole number from low to high (none where high < low): position in the arrays, and the number. In no order."""
    some = np.flatnonzero(high >= low)
    more = np.flatnonzero(high > low)
    position, step = repeated(high[more] - low[more])
    return np.concatenate([some, more[position]]), np.concatenate([low[some], low[more][position] + 1 + step])


def repeated(count: Ints) -> tuple[Ints, Ints]:
    """For counts (2, 3): positions (0, 0, 1, 1, 1) and steps (0, 1, 0, 1, 2)."""
    position = np.repeat(np.arange(len(count)), count)
    step = np.arange(len(position)) - np.repeat(np.cumsum(count) - count, count)
    return position, step
