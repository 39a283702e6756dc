"""Map tiles of our own data: areas, streets and doors of a community as Mapbox Vector Tiles 2.1 in one PMTiles 3 archive.

What it says is what hangs on the walls: numbers and streets, outlines of grids. Nobody's name, no household, no plate's code.
Layers: `areas` (kind, code, name), `streets` (name), `doors` (number, street).
"""

from __future__ import annotations

import gzip
import io
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import numpy as np
import shapely
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from doorplate.errors import InputError
from doorplate.exchange.whole_file import whole_file
from doorplate.model import Address, Area
from doorplate.papers import MapStreet

ZOOMS = range(11, 18)
"""From where a village is a few pixels to where a house front is ten: nearer, maps enlarge the last."""
_DOORS_FROM = 15
_AREAS_FROM = {"community": 11, "grid": 12, "zone": 15, "group": 16}
_STREETS_FROM = 13
_EXTENT = 4096
_MARGIN = 64 / _EXTENT  # of a tile's side: lines and signs go on a little beyond its edge
_WORLD = 2 * math.pi * 6378137.0  # metres round Web Mercator's equator (EPSG:3857)

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class _Feature:
    layer: str
    shape: Any
    properties: dict[str, str]
    from_zoom: int


def write_tiles(target: Path, name: str, areas: Iterable[Area], streets: Iterable[MapStreet],
                addresses: Iterable[Address]) -> int:
    """Write target (.pmtiles) whole or not at all, the same bytes for the same data; the number of tiles.

    name: of the map, for who lists archives. Raises InputError(tiles.empty) where nothing has a place."""
    features = [*_areas(areas), *_streets(streets), *_doors(addresses)]
    if not features:
        raise InputError("tiles.empty", "没有一个地址有坐标, 也没有网格边界, 画不出地图; 请先导入坐标或边界")
    tiles = sorted(_tiles(features), key=lambda tile: tile[0])
    held = io.BytesIO()
    writer: Any = Writer(held)  # type: ignore[no-untyped-call]  # the library has no types
    for tile_id, body in tiles:
        writer.write_tile(tile_id, gzip.compress(body, 9, mtime=0))
    west, south, east, north = shapely.total_bounds([feature.shape for feature in features])
    corners = {"min_lon": _degrees(west, 0), "min_lat": _degrees(south, 1),
               "max_lon": _degrees(east, 0), "max_lat": _degrees(north, 1)}
    header = {f"{key}_e7": round(value * 1e7) for key, value in corners.items()}
    writer.finalize({"tile_type": TileType.MVT, "tile_compression": Compression.GZIP, "center_zoom": 15,
                     "center_lon_e7": (header["min_lon_e7"] + header["max_lon_e7"]) // 2,
                     "center_lat_e7": (header["min_lat_e7"] + header["max_lat_e7"]) // 2, **header}, _metadata(name))
    with whole_file(target) as draft:
        draft.write_bytes(held.getvalue())
    return len(tiles)


def _metadata(name: str) -> dict[str, Any]:
    fields = {"areas": {"kind": "String", "code": "String", "name": "String"}, "streets": {"name": "String"},
              "doors": {"number": "String", "street": "String"}}
    return {"name": name, "format": "pbf", "attribution": name,
            "vector_layers": [{"id": layer, "fields": told, "minzoom": ZOOMS[0], "maxzoom": ZOOMS[-1]}
                              for layer, told in fields.items()]}


def _areas(areas: Iterable[Area]) -> Iterator[_Feature]:
    for area in areas:
        if area.geometry_wkb is not None and area.kind in _AREAS_FROM:
            told = {"kind": area.kind, "code": area.code, "name": area.name}
            yield _Feature("areas", _projected(shapely.from_wkb(area.geometry_wkb)), told, _AREAS_FROM[area.kind])


def _streets(streets: Iterable[MapStreet]) -> Iterator[_Feature]:
    for street in streets:
        if len(street.line) > 1:
            yield _Feature("streets", _projected(shapely.LineString(street.line)), {"name": street.name}, _STREETS_FROM)


def _doors(addresses: Iterable[Address]) -> Iterator[_Feature]:
    for address in addresses:
        if address.point is not None and address.status != "retired":
            told = {"number": address.elements.painted_number, "street": address.elements.thoroughfare}
            yield _Feature("doors", _projected(shapely.Point(address.point.lon, address.point.lat)), told, _DOORS_FROM)


def _tiles(features: Sequence[_Feature]) -> Iterator[tuple[int, bytes]]:
    """(PMTiles id, bytes) of every tile something lies in. Features keep their order, so the bytes do too."""
    tree = shapely.STRtree([feature.shape for feature in features])
    boxes = shapely.bounds([feature.shape for feature in features])
    for zoom in ZOOMS:
        shown = [n for n, feature in enumerate(features) if feature.from_zoom <= zoom]
        wanted = {place for n in shown for place in _covered(boxes[n], zoom)}
        visible = frozenset(shown)
        for x, y in sorted(wanted):
            box = _box(zoom, x, y)
            inside = [features[n] for n in sorted(tree.query(_wide(box)).tolist()) if n in visible]
            body = _encoded(inside, box)
            if body:
                yield zxy_to_tileid(zoom, x, y), body


def _encoded(features: Iterable[_Feature], box: Box) -> bytes:
    layers: dict[str, list[dict[str, Any]]] = defaultdict(list)
    frame = _wide(box).bounds
    for feature in features:
        shape = shapely.clip_by_rect(feature.shape, *frame) if feature.layer != "doors" else feature.shape
        if not shape.is_empty:
            layers[feature.layer].append({"geometry": _in_tile(shape, box), "properties": feature.properties})
    if not layers:
        return b""
    told = [{"name": layer, "features": layers[layer]} for layer in sorted(layers)]
    return bytes(mapbox_vector_tile.encode(told, default_options={"extents": _EXTENT}))


def _in_tile(shape: Any, box: Box) -> Any:
    """Metres → the tile's own whole units, from its south-west corner."""
    corner = np.array(box[:2])
    return shapely.transform(shape, lambda places: np.rint((places - corner) / (box[2] - box[0]) * _EXTENT))


def _covered(bounds: Any, zoom: int) -> Iterator[tuple[int, int]]:
    """The tiles (x, y; y from the north) a shape's box touches."""
    side, half = _WORLD / 2**zoom, _WORLD / 2
    west, south, east, north = (float(value) for value in bounds)
    for x in range(int((west + half) / side), int((east + half) / side) + 1):
        for y in range(int((half - north) / side), int((half - south) / side) + 1):
            yield x, y


def _box(zoom: int, x: int, y: int) -> Box:
    """A tile's edges in metres of Web Mercator."""
    side, half = _WORLD / 2**zoom, _WORLD / 2
    return x * side - half, half - (y + 1) * side, (x + 1) * side - half, half - y * side


def _wide(box: Box) -> Any:
    return shapely.box(*box).buffer((box[2] - box[0]) * _MARGIN, join_style="mitre")


def _projected(shape: Any) -> Any:
    """Degrees → metres of Web Mercator."""
    def metres(places: Any) -> Any:
        places = places.copy()
        places[:, 0] = places[:, 0] / 360 * _WORLD
        places[:, 1] = [math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)) / (2 * math.pi) * _WORLD for lat in places[:, 1]]
        return places

    return shapely.transform(shape, metres)


def _degrees(metres: float, axis: int) -> float:
    turned = metres / _WORLD * 2 * math.pi
    return math.degrees(turned if axis == 0 else 2 * math.atan(math.exp(turned)) - math.pi / 2)
