"""Outlines around doors: an area is divided among sets of doors so that each part holds its own and nothing is left over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from doorplate.areas.coordinates import Floats, LocalFrame


def seeds(points: Floats, frame: Any) -> Floats:
    """Each point (lon, lat) itself where it lies in the frame polygon, else the spot of the frame nearest to it."""
    made = shapely.points(points)
    outside = ~shapely.covers(frame, made)
    if not outside.any():
        return points
    moved = points.copy()
    lines = shapely.shortest_line(frame, made[outside])
    moved[outside] = shapely.get_coordinates(shapely.get_point(lines, 0))
    return moved


def divide(frame: Any, points: Floats, labels: Sequence[int]) -> list[bytes]:
    """The WKB of one (multi)polygon for each label 0 … n-1: the places of the frame that lie nearer to its points than to
    another label's (Voronoi, in metres). points: lon, lat, inside the frame, no two alike; every label has one at least."""
    count = max(labels, default=-1) + 1
    if count == 1:
        return [shapely.to_wkb(frame)]
    plane = LocalFrame(*shapely.get_coordinates(frame.centroid)[0])
    metres = np.column_stack(plane.metres(points[:, 0], points[:, 1]))
    around = shapely.transform(shapely.box(*frame.bounds), lambda xy: np.column_stack(plane.metres(xy[:, 0], xy[:, 1])))
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(metres), extend_to=around, ordered=True))
    degrees = shapely.transform(cells, lambda xy: np.column_stack(plane.degrees(xy[:, 0], xy[:, 1])))
    label = np.asarray(labels)
    parts = [_polygons(shapely.intersection(shapely.union_all(degrees[label == i]), frame)) for i in range(count)]
    return [shapely.to_wkb(part) for part in parts]


def around(points: Floats, metres: float) -> Any:
    """A polygon that holds all points with so many metres to spare: the frame where no area is drawn."""
    plane = LocalFrame(*points.mean(axis=0))
    hull = shapely.convex_hull(shapely.MultiPoint(np.column_stack(plane.metres(points[:, 0], points[:, 1]))))
    wide = shapely.buffer(hull, metres)
    return shapely.transform(wide, lambda xy: np.column_stack(plane.degrees(xy[:, 0], xy[:, 1])))


def _polygons(shape: Any) -> Any:
    """Without the points and lines an intersection may leave where two outlines only touch."""
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        return shape
    parts: NDArray[Any] = shapely.get_parts(shape)
    return shapely.union_all(parts[shapely.get_dimensions(parts) == 2])
