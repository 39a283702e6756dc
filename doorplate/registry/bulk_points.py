"""The points of a register, all at once: read, brought to WGS84, put right where they are swapped, doubted where they are off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from doorplate.areas.coordinates import Crs, Floats, bd09_to_wgs84, gcj02_to_wgs84, in_china, to_wgs84
from doorplate.areas.grids import AreaIndex
from doorplate.errors import InputError
from doorplate.exchange.meaning.values import degrees
from doorplate.model import Confidence

_ENOUGH = 500  # located points from which on a file may be called shifted as a whole (D)
FIELD = "position"
SWAPPED = "经纬度写反了, 已按反向理解, 请确认"
_CRS_WORDS = {"gcj02": "高德、腾讯坐标 (GCJ-02)", "bd09": "百度坐标 (BD-09)"}


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with the i-th row of a block; code, field, value … as in a finding."""

    i: int
    code: str
    field: str
    value: str
    message: str
    confidence: Confidence = "ask"
    proposal: str = ""


@dataclass(frozen=True, slots=True)
class Grids:
    """The areas points are held against, and the registry's id of each of the index's areas."""

    index: AreaIndex
    ids: Sequence[str]


@dataclass(frozen=True, slots=True)
class Points:
    """Degrees in WGS84, nan = none. area: index of the area of its community each lies in, -1 = none."""

    lon: Floats
    lat: Floats
    area: NDArray[np.int64]
    faults: list[RowFault]


@dataclass
class PointReader:
    """Reads block after block and watches the file as a whole. crs: what the header says."""

    index: AreaIndex
    crs: Crs
    file: str
    covered: frozenset[str] = field(init=False)
    _checked: int = 0
    _outside: int = 0

    def __post_init__(self) -> None:
        self.covered = frozenset(area.community for area in self.index.areas)
        self._homes = np.array([area.community for area in self.index.areas], dtype=object)

    def read(self, lon_texts: Sequence[str], lat_texts: Sequence[str], communities: Sequence[str]) -> Points:
        """Raises InputError(list.points_elsewhere) once most points lie outside the areas of their communities."""
        raw_lon, raw_lat = _numbers(lon_texts), _numbers(lat_texts)
        lon, lat, faults = self._sound(raw_lon, raw_lat, lon_texts, lat_texts)
        lon, lat = to_wgs84(self.crs, lon, lat)
        area = self.index.locate(lon, lat)
        if not self.covered:
            return Points(lon, lat, area, faults)
        home = np.array(communities, dtype=object)
        at_home = np.where(area >= 0, self._homes[area], "") == home
        faults += self._far(lon, lat, ~at_home, home)
        return Points(lon, lat, np.where(at_home, area, -1), faults)

    def _sound(
        self, lon: Floats, lat: Floats, lon_texts: Sequence[str], lat_texts: Sequence[str]
    ) -> tuple[Floats, Floats, list[RowFault]]:
        """Points on the map; nan and a fault where there is none."""
        inside = in_china(lon, lat)
        if inside.all():
            return lon, lat, []
        swapped = ~inside & in_china(lat, lon)
        zero = (np.abs(lon) < 1e-6) & (np.abs(lat) < 1e-6)
        missing = ~(np.isfinite(lon) & np.isfinite(lat))
        faults = []
        for i in np.flatnonzero(~inside).tolist():
            value = ",".join(text for text in (lon_texts[i], lat_texts[i]) if text)
            if swapped[i]:
                proposal = f"{lat[i]:.7f},{lon[i]:.7f}"
                faults.append(RowFault(i, "point.swapped", FIELD, value, SWAPPED, "sure", proposal))
            elif zero[i]:
                faults.append(RowFault(i, "point.zero", FIELD, value, "坐标为零, 没有采用, 请到门口重新采集"))
            elif missing[i]:
                why = "坐标读不成数字, 没有采用" if value else "没有坐标"
                faults.append(RowFault(i, "point.missing", FIELD, value, f"{why}, 请到门口补采"))
            else:
                faults.append(RowFault(i, "point.far", FIELD, value, "坐标不在中国境内, 没有采用, 请到门口重新采集"))
        east, north = np.where(swapped, lat, lon), np.where(swapped, lon, lat)
        lost = ~inside & ~swapped
        return np.where(lost, np.nan, east), np.where(lost, np.nan, north), faults

    def _far(self, lon: Floats, lat: Floats, away: NDArray[np.bool_], home: NDArray[np.object_]) -> list[RowFault]:
        told = np.isfinite(lon)
        if not self.covered.issuperset(home):
            told &= np.array([code in self.covered for code in home], dtype=bool)
        wrong = told & away
        self._checked += int(told.sum())
        self._outside += int(wrong.sum())
        if self._checked >= _ENOUGH and 2 * self._outside > self._checked:
            raise self._elsewhere(lon[wrong], lat[wrong])
        return [RowFault(i, "point.far", FIELD, f"{lon[i]:.6f},{lat[i]:.6f}", "坐标在本社区的网格以外, 请核对坐标和社区")
                for i in np.flatnonzero(wrong).tolist()]

    def _elsewhere(self, lon: Floats, lat: Floats) -> InputError:
        message = f"文件 {self.file} 的坐标有一半以上不在所给的网格里: {self._cause(lon, lat)}; 什么都没有装入"
        return InputError("list.points_elsewhere", message, file=self.file, outside=self._outside, located=self._checked)

    def _cause(self, lon: Floats, lat: Floats) -> str:
        for system, back in (("gcj02", gcj02_to_wgs84), ("bd09", bd09_to_wgs84)):
            if self.crs == "wgs84" and (self.index.locate(*back(lon, lat)) >= 0).mean() > 0.5:
                return f"像是{_CRS_WORDS[system]}, 请在表头写明坐标系"
        outlines = self.index.frame
        east, north = float(np.median(lon) - outlines.lon), float(np.median(lat) - outlines.lat)
        return f"整体偏离网格中心 {east:+.3f} 度 (经度)、{north:+.3f} 度 (纬度), 请核对坐标系、整列错位或社区代码"


def _numbers(texts: Sequence[str]) -> Floats:
    try:
        return np.fromiter(map(float, [text or "nan" for text in texts] if "" in texts else texts), np.float64, len(texts))
    except ValueError:
        return np.array([_number(text) for text in texts], dtype=np.float64)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        value = degrees(text)
        return np.nan if value is None else value
