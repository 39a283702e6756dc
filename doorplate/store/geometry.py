"""Points and polygons in the database: plain WKB in and out, exact to the bit, longitude before latitude, EPSG:4490."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from typing import Any

import shapely
from geoalchemy2 import Geometry
from sqlalchemy import Column, ColumnElement, Dialect, Function, func
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import Boolean

from doorplate.errors import InputError
from doorplate.model import Point

SRID = 4490  # CGCS2000
METRES_PER_DEGREE = 110_574  # of latitude, at the equator where it is shortest (WGS84)
_POINT = struct.Struct("<BIdd")  # little-endian WKB of a 2-D point
_LITTLE_ENDIAN, _POINT_TYPE = 1, 1


class Shape(Geometry):
    """A geometry column whose values are WKB `bytes`.

    GeoAlchemy2's own conversions differ by back end and go through text; WKB is the same on both and keeps every bit.
    """

    cache_ok = True

    def bind_expression(self, bindvalue: ColumnElement[Any]) -> ColumnElement[Any]:
        return Function("ST_GeomFromWKB", bindvalue, SRID, type_=self)

    def column_expression(self, col: ColumnElement[Any]) -> ColumnElement[Any]:
        return Function("ST_AsBinary", col, type_=self)

    def bind_processor(self, dialect: Dialect) -> None:
        return None

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], bytes | None]:
        return lambda value: None if value is None else bytes(value)


class bbox(ColumnElement[bool]):
    """bbox(column, shape): whose boxes meet, by the spatial index. PostGIS: `&&`; SpatiaLite: its SpatialIndex table,
    because ST_Contains and the like never use the R-tree by themselves there."""

    type = Boolean()
    inherit_cache = False

    def __init__(self, column: Column[Any], shape: ColumnElement[Any]) -> None:
        self.column, self.shape = column, shape

    def self_group(self, against: object = None) -> bbox:
        return self  # else SQLAlchemy writes "(… IN (…)) = 1" on SQLite and the index is lost: 60 ms instead of 0.5


@compiles(bbox, "postgresql")
def _bbox_postgis(element: bbox, compiler: SQLCompiler, **kw: Any) -> str:
    return f"{compiler.process(element.column, **kw)} && {compiler.process(element.shape, **kw)}"


@compiles(bbox, "sqlite")
def _bbox_spatialite(element: bbox, compiler: SQLCompiler, **kw: Any) -> str:
    table = element.column.table.name
    return (f"{table}.ROWID IN (SELECT ROWID FROM SpatialIndex WHERE f_table_name = '{table}' "
            f"AND f_geometry_column = '{element.column.name}' AND search_frame = {compiler.process(element.shape, **kw)})")


def window(point: Point, metres: float) -> ColumnElement[Any]:
    """A box around a point that holds everything within so many metres, and a little more (degrees shrink with latitude)."""
    high = metres / METRES_PER_DEGREE
    wide = high / max(math.cos(math.radians(point.lat)), 0.01) * 1.01
    box = shapely.box(point.lon - wide, point.lat - high, point.lon + wide, point.lat + high)
    return func.ST_GeomFromText(box.wkt, SRID)


def point_to_wkb(point: Point | None) -> bytes | None:
    """Raises InputError(point.not_a_number) for a position no map holds (inf, nan)."""
    if point is None:
        return None
    if not (math.isfinite(point.lon) and math.isfinite(point.lat)):
        raise InputError("point.not_a_number", "坐标不是数字, 不能入库")
    return _POINT.pack(_LITTLE_ENDIAN, _POINT_TYPE, point.lon, point.lat)


def lon_lat(wkb: bytes) -> tuple[float, float]:
    """The position in a point's WKB as this store writes and reads it."""
    _, _, lon, lat = _POINT.unpack(wkb)
    return lon, lat


def polygon_to_wkb(wkb: bytes | None, what: str) -> bytes | None:
    """A (multi)polygon's WKB without heights. Raises InputError(area.geometry) for anything else; `what` names the area."""
    if wkb is None:
        return None
    try:
        shape = shapely.force_2d(shapely.from_wkb(wkb))
    except shapely.errors.ShapelyError as exc:
        raise InputError("area.geometry", f"{what} 的边界读不出来", area=what) from exc
    if shape is None or shape.geom_type not in ("Polygon", "MultiPolygon") or shape.is_empty:
        raise InputError("area.geometry", f"{what} 的边界不是面", area=what)
    return bytes(shapely.to_wkb(shapely.set_srid(shape, 0), byte_order=1))
