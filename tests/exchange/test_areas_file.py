"""Outlines of grids, from a map program or picked by hand; a wrong outline is refused by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely

from doorplate.errors import InputError
from doorplate.exchange.areas_file import read_areas

HANDOVER = Path(__file__).parents[2] / "doorplate/sample/handover"
VILLAGE = "610431001203"
SQUARE = [(108.20, 34.27), (108.21, 34.27), (108.21, 34.28), (108.20, 34.28), (108.20, 34.27)]


def polygon(*points: tuple[float, float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[list(p) for p in points]]}


def geojson(path: Path, *geometries: Any, **properties: str) -> Path:
    features = [
        {"type": "Feature", "properties": {"name": f"第{i}网格", **properties}, "geometry": g}
        for i, g in enumerate(geometries, 1)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False), "utf-8")
    return path


def refusal(path: Path, community: str = VILLAGE) -> str:
    with pytest.raises(InputError) as caught:
        read_areas(path, community)
    assert path.name in caught.value.message
    return caught.value.code


def test_the_sample_s_outlines_in_wgs84_and_picked_on_a_map_are_the_same_areas() -> None:
    exact = read_areas(HANDOVER / "grids_wgs84.geojson", VILLAGE)
    picked = read_areas(HANDOVER / "网格边界_高德拾取.txt", VILLAGE)
    assert [(a.id, a.code, a.name, a.streets) for a in exact] == [(a.id, a.code, a.name, a.streets) for a in picked]
    assert [a.code for a in exact] == [f"{VILLAGE}-G0{i}" for i in range(1, 6)]
    assert exact[2].streets == ("振兴路",)
    for one, other in zip(exact, picked, strict=True):
        a, b = shapely.from_wkb(one.geometry_wkb), shapely.from_wkb(other.geometry_wkb)
        assert a.symmetric_difference(b).area / a.area < 0.001


def test_ids_are_the_same_every_time() -> None:
    path = HANDOVER / "grids_wgs84.geojson"
    assert read_areas(path, VILLAGE) == read_areas(path, VILLAGE)


@pytest.mark.parametrize(
    ("name", "driver", "crs"),
    [("a.gpkg", "GPKG", "EPSG:4490"), ("a.shp", "ESRI Shapefile", "EPSG:4490"), ("b.gpkg", "GPKG", "EPSG:4547")],
)
def test_other_map_formats(name: str, driver: str, crs: str, tmp_path: Path) -> None:
    shape = shapely.Polygon(SQUARE)
    if crs == "EPSG:4547":  # CGCS2000, 3-degree zone, metres
        import pyproj

        turn = pyproj.Transformer.from_crs("EPSG:4490", crs, always_xy=True)
        shape = shapely.transform(shape, lambda xy: np.column_stack(turn.transform(xy[:, 0], xy[:, 1])))
    columns = [np.array([f"{VILLAGE}002"], dtype=object), np.array(["东片网格"], dtype=object)]
    pyogrio.raw.write(
        tmp_path / name,
        shapely.to_wkb([shape]),
        columns,
        ["网格编码", "网格名称"],
        driver=driver,
        geometry_type="Polygon",
        crs=crs,
    )
    (area,) = read_areas(tmp_path / name, VILLAGE)
    assert (area.code, area.name) == (f"{VILLAGE}-G02", "东片网格")
    assert shapely.from_wkb(area.geometry_wkb).symmetric_difference(shapely.Polygon(SQUARE)).area < 1e-9


def test_areas_without_codes_are_numbered_by_their_names_or_their_order(tmp_path: Path) -> None:
    squares = [polygon(*[(x + i / 50, y) for x, y in SQUARE]) for i in range(3)]
    assert [a.code[-3:] for a in read_areas(geojson(tmp_path / "a.geojson", *squares), VILLAGE)] == ["G01", "G02", "G03"]
    assert [a.code[-3:] for a in read_areas(geojson(tmp_path / "a.geojson", *squares, name="某网格"), VILLAGE)] == [
        "G01",
        "G02",
        "G03",
    ]


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        (None, "areas.no_shape"),
        ({"type": "Polygon", "coordinates": []}, "areas.no_shape"),
        ({"type": "Point", "coordinates": [108.2, 34.27]}, "areas.not_polygon"),
        ({"type": "LineString", "coordinates": SQUARE}, "areas.not_polygon"),
        (polygon((108.2, 34.27), (108.21, 34.28), (108.21, 34.27), (108.2, 34.28), (108.2, 34.27)), "areas.crossing"),
        (polygon(*[(y, x) for x, y in SQUARE]), "areas.swapped"),
        (polygon(*[(x - 100, y) for x, y in SQUARE]), "areas.outside"),
        (polygon(*[(x * 4000, y * 100000) for x, y in SQUARE]), "areas.outside"),
    ],
)
def test_outlines_nobody_can_use(geometry: Any, code: str, tmp_path: Path) -> None:
    assert refusal(geojson(tmp_path / "a.geojson", geometry)) == code


def test_files_without_areas(tmp_path: Path) -> None:
    assert refusal(geojson(tmp_path / "a.geojson")) == "areas.empty"
    (tmp_path / "b.geojson").write_bytes(b"")
    assert refusal(tmp_path / "b.geojson") == "areas.empty"
    (tmp_path / "c.geojson").write_text('{"type":"Feat')
    assert refusal(tmp_path / "c.geojson") == "areas.broken"
    (tmp_path / "d.txt").write_text("第一网格在村东头", "utf-8")
    assert refusal(tmp_path / "d.txt") == "areas.not_a_map"
    assert refusal(tmp_path / "e.geojson") == "areas.not_found"
    assert refusal(HANDOVER / "网格员通讯录.xlsx") == "areas.not_a_map"


def test_another_village_s_outlines_are_refused() -> None:
    assert refusal(HANDOVER / "grids_wgs84.geojson", "610431001204") == "areas.other_community"


def test_two_grids_with_one_number(tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.geojson", polygon(*SQUARE), polygon(*[(x + 1, y) for x, y in SQUARE]), name="第一网格")
    assert refusal(path) == "areas.same_code"


def test_picked_coordinates_must_say_where_they_come_from(tmp_path: Path) -> None:
    text = "第一网格\n" + ";".join(f"{x:.6f},{y:.6f}" for x, y in SQUARE)
    (tmp_path / "边界.txt").write_text(text, "utf-8")
    assert refusal(tmp_path / "边界.txt") == "areas.crs_unknown"
    (tmp_path / "边界_百度.txt").write_text(text, "utf-8")
    assert (
        shapely.from_wkb(read_areas(tmp_path / "边界_百度.txt", VILLAGE)[0].geometry_wkb).distance(shapely.Polygon(SQUARE)) < 0.02
    )


def test_pairs_may_stand_one_below_the_other(tmp_path: Path) -> None:
    (tmp_path / "WGS84.txt").write_text("第二网格（幸福路）\n" + "\n".join(f"{x},{y}" for x, y in SQUARE), "gb18030")
    (area,) = read_areas(tmp_path / "WGS84.txt", VILLAGE)
    assert (area.code, area.name, area.streets) == (f"{VILLAGE}-G02", "第二网格", ("幸福路",))
