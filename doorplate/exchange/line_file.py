"""A dividing line drawn for an area: GeoJSON, GeoPackage, Shapefile (zip), or points picked on a map as text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import shapely

from doorplate.areas.coordinates import to_wgs84
from doorplate.errors import InputError
from doorplate.exchange.formats.encoding import decode_lines
from doorplate.exchange.formats.outlines import read_outlines
from doorplate.exchange.formats.vector import read_layers
from doorplate.exchange.limits import Limits
from doorplate.exchange.meaning.hints import crs_in

_LARGEST_TEXT = 1 << 20


def read_line(path: Path) -> Any:
    """The one line of a file as a shapely LineString in WGS84. Text must say its coordinate system (高德, 百度, WGS84).

    Raises InputError line.not_found, line.not_a_line, line.several, line.crs_unknown, line.outside, line.broken.
    """
    if not path.is_file():
        raise InputError("line.not_found", f"找不到分割线文件 {path.name}", file=path.name)
    with path.open("rb") as file:
        head = file.read(64).lstrip(b"\xef\xbb\xbf \r\n\t")
    line = _from_text(path) if b"\0" not in head and not head.startswith((b"{", b"PK")) else _from_map(path)
    west, south, east, north = line.bounds
    if not (73 <= west <= east <= 136 and 3 <= south <= north <= 54):
        raise InputError("line.outside", f"文件 {path.name} 的分割线不在中国范围内, 请检查坐标, 要先经度后纬度", file=path.name)
    return shapely.force_2d(line)


def _from_map(path: Path) -> Any:
    try:
        layers = read_layers(path, Limits())
    except InputError as exc:
        raise InputError("line.broken", f"分割线{exc.message}", file=path.name) from exc
    shapes = [shape for layer in layers for shape in layer.shapes if shape is not None and not shape.is_empty]
    lines = [part for shape in shapes for part in shapely.get_parts(shape) if part.geom_type == "LineString"]
    if len(lines) > 1:
        lines = [*shapely.get_parts(shapely.line_merge(shapely.union_all(lines)))]
    return _only(lines, path)


def _from_text(path: Path) -> Any:
    if path.stat().st_size > _LARGEST_TEXT:
        raise InputError("line.broken", f"文件 {path.name} 太大, 不像一条分割线", file=path.name)
    texts = list(decode_lines(path, _LARGEST_TEXT))
    picked = [outline.points for outline in read_outlines(texts) if len(outline.points) > 1]
    crs = crs_in([path.name, *texts])
    if picked and crs is None:
        message = f"文件 {path.name} 没有写明坐标系, 请在文件名或文字里写上 高德、百度 或 WGS84"
        raise InputError("line.crs_unknown", message, file=path.name)
    lines = [np.column_stack(to_wgs84(crs or "wgs84", *zip(*points, strict=True))) for points in picked]
    return _only([shapely.LineString(line) for line in lines], path)


def _only(lines: list[Any], path: Path) -> Any:
    if not lines:
        raise InputError("line.not_a_line", f"文件 {path.name} 里没有线, 请画一条至少两个点的线", file=path.name)
    if len(lines) > 1:
        raise InputError("line.several", f"文件 {path.name} 里有 {len(lines)} 条线, 一次只能用一条", file=path.name)
    return lines[0]
