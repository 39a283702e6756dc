"""The small map on a review card as numbers for an SVG: where the door was, stands, would stand, and where the phone was."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, hypot, radians

from doorplate.review_view import ReviewMap

WIDTH, HEIGHT = 420, 280  # user units
_LEAST_M, _MOST_M = 30.0, 3000.0  # (D) from the middle to an edge
_MARGIN = 1.35
_BARS_M = (5, 10, 20, 50, 100, 200, 500, 1000)
_LABELS = 12
_DEGREE_M = 111_320.0


@dataclass(frozen=True, slots=True)
class Spot:
    """kind: "base", "current", "proposed", "phone", "near". x, y: user units. lon, lat: for the table behind the drawing."""

    kind: str
    x: float
    y: float
    words: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Sketch:
    """bar: (length in user units, metres). line: from where the door stands to where it would, if both are known. outlines: path
    data of the grid's edge."""

    spots: tuple[Spot, ...]
    bar: tuple[float, int]
    line: tuple[float, float, float, float] | None
    outlines: str


def sketch(told: ReviewMap) -> Sketch | None:
    """None where there is nothing to draw."""
    if not told.points:
        return None
    own = [point for point in told.points if point[0] != "near"] or list(told.points)
    lon = (min(p[1] for p in own) + max(p[1] for p in own)) / 2
    lat = (min(p[2] for p in own) + max(p[2] for p in own)) / 2
    east = _DEGREE_M * cos(radians(lat))
    far = max(hypot((p[1] - lon) * east, (p[2] - lat) * _DEGREE_M) for p in own)
    unit = HEIGHT / 2 / min(max(far * _MARGIN, _LEAST_M), _MOST_M)

    def at(x: float, y: float) -> tuple[float, float]:
        return round(WIDTH / 2 + (x - lon) * east * unit, 1), round(HEIGHT / 2 - (y - lat) * _DEGREE_M * unit, 1)

    spots = tuple(Spot(kind, *at(x, y), words, x, y) for kind, x, y, words in told.points if _is_seen(at(x, y)))
    by_kind = {spot.kind: spot for spot in spots}
    start, end = by_kind.get("current"), by_kind.get("proposed")
    metres = max((m for m in _BARS_M if m * unit <= WIDTH / 4), default=_BARS_M[0])
    rings = "".join("M" + "L".join("{:.0f} {:.0f}".format(*at(x, y)) for x, y in ring) + "z" for ring in told.outlines if ring)
    line = (start.x, start.y, end.x, end.y) if start and end else None
    return Sketch(_labelled(spots), (round(metres * unit, 1), metres), line, rings)


def _is_seen(at: tuple[float, float]) -> bool:
    return 0 <= at[0] <= WIDTH and 0 <= at[1] <= HEIGHT


def _labelled(spots: tuple[Spot, ...]) -> tuple[Spot, ...]:
    """Neighbours keep their number only where it has room: not too many, not over one another."""
    kept: list[Spot] = []
    taken = [(s.x, s.y) for s in spots if s.kind != "near"]
    for spot in spots:
        words = spot.words
        if spot.kind == "near":
            free = len(taken) < _LABELS and all(abs(spot.x - x) > 34 or abs(spot.y - y) > 16 for x, y in taken)
            words = words if free else ""
            taken += [(spot.x, spot.y)] if words else []
        kept.append(Spot(spot.kind, spot.x, spot.y, words, spot.lon, spot.lat))
    return tuple(kept)
