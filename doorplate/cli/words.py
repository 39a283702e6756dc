"""Words a person types that mean a day or a place."""

from __future__ import annotations

from datetime import date

from doorplate.areas.angles import parse_angles
from doorplate.areas.coordinates import in_china
from doorplate.errors import InputError
from doorplate.model import Point

_EXAMPLE = "例如 108.2083,34.2735"


def parse_day(text: str, option: str) -> date:
    """2026-11-23 as a date. Raises InputError(arguments.date)."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError as exc:
        raise InputError("arguments.date", f"{option} 的日期“{text}”看不懂, 要写成 2026-11-23 的样子") from exc


def parse_point(text: str, option: str, source: str) -> Point:
    """经度,纬度 in WGS84, decimal or 度分秒, as a point of this source. Raises InputError(arguments.point)."""
    angles = parse_angles(text)
    if len(angles) != 2:
        raise InputError("arguments.point", f"{option} 要写成 经度,纬度, {_EXAMPLE}; 现在是 {text}")
    lon, lat = (angle.value for angle in angles)
    if angles[0].axis == "lat" or angles[1].axis == "lon" or not in_china(lon, lat):
        hint = "经度和纬度写反了" if in_china(lat, lon) else "不在中国境内"
        raise InputError("arguments.point", f"{option} {text} {hint}, 要写成 经度,纬度, {_EXAMPLE}")
    return Point(lon, lat, source=source)
