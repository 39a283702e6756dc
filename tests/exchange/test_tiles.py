"""The map of our own data: other programs read it, it says nothing of residents, the same data give the same bytes."""

from __future__ import annotations

import gzip
from pathlib import Path

import mapbox_vector_tile
import pyogrio
import pytest
import shapely
from pmtiles.reader import MemorySource, Reader, all_tiles

from doorplate.errors import InputError
from doorplate.exchange.tiles import ZOOMS, write_tiles
from doorplate.model import Address, Area, Elements, Point
from doorplate.papers import MapStreet

WEST, SOUTH = 108.21, 34.27
VILLAGE = "610431001203"
GRID = Area("g", "grid", f"{VILLAGE}-G01", "第一网格", VILLAGE, shapely.box(WEST, SOUTH, WEST + 0.01, SOUTH + 0.01).wkb)


def door(n: int, *, status: str = "verified", place: bool = True) -> Address:
    elements = Elements(street="幸福路", number=str(n + 1))
    point = Point(WEST + n % 100 * 1e-4, SOUTH + n // 100 * 1e-4, 5.0) if place else None
    return Address(f"{n:032x}", VILLAGE, elements, f"幸福路{n + 1}号", f"k{n}", status, point, "g", name="王家饭店")  # type: ignore[arg-type]


STREET = MapStreet("幸福路", ((WEST, SOUTH), (WEST + 0.009, SOUTH + 0.001)))


def layers(path: Path, zoom: int) -> dict[str, list[dict[str, str]]]:
    """layer → properties of what the tiles of a zoom say."""
    found: dict[str, list[dict[str, str]]] = {}
    for (z, _, _), body in all_tiles(MemorySource(path.read_bytes())):
        if z == zoom:
            for name, told in mapbox_vector_tile.decode(gzip.decompress(body)).items():
                found.setdefault(name, []).extend(one["properties"] for one in told["features"])
    return found


def test_it_says_what_hangs_on_the_walls_and_no_more(tmp_path: Path) -> None:
    target = tmp_path / "map.pmtiles"
    doors = [*(door(n) for n in range(50)), door(50, status="retired"), door(51, place=False)]
    assert write_tiles(target, "营上村", [GRID], [STREET], doors) > 0
    near, far = layers(target, 17), layers(target, 13)
    assert {one["number"] for one in near["doors"]} == {f"{n + 1}号" for n in range(50)}
    assert {key for one in near["doors"] for key in one} == {"number", "street"}
    assert near["streets"][0] == {"name": "幸福路"}
    assert "doors" not in far
    assert {one["code"] for one in far["areas"]} == {GRID.code}
    assert "王家饭店" not in str(near)


def test_gdal_reads_it_where_it_lies(tmp_path: Path) -> None:
    target = tmp_path / "map.pmtiles"
    write_tiles(target, "营上村", [GRID], [STREET], [door(n) for n in range(50)])
    assert {name for name, _ in pyogrio.list_layers(target)} == {"areas", "streets", "doors"}
    told = pyogrio.read_info(target, layer="doors")
    west, south, east, north = shapely.transform(shapely.box(*told["total_bounds"]), lambda xy: xy).bounds
    assert told["crs"] == "EPSG:3857"
    assert 12_045_000 < west < east < 12_048_000
    assert south < north
    header = Reader(MemorySource(target.read_bytes())).header()
    assert (header["min_zoom"], header["max_zoom"]) == (12, ZOOMS[-1])
    assert header["min_lon_e7"] / 1e7 == pytest.approx(WEST, abs=1e-6)
    assert header["max_lat_e7"] / 1e7 == pytest.approx(SOUTH + 0.01, abs=1e-6)


def test_the_same_data_give_the_same_bytes(tmp_path: Path) -> None:
    one, other = tmp_path / "1.pmtiles", tmp_path / "2.pmtiles"
    for target in (one, other):
        write_tiles(target, "营上村", [GRID], [STREET], [door(n) for n in range(200)])
    assert one.read_bytes() == other.read_bytes()


def test_ten_thousand_doors_stay_small(tmp_path: Path) -> None:
    target = tmp_path / "map.pmtiles"
    write_tiles(target, "营上村", [GRID], [STREET], [door(n) for n in range(10_000)])
    assert target.stat().st_size < 1_500_000
    assert len({one["number"] for one in layers(target, 17)["doors"]}) == 10_000


def test_nothing_with_a_place_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refusal:
        write_tiles(tmp_path / "map.pmtiles", "营上村", [], [], [door(1, place=False)])
    assert refusal.value.code == "tiles.empty"
    assert not (tmp_path / "map.pmtiles").exists()
