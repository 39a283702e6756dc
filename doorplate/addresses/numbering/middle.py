"""The middle line of a street nobody has drawn, from the points of its doors alone.

Doors are put in walking order by hopping from neighbour to neighbour, so that bends and corners do not matter; then
the line runs half-way between the two rows of houses. One row of houses gives a line along the houses themselves.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from statistics import median

import numpy as np
import shapely
from numpy.typing import NDArray

from doorplate.addresses.numbering.axis import Axis, Floats

_REACH_M = 30.0  # (D) two plots: neighbours along or across a street; doubled until nearly all doors hang together
_REACH_MAX_M = 500.0
_TOGETHER = 0.95  # (D) more than 5 % of points astray and the street itself is in doubt
_NODES_M = (25.0, 16.0, 12.0)  # (D) two plots, then one: first the run of the street, then its corners
_END_M = 25.0  # (D) so far beyond its last door a row of houses is still a row
_ROWS_APART_M = 5.0  # (D) rows nearer than this to each other are one row: less than any lane is wide
_MIN_ROW = 2


def middle_line(xy: Floats, rows: NDArray[np.int64] | None = None) -> Axis | None:
    """xy (n, 2) metres; rows (n,): +1 and -1 for doors known to face each other, 0 unknown. None below two places.

    Near-linear: neighbours by STRtree, order by a shortest way of short hops.
    """
    order = walking_order(xy)
    if len(order) < 2:
        return None
    xy, known = xy[order], None if rows is None else rows[order]
    axis = _through(_grouped(xy))
    if axis is None:
        return None
    for node_m in _NODES_M:
        nodes = _between_rows(axis, xy, _rows(axis, xy, known), node_m)
        axis = _through(nodes) or axis
    return axis


def walking_order(xy: Floats) -> NDArray[np.int64]:
    """Indices of the doors that hang together, from one end of the street to the other."""
    if len(xy) < 2:
        return np.arange(len(xy))
    tree, points, reach = shapely.STRtree(shapely.points(xy)), shapely.points(xy), _REACH_M
    while True:
        pairs = tree.query(points, predicate="dwithin", distance=reach)
        near = _adjacent(pairs[:, pairs[0] != pairs[1]], xy)
        member = _largest(near, len(xy))
        if len(member) >= _TOGETHER * len(xy) or reach >= _REACH_MAX_M:
            break
        reach *= 2
    first = _reached(near, member[0])
    start = max(first, key=lambda i: (first[i], i))
    far = _reached(near, start)
    return np.array(sorted(far, key=lambda i: (far[i], i)), dtype=np.int64)


def _adjacent(pairs: NDArray[np.int64], xy: Floats) -> dict[int, list[tuple[int, float]]]:
    """Who is within reach; a hop costs its length squared, so that many short hops beat one across a corner."""
    near: dict[int, list[tuple[int, float]]] = defaultdict(list)
    costs = ((xy[pairs[0]] - xy[pairs[1]]) ** 2).sum(axis=1)
    for a, b, cost in zip(pairs[0].tolist(), pairs[1].tolist(), costs.tolist(), strict=True):
        near[a].append((b, cost))
    return near


def _largest(near: dict[int, list[tuple[int, float]]], count: int) -> list[int]:
    seen: set[int] = set()
    best: list[int] = []
    for start in range(count):
        if start in seen:
            continue
        seen.add(start)
        group = [start]
        for at in group:
            fresh = [other for other, _ in near.get(at, ()) if other not in seen]
            seen.update(fresh)
            group += dict.fromkeys(fresh)
        best = max(best, group, key=len)
    return best


def _reached(near: dict[int, list[tuple[int, float]]], start: int) -> dict[int, float]:
    """Dijkstra: cost from start to every door that hangs together with it."""
    done: dict[int, float] = {}
    heap = [(0.0, start)]
    while heap:
        cost, at = heapq.heappop(heap)
        if at not in done:
            done[at] = cost
            for other, hop in near.get(at, ()):
                if other not in done:
                    heapq.heappush(heap, (cost + hop, other))
    return done


def _grouped(xy: Floats) -> Floats:
    """Means of doors that follow each other: a first, rough line. Ends are kept."""
    size = max(1, min(6, len(xy) // 3))
    parts = np.array_split(xy, max(2, len(xy) // size))
    return np.array([part.mean(axis=0) for part in parts if len(part)])


def _through(nodes: Floats) -> Axis | None:
    """A line through the nodes without doubled ones, None where all are one place."""
    kept = [nodes[0]]
    for node in nodes[1:]:
        if np.hypot(*(node - kept[-1])) > 0.5:
            kept.append(node)
    return Axis(np.array(kept)) if len(kept) > 1 else None


def _rows(axis: Axis, xy: Floats, known: NDArray[np.int64] | None) -> NDArray[np.int64]:
    """+1 or -1 for every door: as known (whichever of the two is left), else by the side of the line it stands on."""
    seen = np.where(axis.locate(xy)[1] >= 0, 1, -1)
    if known is None:
        return seen
    left = 1 if int((known * seen).sum()) >= 0 else -1
    return np.where(known == 0, seen, left * known)


def _between_rows(axis: Axis, xy: Floats, rows: NDArray[np.int64], node_m: float) -> Floats:
    """Nodes every node_m metres, half-way between the two rows; where one is missing, half a street's width beside the other."""
    along, beside = axis.locate(xy)
    at = np.linspace(along.min(), along.max(), max(2, round((along.max() - along.min()) / node_m) + 1))
    offsets = [_row_offset(at, along[rows == side], beside[rows == side], node_m) for side in (1, -1)]
    both = ~np.isnan(offsets[0]) & ~np.isnan(offsets[1])
    width = float(np.median(offsets[0][both] - offsets[1][both])) if both.any() else 0.0
    if abs(width) < _ROWS_APART_M:
        centre = _row_offset(at, along, beside, node_m)
    else:
        alone = np.where(np.isnan(offsets[0]), offsets[1] + width / 2, offsets[0] - width / 2)
        centre = np.where(both, (offsets[0] + offsets[1]) / 2, alone)
    return _shifted(axis, at, np.nan_to_num(centre), node_m)


def _row_offset(at: Floats, along: Floats, beside: Floats, node_m: float) -> Floats:
    """Median metres to the left of the doors around each place; between doors as on a straight row; NaN beyond the row's ends."""
    if len(along) < _MIN_ROW:
        return np.full(len(at), np.nan)
    order = np.argsort(along, kind="stable")
    along, beside = along[order], beside[order]
    low, high = np.searchsorted(along, at - node_m), np.searchsorted(along, at + node_m)
    values = beside.tolist()  # a handful each: numpy would need thirty times as long
    medians = np.array([median(values[a:b]) if b > a else np.nan for a, b in zip(low.tolist(), high.tolist(), strict=True)])
    told = ~np.isnan(medians)
    filled = np.interp(at, at[told], medians[told]) if told.any() else medians
    return np.where((at < along[0] - _END_M) | (at > along[-1] + _END_M), np.nan, filled)


def _shifted(axis: Axis, at: Floats, left: Floats, node_m: float) -> Floats:
    """Places `at` metres along, moved `left` metres to the left of the line."""
    inside = np.clip(at, 0.0, axis.length)
    line = shapely.LineString(axis.nodes)
    here = shapely.get_coordinates(shapely.line_interpolate_point(line, inside))
    before = shapely.get_coordinates(shapely.line_interpolate_point(line, np.maximum(inside - node_m / 2, 0.0)))
    after = shapely.get_coordinates(shapely.line_interpolate_point(line, np.minimum(inside + node_m / 2, axis.length)))
    tangent = after - before
    tangent /= np.maximum(np.hypot(tangent[:, 0], tangent[:, 1]), 1e-9)[:, None]
    normal = np.stack([-tangent[:, 1], tangent[:, 0]], axis=1)
    moved: Floats = here + tangent * (at - inside)[:, None] + normal * left[:, None]
    return moved
