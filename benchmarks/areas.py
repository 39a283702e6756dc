"""Which area does each point lie in: AreaIndex against geopandas.sjoin, in 5,000 areas, with the same answers.

geopandas is no dependency of doorplate: where it cannot be imported its column says so and no ratio is given.
cold = with building the index (the raster included); warm = the index stands. The peer gets its points as ready geometries,
ours makes them from longitude and latitude. usage: python benchmarks/areas.py [--areas 5000] [--points 10000 100000 1000000]
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import shapely

from doorplate.areas.grids import AreaIndex
from doorplate.model import Area

WEST, SOUTH, CELL = 108.0, 34.0, 0.004  # about 370 × 440 m, a grid of 300–500 households in a town
BENDS = 12  # vertices between two corners


def country(count: int, rng: np.random.Generator) -> list[Area]:
    """Areas that share crooked outlines without gap or overlap, in rows of equal length."""
    side = int(np.ceil(np.sqrt(count)))
    corners = np.stack(np.meshgrid(np.arange(side + 1.0), np.arange(side + 1.0)), axis=-1)
    corners += rng.uniform(-0.25, 0.25, corners.shape)
    level = _crooked(corners[:, :-1], corners[:, 1:], rng)
    upright = _crooked(corners[:-1], corners[1:], rng)
    areas = []
    for number in range(count):
        row, column = divmod(number, side)
        ring = np.concatenate(
            [level[row, column], upright[row, column + 1], level[row + 1, column][::-1], upright[row, column][::-1]]
        )
        shape = shapely.make_valid(shapely.Polygon(ring * CELL + (WEST, SOUTH)))
        code = f"610431001203-G{number + 1:05d}"
        areas.append(Area(code, "grid", code, code, "610431001203", shapely.to_wkb(shape)))
    return areas


def _crooked(start: Any, end: Any, rng: np.random.Generator) -> Any:
    """Points from start to end, start included, pushed aside a little."""
    share = np.linspace(0, 1, BENDS + 1)[:-1, None]
    line = start[..., None, :] * (1 - share) + end[..., None, :] * share
    line[..., 1:, :] += rng.uniform(-0.03, 0.03, line[..., 1:, :].shape)
    return line


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of the better of two runs, and the last result."""
    best = np.inf
    for _ in range(2):
        start = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - start)
    return best, result


def ours(areas: list[Area], lon: Any, lat: Any) -> tuple[float, float, Any]:
    """Seconds cold, seconds warm, the area of each point."""
    cold, _ = timed(lambda: AreaIndex(areas).locate(lon, lat))
    index = AreaIndex(areas)
    index.locate(lon, lat)
    warm, found = timed(lambda: index.locate(lon, lat))
    return cold, warm, found


def peer(areas: list[Area], lon: Any, lat: Any) -> tuple[float, float, Any] | None:
    """The same by geopandas.sjoin; None where it is not installed."""
    try:
        import geopandas
    except ImportError:
        return None
    points = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(lon, lat), crs=4326)

    def frame() -> Any:
        return geopandas.GeoDataFrame(geometry=shapely.from_wkb([a.geometry_wkb for a in areas]), crs=4326)

    cold, _ = timed(lambda: geopandas.sjoin(points, frame(), how="left", predicate="intersects"))
    polygons = frame()
    polygons.sindex  # noqa: B018 - built on first access
    warm, joined = timed(lambda: geopandas.sjoin(points, polygons, how="left", predicate="intersects"))
    first = joined["index_right"].fillna(-1).groupby(level=0).min()
    return cold, warm, first.to_numpy().astype(np.int64)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--areas", type=int, default=5_000)
    parser.add_argument("--points", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    options = parser.parse_args()
    rng = np.random.default_rng(20261123)
    areas = country(options.areas, rng)
    side = int(np.ceil(np.sqrt(options.areas))) * CELL
    vertices = shapely.get_num_coordinates(shapely.from_wkb([a.geometry_wkb for a in areas])).sum()
    print(f"{options.areas} areas, {vertices} vertices")
    for count in options.points:
        lon, lat = WEST + rng.uniform(-0.01, 1.01, count) * side, SOUTH + rng.uniform(-0.01, 1.01, count) * side
        cold, warm, found = ours(areas, lon, lat)
        line = f"{count:>9,} points  doorplate cold {cold:.3f} s warm {warm:.3f} s ({count / warm:,.0f}/s)"
        theirs = peer(areas, lon, lat)
        if theirs is None:
            print(f"{line}  | geopandas is not installed: no comparison")
            continue
        assert (theirs[2] == found).all(), f"{int((theirs[2] != found).sum())} points differ"
        print(
            f"{line}  | geopandas.sjoin cold {theirs[0]:.3f} s warm {theirs[1]:.3f} s  | same answers, "
            f"ratio cold {theirs[0] / cold:.1f} warm {theirs[1] / warm:.1f}"
        )
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
