"""Matters close by that may be the same. Pure."""

from __future__ import annotations

import math
import unicodedata

from doorplate.model import Point

_METRES_A_DEGREE = 111_320.0  # along a meridian; enough for a hundred metres


def metres_between(a: Point, b: Point) -> float:
    """Flat distance in metres: good to 1 % within a few kilometres."""
    east = (a.lon - b.lon) * math.cos(math.radians((a.lat + b.lat) / 2))
    return math.hypot(east, a.lat - b.lat) * _METRES_A_DEGREE


def likeness(one: str, other: str) -> float:
    """How much two texts share, 0–1: pairs of neighbouring characters in both, over the pairs of the shorter (overlap
    coefficient); spaces and punctuation do not count. Two characters of a kind are not enough to judge: 0."""
    first, second = _pairs(one), _pairs(other)
    shorter = min(len(first), len(second))
    return len(first & second) / shorter if shorter >= 2 else 0.0


def _pairs(text: str) -> set[str]:
    plain = "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())
    return {plain[i:i + 2] for i in range(len(plain) - 1)}
