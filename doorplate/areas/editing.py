"""Changing areas: dividing one by a line, joining neighbours, naming, numbering. Pure; WGS84 in and out, metres by name.

Vertices that stay where they are stay bit by bit, so that what fitted together before fits together afterwards.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import shapely

from doorplate.areas.coordinates import LocalFrame
from doorplate.areas.grids import CRACK_M
from doorplate.areas.rules import EditingRules, area_rules
from doorplate.errors import InputError, Refused
from doorplate.model import Area

_NAME_LENGTH = 30
_ASIDE = 1e-7  # degrees, about 1 cm: far enough from the line to tell its two sides apart


def split(area: Area, line: Any, rules: EditingRules | None = None) -> tuple[bytes, bytes]:
    """The WKB of the two parts a line (shapely, WGS84) divides an area into, the more western first, else the more northern.

    A line that stops just short of the border is drawn on. Where it crosses the border several times, each piece goes with
    its side of the line. Raises InputError(areas.no_shape, areas.line_misses).
    """
    rules = rules or area_rules().editing
    shape = _shape_of(area)
    frame = LocalFrame(*shapely.get_coordinates(shape.centroid)[0])
    drawn = _drawn_on(shapely.force_2d(line), frame, rules.reach_m)
    pieces = _pieces(shape, drawn)
    left = _left_of(pieces, drawn)
    sides = [shapely.union_all(pieces[which]) for which in (left, ~left)]
    if any(_square_metres(side, frame) < rules.least_m2 for side in sides):
        what = area.name or area.code
        raise InputError("areas.line_misses", f"分割线没有把{what}分成两块, 请画一条从边到边穿过它的线", area=area.code)
    first, second = sorted(sides, key=lambda side: (round(side.centroid.x, 6), -side.centroid.y))
    return shapely.to_wkb(first), shapely.to_wkb(second)


def merge(areas: Sequence[Area]) -> bytes:
    """The WKB of neighbours joined. A crack between them stays one. Raises Refused(areas.apart) where they do not meet."""
    shapes = np.array([_shape_of(area) for area in areas], dtype=object)
    frame = LocalFrame(*shapely.get_coordinates(shapes[0].centroid)[0])
    metric = [_metres(shape, frame) for shape in shapes]
    reached, waiting = metric[0], list(range(1, len(metric)))
    while waiting:
        near = next((i for i in waiting if shapely.distance(reached, metric[i]) <= CRACK_M), None)
        if near is None:
            names = "、".join(area.name or area.code for area in areas)
            raise Refused("areas.apart", f"{names}不相邻, 不能合并", areas=[area.code for area in areas])
        reached = shapely.union(reached, metric[near])
        waiting.remove(near)
    return bytes(shapely.to_wkb(shapely.union_all(shapes)))


def rename(area: Area, name: str) -> Area:
    """The area under another name. Raises InputError(areas.name) for an empty, overlong or unprintable one."""
    plain = unicodedata.normalize("NFC", name).strip()
    if not plain or len(plain) > _NAME_LENGTH or not plain.isprintable():
        raise InputError("areas.name", f"名称要有 1 到 {_NAME_LENGTH} 个字, 不能有换行", area=area.code)
    return replace(area, name=plain)


def numbering_order(areas: Sequence[Area]) -> list[Area]:
    """West → east, then north → south (standards.md): as one reads, row by row.

    (D) A row is what lies within half a usual height of the northernmost area left, by centroids. Areas without an outline
    come last, in their old order.
    """
    drawn = [a for a in areas if a.geometry_wkb]
    shapes = shapely.from_wkb(np.array([a.geometry_wkb for a in drawn], dtype=object))
    if not drawn:
        return list(areas)
    centres = shapely.get_coordinates(shapely.centroid(shapes))
    bounds = shapely.bounds(shapes)
    half = float(np.median(bounds[:, 3] - bounds[:, 1])) / 2
    left = sorted(range(len(drawn)), key=lambda i: (-centres[i][1], centres[i][0], drawn[i].code))
    order: list[Area] = []
    while left:
        row = [i for i in left if centres[i][1] > centres[left[0]][1] - half]
        order += [drawn[i] for i in sorted(row, key=lambda i: (centres[i][0], drawn[i].code))]
        left = [i for i in left if i not in row]
    return order + [a for a in areas if not a.geometry_wkb]


def square_metres(area: Area) -> float:
    """The size of an area, 0 without an outline."""
    if not area.geometry_wkb:
        return 0.0
    shape = shapely.from_wkb(area.geometry_wkb)
    return _square_metres(shape, LocalFrame(*shapely.get_coordinates(shape.centroid)[0]))


def _shape_of(area: Area) -> Any:
    if not area.geometry_wkb:
        raise InputError("areas.no_shape", f"{area.name or area.code} 没有边界, 请先导入边界", area=area.code)
    return shapely.from_wkb(area.geometry_wkb)


def _drawn_on(line: Any, frame: LocalFrame, metres: float) -> Any:
    """The line, longer by so many metres at both ends."""
    degrees = shapely.get_coordinates(line)
    degrees = degrees[np.append(True, (np.diff(degrees, axis=0) != 0).any(axis=1))]
    if len(degrees) < 2 or not np.isfinite(degrees).all():
        raise InputError("areas.line_misses", "分割线至少要有两个不同的点")
    xy = np.column_stack(frame.metres(degrees[:, 0], degrees[:, 1]))
    ends = [near + (near - far) / np.hypot(*(near - far)) * metres for near, far in ((xy[0], xy[1]), (xy[-1], xy[-2]))]
    (west, south), (east, north) = (frame.degrees(*end) for end in ends)
    return shapely.LineString(np.vstack([(west, south), degrees, (east, north)]))


def _pieces(shape: Any, line: Any) -> Any:
    cut = shapely.union_all([shapely.boundary(shape), line])
    faces = shapely.get_parts(shapely.polygonize([cut]))
    return faces[shapely.contains(shape, shapely.point_on_surface(faces))]


def _left_of(pieces: Any, line: Any) -> Any:
    """Which pieces lie on the line's left, by the stretches of it along each; a piece away from it goes with the nearest."""
    share = np.zeros(len(pieces))
    for stretch in shapely.get_parts(shapely.union_all([line, *shapely.boundary(pieces)])):
        for a, b in zip(xy := shapely.get_coordinates(stretch), xy[1:], strict=False):
            middle, along = (a + b) / 2, b - a
            length = float(np.hypot(*along))
            if length == 0 or shapely.distance(line, shapely.Point(middle)) > _ASIDE / 10:
                continue
            forward = along if _runs_along(line, a, b) else -along
            aside = np.array([-forward[1], forward[0]]) / length * _ASIDE
            for sign in (1, -1):
                share[shapely.contains_xy(pieces, *(middle + sign * aside))] += sign * length
    on = np.flatnonzero(share)
    for i in np.flatnonzero(share == 0) if len(on) else ():
        share[i] = share[on[np.argmin(shapely.distance(pieces[on], pieces[i]))]]
    return share > 0


def _runs_along(line: Any, a: Any, b: Any) -> bool:
    return bool(shapely.line_locate_point(line, shapely.Point(a)) < shapely.line_locate_point(line, shapely.Point(b)))


def _metres(shape: Any, frame: LocalFrame) -> Any:
    return shapely.transform(shape, lambda xy: np.column_stack(frame.metres(xy[:, 0], xy[:, 1])))


def _square_metres(shape: Any, frame: LocalFrame) -> float:
    return float(shapely.area(_metres(shape, frame)))
