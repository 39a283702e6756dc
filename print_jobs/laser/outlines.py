"""Glyphs, symbols and rounded boxes as polygons, curves flattened to a tolerance.

Millimetres on the face, y downwards, as in `layout`; glyphs alone in em with y upwards, as fonts have them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import shapely
import uharfbuzz as hb
from shapely import Geometry, affinity

from doorplate.plates.symbol import QUIET_MODULES, Modules
from print_jobs.fonts import Face, FontSet
from print_jobs.runs import Run
from print_jobs.zones import Box, Hole, QrField

Contour = list[tuple[float, float]]


def run_shapes(run: Run, fonts: FontSet, tolerance_mm: float, grow_mm: float) -> list[Geometry]:
    """The ink of a run where it stands on the face, grown by grow_mm on all sides (below 0: shrunk): a shape for each glyph, or
    one for all where the letters of a script join. An outline that a font is brought up with is part of the ink."""
    face, more = fonts.faces[run.face], grow_mm + run.stroke_mm / 2
    size = _Size(run.em_mm, run.stretch, tolerance_mm, 0.0 if run.glyphs else more)
    shapes = [(_sized(face, glyph, size), x, y) for glyph, x, y in _placed(run, face)]
    moved = [_moved(shape, x, y) for shape, x, y in shapes if not shape.is_empty]
    return [grown(shapely.union_all(moved), more)] if run.glyphs else moved


def grown(shape: Geometry, by_mm: float) -> Geometry:
    """A shape larger by so much on all sides, smaller below 0; corners stay corners."""
    return shapely.buffer(shape, by_mm, join_style="mitre") if by_mm else shape


def symbol_shape(modules: Modules, field: QrField) -> Geometry:
    """The dark modules as one area. Modules that only touch at a corner are parts of their own, or corners of one hole."""
    size = modules.shape[0]
    module = field.field_mm / (size + 2 * QUIET_MODULES)
    row, column = np.nonzero(modules)
    area = shapely.coverage_union_all(shapely.box(column, row, column + 1, row + 1))
    x, y = field.x_mm + QUIET_MODULES * module, field.y_mm + QUIET_MODULES * module
    return affinity.affine_transform(area, (module, 0, 0, module, x, y))


def rounded_box(box: Box, radius_mm: float, tolerance_mm: float) -> Geometry:
    """A box with round corners; a radius that is too large is made smaller."""
    radius = min(radius_mm, box.width_mm / 2, box.height_mm / 2)
    if radius <= tolerance_mm:
        return shapely.box(box.x_mm, box.y_mm, box.right_mm, box.bottom_mm)
    core = shapely.box(box.x_mm + radius, box.y_mm + radius, box.right_mm - radius, box.bottom_mm - radius)
    return shapely.buffer(core, radius, quad_segs=_segments(radius, tolerance_mm))


def hole_shape(hole: Hole, tolerance_mm: float) -> Geometry:
    """A round hole."""
    radius = hole.diameter_mm / 2
    return shapely.buffer(shapely.Point(hole.x_mm, hole.y_mm), radius, quad_segs=_segments(radius, tolerance_mm))


@lru_cache(maxsize=8192)
def glyph_shape(face: Face, glyph: int, tolerance_em: float) -> Geometry:
    """A glyph's ink, in em. Contours that run as the largest one does add to it, others take away, the larger before the smaller:
    that serves fonts of both directions, counters within counters, and strokes that overlap."""
    font = _hb_font(face)
    pen = _Flattener(tolerance_em * font.face.upem)
    font.draw_glyph_with_pen(glyph, pen)
    contours = [contour for contour in pen.contours if len(contour) > 2]
    rings = sorted(((_signed_area(c), shapely.make_valid(shapely.polygons(c))) for c in contours), key=lambda ring: -abs(ring[0]))
    shape: Geometry = shapely.Polygon()
    for area, ring in rings:
        adds = area * rings[0][0] > 0
        shape = shapely.union(shape, ring) if adds else shapely.difference(shape, ring)
    return affinity.scale(shape, 1 / font.face.upem, 1 / font.face.upem, origin=(0, 0))


class _Size(NamedTuple):
    """How a glyph is wanted: body size, horizontal scale, tolerance, and by how much it is grown; mm."""

    em_mm: float
    stretch: float
    tolerance_mm: float
    grow_mm: float


@lru_cache(maxsize=8192)
def _sized(face: Face, glyph: int, size: _Size) -> Geometry:
    """A glyph in mm from its origin, y downwards."""
    shape = glyph_shape(face, glyph, _power_of_two(size.tolerance_mm / size.em_mm))
    return grown(affinity.scale(shape, size.em_mm * size.stretch, -size.em_mm, origin=(0, 0)), size.grow_mm)


def _moved(shape: Geometry, x: float, y: float) -> Geometry:
    return shapely.transform(shape, lambda points: points + np.array([x, y]))


def _placed(run: Run, face: Face) -> Iterator[tuple[int, float, float]]:
    """Each glyph of a run with the place of its origin on the face."""
    if run.glyphs:
        yield from ((glyph.number, run.x_mm + glyph.x_mm, run.baseline_mm - glyph.y_mm) for glyph in run.glyphs)
        return
    x = run.x_mm
    for character in run.text:
        yield face.glyph(character), x, run.baseline_mm
        x += (face.advance(character) * run.em_mm + run.tracking_mm) * run.stretch


class _Flattener:
    """A pen (its methods are fontTools' pen protocol) that keeps contours as points: curves in as many even
    steps as keep the chord within the tolerance (the error of n steps is at most |B''| / 8n²)."""

    def __init__(self, tolerance: float) -> None:
        self.contours: list[Contour] = []
        self._tolerance = tolerance

    def moveTo(self, point: tuple[float, float]) -> None:
        self.contours.append([point])

    def lineTo(self, point: tuple[float, float]) -> None:
        self.contours[-1].append(point)

    def qCurveTo(self, control: tuple[float, float], end: tuple[float, float]) -> None:
        start = self.contours[-1][-1]
        self._steps([start, control, end], 2 * _bend(start, control, end))

    def curveTo(self, one: tuple[float, float], two: tuple[float, float], end: tuple[float, float]) -> None:
        start = self.contours[-1][-1]
        self._steps([start, one, two, end], 6 * max(_bend(start, one, two), _bend(one, two, end)))

    def closePath(self) -> None:
        """Contours are polygons; they close themselves."""

    def endPath(self) -> None:
        """As closePath."""

    def _steps(self, control: Sequence[tuple[float, float]], second_derivative: float) -> None:
        count = max(math.ceil(math.sqrt(second_derivative / (8 * self._tolerance))), 1)
        t = np.linspace(0, 1, count + 1)[1:, None]
        points = [np.asarray(point, float)[None, :] for point in control]
        while len(points) > 1:
            points = [a + (b - a) * t for a, b in pairwise(points)]
        self.contours[-1] += [(float(x), float(y)) for x, y in points[0]]


@lru_cache(maxsize=16)
def _hb_font(face: Face) -> Any:
    return hb.Font(hb.Face(hb.Blob.from_file_path(str(face.path)), face.index))


def _segments(radius_mm: float, tolerance_mm: float) -> int:
    """Steps in a quarter of a circle whose chords keep within the tolerance."""
    return math.ceil(math.pi / 4 / math.acos(1 - min(tolerance_mm / radius_mm, 1)))


def _bend(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return math.hypot(a[0] - 2 * b[0] + c[0], a[1] - 2 * b[1] + c[1])


def _signed_area(contour: Contour) -> float:
    x, y = np.asarray(contour).T
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2


def _power_of_two(value: float) -> float:
    """Rounded down, so that a few sizes of type share one outline."""
    return float(2.0 ** math.floor(math.log2(value)))
