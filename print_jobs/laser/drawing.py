"""What a laser does to one plate: areas to engrave and outlines to cut, with the width of the beam taken off beforehand.

A beam `kerf_mm` wide takes half of it more on either side than the path it follows, so engraved areas are drawn smaller and the
plate larger by half a kerf. Coordinates stand on a grid of a micrometre: what is valid here is valid in the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry, Polygon

from doorplate.errors import InputError
from doorplate.model import BatchPlate
from doorplate.plates.symbol import Modules
from print_jobs.artwork import fixed_texts
from print_jobs.fonts import FontSet
from print_jobs.laser.outlines import grown, hole_shape, rounded_box, run_shapes, symbol_shape
from print_jobs.layout import set_plate
from print_jobs.lines import postcode_boxes, set_small
from print_jobs.plate_design import Cmyk, PlateDesign
from print_jobs.runs import Run
from print_jobs.zones import WHITE, Box

KERF_MM = 0.1
_GRID_MM = 0.001
_LIGHT = 0.5  # (D) lightness from which a colour is drawn by taking the coating away
_LEAST_MODULES = 0.5  # (D) part of a module that must be left when the beam is taken off on both sides


@dataclass(frozen=True, slots=True)
class Beam:
    """kerf_mm: how wide the beam burns. tolerance_mm: how far a flattened curve may leave the true one.
    inverted: False draws what is to be dark on a light plate; True what is light in the design, for taking a coating off."""

    kerf_mm: float = KERF_MM
    tolerance_mm: float = 0.01
    inverted: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """One plate, mm, y downwards from the upper left corner of the face. engrave: areas, none of them touching another;
    cut: the face with its holes."""

    title: str
    width_mm: float
    height_mm: float
    engrave: tuple[Polygon, ...]
    cut: tuple[Polygon, ...]


@dataclass(frozen=True)
class Drafting:
    """Everything the drawings of one batch share. host: as printed beside the symbol; sample: the note stands on each plate."""

    design: PlateDesign
    fonts: FontSet
    host: str
    sample: bool = False
    beam: Beam = field(default_factory=Beam)

    def draw(self, plate: BatchPlate, symbol: Modules) -> Drawing:
        """The drawing of one plate; symbol: its modules without quiet zone. Raises InputError(laser.kerf)."""
        self._require_thin_beam(len(symbol))
        runs = set_plate(plate, self.design, self.fonts).runs
        dark = symbol_shape(symbol, self.design.qr)
        engrave = self._light(runs, dark) if self.beam.inverted else self._marks(runs, dark)
        face = self.design.face
        return Drawing(f"{plate.code} {plate.painted}", face.width_mm, face.height_mm, engrave, self._cut)

    def _marks(self, runs: Iterable[Run], dark: Geometry) -> tuple[Polygon, ...]:
        """Lines, symbol and all texts."""
        half = self.beam.kerf_mm / 2
        texts = [shape for run in runs for shape in self._texts(run, -half)]
        return _polygons([*(grown(line, -half) for line, _ in self._lines), *self._fixed_texts, *texts, grown(dark, -half)])

    def _light(self, runs: Iterable[Run], dark: Geometry) -> tuple[Polygon, ...]:
        """What is light in the design: light shapes are drawn smaller, the dark ones on them larger."""
        half = self.beam.kerf_mm / 2
        texts = [(run, _is_dark(run.color)) for run in runs]
        on_top = [shape for run, is_dark in texts if is_dark for shape in self._texts(run, half)]
        light = [shape for run, is_dark in texts if not is_dark for shape in self._texts(run, -half)]
        return _polygons([_over(self._light_ground, [*on_top, grown(dark, half)], dark=True), *light])

    @cached_property
    def _light_ground(self) -> Geometry:
        """What is light on every plate, painted in its order: face, lines, patches, panel, fixed texts."""
        design, half, fine = self.design, self.beam.kerf_mm / 2, self.beam.tolerance_mm
        inset, boxes = self._lines[:1], self._lines[1:]
        patches = [(rounded_box(patch, patch.radius_mm, fine), patch.color) for patch in design.patches]
        panel = (rounded_box(design.panel, design.panel.radius_mm, fine), WHITE)
        area: Geometry = Polygon()
        for shape, color in ((self._face, design.face.color), *inset, *patches, panel, *boxes):
            dark = _is_dark(color)
            area = _over(area, [grown(shape, half if dark else -half)], dark=dark)
        for run in self._fixed_runs:
            dark = _is_dark(run.color)
            area = _over(area, self._texts(run, half if dark else -half), dark=dark)
        return area

    def _texts(self, run: Run, grow_mm: float) -> list[Geometry]:
        return run_shapes(run, self.fonts, self.beam.tolerance_mm, grow_mm)

    @cached_property
    def _cut(self) -> tuple[Polygon, ...]:
        return _polygons([grown(self._face, self.beam.kerf_mm / 2)])

    @cached_property
    def _face(self) -> Geometry:
        face, fine = self.design.face, self.beam.tolerance_mm
        whole = rounded_box(Box(x_mm=0, y_mm=0, width_mm=face.width_mm, height_mm=face.height_mm), face.corner_radius_mm, fine)
        return shapely.difference(whole, shapely.union_all([hole_shape(hole, fine) for hole in face.holes]))

    @cached_property
    def _lines(self) -> tuple[tuple[Geometry, Cmyk], ...]:
        """The line inside the face and those around the digits of a postcode, as the rings they are."""
        face, line, zone = self.design.face, self.design.line, self.design.postcode_zone
        inside = Box(x_mm=line.inset_mm, y_mm=line.inset_mm, width_mm=face.width_mm - 2 * line.inset_mm,
                     height_mm=face.height_mm - 2 * line.inset_mm)
        rings = [(self._ring(inside, line.width_mm, line.radius_mm), line.color)]
        if zone and zone.boxes:
            rings += [(self._ring(box, zone.boxes.line_mm, zone.boxes.radius_mm), zone.color) for box in postcode_boxes(zone)]
        return tuple(rings)

    def _ring(self, box: Box, line_mm: float, radius_mm: float) -> Geometry:
        if line_mm == 0:
            return Polygon()
        inner = Box(x_mm=box.x_mm + line_mm, y_mm=box.y_mm + line_mm, width_mm=box.width_mm - 2 * line_mm,
                    height_mm=box.height_mm - 2 * line_mm)
        outer, fine = rounded_box(box, radius_mm, self.beam.tolerance_mm), self.beam.tolerance_mm
        return shapely.difference(outer, rounded_box(inner, max(radius_mm - line_mm, 0), fine))

    @cached_property
    def _fixed_runs(self) -> tuple[Run, ...]:
        texts = fixed_texts(self.design, self.host, self.fonts, sample=self.sample)
        return tuple(run for text in texts for run in set_small(text.text, text.zone, self.fonts.hanzi))

    @cached_property
    def _fixed_texts(self) -> tuple[Geometry, ...]:
        return tuple(shape for run in self._fixed_runs for shape in self._texts(run, -self.beam.kerf_mm / 2))

    def _require_thin_beam(self, size: int) -> None:
        module = self.design.qr.field_mm / (size + 8)
        if not 0 <= self.beam.kerf_mm <= module * (1 - _LEAST_MODULES):
            raise InputError("laser.kerf", f"光束宽 {self.beam.kerf_mm:g} mm 不能用: 二维码每格 {module:.2f} mm, "
                                           f"光束要在 0 到 {module * (1 - _LEAST_MODULES):.2f} mm 之间")


def _is_dark(color: Cmyk) -> bool:
    """Whether a colour is left standing when what is light is engraved."""
    cyan, magenta, yellow, black = (ink / 100 for ink in color)
    return (1 - black) * (1 - 0.3 * cyan - 0.59 * magenta - 0.11 * yellow) < _LIGHT


def rings(polygons: Iterable[Polygon]) -> Iterator[list[list[float]]]:
    """Every ring as [[x, y] …], the outer one of a polygon before its holes, without the repeated last point."""
    for polygon in polygons:
        for ring in (polygon.exterior, *polygon.interiors):
            yield shapely.get_coordinates(ring)[:-1].tolist()


def _over(area: Geometry, shapes: Sequence[Geometry], *, dark: bool) -> Geometry:
    return (shapely.difference if dark else shapely.union)(area, shapely.union_all(shapes))


def _polygons(shapes: Sequence[Geometry]) -> tuple[Polygon, ...]:
    """The parts of these shapes on the grid, in reading order of their upper left corners. Shapes that meet become one."""
    parts = _on_grid(shapely.get_parts(shapes))
    one, other = shapely.STRtree(parts).query(parts, predicate="intersects")
    if not shapely.is_valid(parts).all() or (one != other).any():
        parts = shapely.get_parts(shapely.set_precision(shapely.union_all(shapely.make_valid(parts)), _GRID_MM))
    return tuple(sorted((p for p in parts if p.geom_type == "Polygon" and p.area > 0), key=lambda p: (p.bounds[1], p.bounds[0])))


def _on_grid(parts: NDArray[np.object_]) -> NDArray[np.object_]:
    rounded: NDArray[np.object_] = shapely.transform(parts, lambda points: np.round(points / _GRID_MM) * _GRID_MM)
    return rounded
