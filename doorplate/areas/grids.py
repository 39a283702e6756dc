"""Areas as polygons: which one a point lies in, how far its edge is, and whether areas fit together. WGS84, metres by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from doorplate.areas.coordinates import LocalFrame
from doorplate.model import Area

GAP_M2 = 1.0
"""Overlaps and gaps above this many square metres are reported (standards.md, codes and areas (D))."""
CRACK_M = 2.5
"""(D) Half the width of a crack between two outlines that is still seen although it is open at its ends."""


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
    """Finds areas by point through shapely's STRtree. Areas without an outline are left out."""

    def __init__(self, areas: Sequence[Area]) -> None:
        self.areas = tuple(a for a in areas if a.geometry_wkb)
        self._shapes = np.array([shapely.from_wkb(a.geometry_wkb) for a in self.areas], dtype=object)
        lon, lat = _middle(self._shapes)
        self.frame = LocalFrame(lon, lat)
        self._metric = np.array([_to_metres(s, self.frame) for s in self._shapes], dtype=object)
        shapely.prepare(self._metric)
        self._tree = shapely.STRtree(self._metric)

    def __bool__(self) -> bool:
        return bool(self.areas)

    def locate(self, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.int64]:
        """For each point the index of the area it lies in, -1 outside; on a shared line the first area."""
        points = self._points(lon, lat)
        found = np.full(len(points), -1, dtype=np.int64)
        if self.areas and len(points):
            which, area = self._tree.query(points, predicate="intersects")
            order = np.lexsort((-area, which))
            found[which[order]] = area[order]  # the smallest index is written last
        return found

    def edge_distance_m(self, lon: ArrayLike, lat: ArrayLike, area: ArrayLike) -> NDArray[np.float64]:
        """Metres from each point to the outline of the area of that index."""
        rings = shapely.boundary(self._metric[np.asarray(area, dtype=np.int64)])
        return np.asarray(shapely.distance(self._points(lon, lat), rings), dtype=np.float64)

    def outside_of_m(self, lon: ArrayLike, lat: ArrayLike, area: ArrayLike) -> NDArray[np.float64]:
        """Metres from each point to the area of that index, 0 inside."""
        which = np.asarray(area, dtype=np.int64)
        return np.asarray(shapely.distance(self._points(lon, lat), self._metric[which]), dtype=np.float64) if len(which) else np.zeros(0)

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
    problems = [AreaProblem("empty", (a.code,), f"{a.name or a.code} 没有边界") for a in areas if not a.geometry_wkb]
    index = AreaIndex(areas)
    sound = []
    for area, shape in zip(index.areas, index._metric, strict=True):
        if not shape.is_valid or shape.is_empty:
            reason = shapely.is_valid_reason(shape)
            problems.append(AreaProblem("broken", (area.code,), f"{area.name or area.code} 的边界有错: {reason}, 请重画"))
        sound.append(shapely.make_valid(shape))
    problems += _overlaps(index.areas, sound) + _gaps(index.areas, sound) + _communities(areas)
    return tuple(problems)


def _overlaps(areas: tuple[Area, ...], shapes: list[Any]) -> list[AreaProblem]:
    problems = []
    pairs = shapely.STRtree(shapes).query(shapes, predicate="intersects").T if shapes else ()
    for a, b in sorted((int(i), int(j)) for i, j in pairs if i < j):
        size = float(shapely.area(shapely.intersection(shapes[a], shapes[b])))
        if areas[a].kind == areas[b].kind and size > GAP_M2:
            names = f"{areas[a].name or areas[a].code}和{areas[b].name or areas[b].code}"
            problems.append(AreaProblem("overlap", (areas[a].code, areas[b].code), f"{names}重叠 {size:.0f} 平方米, 请改边界", size))
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
            near = tuple(a.code for a, s in members if shapely.distance(s, part) < CRACK_M)
            if size > GAP_M2 and len(near) > 1:
                problems.append(AreaProblem("gap", near, f"{'、'.join(near)}之间有 {size:.0f} 平方米不属于任何网格, 请改边界", size))
    return problems


def _communities(areas: Sequence[Area]) -> list[AreaProblem]:
    communities = sorted({a.community for a in areas})
    if len(communities) < 2:
        return []
    return [AreaProblem("community", tuple(communities), f"这些网格属于 {len(communities)} 个社区: {'、'.join(communities)}, 一次只能导入一个社区的")]


def _middle(shapes: NDArray[Any]) -> tuple[float, float]:
    if not len(shapes):
        return 0.0, 0.0
    west, south, east, north = shapely.total_bounds(shapes)
    return float(west + east) / 2, float(south + north) / 2


def _to_metres(shape: Any, frame: LocalFrame) -> Any:
    return shapely.transform(shape, lambda xy: np.column_stack(frame.metres(xy[:, 0], xy[:, 1])))
