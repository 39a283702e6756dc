"""The points of a list: read, turned round, brought to WGS84, and what is wrong with them before doors are looked at."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from doorplate.addresses.quality.context import CheckContext
from doorplate.addresses.quality.lines import Claim, Fix, Line
from doorplate.areas.angles import Angle, parse_angles, parse_coordinate
from doorplate.areas.coordinates import Crs, LocalFrame, to_wgs84
from doorplate.areas.grids import AreaIndex

_SYSTEMS: tuple[Crs, ...] = ("wgs84", "gcj02", "bd09")
_SYSTEM_NAMES = {"gcj02": "GCJ-02 (高德、腾讯)", "bd09": "BD-09 (百度)"}
_FEW_POINTS = 3  # (D) so many points must fall into place that did not, lest one bad point speaks for a sheet
_LON, _LAT = (73.0, 136.0), (3.0, 54.0)  # China: the two ranges do not meet, so a pair tells which is which
Expected = Callable[[Line], set[int]]
Systems = dict[tuple[str, str | None], Crs]


@dataclass(slots=True)
class _Raw:
    """A line's two coordinates as written, lon first where that is known; value degrees, fineness in degrees."""

    line: Line
    lon: Angle
    lat: Angle
    swapped: bool = False


def read_points(lines: Sequence[Line], context: CheckContext, index: AreaIndex, expected: Expected) -> Systems:
    """Give every line its fix and find point.missing, zero, swapped, gcj02, bd09, imprecise and far.

    expected: the areas (positions in the index) in which a line may lie as far as its text tells, empty where it does not.
    Returns the coordinate system of each sheet.
    """
    sheets: dict[tuple[str, str | None], list[_Raw]] = defaultdict(list)
    for line in lines:
        raw = _read(line)
        if raw:
            sheets[line.sheet].append(raw)
        elif line.list_name == "sheets":
            line.find("point.missing", Claim("没有坐标。地址照常核对; 上墙时请在大门口补采。", "", "补采坐标"))
    systems = {}
    for sheet, written in sheets.items():
        _turn_round(written)
        raws = [raw for raw in written if not _is_zero(raw)]
        systems[sheet] = _system_of(raws, index, expected, context)
        _convert(raws, systems[sheet], context)
    _far(lines, context, index)
    return systems


def frame_of(lines: Sequence[Line], index: AreaIndex) -> LocalFrame:
    """One metric frame for the whole check; east and north of every fix are set in it."""
    fixed = [line.fix for line in lines if line.fix]
    middle = [float(np.median([getattr(fix, name) for fix in fixed])) if fixed else 0.0 for name in ("lon", "lat")]
    frame = index.frame if index else LocalFrame(*middle)
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
    habit = Counter(_lat_first(r) for r in in_one_cell)
    usual, one_cell = habit[True] > habit[False], {id(r) for r in in_one_cell}
    for raw in raws:
        expected, told = usual if id(raw) in one_cell else False, _lat_first(raw)
        turned = (expected if told is None else told) and not raw.lon.axis
        raw.swapped = raw.swapped or (told is not None and told != expected and not raw.lon.axis)
        if turned:
            raw.lon, raw.lat = raw.lat, raw.lon
        if raw.swapped:
            proposal = f"{raw.lon.value:.6f},{raw.lat.value:.6f}"
            claim = Claim("经度和纬度写反了, 已按正确的顺序理解, 请确认。", written_point(raw.line), proposal)
            raw.line.find("point.swapped", claim)


def _lat_first(raw: _Raw) -> bool | None:
    """Whether the first of the two is the latitude, None where they do not tell: zero, or a digit lost."""
    first, second = raw.lon.value, raw.lat.value
    if _within(first, _LAT) and _within(second, _LON):
        return True
    return False if _within(first, _LON) and _within(second, _LAT) else None


def _within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]


def _near_zero(raw: _Raw) -> bool:
    return abs(raw.lon.value) < 1e-3 or abs(raw.lat.value) < 1e-3


def _is_zero(raw: _Raw) -> bool:
    if not _near_zero(raw):
        return False
    raw.line.find("point.zero", Claim("坐标是 0, 采集没有成功, 不能用。请补采。", written_point(raw.line), "补采坐标"))
    return True


def _system_of(raws: list[_Raw], index: AreaIndex, expected: Expected, context: CheckContext) -> Crs:
    """The header's word, unless clearly more points fall into place in another system. A system shifts all points by
    hundreds of metres, yet in a large grid half of them may stay inside it: the difference tells, not the ratio."""
    said = next((raw.line.row.crs for raw in raws if raw.line.row.crs), None)
    if not index or not raws:
        return said or "wgs84"
    lon, lat = np.array([r.lon.value for r in raws]), np.array([r.lat.value for r in raws])
    may = [expected(r.line) for r in raws]
    inside: dict[Crs, int] = {}
    for system in _SYSTEMS:
        found = index.locate(*to_wgs84(system, lon, lat)).tolist()
        inside[system] = sum(at in areas if areas else at >= 0 for at, areas in zip(found, may, strict=True))
    default: Crs = said or "wgs84"
    best = max(_SYSTEMS, key=lambda s: (inside[s], s == default))
    rules, more = context.rules.points, inside[best] - inside[default]
    margin = rules.crs_margin_said if said else rules.crs_margin
    clear = more >= _FEW_POINTS and more >= margin * len(raws)
    lone = inside[default] == 0 and len(raws) < _FEW_POINTS
    return best if inside[best] >= rules.crs_share * len(raws) and (clear or lone) else default


def _convert(raws: list[_Raw], system: Crs, context: CheckContext) -> None:
    if not raws:
        return
    lon, lat = to_wgs84(system, [r.lon.value for r in raws], [r.lat.value for r in raws])
    for raw, x, y in zip(raws, lon.tolist(), lat.tolist(), strict=True):
        line = raw.line
        line.fix, line.crs = Fix(x, y), system
        if system != "wgs84":
            code = "point.gcj02" if system == "gcj02" else "point.bd09"
            message = f"坐标是 {_SYSTEM_NAMES[system]} 的, 已换算成 WGS84。"
            line.find(code, Claim(message, written_point(line), f"{x:.7f},{y:.7f}"))
        coarse = min(raw.lon.step * 111_320 * np.cos(np.radians(min(abs(y), 89))), raw.lat.step * 110_570)
        if coarse > context.rules.points.imprecise_m:
            line.fix.fine = False
            message = f"坐标只写到约 {coarse:.0f} 米, 分不清是哪个门, 不能当证据。请补采。"
            line.find("point.imprecise", Claim(message, written_point(line), "补采坐标"))


def _far(lines: Sequence[Line], context: CheckContext, index: AreaIndex) -> None:
    """Points that lie outside the community so far that no measuring error explains it."""
    fixed = [(line, line.fix) for line in lines if line.fix]
    if not fixed:
        return
    lon, lat = np.array([fix.lon for _, fix in fixed]), np.array([fix.lat for _, fix in fixed])
    rules = context.rules.points
    if index:
        away, limit = index.outside_m(lon, lat), rules.far_m
    else:
        away = np.hypot(*LocalFrame(float(np.median(lon)), float(np.median(lat))).metres(lon, lat))
        limit = rules.far_without_areas_m
    for (line, fix), metres in zip(fixed, away.tolist(), strict=True):
        imprecise = "point.imprecise" in line.codes()
        if metres <= limit or (imprecise and metres < 1000) or _other_system(line, fix, index):
            continue
        line.fix = None
        line.findings = [f for f in line.findings if f.code != "point.imprecise"]
        message = f"坐标在本村以外约 {_far_text(metres)}, 多半漏了或错了一位数字, 不能用。请补采。"
        line.find("point.far", Claim(message, written_point(line), "补采坐标"))


def _other_system(line: Line, fix: Fix, index: AreaIndex) -> bool:
    """A single point far off that falls into the community when taken for GCJ-02 or BD-09: somebody else's phone."""
    if not index or line.crs != "wgs84":
        return False
    for system in ("gcj02", "bd09"):
        other = shifted(fix, system, index.frame)
        if index.locate(other.lon, other.lat)[0] >= 0:
            line.fix = other
            report_system(line, system)
            return True
    return False


def shifted(fix: Fix, system: Crs, frame: LocalFrame) -> Fix:
    """The point if its coordinates are of another system."""
    lon, lat = to_wgs84(system, fix.lon, fix.lat)
    east, north = frame.metres(lon, lat)
    return Fix(float(lon), float(lat), float(east), float(north), fix.fine)


def report_system(line: Line, system: Crs) -> None:
    """A single line of another system than its sheet's; its fix is already converted."""
    if line.fix:
        line.crs = system
        message = f"坐标是 {_SYSTEM_NAMES[system]} 的, 同表其他行不是; 已换算成 WGS84, 请确认。"
        line.find(f"point.{system}", Claim(message, written_point(line), f"{line.fix.lon:.7f},{line.fix.lat:.7f}", "likely"))


def _far_text(metres: float) -> str:
    return f"{metres:.0f} 米" if metres < 10_000 else f"{metres / 1000:.0f} 公里"


def written_point(line: Line) -> str:
    """The coordinates as the list has them."""
    row = line.row
    return row.cell("position") or f"{row.cell('lon')},{row.cell('lat')}"
