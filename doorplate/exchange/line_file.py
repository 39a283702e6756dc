"""A line somebody drew, to divide an area or as the middle of a street: GeoJSON, GeoPackage, Shapefile (zip), or points
picked on a map as text."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from doorplate.addresses.text import clean, simplified
from doorplate.areas.coordinates import LocalFrame, to_wgs84
from doorplate.errors import InputError
from doorplate.exchange.formats.encoding import decode_lines
from doorplate.exchange.formats.outlines import read_outlines
from doorplate.exchange.formats.vector import read_layers
from doorplate.exchange.limits import Limits
from doorplate.exchange.meaning.hints import crs_in
from doorplate.model import Point

_LARGEST_TEXT = 1 << 20
_NEAR_M = 250.0  # (D) a street's line this far from every door of the street is another street's, or in another system


def read_line(path: Path, what: str = "分割线", named: str = "") -> Any:
    """The one line of a file as a shapely LineString in WGS84, in the direction it was drawn. Text must say its coordinate
    system (高德, 百度, WGS84). what: what messages call it; named: of several lines, the one that bears this name.

    Raises InputError line.not_found, line.not_a_line, line.several, line.crs_unknown, line.outside, line.broken.
    """
    if not path.is_file():
        raise InputError("line.not_found", f"找不到{what}文件 {path.name}", file=path.name)
    with path.open("rb") as file:
        head = file.read(64).lstrip(b"\xef\xbb\xbf \r\n\t")
    as_text = b"\0" not in head and not head.startswith((b"{", b"PK"))
    line = _only(_from_text(path, what) if as_text else _from_map(path, what, named), path, what)
    west, south, east, north = line.bounds
    if not (73 <= west <= east <= 136 and 3 <= south <= north <= 54):
        raise InputError("line.outside", f"文件 {path.name} 的{what}不在中国范围内, 请检查坐标, 要先经度后纬度", file=path.name)
    return shapely.force_2d(line)


def read_street_line(path: Path, street: str, doors: Iterable[Point]) -> tuple[tuple[float, float], ...]:
    """The middle of a street as (lon, lat) degrees, in the direction it was drawn; of several lines the one that bears the
    street's name. Raises InputError as `read_line`, and line.elsewhere for one that passes none of the street's doors."""
    line = read_line(path, "街线", street)
    places = [(door.lon, door.lat) for door in doors]
    if places:
        frame = LocalFrame(*places[0])
        xy = np.column_stack(frame.metres(*np.array(places).T))
        drawn = shapely.transform(line, lambda degrees: np.column_stack(frame.metres(degrees[:, 0], degrees[:, 1])))
        nearest = float(shapely.distance(shapely.points(xy), drawn).min())
        if nearest > _NEAR_M:
            message = f"文件 {path.name} 的街线离{street}最近的门也有 {nearest:.0f} 米, 请检查是不是这条街、坐标系对不对"
            raise InputError("line.elsewhere", message, file=path.name)
    return tuple(map(tuple, shapely.get_coordinates(line).tolist()))


def _from_map(path: Path, what: str, named: str) -> list[Any]:
    try:
        layers = read_layers(path, Limits())
    except InputError as exc:
        raise InputError("line.broken", f"{what}{exc.message}", file=path.name) from exc
    features = [(row, shape) for layer in layers for row, shape in zip(layer.rows, layer.shapes, strict=True)
                if shape is not None and not shape.is_empty]
    own = [shape for row, shape in features if named and named in map(_plain, row)]
    shapes = own or [shape for _, shape in features]
    lines = [part for shape in shapes for part in shapely.get_parts(shape) if part.geom_type == "LineString"]
    return list(shapely.get_parts(shapely.line_merge(shapely.union_all(lines)))) if len(lines) > 1 else lines


def _plain(name: str) -> str:
    return simplified(clean(name)).replace(" ", "")


def _from_text(path: Path, what: str) -> list[Any]:
    if path.stat().st_size > _LARGEST_TEXT:
        raise InputError("line.broken", f"文件 {path.name} 太大, 不像一条{what}", file=path.name)
    texts = list(decode_lines(path, _LARGEST_TEXT))
    picked = [outline.points for outline in read_outlines(texts) if len(outline.points) > 1]
    crs = crs_in([path.name, *texts])
    if picked and crs is None:
        message = f"文件 {path.name} 没有写明坐标系, 请在文件名或文字里写上 高德、百度 或 WGS84"
        raise InputError("line.crs_unknown", message, file=path.name)
    lines = [np.column_stack(to_wgs84(crs or "wgs84", *zip(*points, strict=True))) for points in picked]
    return [shapely.LineString(line) for line in lines]


def _only(lines: list[Any], path: Path, what: str) -> Any:
    if not lines:
        raise InputError("line.not_a_line", f"文件 {path.name} 里没有线, 请画一条至少两个点的{what}", file=path.name)
    if len(lines) > 1:
        message = f"文件 {path.name} 里有 {len(lines)} 条线, 一次只能用一条; 线多的地图要写明每条街的名称"
        raise InputError("line.several", message, file=path.name)
    return lines[0]
