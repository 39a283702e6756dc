"""Chinese coordinate systems and the ways people write a coordinate. Degrees, lon before lat, vectorised.

WGS84 and CGCS2000 (GNSS, 天地图) are taken as one; GCJ-02 (高德, 腾讯) and BD-09 (百度) are shifted by 100–700 m.
Every conversion takes scalars or arrays and gives float64 arrays; outside the mainland's box nothing is shifted.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Crs = Literal["wgs84", "gcj02", "bd09"]
Floats = NDArray[np.float64]

_A = 6378245.0  # Krasovsky 1940, the ellipsoid GCJ-02 is computed on
_EE = 0.00669342162296594323
_WGS_A = 6378137.0
_WGS_E2 = 0.00669437999014
_BOX = (72.004, 0.8293, 137.8347, 55.8271)  # where GCJ-02 is applied: west, south, east, north
_BD_TURN = np.pi * 3000.0 / 180.0


def wgs84_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """WGS84 degrees → GCJ-02 degrees; points outside the box come back unchanged."""
    lon, lat = _pair(lon, lat)
    shift_lon, shift_lat = _shift(lon, lat)
    inside = in_china(lon, lat)
    return np.where(inside, lon + shift_lon, lon), np.where(inside, lat + shift_lat, lat)


def gcj02_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """GCJ-02 degrees → WGS84 degrees, the exact inverse (below 1e-9°) by iteration."""
    lon, lat = _pair(lon, lat)
    wgs_lon, wgs_lat = lon, lat
    for _ in range(12):  # contracts by about 1e-3 a step: twelve are far more than a double can tell
        back_lon, back_lat = wgs84_to_gcj02(wgs_lon, wgs_lat)
        wgs_lon, wgs_lat = wgs_lon - (back_lon - lon), wgs_lat - (back_lat - lat)
    return wgs_lon, wgs_lat


def gcj02_to_bd09(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """GCJ-02 degrees → BD-09 degrees."""
    lon, lat = _pair(lon, lat)
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_TURN)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_TURN)
    inside = in_china(lon, lat)
    return (np.where(inside, radius * np.cos(angle) + 0.0065, lon),
            np.where(inside, radius * np.sin(angle) + 0.006, lat))


def bd09_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """BD-09 degrees → GCJ-02 degrees, the exact inverse (below 1e-9°) by iteration."""
    lon, lat = _pair(lon, lat)
    gcj_lon, gcj_lat = lon, lat
    for _ in range(12):
        back_lon, back_lat = gcj02_to_bd09(gcj_lon, gcj_lat)
        gcj_lon, gcj_lat = gcj_lon - (back_lon - lon), gcj_lat - (back_lat - lat)
    return gcj_lon, gcj_lat


def wgs84_to_bd09(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """WGS84 degrees → BD-09 degrees."""
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


def bd09_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """BD-09 degrees → WGS84 degrees."""
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


def to_wgs84(crs: Crs, lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Degrees of any of the three systems → WGS84 degrees."""
    if crs == "gcj02":
        return gcj02_to_wgs84(lon, lat)
    if crs == "bd09":
        return bd09_to_wgs84(lon, lat)
    return _pair(lon, lat)


def in_china(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
    """Whether points lie in the box in which GCJ-02 shifts (72.004–137.8347 E, 0.8293–55.8271 N)."""
    lon, lat = _pair(lon, lat)
    west, south, east, north = _BOX
    return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)


class LocalFrame:
    """Degrees ↔ metres around one place: an equirectangular plane on the WGS84 ellipsoid's two radii of curvature.

    Within 20 km of its origin distances differ from the geodesic by less than 0.2 %, which is below GNSS noise.
    """

    def __init__(self, lon: float, lat: float) -> None:
        self.lon, self.lat = lon, lat
        slant = 1.0 - _WGS_E2 * np.sin(np.radians(lat)) ** 2
        self._metres_north = float(np.radians(1.0) * _WGS_A * (1.0 - _WGS_E2) / slant ** 1.5)
        self._metres_east = float(np.radians(1.0) * _WGS_A / np.sqrt(slant) * np.cos(np.radians(lat)))

    def metres(self, lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
        """Metres east and north of the origin."""
        lon, lat = _pair(lon, lat)
        return (lon - self.lon) * self._metres_east, (lat - self.lat) * self._metres_north

    def degrees(self, east: ArrayLike, north: ArrayLike) -> tuple[Floats, Floats]:
        """The inverse of `metres`."""
        east, north = _pair(east, north)
        return self.lon + east / self._metres_east, self.lat + north / self._metres_north


def distance_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Metres between two places (lon, lat in degrees), equirectangular: for neighbours, not for journeys."""
    east, north = LocalFrame(a[0], a[1]).metres(b[0], b[1])
    return float(np.hypot(east, north))


def _pair(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    return np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)


def _shift(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """The published GCJ-02 polynomial with its sine terms, in degrees."""
    x, y = lon - 105.0, lat - 35.0
    pi = np.pi
    ripple = (20.0 * np.sin(6.0 * x * pi) + 20.0 * np.sin(2.0 * x * pi)) * 2.0 / 3.0
    north = (-100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x)) + ripple
             + (20.0 * np.sin(y * pi) + 40.0 * np.sin(y / 3.0 * pi)) * 2.0 / 3.0
             + (160.0 * np.sin(y / 12.0 * pi) + 320.0 * np.sin(y * pi / 30.0)) * 2.0 / 3.0)
    east = (300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x)) + ripple
            + (20.0 * np.sin(x * pi) + 40.0 * np.sin(x / 3.0 * pi)) * 2.0 / 3.0
            + (150.0 * np.sin(x / 12.0 * pi) + 300.0 * np.sin(x / 30.0 * pi)) * 2.0 / 3.0)
    slant = 1.0 - _EE * np.sin(np.radians(lat)) ** 2
    shift_lon = np.degrees(east / (_A / np.sqrt(slant) * np.cos(np.radians(lat))))
    shift_lat = np.degrees(north / (_A * (1.0 - _EE) / (slant * np.sqrt(slant))))
    return shift_lon, shift_lat
