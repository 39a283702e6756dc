"""Which area does each point lie in: AreaIndex against geopandas.sjoin, with the same answers, point by point.

Three scenes: 5,000 areas whose crooked outlines fit together; a county of 192 villages × 5 grids with long outlines, every
fourth around an enclave or a lake; the five grids of the sample village. One point in a hundred is a vertex of an outline,
most of those on a line that two areas share.

What is counted. cold, ours: AreaIndex(areas) from WKB, the index, the raster, and the answers from longitude and latitude.
cold, peer: the GeoDataFrame of the areas from the same WKB, its index, and sjoin; its GeoDataFrame of the points stands
ready. warm, both: the index stands. "points too": the peer's cold time with making its points counted as well. Each figure is
processor time (both sides work on one processor), the best of several runs, ours and the peer's in turn. geopandas is no
dependency of doorplate: where it cannot be imported its columns are left out.

usage: python benchmarks/areas.py [--scene town county village] [--points 10000 100000 1000000]
"""

from __future__ import annotations

import argparse
import gc
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from doorplate.areas.grids import AreaIndex  # noqa: E402
from doorplate.exchange.areas_file import read_areas  # noqa: E402
from doorplate.model import Area  # noqa: E402

WEST, SOUTH, CELL = 108.0, 34.0, 0.004  # about 370 × 440 m, a grid of 300–500 households in a town
VILLAGE = "610431001203"
SAMPLE = ROOT / "doorplate" / "sample" / "handover"
SCENES = ("town", "county", "village")
POINTS = (10_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000)
VERTICES = 0.01  # of the points lie on an outline
RUNS, FEWER_RUNS, MANY = 7, 3, 400_000


def country(count: int, rng: np.random.Generator, bends: int, enclaves: int) -> list[Area]:
    """Areas that share crooked outlines (so many bends a side) without gap or overlap, in rows of equal length.
    Every `enclaves`-th has a hole; every second hole is filled by an area of its own."""
    side = int(np.ceil(np.sqrt(count)))
    corners = np.stack(np.meshgrid(np.arange(side + 1.0), np.arange(side + 1.0)), axis=-1)
    corners += rng.uniform(-0.25, 0.25, corners.shape)
    level = _crooked(corners[:, :-1], corners[:, 1:], bends, rng)
    upright = _crooked(corners[:-1], corners[1:], bends, rng)
    shapes: list[Any] = []
    for number in range(side * side):
        row, column = divmod(number, side)
        north, west = level[row + 1, column][::-1], upright[row, column][::-1]
        ring = np.concatenate([level[row, column], upright[row, column + 1], north, west])
        shape = shapely.make_valid(shapely.Polygon(ring))
        if enclaves and number % enclaves == 0:
            hole = shape.point_on_surface().buffer(0.1, quad_segs=8)
            shapes += [shape.difference(hole), *([hole] if number % (2 * enclaves) else [])]
        else:
            shapes.append(shape)
    return [_area(n, shape) for n, shape in enumerate(shapes[:count], 1)]


def _area(number: int, shape: Any) -> Area:
    placed = shapely.transform(shape, lambda xy: xy * CELL + (WEST, SOUTH))
    code = f"{VILLAGE}-G{number:05d}"
    return Area(code, "grid", code, code, VILLAGE, shapely.to_wkb(placed))


def _crooked(start: Any, end: Any, bends: int, rng: np.random.Generator) -> Any:
    """Points from start to end, start included, pushed aside a little."""
    share = np.linspace(0, 1, bends + 1)[:-1, None]
    line = start[..., None, :] * (1 - share) + end[..., None, :] * share
    line[..., 1:, :] += rng.uniform(-0.36 / bends, 0.36 / bends, line[..., 1:, :].shape)
    return line


def scene(name: str, rng: np.random.Generator) -> list[Area]:
    """The areas of one scene."""
    if name == "village":
        return list(read_areas(SAMPLE / "grids_wgs84.geojson", VILLAGE))
    return country(5_000, rng, 12, 0) if name == "town" else country(192 * 5, rng, 60, 4)


def points_in(areas: Sequence[Area], count: int, rng: np.random.Generator) -> tuple[Any, Any]:
    """Longitudes and latitudes all over the areas and a little beyond, some exactly on a vertex."""
    shapes = shapely.from_wkb([a.geometry_wkb for a in areas])
    bounds = shapely.total_bounds(shapes)
    low, high = bounds[:2], bounds[2:]
    xy = low + (high - low) * rng.uniform(-0.01, 1.01, (count, 2))
    on = rng.choice(count, int(count * VERTICES), replace=False)
    xy[on] = rng.choice(shapely.get_coordinates(shapes), len(on))
    return xy[:, 0].copy(), xy[:, 1].copy()


def best(runs: int, *works: Callable[[], Any]) -> list[float]:
    """The least seconds of each, one after the other in turn."""
    seconds = [[_seconds(work) for work in works] for _ in range(runs)]
    return [min(column) for column in zip(*seconds, strict=True)]


def _seconds(work: Callable[[], Any]) -> float:
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


class Peer:
    """The same by geopandas. Raises ImportError where it is not installed."""

    def __init__(self, areas: Sequence[Area], lon: Any, lat: Any) -> None:
        import geopandas

        self.gpd, self.areas, self.lon, self.lat = geopandas, areas, lon, lat
        self.points, self.polygons = self.located(), self.outlines()

    def located(self) -> Any:
        return self.gpd.GeoDataFrame(geometry=self.gpd.points_from_xy(self.lon, self.lat), crs=4326)

    def outlines(self) -> Any:
        return self.gpd.GeoDataFrame(geometry=shapely.from_wkb([a.geometry_wkb for a in self.areas]), crs=4326)

    def join(self, polygons: Any) -> Any:
        return self.gpd.sjoin(self.points, polygons, how="left", predicate="intersects")

    def found(self) -> Any:
        """For each point the first area, -1 outside."""
        first = self.join(self.polygons)["index_right"].fillna(-1).groupby(level=0).min()
        return first.to_numpy().astype(np.int64)


def compare(areas: list[Area], lon: Any, lat: Any) -> str:
    """One line of figures."""
    runs = FEWER_RUNS if len(lon) > MANY else RUNS
    index = AreaIndex(areas)
    found = index.locate(lon, lat)
    works = [lambda: AreaIndex(areas).locate(lon, lat), lambda: index.locate(lon, lat)]
    try:
        peer = Peer(areas, lon, lat)
    except ImportError:
        cold, warm = best(runs, *works)
        return f"cold {cold:.4f} s warm {warm:.4f} s | geopandas is not installed: no comparison"
    different = int((peer.found() != found).sum())
    assert not different, f"{different} points differ"
    works += [lambda: peer.join(peer.outlines()), lambda: peer.join(peer.polygons), peer.located]
    cold, warm, peer_cold, peer_warm, making = best(runs, *works)
    return (
        f"cold {cold:.4f} s warm {warm:.4f} s | geopandas.sjoin cold {peer_cold:.4f} s warm {peer_warm:.4f} s | same answers, "
        f"ratio cold {peer_cold / cold:.1f} (points too {(peer_cold + making) / cold:.1f}) warm {peer_warm / warm:.1f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scene", choices=SCENES, nargs="+", default=SCENES)
    parser.add_argument("--points", type=int, nargs="+", default=POINTS)
    options = parser.parse_args()
    for name in options.scene:
        rng = np.random.default_rng(20261123)
        areas = scene(name, rng)
        vertices = shapely.get_num_coordinates(shapely.from_wkb([a.geometry_wkb for a in areas])).sum()
        print(f"{name}: {len(areas):,} areas, {vertices:,} vertices", flush=True)
        for count in options.points:
            print(f"{count:>9,} points {compare(areas, *points_in(areas, count, rng))}", flush=True)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
