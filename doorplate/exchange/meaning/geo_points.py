"""Points and building outlines with attributes as list rows."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Literal

import shapely

from doorplate.exchange.formats.vector import Layer, read_layers
from doorplate.exchange.limits import Limits
from doorplate.exchange.meaning.columns import meanings
from doorplate.exchange.meaning.known import NOTHING, Known
from doorplate.exchange.meaning.recognise import Sheet, recognise
from doorplate.exchange.table import RawRow, RawTable, SheetKind

_PLACES = {"lon", "lat", "position"}
_BUILDINGS = re.compile(r"build|建筑|房屋|楼栋|房子", re.IGNORECASE)
_LARGEST_HOUSE = 4_000.0  # m², median of a layer (D)


def read_geo(path: Path, limits: Limits, known: Callable[[str | None], Known] = lambda _: NOTHING) -> list[Sheet]:
    """One sheet a layer. Rows are counted from 1 in the file's order; the shape's centre gives lon and lat (WGS84).
    Outlines of house size are the list "buildings", larger ones are areas. known: layer name → what
    a mapping file says of it. Raises InputError as `read_layers`."""
    return [_sheet(path.name, layer, known(layer.name if layer.named else None)) for layer in read_layers(path, limits)]


def _sheet(file: str, layer: Layer, told: Known) -> Sheet:
    kept = [i for i, name in enumerate(layer.fields) if not _PLACES & meanings(name).keys()]
    rows = [RawRow(0, (*(layer.fields[i] for i in kept), "lon", "lat"))]
    for number, (texts, shape) in enumerate(zip(layer.rows, layer.shapes, strict=True), 1):
        rows.append(RawRow(number, (*(texts[i] for i in kept), *_centre(shape))))
    table = RawTable(file, layer.name if layer.named else None, rows)
    shape_kind = _shape_kind(layer)
    kind: SheetKind = "list" if shape_kind in ("points", "buildings") else "areas" if shape_kind == "areas" else "unknown"
    is_buildings = shape_kind == "buildings" or _BUILDINGS.search(file + layer.name)
    list_name = told.list_name or ("buildings" if is_buildings else "")
    known = replace(told, first_is_header=True, crs="wgs84", list_name=list_name, kind=told.kind or kind, header=None)
    return recognise(table, known=known)


def _shape_kind(layer: Layer) -> Literal["points", "buildings", "areas", "lines"]:
    shapes = [s for s in layer.shapes if s is not None and not s.is_empty]
    outlines = [s for s in shapes if s.geom_type in ("Polygon", "MultiPolygon")]
    if sum("Line" in s.geom_type for s in shapes) * 2 > len(shapes):
        return "lines"
    if len(outlines) * 2 <= len(shapes):
        return "points"
    return "buildings" if median(map(_square_metres, outlines)) < _LARGEST_HOUSE else "areas"


def _square_metres(shape: shapely.Geometry) -> float:
    """Near enough to tell a house from a grid."""
    return float(shape.area) * 111_320.0**2 * math.cos(math.radians(shape.centroid.y))


def _centre(shape: shapely.Geometry | None) -> tuple[str, str]:
    if shape is None or shape.is_empty:
        return "", ""
    centre = shape if shape.geom_type == "Point" else shape.centroid
    return f"{centre.x:.7f}", f"{centre.y:.7f}"
