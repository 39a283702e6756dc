"""The ways people write a coordinate: decimal, 度分秒, full-width digits, letters, both axes in one cell."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Axis = Literal["lon", "lat"]

_AXIS: dict[str, tuple[Axis, int]] = {
    "E": ("lon", 1), "W": ("lon", -1), "N": ("lat", 1), "S": ("lat", -1),
    "东经": ("lon", 1), "西经": ("lon", -1), "北纬": ("lat", 1), "南纬": ("lat", -1),
    "经度": ("lon", 1), "纬度": ("lat", 1), "LON": ("lon", 1), "LNG": ("lon", 1), "LAT": ("lat", 1)}
_WORD = r"(?:东经|西经|北纬|南纬|经度|纬度|LON|LNG|LAT|[NSEW])"
_ANGLE = re.compile(
    rf"(?P<before>{_WORD})?\s*[:=]?\s*(?P<deg>[-+]?\d+(?:\.\d+)?)\s*"
    r"(?:[°度º˚]\s*(?:(?P<min>\d+(?:\.\d+)?)\s*(?:['′’‘分]\s*(?:(?P<sec>\d+(?:\.\d+)?)\s*(?:[\"″”“秒]|'')?)?)?)?)?"
    rf"(?(before)|\s*(?P<after>{_WORD})?)", re.IGNORECASE)
_DECIMAL = re.compile(r"(?:1[0-7]|[0-9])?[0-9]\.[0-9]+")  # most coordinates: nothing to fold
_FOLD = str.maketrans({"﹣": "-", "−": "-", "–": "-", "、": ",", "；": ";", "。": ".", "·": "."})


@dataclass(frozen=True, slots=True)
class Angle:
    """One coordinate: value in degrees, step = the fineness it is written with in degrees (0.001 for 108.209; trailing
    zeros do not count), axis when the text says which one it is."""

    value: float
    step: float
    axis: Axis | None = None


def parse_coordinate(text: str) -> Angle | None:
    """One coordinate, None where the text holds no, or more than one, number."""
    angles = parse_angles(text)
    return angles[0] if len(angles) == 1 else None


def parse_angles(text: str) -> tuple[Angle, ...]:
    """Every coordinate in the text in the order written; () where something else stands between them."""
    if _DECIMAL.fullmatch(text):
        return (Angle(float(text), _step(text)),)
    folded = unicodedata.normalize("NFKC", text.replace("″", '"').replace("′", "'")).translate(_FOLD).strip()
    folded = re.sub(r"(?<=\d)\s*\.\s*(?=\d)", ".", folded)
    folded = re.sub(r"(?<=[\d\"'分秒])\s*-\s*(?=\d)", ",", folded)  # 108.2-34.3: a dash between, not a southern latitude
    angles: list[Angle] = []
    rest = folded
    while match := _ANGLE.search(rest):
        if re.search(r"\w", rest[:match.start()].replace("POINT", "")):
            return ()
        angle = _angle(match)
        if angle is None:
            return ()
        angles.append(angle)
        rest = rest[match.end():]
    return () if re.search(r"\w", rest) else tuple(angles)


def _angle(match: re.Match[str]) -> Angle | None:
    word = (match["before"] or match["after"] or "").upper()
    axis, sign = _AXIS.get(word, (None, 1))
    degrees = abs(float(match["deg"]))
    sign = -sign if match["deg"].startswith("-") else sign
    minutes, seconds = float(match["min"] or 0), float(match["sec"] or 0)
    if minutes >= 60 or seconds >= 60 or degrees > 180:
        return None
    finest, unit = ((match["sec"], 3600.0) if match["sec"] else (match["min"], 60.0) if match["min"] else (match["deg"], 1.0))
    return Angle(sign * (degrees + minutes / 60 + seconds / 3600), _step(finest) / unit, axis)


def _step(number: str) -> float:
    decimals = len(number.partition(".")[2].rstrip("0"))
    return float(10.0 ** -decimals)
