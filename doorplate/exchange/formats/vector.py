"""GeoJSON, GeoPackage and Shapefile (also zipped) as plain layers in WGS84, read with GDAL through pyogrio."""

from __future__ import annotations

import warnings
import zipfile
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyogrio
import pyproj
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from doorplate.errors import InputError
from doorplate.exchange.formats.encoding import plausible
from doorplate.exchange.formats.workbook import check_container, refuse
from doorplate.exchange.limits import Limits
from doorplate.exchange.meaning.values import to_text

_SAME_AS_WGS84 = {"EPSG:4326", "EPSG:4490", "OGC:CRS84"}
_FAULTS = (
    DataSourceError,
    DataLayerError,
    FeatureError,
    GeometryError,
    FieldError,
    pyproj.exceptions.ProjError,
    shapely.errors.ShapelyError,
    zipfile.BadZipFile,
    RuntimeError,
    ValueError,
)
_SHAPEFILE_PARTS = ("shp", "shx", "dbf", "prj", "cpg")


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: field names, one text per field and feature, and the shapes (WGS84, lon before lat; None = none).
    named: the container has layers of its own (GeoPackage), so the name says where a row stands."""

    name: str
    named: bool
    fields: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    shapes: tuple[Any, ...]


def read_layers(path: Path, limits: Limits) -> list[Layer]:
    """All layers of a file. Raises InputError list.not_found, list.broken, list.too_large, list.not_a_table."""
    if not path.is_file():
        raise InputError("list.not_found", f"找不到文件 {path.name}, 请检查文件名和所在的文件夹", file=path.name)
    if path.stat().st_size > limits.geo_bytes:
        raise refuse("list.too_large", path.name)
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        try:
            return [layer for source in _sources(path, Path(folder), limits) for layer in _layers(source, limits.features)]
        except _FAULTS as exc:
            raise InputError(
                "list.broken", f"地图文件 {path.name} 已损坏或不完整, 打不开, 请重新导出再试", file=path.name
            ) from exc


@dataclass(frozen=True, slots=True)
class _Source:
    """The file; what GDAL opens; the encoding of a shapefile that does not tell; named: see Layer."""

    file: str
    name: str
    encoding: str | None = None
    named: bool = False


def _sources(path: Path, folder: Path, limits: Limits) -> list[_Source]:
    """Only formats named here are let through: GDAL would also open files that point to other files or to the network."""
    with path.open("rb") as file:
        head = file.read(64)
    if head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
        return [_Source(path.name, f"GeoJSON:{path.resolve()}")]
    if head.startswith(b"SQLite format 3"):
        return [_Source(path.name, str(path.resolve()), named=True)]
    if head.startswith(b"\x00\x00\x27\x0a"):
        return [_Source(path.name, str(path.resolve()), _table_encoding(path))]
    if head.startswith(b"PK"):
        check_container(path, limits)
        if shapes := _unpacked(path, folder):
            return [_Source(path.name, str(shape), _table_encoding(shape)) for shape in shapes]
    raise InputError("list.not_a_table", f"文件 {path.name} 不是地图文件, 请给 GeoJSON、GeoPackage 或 Shapefile", file=path.name)


def _unpacked(path: Path, folder: Path) -> list[Path]:
    """The shapefiles of a zip, unpacked under names of our own: theirs may be in any encoding or lead out of the folder."""
    shapes = []
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        for number, shape in enumerate(n for n in names if n.lower().endswith(".shp")):
            for name in names:
                suffix = name.rsplit(".", 1)[-1].lower()
                if name.rsplit(".", 1)[0] == shape[:-4] and suffix in _SHAPEFILE_PARTS:
                    (folder / f"{number}.{suffix}").write_bytes(archive.read(name))
            shapes.append(folder / f"{number}.shp")
    return shapes


def _table_encoding(path: Path) -> str | None:
    table = path.with_suffix(".dbf")
    if path.with_suffix(".cpg").exists() or not table.exists():
        return None
    with table.open("rb") as file:
        return _likely(file.read(1 << 18))


def _likely(raw: bytes) -> str:
    """UTF-8 or GB18030 for a table whose fields are padded, so that strict decoding proves nothing."""
    return "UTF-8" if plausible(raw, "utf-8") > plausible(raw, "gb18030") else "GB18030"


def _layers(source: _Source, most: int) -> list[Layer]:
    layers = [_layer(source, str(name), most) for name, _ in pyogrio.list_layers(source.name)]
    if any(len(layer.shapes) > most for layer in layers):
        raise refuse("list.too_large", source.file)
    return layers


def _layer(source: _Source, name: str, most: int) -> Layer:
    try:
        meta, geometry, data = _read(source, name, source.encoding, most)
    except UnicodeDecodeError:  # shapefiles cut field names after ten bytes, often in the middle of a character
        meta, geometry, data = _read(source, name, "ISO-8859-1", most)
        meta["fields"] = [_recoded(field, source.encoding) for field in meta["fields"]]
        data = [[_recoded(value, source.encoding) for value in column] for column in data]
    shapes = (
        shapely.from_wkb(geometry, on_invalid="ignore") if geometry is not None else np.full(len(data[0]) if data else 0, None)
    )
    columns = [[_text(v) for v in column] for column in data]
    rows = tuple(zip(*columns, strict=True)) if columns else ((),) * len(shapes)
    return Layer(name, source.named, tuple(map(str, meta["fields"])), rows, tuple(_to_wgs84(shapes, meta["crs"])))


def _read(source: _Source, layer: str, encoding: str | None, most: int) -> tuple[dict[str, Any], Any, list[Any]]:
    options = {"encoding": encoding, "force_2d": True, "datetime_as_string": True, "max_features": most + 1}
    meta, _, geometry, data = pyogrio.raw.read(source.name, layer=layer, **options)
    return meta, geometry, list(data)


def _recoded(value: Any, encoding: str | None) -> Any:
    return value.encode("latin-1", "ignore").decode(encoding or "utf-8", "ignore") if isinstance(value, str) else value


def _text(value: Any) -> str:
    if value is None or (isinstance(value, float | np.floating) and np.isnan(value)):
        return ""
    return to_text(value.item() if isinstance(value, np.generic) else value)


def _to_wgs84(shapes: Any, crs: str | None) -> Any:
    if crs is None or crs in _SAME_AS_WGS84:
        return shapes
    system = pyproj.CRS.from_user_input(crs)
    if system.is_geographic:
        return shapes
    transform = pyproj.Transformer.from_crs(system, "EPSG:4326", always_xy=True)
    return shapely.transform(shapes, lambda xy: np.column_stack(transform.transform(xy[:, 0], xy[:, 1])))
