"""Which area a point lies in: the raster and the tree must say what GEOS says, whatever the outlines look like."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from doorplate.areas import grids, raster
from doorplate.areas.grids import AreaIndex, validate_areas
from doorplate.areas.raster import MIXED, make_raster
from doorplate.model import Area

CODE = "610431001203"
LON, LAT = 108.2, 34.27


def area(number: int, shape: object) -> Area:
    moved = shapely.transform(shape, lambda xy: xy * 1e-3 + (LON, LAT))
    return Area(str(number), "grid", f"{CODE}-G{number:02d}", f"第{number}网格", CODE, shapely.to_wkb(moved))


def said_by_geos(areas: list[Area], lon: np.ndarray, lat: np.ndarray) -> list[int]:
    """The slow way: every point against every area, the first that it meets."""
    shapes = [shapely.from_wkb(a.geometry_wkb) for a in areas]
    hits = np.array([shapely.intersects_xy(shape, lon, lat) for shape in shapes])
    return np.where(hits.any(axis=0), hits.argmax(axis=0), -1).tolist()


SQUARE = shapely.box(0, 0, 4, 4)
SCENES = {
    "one square": [SQUARE],
    "a hole": [SQUARE.difference(shapely.box(1, 1, 2, 3))],
    "an island in the hole": [SQUARE.difference(shapely.box(1, 1, 3, 3)), shapely.box(1.5, 1.5, 2, 2)],
    "two parts far apart": [shapely.MultiPolygon([SQUARE, shapely.box(20, 20, 21, 23)]), shapely.box(6, 0, 9, 4)],
    "overlapping": [shapely.box(0, 0, 3, 3), shapely.box(2, 2, 5, 5), shapely.box(0, 0, 5, 5)],
    "inside each other": [shapely.box(1, 1, 2, 2), SQUARE],
    "a bow tie": [shapely.Polygon([(0, 0), (4, 4), (4, 0), (0, 4)]), shapely.box(5, 0, 6, 4)],
    "a hole outside its shell": [shapely.Polygon([(0, 0), (4, 0), (4, 4), (0, 4)], [[(6, 6), (7, 6), (7, 7)]])],
    "a ribbon": [shapely.box(i, 0, i + 1, 0.001) for i in range(30)],
    "a needle": [shapely.Polygon([(0, 0), (10, 0.0001), (0, 0.0002)]), shapely.box(0, 1, 1, 2)],
    "a comb": [shapely.Polygon([p for i in range(40) for p in ((i / 10, 0.5), (i / 10 + 0.05, 4))] + [(4, 0), (0, 0)])],
}


@pytest.mark.parametrize("name", SCENES)
def test_raster_tree_and_geos_agree(name: str) -> None:
    areas = [area(i, shape) for i, shape in enumerate(SCENES[name], 1)]
    rng = np.random.default_rng(7)
    west, south, east, north = shapely.total_bounds([shapely.from_wkb(a.geometry_wkb) for a in areas])
    lon = rng.uniform(west - (east - west) / 9, east + (east - west) / 9, 4_000)
    lat = rng.uniform(south - (north - south) / 9, north + (north - south) / 9, 4_000)
    corners = shapely.get_coordinates([shapely.from_wkb(a.geometry_wkb) for a in areas])
    lon, lat = np.append(lon, corners[:, 0]), np.append(lat, corners[:, 1])
    wanted = said_by_geos(areas, lon, lat)
    index = AreaIndex(areas)
    assert index.locate(lon, lat).tolist() == wanted  # the raster stands: so many points pay for it
    few = AreaIndex(areas)
    assert [int(few.locate(x, y)[0]) for x, y in zip(lon[:15], lat[:15], strict=True)] == wanted[:15]


def test_crooked_neighbours_by_the_hundred() -> None:
    rng = np.random.default_rng(11)
    corners = np.stack(np.meshgrid(np.arange(13.0), np.arange(13.0)), axis=-1) + rng.uniform(-0.3, 0.3, (13, 13, 2))
    shapes = [
        shapely.Polygon([corners[r, c], corners[r, c + 1], corners[r + 1, c + 1], corners[r + 1, c]])
        for r in range(12)
        for c in range(12)
    ]
    areas = [area(i, shape) for i, shape in enumerate(shapes, 1)]
    lon, lat = LON + rng.uniform(-1, 13, 30_000) * 1e-3, LAT + rng.uniform(-1, 13, 30_000) * 1e-3
    assert AreaIndex(areas).locate(lon, lat).tolist() == said_by_geos(areas, lon, lat)


def test_most_points_need_no_geometry() -> None:
    made = make_raster(np.array([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)], dtype=object))
    assert made is not None
    assert (made.labels == MIXED).mean() < 0.3
    assert set(made.labels.tolist()) == {MIXED, -1, 0, 1}


def test_a_raster_never_grows_beyond_its_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """100,000 long edges would be cut into very many pieces: the raster becomes coarser instead."""
    monkeypatch.setattr(raster, "_MOST_PIECES", 20_000)
    teeth = [(i / 1000, 10.0 * (i % 2)) for i in range(4_000)]
    areas = [area(1, shapely.Polygon([*teeth, (4, -1), (0, -1)]))]
    rng = np.random.default_rng(3)
    lon, lat = LON + rng.uniform(0, 4, 500) * 1e-3, LAT + rng.uniform(-1, 10, 500) * 1e-3
    index = AreaIndex(areas)
    assert index.locate(lon, lat).tolist() == said_by_geos(areas, lon, lat)
    assert index._raster is not None
    assert index._raster.labels.size < 300


def test_points_come_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grids, "_BLOCK", 7)
    index = AreaIndex([area(1, SQUARE), area(2, shapely.box(4, 0, 8, 4))])
    lon = LON + np.linspace(-1, 9, 100) * 1e-3
    assert index.locate(lon, np.full(100, LAT + 1e-3)).tolist() == [-1] * 10 + [0] * 40 + [1] * 40 + [-1] * 10


def test_a_shared_line_belongs_to_the_first_area() -> None:
    index = AreaIndex([area(1, shapely.box(4, 0, 8, 4)), area(2, SQUARE)])
    middle = shapely.get_coordinates(shapely.from_wkb(index.areas[0].geometry_wkb))[:, 0].min()
    for _ in range(3):
        assert index.locate([middle] * 30, [LAT + 1e-3] * 30).tolist() == [0] * 30


def test_what_is_no_place_lies_nowhere() -> None:
    index = AreaIndex([area(1, SQUARE)])
    nowhere = [np.nan, np.inf, -np.inf, 0.0, 1e300]
    for lon in (nowhere, nowhere * 20):
        assert set(index.locate(lon, [LAT] * len(lon)).tolist()) == {-1}
    assert index.locate([], []).tolist() == []


def test_without_areas_everything_is_outside() -> None:
    for empty in (AreaIndex([]), AreaIndex([Area("1", "grid", "G01", "", CODE, None)])):
        assert not empty
        assert empty.locate([LON], [LAT]).tolist() == [-1]
        assert empty.nearest([LON], [LAT]).tolist() == [-1]
        assert empty.outside_m([LON], [LAT]).tolist() == [0.0]


def test_the_nearest_area_and_how_far() -> None:
    """At this latitude 0.001° is 92 m eastward and 111 m northward."""
    index = AreaIndex([area(1, shapely.box(0, 0, 1, 1)), area(2, shapely.box(3, 0, 4, 1))])
    lon, lat = LON + np.array([0.5, 1.2, 2.5, 9.0]) * 1e-3, np.full(4, LAT + 0.5e-3)
    assert index.nearest(lon, lat).tolist() == [0, 0, 1, 1]
    assert index.outside_of_m(lon, lat, [0, 0, 1, 1]).round().tolist() == [0, 18, 46, 460]
    assert round(float(index.edge_distance_m(lon[0], lat[0], [0])[0])) == 46


def test_what_does_not_fit_together_is_said() -> None:
    kinds = {p.kind for p in validate_areas([area(1, SQUARE), area(2, shapely.box(3.5, 0, 8, 4))])}
    assert kinds == {"overlap"}
    apart = validate_areas([area(1, SQUARE), area(2, shapely.box(4.02, 0, 8, 4))])
    assert {p.kind for p in apart} == {"gap"}
    assert "不属于任何网格" in str(apart[0])
    assert validate_areas([area(1, SQUARE), area(2, shapely.box(4, 0, 8, 4))]) == ()
