"""Outlines of grids and other areas: GeoJSON, GeoPackage, Shapefile (zip), or text picked on a map."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from doorplate.areas.codes import WORDS, area_code
from doorplate.areas.coordinates import bd09_to_gcj02, gcj02_to_wgs84
from doorplate.errors import InputError
from doorplate.exchange.formats.encoding import decode_lines
from doorplate.exchange.formats.outlines import Outline, is_outline, read_outlines
from doorplate.exchange.formats.vector import Layer, read_layers
from doorplate.exchange.limits import Limits
from doorplate.exchange.meaning.columns import meanings
from doorplate.exchange.meaning.hints import crs_in, grid_in, streets_in
from doorplate.exchange.table import Crs
from doorplate.model import Area, AreaKind

_OWN_CODE = re.compile(r"([0-9]{12})(?:-?[A-Z])?([0-9]{1,3})", re.IGNORECASE)
_BRACKETS = re.compile(r"[（(].*?[）)]|(?:高德|百度|腾讯)?坐标?(?:拾取|采集)?[:：]?$")
_LARGEST_TEXT = 8 << 20


@dataclass(frozen=True, slots=True)
class _Draft:
    """An area as it stands in the file: where, what it says of itself, its shape in the file's coordinate system."""

    where: str
    name: str
    stated: str
    streets: tuple[str, ...]
    shape: Any


def read_areas(path: Path, community: str, kind: AreaKind = "grid") -> tuple[Area, ...]:
    """The areas of a file, in its order, as WGS84 polygons. community: 12 digits.

    A code is kept when the file states one ("610431001203-G01", or 15 digits), else the number in the area's name counts,
    else the order. Raises InputError areas.not_found, .not_a_map, .broken, .too_large, .empty, .not_polygon, .no_shape,
    .crossing, .swapped, .outside, .crs_unknown, .other_community, .same_code — naming the area.
    """
    if not path.is_file():
        raise InputError("areas.not_found", f"找不到文件 {path.name}, 请检查文件名和所在的文件夹", file=path.name)
    if path.stat().st_size == 0:
        raise _no_areas(path, kind)
    drafts, crs = _from_text(path) if _is_text(path) else _from_map(path)
    if not drafts:
        raise _no_areas(path, kind)
    shapes = [_checked(path.name, draft, crs) for draft in drafts]
    codes = _codes(path.name, drafts, community, kind)
    return tuple(
        Area(
            uuid.uuid5(uuid.NAMESPACE_URL, code).hex,
            kind,
            code,
            draft.name or f"{WORDS[kind]}{i}",
            community,
            shapely.to_wkb(shape),
            draft.streets,
        )
        for i, (draft, shape, code) in enumerate(zip(drafts, shapes, codes, strict=True), 1)
    )


def _no_areas(path: Path, kind: AreaKind) -> InputError:
    return InputError("areas.empty", f"文件 {path.name} 里没有{WORDS[kind]}边界, 请换成有边界的文件", file=path.name)


def _is_text(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(64).lstrip(b"\xef\xbb\xbf \r\n\t")
    return b"\0" not in head and not head.startswith((b"{", b"PK"))


def _from_text(path: Path) -> tuple[list[_Draft], Crs | None]:
    if path.stat().st_size > _LARGEST_TEXT:
        raise InputError("areas.too_large", f"文件 {path.name} 太大, 不像边界文字", file=path.name)
    lines = list(decode_lines(path, _LARGEST_TEXT))
    if not is_outline(lines):
        raise InputError(
            "areas.not_a_map",
            f"文件 {path.name} 里没有边界坐标, 请给 GeoJSON、GeoPackage、Shapefile 或拾取的坐标文字",
            file=path.name,
        )
    crs = crs_in([path.name, *(line for line in lines if not is_outline([line]))])
    if crs is None:
        raise InputError(
            "areas.crs_unknown", f"文件 {path.name} 没有写明坐标系, 请在文件名或文字里写上 高德、百度 或 WGS84", file=path.name
        )
    return [_from_outline(outline) for outline in read_outlines(lines)], crs


def _from_outline(outline: Outline) -> _Draft:
    name = _BRACKETS.sub("", outline.title).strip(" :：")
    try:
        shape = shapely.Polygon(outline.points)
    except (ValueError, shapely.errors.ShapelyError):
        shape = shapely.MultiPoint(outline.points)
    return _Draft(f"第 {outline.line} 行", name, outline.title, tuple(streets_in(outline.title)), shape)


def _from_map(path: Path) -> tuple[list[_Draft], Crs | None]:
    try:
        layers = [layer for layer in read_layers(path, Limits()) if layer.shapes]
    except InputError as exc:
        code = {"list.not_a_table": "areas.not_a_map"}.get(exc.code, exc.code.replace("list.", "areas."))
        raise InputError(code, exc.message, file=path.name) from exc
    crs = crs_in([path.name, *(layer.name for layer in layers)])
    return [draft for layer in layers for draft in _from_layer(layer)], crs


def _from_layer(layer: Layer) -> Iterable[_Draft]:
    names = [i for i, field in enumerate(layer.fields) if {"note", "grid", "address"} & meanings(field).keys()]
    streets = [i for i, field in enumerate(layer.fields) if {"street", "duty"} & meanings(field).keys()]
    coded = sorted(range(len(layer.fields)), key=lambda i: "grid" not in meanings(layer.fields[i]))
    for number, (texts, shape) in enumerate(zip(layer.rows, layer.shapes, strict=True), 1):
        name = next((texts[i] for i in names if re.search(r"[一-鿿]", texts[i])), "")
        code = next((texts[i] for i in coded if _OWN_CODE.fullmatch(texts[i])), "")
        held = dict.fromkeys(s for i in streets for s in re.split(r"[、,，;；/\s]+", texts[i]) if s)
        yield _Draft(f"第 {number} 个区域", name, code or name, tuple(held) or tuple(streets_in(name)), shape)


def _checked(file: str, draft: _Draft, crs: Crs | None) -> shapely.Geometry:
    shape = draft.shape
    what = f"文件 {file} {draft.where}" + (f"“{draft.name}”" if draft.name else "")
    if shape is None or shape.is_empty:
        raise InputError("areas.no_shape", f"{what}没有边界, 请补画", file=file)
    if shape.geom_type not in ("Polygon", "MultiPolygon"):
        raise InputError("areas.not_polygon", f"{what}不是面, 边界至少要三个不同的点并且闭合, 请重画", file=file)
    west, south, east, north = shape.bounds
    if not np.isfinite(shape.bounds).all() or not (-180 <= west <= east <= 180):
        raise InputError("areas.outside", f"{what}的坐标不是经纬度, 请导出为 WGS84 或 CGCS2000 经纬度", file=file)
    if 3 <= west <= east <= 54 and 73 <= south <= north <= 136:
        raise InputError("areas.swapped", f"{what}的经纬度写反了, 要先经度后纬度, 请改正后再导入", file=file)
    if not (73 <= west <= east <= 136 and 3 <= south <= north <= 54):
        raise InputError("areas.outside", f"{what}不在中国范围内, 请检查坐标", file=file)
    shape = shapely.force_2d(_to_wgs84(shape, crs))
    if not shape.is_valid:
        raise InputError("areas.crossing", f"{what}的边界自己相交或重复, 请重画", file=file)
    if shape.area == 0:
        raise InputError("areas.not_polygon", f"{what}没有面积, 请重画", file=file)
    return shape


def _to_wgs84(shape: shapely.Geometry, crs: Crs | None) -> shapely.Geometry:
    if crs not in ("gcj02", "bd09"):
        return shape

    def convert(xy: Any) -> Any:
        lon, lat = bd09_to_gcj02(xy[:, 0], xy[:, 1]) if crs == "bd09" else (xy[:, 0], xy[:, 1])
        return np.column_stack(gcj02_to_wgs84(lon, lat))

    return shapely.transform(shape, convert)


def _codes(file: str, drafts: Sequence[_Draft], community: str, kind: AreaKind) -> list[str]:
    """Each area's code: stated in the file, else from the number in its name, else by order."""
    stated = [_OWN_CODE.fullmatch(d.stated) for d in drafts]
    if stated[0] and all(m and m[1] != community for m in stated):
        raise InputError(
            "areas.other_community",
            f"文件 {file} 的{WORDS[kind]}属于 {stated[0][1]}, 不属于 {community}, 请检查是不是拿错了文件",
            file=file,
        )
    if kind == "community" and len(drafts) == 1:
        return [community]
    numbers = [m[2] if m else grid_in(d.stated) for m, d in zip(stated, drafts, strict=True)]
    usable = all(n.isdigit() for n in numbers)
    if usable and len({int(n) for n in numbers}) < len(numbers):
        raise InputError("areas.same_code", f"文件 {file} 里有两个{WORDS[kind]}编号相同, 请改成各不相同", file=file)
    if not usable or any(len(n) > 3 for n in numbers):
        numbers = [str(i) for i in range(1, len(drafts) + 1)]
    return [area_code(kind, community, int(n)) for n in numbers]
