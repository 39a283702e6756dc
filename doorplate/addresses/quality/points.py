"""The points of a list: read, turned round, brought to WGS84, and what is wrong with them before doors are looked at."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from doorplate.addresses.quality.context import CheckContext
from doorplate.addresses.quality.lines import Fix, Line
from doorplate.areas.angles import Angle, parse_angles, parse_coordinate
from doorplate.areas.coordinates import Crs, LocalFrame, to_wgs84
from doorplate.areas.grids import AreaIndex

_SYSTEMS: tuple[Crs, ...] = ("wgs84", "gcj02", "bd09")
_SYSTEM_NAMES = {"gcj02": "GCJ-02 (高德、腾讯)", "bd09": "BD-09 (百度)"}
_LON, _LAT = (73.0, 136.0), (3.0, 54.0)  # China: the two ranges do not meet, so a pair tells which is which
Expected = Callable[[Line], int]


@dataclass(slots=True)
class _Raw:
    """A line's two coordinates as written, lon first where that is known; value degrees, fineness in degrees."""

    line: Line
    lon: Angle
    lat: Angle
    swapped: bool = False


def read_points(lines: Sequence[Line], context: CheckContext, index: AreaIndex, expected: Expected) -> dict[tuple[str, str | None], Crs]:
    """Give every line its fix and find point.missing, zero, swapped, gcj02, bd09, imprecise and far.

    expected: the index of the area in which a line must lie as far as text can tell, -1 where nothing is known.
    Returns the coordinate system of each sheet.
    """
    sheets: dict[tuple[str, str | None], list[_Raw]] = defaultdict(list)
    for line in lines:
        raw = _read(line)
        if raw:
            sheets[line.sheet].append(raw)
        elif line.list_name == "sheets":
            line.find("point.missing", "没有坐标。地址照常核对; 上墙时请在大门口补采。", field="lon", proposal="补采坐标")
    systems = {}
    for sheet, raws in sheets.items():
        _turn_round(raws)
        raws = [raw for raw in raws if not _is_zero(raw)]
        systems[sheet] = _system_of(raws, index, expected, context)
        _convert(raws, systems[sheet], context)
    _far(lines, context, index)
    return systems


def frame_of(lines: Sequence[Line], index: AreaIndex) -> LocalFrame:
    """One metric frame for the whole check; east and north of every fix are set in it."""
    fixed = [line.fix for line in lines if line.fix]
    frame = index.frame if index else LocalFrame(*(float(np.median([getattr(f, n) for f in fixed])) if fixed else 0.0 for n in ("lon", "lat")))
    for fix in fixed:
        east, north = frame.metres(fix.lon, fix.lat)
        fix.east, fix.north = float(east), float(north)
    return frame


def _read(line: Line) -> _Raw | None:
    lon, lat = parse_coordinate(line.row.cell("lon")), parse_coordinate(line.row.cell("lat"))
    if lon and lat:
        return _Raw(line, lon, lat, swapped=lon.axis == "lat" and lat.axis == "lon")
    for role in ("position", "lon", "lat"):
        both = parse_angles(line.row.cell(role))
        if len(both) == 2:
            first, second = both if both[0].axis != "lat" else both[::-1]
            return _Raw(line, first, second)
    return None


def _turn_round(raws: list[_Raw]) -> None:
    """Lon before lat. In one cell the sheet's own habit counts: only a line against the majority is swapped."""
    in_one_cell = [r for r in raws if not (r.line.row.cell("lon") and r.line.row.cell("lat"))]
    habit = Counter(_looks_swapped(r) for r in in_one_cell if not _near_zero(r))
    usual = habit[True] > habit[False]
    one_cell = {id(r) for r in in_one_cell}
    for raw in raws:
        turned = _looks_swapped(raw) and not raw.lon.axis
        raw.swapped = raw.swapped or turned
        if turned:
            raw.lon, raw.lat = raw.lat, raw.lon
        if raw.swapped if id(raw) not in one_cell else (turned != usual and not _near_zero(raw) and not raw.lon.axis):
            raw.line.find("point.swapped", "经度和纬度写反了, 已按正确的顺序理解, 请确认。", field="lon",
                          value=written_point(raw.line), proposal=f"{raw.lon.value:.6f},{raw.lat.value:.6f}")


def _looks_swapped(raw: _Raw) -> bool:
    return _within(raw.lon.value, _LAT) and _within(raw.lat.value, _LON)


def _within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]


def _near_zero(raw: _Raw) -> bool:
    return abs(raw.lon.value) < 1e-3 or abs(raw.lat.value) < 1e-3


def _is_zero(raw: _Raw) -> bool:
    if not _near_zero(raw):
        return False
    raw.line.find("point.zero", "坐标是 0, 采集没有成功, 不能用。请补采。", field="lon", value=written_point(raw.line), proposal="补采坐标")
    return True


def _system_of(raws: list[_Raw], index: AreaIndex, expected: Expected, context: CheckContext) -> Crs:
    """The header's word, unless the points themselves clearly fall into place in another system."""
    said = next((raw.line.row.crs for raw in raws if raw.line.row.crs), None)
    if not index or not raws:
        return said or "wgs84"
    lon, lat = np.array([r.lon.value for r in raws]), np.array([r.lat.value for r in raws])
    must = np.array([expected(r.line) for r in raws])
    shares: dict[Crs, float] = {}
    for system in _SYSTEMS:
        found = index.locate(*to_wgs84(system, lon, lat))
        shares[system] = float(np.mean(np.where(must >= 0, found == must, found >= 0)))
    default: Crs = said or "wgs84"
    best = max(_SYSTEMS, key=lambda s: (shares[s], s == default))
    rules = context.rules.points
    return best if shares[best] >= rules.crs_share and shares[best] >= rules.crs_lead * shares[default] else default


def _convert(raws: list[_Raw], system: Crs, context: CheckContext) -> None:
    if not raws:
        return
    lon, lat = to_wgs84(system, [r.lon.value for r in raws], [r.lat.value for r in raws])
    for raw, x, y in zip(raws, lon.tolist(), lat.tolist(), strict=True):
        line = raw.line
        line.fix, line.crs = Fix(x, y), system
        if system != "wgs84":
            code = "point.gcj02" if system == "gcj02" else "point.bd09"
            line.find(code, f"坐标是 {_SYSTEM_NAMES[system]} 的, 已换算成 WGS84。", field="lon", value=written_point(line), proposal=f"{x:.7f},{y:.7f}")
        coarse = min(raw.lon.step * 111_320 * np.cos(np.radians(min(abs(y), 89))), raw.lat.step * 110_570)
        if coarse > context.rules.points.imprecise_m:
            line.fix.fine = False
            line.find("point.imprecise", f"坐标只写到约 {coarse:.0f} 米, 分不清是哪个门, 不能当证据。请补采。", field="lon",
                      value=written_point(line), proposal="补采坐标")


def _far(lines: Sequence[Line], context: CheckContext, index: AreaIndex) -> None:
    """Points that lie outside the community so far that no measuring error explains it."""
    fixed = [line for line in lines if line.fix]
    if not fixed:
        return
    lon, lat = np.array([line.fix.lon for line in fixed if line.fix]), np.array([line.fix.lat for line in fixed if line.fix])
    rules = context.rules.points
    if index:
        away, limit = index.outside_m(lon, lat), rules.far_m
    else:
        away = np.hypot(*LocalFrame(float(np.median(lon)), float(np.median(lat))).metres(lon, lat))
        limit = rules.far_without_areas_m
    for line, metres in zip(fixed, away.tolist(), strict=True):
        imprecise = "point.imprecise" in line.codes()
        if metres > limit and not (imprecise and metres < 1000):
            line.fix = None
            line.findings = [f for f in line.findings if f.code != "point.imprecise"]
            line.find("point.far", f"坐标在本村以外约 {_far_text(metres)}, 多半漏了或错了一位数字, 不能用。请补采。", field="lon",
                      value=written_point(line), proposal="补采坐标")


def _far_text(metres: float) -> str:
    return f"{metres:.0f} 米" if metres < 10_000 else f"{metres / 1000:.0f} 公里"


def written_point(line: Line) -> str:
    """The coordinates as the list has them."""
    row = line.row
    return row.cell("position") or f"{row.cell('lon')},{row.cell('lat')}"
