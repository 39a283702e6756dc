"""Addresses out: CSV, XLSX, GeoJSON, GeoPackage — with headers that `read_lists` recognises, so that what went out can
come back in unchanged."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pyogrio
import shapely

from doorplate.exchange.sheet_writer import Book, Column
from doorplate.exchange.whole_file import whole_file
from doorplate.model import Address, Area, Community

Form = Literal["csv", "xlsx", "geojson", "gpkg"]
_STATUS = {"proposed": "待核实", "verified": "已核实", "retired": "已停用"}
_PLACE = {"household": "住户", "public": "公共场所"}
# A spreadsheet takes a text that begins so for a formula; the apostrophe in front marks it as text and is dropped on reading.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "'")
_CGCS2000 = "EPSG:4490"


@dataclass(frozen=True, slots=True)
class _Row:
    """One address with what its columns draw on."""

    address: Address
    grid: Area | None
    community: Community


_FIELDS: tuple[tuple[str, float, Callable[[_Row], str]], ...] = (
    ("标准地址", 48, lambda r: r.address.standard_address),
    ("村（社区）", 14, lambda r: r.community.names[-1]),
    ("网格名称", 18, lambda r: r.grid.name if r.grid else ""),
    ("网格编码", 22, lambda r: r.grid.code if r.grid else ""),
    ("村民小组", 10, lambda r: r.address.elements.hamlet),
    ("街路巷", 14, lambda r: r.address.elements.street),
    ("巷", 10, lambda r: r.address.elements.lane),
    ("门牌号", 9, lambda r: r.address.elements.number),
    ("附号", 7, lambda r: r.address.elements.suffix),
    ("小区", 14, lambda r: r.address.elements.compound),
    ("楼栋", 7, lambda r: r.address.elements.building),
    ("单元", 7, lambda r: r.address.elements.unit),
    ("楼层", 7, lambda r: r.address.elements.floor),
    ("室", 7, lambda r: r.address.elements.room),
    ("地址类别", 10, lambda r: _PLACE[r.address.place_kind]),
    ("场所名", 16, lambda r: r.address.name),
    ("核对状态", 10, lambda r: _STATUS[r.address.status]),
    ("曾用地址", 30, lambda r: "；".join(r.address.aliases)),
    ("登记号", 34, lambda r: r.address.id),
)
_POINT_FIELDS: tuple[tuple[str, float, Callable[[_Row], str]], ...] = (
    ("经度（WGS84）", 14, lambda r: f"{r.address.point.lon:.7f}" if r.address.point else ""),
    ("纬度（WGS84）", 14, lambda r: f"{r.address.point.lat:.7f}" if r.address.point else ""),
)


def export_addresses(
    addresses: Iterable[Address], areas: Mapping[str, Area], community: Community, path: Path, form: Form
) -> None:
    """Write addresses in the order given; the file appears whole or not at all.

    areas: area id → area, for the grid of each address. Points: WGS84 degrees with 7 decimals (1 cm); the GeoPackage is
    declared CGCS2000 (EPSG:4490), which is the same within centimetres.
    """
    writers: dict[Form, Callable[[Path, Iterable[_Row]], None]] = {"csv": _csv, "xlsx": _xlsx, "geojson": _geojson, "gpkg": _gpkg}
    with whole_file(path) as draft:
        writers[form](draft, (_Row(a, areas.get(a.grid_id or ""), community) for a in addresses))


def _csv(path: Path, rows: Iterable[_Row]) -> None:
    fields = (*_FIELDS, *_POINT_FIELDS)
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([header for header, _, _ in fields])
        writer.writerows([_safe(text(row)) for _, _, text in fields] for row in rows)


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _xlsx(path: Path, rows: Iterable[_Row]) -> None:
    fields = (*_FIELDS, *_POINT_FIELDS)
    book = Book(path, "地址")
    book.table(
        "地址", [Column(header, width) for header, width, _ in fields], ([text(row) for _, _, text in fields] for row in rows)
    )
    book.close()


def _geojson(path: Path, rows: Iterable[_Row]) -> None:
    """One feature a line, written as it comes (RFC 7946)."""
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.write('{"type":"FeatureCollection","features":[')
        for i, row in enumerate(rows):
            point = row.address.point
            feature = {
                "type": "Feature",
                "id": row.address.id,
                "properties": {header: text(row) for header, _, text in _FIELDS},
                "geometry": {"type": "Point", "coordinates": [round(point.lon, 7), round(point.lat, 7)]} if point else None,
            }
            out.write((",\n" if i else "\n") + json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
        out.write("\n]}\n")


def _gpkg(path: Path, rows: Iterable[_Row]) -> None:
    kept = list(rows)
    points = np.array(
        [shapely.Point(round(p.lon, 7), round(p.lat, 7)) if (p := r.address.point) else None for r in kept], dtype=object
    )
    columns = [np.array([text(row) for row in kept], dtype=object) for _, _, text in _FIELDS]
    pyogrio.raw.write(
        path,
        shapely.to_wkb(points),
        columns,
        [header for header, _, _ in _FIELDS],
        layer="地址",
        driver="GPKG",
        geometry_type="Point",
        crs=_CGCS2000,
    )
