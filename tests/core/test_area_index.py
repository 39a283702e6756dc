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
    "squares in rows": [shapely.box(i, j, i + 1, j + 1) for j in range(6) for i in range(6)],
    "an enclave filled": [SQUARE.difference(shapely.box(1, 1, 3, 3)), shapely.box(1, 1, 3, 3)],
    "a lake that touches the rim": [shapely.Polygon([(0, 0), (4, 0), (4, 4), (0, 4)], [[(0, 2), (2, 1), (2, 3)]])],
    "the same square twice": [SQUARE, SQUARE],
    "vertices drawn twice": [shapely.Polygon([(0, 0), (0, 0), (4, 0), (4, 4), (4, 4), (2, 1), (2, 1), (0, 4), (0, 0), (0, 0)])],
    "an outline that returns on itself": [
        shapely.Polygon([(0, 0), (4, 0), (4, 4), (8, 4), (4, 4), (0, 4)]),
        shapely.box(7, 3, 9, 5),
    ],
    "nothing but a line": [shapely.Polygon([(0, 0), (4, 4), (0, 0)]), shapely.box(5, 0, 6, 4)],
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
    on_lines = np.concatenate([corners, (corners[1:] + corners[:-1]) / 2, corners + 1e-13, corners - 1e-12])
    lon, lat = np.append(lon, on_lines[:, 0]), np.append(lat, on_lines[:, 1])
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


def test_county_with_lakes_and_enclaves_to_the_last_point() -> None:
    """Long crooked outlines that share every vertex; lakes, and villages inside villages; points on every line."""
    rng = np.random.default_rng(5)
    corners = np.stack(np.meshgrid(np.arange(7.0), np.arange(7.0)), axis=-1)
    corners += rng.uniform(-0.2, 0.2, corners.shape)
    level, upright = crooked(corners[:, :-1], corners[:, 1:], rng), crooked(corners[:-1], corners[1:], rng)
    areas = []
    for r, c in np.ndindex(6, 6):
        ring = np.concatenate([level[r, c], upright[r, c + 1], level[r + 1, c][::-1], upright[r, c][::-1]])
        shape = shapely.make_valid(shapely.Polygon(ring))
        hole = shape.point_on_surface().buffer(0.1)
        areas += [shape.difference(hole)] + [hole] * (c % 2) if r % 2 else [shape]
    areas = [area(i, shape) for i, shape in enumerate(areas, 1)]
    xy = shapely.get_coordinates([shapely.from_wkb(a.geometry_wkb) for a in areas])
    lon = np.concatenate([LON + rng.uniform(-1, 7, 20_000) * 1e-3, xy[:, 0], (xy[1:, 0] + xy[:-1, 0]) / 2])
    lat = np.concatenate([LAT + rng.uniform(-1, 7, 20_000) * 1e-3, xy[:, 1], (xy[1:, 1] + xy[:-1, 1]) / 2])
    assert AreaIndex(areas).locate(lon, lat).tolist() == said_by_geos(areas, lon, lat)


def crooked(start: np.ndarray, end: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    share = np.linspace(0, 1, 31)[:-1, None]
    line = start[..., None, :] * (1 - share) + end[..., None, :] * share
    return line + rng.uniform(-0.01, 0.01, line.shape) * (share > 0)


@pytest.mark.parametrize("cells", [16, 200, 5_000, 300_000])
def test_whatever_the_size_of_its_cells_a_raster_says_the_same(cells: int) -> None:
    """MIXED is no answer, and rare: almost only where a point lies on a line."""
    jagged = shapely.Polygon([(10, 0), (20, 3), (14, 5), (20, 10), (10, 10)])
    shapes = np.array([shapely.box(0.5, 0, 10, 10), jagged], dtype=object)
    rng = np.random.default_rng(2)
    x, y = rng.uniform(-1, 21, 5_000), rng.uniform(-1, 11, 5_000)
    made = make_raster(shapes, cells)
    assert made is not None
    said = made.locate(x, y)
    wanted = np.select([shapely.intersects_xy(shape, x, y) for shape in shapes], [0, 1], -1)
    assert (said[said != MIXED] == wanted[said != MIXED]).all()
    assert (said == MIXED).mean() < 0.001
    assert set(made.locate(np.array([10.0, 0.5, 20.0]), np.array([5.0, 3.0, 3.0])).tolist()) == {MIXED}


def test_a_finer_raster_once_many_more_points_are_asked_for() -> None:
    index = AreaIndex([area(1, SQUARE), area(2, shapely.box(4, 0, 8, 4))])
    sizes = []
    for count in (100, 1_000, 1_000, 100_000):
        lon = LON + np.linspace(-1, 9, count) * 1e-3
        assert set(index.locate(lon, np.full(count, LAT + 1e-3)).tolist()) == {-1, 0, 1}
        sizes.append(index._raster.labels.size if index._raster else 0)
    assert sizes[0] == 0 < sizes[1] == sizes[2] < sizes[3]


def test_a_raster_never_grows_beyond_its_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """4,000 long edges would touch very many cells: the raster becomes coarser instead, or there is none."""
    teeth = [(i / 1000, 10.0 * (i % 2)) for i in range(4_000)]
    areas = [area(1, shapely.Polygon([*teeth, (4, -1), (0, -1)]))]
    rng = np.random.default_rng(3)
    lon, lat = LON + rng.uniform(0, 4, 500) * 1e-3, LAT + rng.uniform(-1, 10, 500) * 1e-3
    for most, largest in ((100_000, 300), (50_000, 100), (4_000, 0)):
        monkeypatch.setattr(raster, "_MOST_TOUCHES", most)
        index = AreaIndex(areas)
        assert index.locate(lon, lat).tolist() == said_by_geos(areas, lon, lat)
        assert largest // 8 <= (index._raster.labels.size if index._raster else 0) <= largest


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
