"""Areas as polygons: which one a point lies in, how far its edge is, and whether areas fit together. WGS84, metres by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from doorplate.areas.coordinates import Floats, LocalFrame
from doorplate.areas.raster import MIXED, OUTSIDE, CellRaster, make_raster
from doorplate.model import Area

GAP_M2 = 1.0
"""Overlaps and gaps above this many square metres are reported (standards.md, codes and areas (D))."""
CRACK_M = 2.5
"""(D) Half the width of a crack between two outlines that is still seen although it is open at its ends."""

_RASTER_LEAST, _RASTER_PAYS = 300, 0.1  # points, and points a vertex, from which on the raster is worth its making
_FINENESS = 7.0  # cells by which making the raster and asking it take equally long (benchmarks/areas.py)
_FINER_PAYS = 8  # times the points a raster was made for, from which on a finer one is worth its making
_PREPARING_PAYS = 20  # tests an area from which on GEOS's own index of each outline is worth its making
_BLOCK = 1 << 18  # points at a time: what a block needs stays below 64 MB


@dataclass(frozen=True, slots=True)
class AreaProblem:
    """What does not fit: kind is broken | empty | overlap | gap | community; size in m² where it has one."""

    kind: str
    codes: tuple[str, ...]
    message: str
    size_m2: float = 0.0

    def __str__(self) -> str:
        return self.message


class AreaIndex:
    """Finds areas by point: for many points by a raster of cells (raster.py), for few, and for points on a line, by shapely.

    Areas without an outline are left out. The raster is made once enough points have been asked for to pay for it.
    """

    def __init__(self, areas: Sequence[Area]) -> None:
        self.areas = tuple(a for a in areas if a.geometry_wkb)
        self._shapes = np.asarray(shapely.from_wkb(np.array([a.geometry_wkb for a in self.areas], dtype=object)), dtype=object)
        self._tree = shapely.STRtree(self._shapes)
        self._vertices = int(shapely.get_num_coordinates(self._shapes).sum())
        self._asked = self._tested = self._made_for = 0
        self._raster: CellRaster | None = None

    def __bool__(self) -> bool:
        return bool(self.areas)

    def locate(self, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.int64]:
        """For each point the index of the area it lies in, -1 outside; on a shared line the first area."""
        x, y = (np.atleast_1d(np.asarray(degrees, dtype=np.float64)) for degrees in (lon, lat))
        found = np.full(len(x), OUTSIDE, dtype=np.int64)
        self._asked += len(x)
        raster = self._worthwhile_raster() if self.areas else None
        for start in range(0, len(x) if self.areas else 0, _BLOCK):
            block = slice(start, start + _BLOCK)
            found[block] = self._locate(x[block], y[block], raster)
        return found

    def _locate(self, x: Floats, y: Floats, raster: CellRaster | None) -> NDArray[np.int64]:
        found = np.full(len(x), MIXED) if raster is None else raster.locate(x, y).astype(np.int64)
        rest = np.flatnonzero(found == MIXED)
        found[rest] = OUTSIDE
        which, area = self._tree.query(shapely.points(x[rest], y[rest]))
        order = np.argsort(-area, kind="stable")  # the smallest index is written last; and the outlines are met one by one
        point, area = rest[which[order]], area[order]
        self._tested += len(area)
        if self._tested >= _PREPARING_PAYS * len(self.areas):
            shapely.prepare(self._shapes)
        inside = shapely.intersects_xy(self._shapes[area], x[point], y[point])
        found[point[inside]] = area[inside]
        return found

    def _worthwhile_raster(self) -> CellRaster | None:
        """None for few points; made anew, and finer, once many more have been asked for."""
        if self._asked >= max(_FINER_PAYS * self._made_for, _RASTER_LEAST, _RASTER_PAYS * self._vertices):
            self._made_for = self._asked
            # making grows with the cells, asking with points × outlines' share of the cells: the sum is least at
            cells = _FINENESS * (self._asked * len(self.areas) ** 0.5) ** (2 / 3)
            self._raster = make_raster(self._shapes, int(cells))
        return self._raster

    @cached_property
    def frame(self) -> LocalFrame:
        """Metres around the middle of all areas."""
        return LocalFrame(*_middle(self._shapes))

    @cached_property
    def _metric(self) -> NDArray[Any]:
        metric = np.asarray(_to_metres(self._shapes, self.frame), dtype=object)
        shapely.prepare(metric)
        return metric

    def nearest(self, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.int64]:
        """For each point the index of the area it lies in, else of the nearest one; -1 where there are no areas."""
        found = self.locate(lon, lat)
        out = np.flatnonzero((found < 0) & np.isfinite(np.atleast_1d(lon)) & np.isfinite(np.atleast_1d(lat)))
        if self.areas and len(out):
            points = self._points(np.atleast_1d(lon)[out], np.atleast_1d(lat)[out])
            found[out] = shapely.STRtree(self._metric).nearest(points)
        return found

    def edge_distance_m(self, lon: ArrayLike, lat: ArrayLike, area: ArrayLike) -> NDArray[np.float64]:
        """Metres from each point to the outline of the area of that index."""
        rings = shapely.boundary(self._metric[np.asarray(area, dtype=np.int64)])
        return np.asarray(shapely.distance(self._points(lon, lat), rings), dtype=np.float64)

    def outside_of_m(self, lon: ArrayLike, lat: ArrayLike, area: ArrayLike) -> NDArray[np.float64]:
        """Metres from each point to the area of that index, 0 inside."""
        which = np.asarray(area, dtype=np.int64)
        if not len(which):
            return np.zeros(0)
        return np.asarray(shapely.distance(self._points(lon, lat), self._metric[which]), dtype=np.float64)

    def outside_m(self, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.float64]:
        """Metres from each point to all areas together, 0 inside."""
        if not self.areas:
            return np.zeros(np.size(lon))
        return np.asarray(shapely.distance(self._points(lon, lat), self._union), dtype=np.float64)

    @cached_property
    def _union(self) -> Any:
        union = shapely.union_all(self._metric)
        shapely.prepare(union)
        return union

    def _points(self, lon: ArrayLike, lat: ArrayLike) -> NDArray[Any]:
        east, north = self.frame.metres(np.atleast_1d(lon), np.atleast_1d(lat))
        return np.asarray(shapely.points(east, north))


def validate_areas(areas: Sequence[Area]) -> tuple[AreaProblem, ...]:
    """Broken or missing outlines, overlaps and gaps above 1 m², grids of more than one community."""
    problems = [AreaProblem("empty", (a.code,), f"{_name(a)} 没有边界") for a in areas if not a.geometry_wkb]
    index = AreaIndex(areas)
    sound = []
    for area, shape in zip(index.areas, index._metric, strict=True):
        if not shape.is_valid or shape.is_empty:
            reason = shapely.is_valid_reason(shape)
            problems.append(AreaProblem("broken", (area.code,), f"{_name(area)} 的边界有错: {reason}, 请重画"))
        sound.append(shapely.make_valid(shape))
    problems += _overlaps(index.areas, sound) + _gaps(index.areas, sound) + _communities(areas)
    return tuple(problems)


def _overlaps(areas: tuple[Area, ...], shapes: list[Any]) -> list[AreaProblem]:
    problems = []
    pairs = shapely.STRtree(shapes).query(shapes, predicate="intersects").T if shapes else ()
    for a, b in sorted((int(i), int(j)) for i, j in pairs if i < j):
        size = float(shapely.area(shapely.intersection(shapes[a], shapes[b])))
        if areas[a].kind == areas[b].kind and size > GAP_M2:
            message = f"{_name(areas[a])}和{_name(areas[b])}重叠 {size:.0f} 平方米, 请改边界"
            problems.append(AreaProblem("overlap", (areas[a].code, areas[b].code), message, size))
    return problems


def _gaps(areas: tuple[Area, ...], shapes: list[Any]) -> list[AreaProblem]:
    """What lies between areas of one kind and belongs to none: enclosed holes, and cracks narrower than 2 × CRACK_M."""
    problems = []
    for kind in sorted({a.kind for a in areas}):
        members = [(a, s) for a, s in zip(areas, shapes, strict=True) if a.kind == kind]
        union = shapely.union_all([s for _, s in members])
        whole = shapely.union_all([shapely.polygons(shapely.get_exterior_ring(p)) for p in shapely.get_parts(union)])
        closed = shapely.buffer(shapely.buffer(whole, CRACK_M, join_style="mitre"), -CRACK_M, join_style="mitre")
        for part in shapely.get_parts(shapely.difference(shapely.union_all([whole, closed]), union)):
            size = float(shapely.area(part))
            near = [a for a, s in members if shapely.distance(s, part) < CRACK_M]
            if size > GAP_M2 and len(near) > 1:
                message = f"{'、'.join(map(_name, near))}之间有 {size:.0f} 平方米不属于任何网格, 请改边界"
                problems.append(AreaProblem("gap", tuple(a.code for a in near), message, size))
    return problems


def _communities(areas: Sequence[Area]) -> list[AreaProblem]:
    communities = sorted({a.community for a in areas})
    if len(communities) < 2:
        return []
    message = f"这些网格属于 {len(communities)} 个社区: {'、'.join(communities)}, 一次只能导入一个社区的"
    return [AreaProblem("community", tuple(communities), message)]


def _name(area: Area) -> str:
    return area.name or area.code


def _middle(shapes: NDArray[Any]) -> tuple[float, float]:
    if not len(shapes):
        return 0.0, 0.0
    west, south, east, north = shapely.total_bounds(shapes)
    return float(west + east) / 2, float(south + north) / 2


def _to_metres(shape: Any, frame: LocalFrame) -> Any:
    return shapely.transform(shape, lambda xy: np.column_stack(frame.metres(xy[:, 0], xy[:, 1])))
