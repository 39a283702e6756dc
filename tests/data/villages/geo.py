"""From the board (metres) to the earth: a turned, slightly warped frame; GCJ-02, BD-09 and 度分秒."""

import math
from dataclasses import dataclass

A, EE = 6378245.0, 0.00669342162296594323
PER_LAT = 111000.0


@dataclass(frozen=True)
class Frame:
    """Where the board's (0, 0) lies (degrees), how far it is turned (radians) and how much it is warped (metres;
    waves: metres to a radian)."""

    lon: float
    lat: float
    turn: float
    warp: float
    phase: float
    waves: tuple[float, float] = (130.0, 150.0)

    def bend(self, x: float, y: float) -> tuple[float, float]:
        """Warp and turn: metres on the board to metres east and north of the origin."""
        bx = x + self.warp * math.sin(y / self.waves[0] + self.phase)
        by = y + self.warp * math.sin(x / self.waves[1] + 2 * self.phase)
        cos, sin = math.cos(self.turn), math.sin(self.turn)
        return bx * cos - by * sin, bx * sin + by * cos

    def lonlat(self, x: float, y: float) -> tuple[float, float]:
        """Longitude and latitude (WGS84, 7 decimals) of a point of the board."""
        return self.shift((self.lon, self.lat), *self.bend(x, y))

    def shift(self, point: tuple[float, float], east: float, north: float) -> tuple[float, float]:
        """A point moved by metres east and north."""
        per_lon = PER_LAT * math.cos(math.radians(self.lat))
        return round(point[0] + east / per_lon, 7), round(point[1] + north / PER_LAT, 7)

    def metres(self, a: tuple[float, float], b: tuple[float, float]) -> float:
        """Distance of two points in metres."""
        return math.hypot((a[0] - b[0]) * PER_LAT * math.cos(math.radians(self.lat)), (a[1] - b[1]) * PER_LAT)


def gcj02(lon: float, lat: float) -> tuple[float, float]:
    """WGS84 to GCJ-02."""
    x, y, pi = lon - 105.0, lat - 35.0, math.pi
    common = (20 * math.sin(6 * x * pi) + 20 * math.sin(2 * x * pi)) * 2 / 3
    dlat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + common
    dlat += (20 * math.sin(y * pi) + 40 * math.sin(y / 3 * pi)) * 2 / 3
    dlat += (160 * math.sin(y / 12 * pi) + 320 * math.sin(y * pi / 30)) * 2 / 3
    dlon = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + common
    dlon += (20 * math.sin(x * pi) + 40 * math.sin(x / 3 * pi)) * 2 / 3
    dlon += (150 * math.sin(x / 12 * pi) + 300 * math.sin(x / 30 * pi)) * 2 / 3
    rad = math.radians(lat)
    magic = 1 - EE * math.sin(rad) ** 2
    return (
        lon + dlon * 180 / (A / math.sqrt(magic) * math.cos(rad) * pi),
        lat + dlat * 180 / (A * (1 - EE) / (magic * math.sqrt(magic)) * pi),
    )


def bd09(lon: float, lat: float) -> tuple[float, float]:
    """WGS84 to BD-09."""
    x, y = gcj02(lon, lat)
    k = math.pi * 3000 / 180
    z = math.hypot(x, y) + 0.00002 * math.sin(y * k)
    theta = math.atan2(y, x) + 0.000003 * math.cos(x * k)
    return z * math.cos(theta) + 0.0065, z * math.sin(theta) + 0.006


def into(crs: str, point: tuple[float, float]) -> tuple[float, float]:
    """A WGS84 point in the system a sheet uses."""
    return {"GCJ02": gcj02, "BD09": bd09}.get(crs, lambda *p: p)(*point)


def dms(value: float, signs: str) -> str:
    """度分秒 with two decimals of a second (0.3 m); signs is like "°′″"."""
    hundredths = round(value * 360000)
    deg, rest = divmod(hundredths, 360000)
    minutes, sec = divmod(rest, 6000)
    return f"{deg}{signs[0]}{minutes}{signs[1]}{sec / 100:05.2f}{signs[2]}"
