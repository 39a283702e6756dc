"""What every map of ours on paper is made of: a scale, named streets, doors with labels that do not overlap, north.

Millimetres from the upper left corner of the map, y downwards, north up. The map is as large as its frame allows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import atan2, cos, degrees, hypot, radians, sin

import numpy as np
import shapely

from doorplate.areas.coordinates import LocalFrame
from doorplate.papers import Lonlat, MapStreet
from print_jobs.papers.svg import XY, area, line, tag, words

INK, GREY, ROAD_EDGE, ROAD = "#12202F", "#5B6B7B", "#8F9BA8", "#FFFFFF"
_BARS_M = (5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
_LEAST_M = 40.0  # (D) a map of two doors side by side is not drawn larger than this
_NARROW_EM = 0.56
_NAME_SHARES = (0.5, 0.3, 0.7, 0.1, 0.9)  # of a street's length
_WIDE = 0x2E80


@dataclass(frozen=True)
class View:
    """Where places come to lie on the paper. unit: millimetres a metre."""

    frame: LocalFrame
    west: float
    north: float
    unit: float
    left: float
    top: float
    width: float
    height: float

    def spots(self, places: Sequence[Lonlat]) -> list[XY]:
        """Places on the paper."""
        if not places:
            return []
        east, north = self.frame.metres([p[0] for p in places], [p[1] for p in places])
        x, y = self.left + (east - self.west) * self.unit, self.top + (self.north - north) * self.unit
        return list(zip(x.tolist(), y.tolist(), strict=True))


def view_of(places: Sequence[Lonlat], width: float, height: float, margin: float = 8.0) -> View:
    """The largest view of all places in a frame of width × height mm, in its middle."""
    frame = LocalFrame(*places[0])
    east, north = frame.metres([p[0] for p in places], [p[1] for p in places])
    wide, tall = max(float(np.ptp(east)), _LEAST_M), max(float(np.ptp(north)), _LEAST_M)
    unit = min((width - 2 * margin) / wide, (height - 2 * margin) / tall)
    left = (width - float(np.ptp(east)) * unit) / 2
    top = (height - float(np.ptp(north)) * unit) / 2
    return View(frame, float(east.min()), float(north.max()), unit, left, top, width, height)


@dataclass
class Room:
    """What is taken on the paper: labels ask for a place of their own. Boxes are kept by cells of `cell` mm."""

    width: float
    height: float
    cell: float = 8.0
    _taken: dict[tuple[int, int], list[tuple[float, float, float, float]]] = field(default_factory=dict)

    def take(self, at: XY, wide: float, high: float, *, anyway: bool = False) -> bool:
        """Takes a box around a place, if it lies on the paper and nothing else is there; anyway: even then."""
        box = (at[0] - wide / 2, at[1] - high / 2, at[0] + wide / 2, at[1] + high / 2)
        cells = self._cells(box)
        if not anyway:
            if box[0] < 0 or box[1] < 0 or box[2] > self.width or box[3] > self.height:
                return False
            others = (other for cell in cells for other in self._taken.get(cell, ()))
            if any(box[0] < o[2] and o[0] < box[2] and box[1] < o[3] and o[1] < box[3] for o in others):
                return False
        for cell in cells:
            self._taken.setdefault(cell, []).append(box)
        return True

    def _cells(self, box: tuple[float, float, float, float]) -> list[tuple[int, int]]:
        x0, y0, x1, y1 = (int(edge // self.cell) for edge in box)
        return [(x, y) for x in range(x0, x1 + 1) for y in range(y0, y1 + 1)]


def room_of(view: View) -> Room:
    """A map's paper on which only the scale bar and the north arrow have their places."""
    room = Room(view.width, view.height)
    room.take((30.0, view.height - 8), 72.0, 16.0, anyway=True)
    room.take((view.width - 9, 14.0), 18.0, 18.0, anyway=True)
    return room


@dataclass(frozen=True)
class Road:
    """A street on the paper."""

    name: str
    points: tuple[XY, ...]

    @property
    def length(self) -> float:
        return float(shapely.LineString(self.points).length)


def roads_of(streets: Iterable[MapStreet], view: View) -> list[Road]:
    """The streets where they come to lie."""
    return [Road(street.name, tuple(view.spots(street.line))) for street in streets]


def draw_roads(roads: Sequence[Road], view: View) -> list[str]:
    """All edges below all carriageways, so that crossings stay open."""
    width = min(max(4.0 * view.unit, 1.0), 4.2)
    return [*(line(road.points, ROAD_EDGE, width + 0.4) for road in roads), *(line(road.points, ROAD, width) for road in roads)]


def draw_names(roads: Sequence[Road], room: Room, size: float, doors: Sequence[XY]) -> list[str]:
    """Street names on their streets or beyond an end, where they cover the fewest doors, long streets first; a name that finds no
    room is left out."""
    shapes = []
    tree = shapely.STRtree(shapely.points(doors))
    for road in sorted(roads, key=lambda r: -r.length):
        wide = width_of(road.name, size)
        for at, turn in sorted(_name_places(road, wide), key=lambda place: _covered(place, wide, size, tree)):
            across, high = abs(cos(radians(turn))), abs(sin(radians(turn)))
            if room.take(at, wide * across + size * high, wide * high + size * across):
                shapes += [words(at, road.name, size, bold=True, fill="#0B4EA2", turn=turn, halo=size / 4)]
                break
    return shapes


def _name_places(road: Road, wide: float) -> list[tuple[XY, float]]:
    """Places for a name and its turn: along the street as far as it is long enough, then beyond its ends."""
    course = shapely.LineString(road.points)
    places = [_along(course, share * course.length) for share in _NAME_SHARES] if course.length > wide else []
    for end, inward in ((road.points[-1], road.points[-2]), (road.points[0], road.points[1])):
        dx, dy = end[0] - inward[0], end[1] - inward[1]
        far = (wide / 2 + 2.5) / (hypot(dx, dy) or 1.0)
        places.append(((end[0] + far * dx, end[1] + far * dy), _upright(degrees(atan2(dy, dx)))))
    return places


def _covered(place: tuple[XY, float], wide: float, size: float, doors: shapely.STRtree) -> int:
    """How many doors a name at a place, turned so, would hide."""
    at, turn = place
    dx, dy = cos(radians(turn)) * wide / 2, sin(radians(turn)) * wide / 2
    text = shapely.LineString([(at[0] - dx, at[1] - dy), (at[0] + dx, at[1] + dy)])
    return len(doors.query(text, predicate="dwithin", distance=0.7 * size))


def draw_labels(labels: Sequence[tuple[XY, str]], roads: Sequence[Road], room: Room, size: float) -> tuple[list[str], int]:
    """A label beside each place, away from the nearest street if it can be; with the number of those that found no room."""
    tree = shapely.STRtree([shapely.LineString(road.points) for road in roads])
    shapes, left_out = [], 0
    for at, text in labels:
        wide = width_of(text, size)
        place = next((p for p in _beside(at, wide, size, tree) if room.take(p, wide + 0.3, size * 0.9)), None)
        if place is None:
            left_out += 1
        else:
            shapes.append(words(place, text, size))
    return shapes, left_out


def label_size(places: Sequence[XY], least: float, most: float) -> float:
    """A size at which most labels find room: by how far apart neighbours stand."""
    if len(places) < 2:
        return most
    points = shapely.points(places)
    tree = shapely.STRtree(points)
    _, apart = tree.query_nearest(points, exclusive=True, return_distance=True, all_matches=False)
    return float(min(max(0.62 * np.median(apart), least), most))


def furniture(view: View) -> list[str]:
    """Scale bar and north arrow in the lower left and upper right corners, on white."""
    metres = max((m for m in _BARS_M if m * view.unit <= 45.0), default=_BARS_M[0])
    x, y, long = 6.0, view.height - 6.0, metres * view.unit
    bar = [tag("rect", x=x - 3, y=y - 7.5, width=long + 22, height=10.5, fill="#FFFFFF", rx=1.0),
           line([(x, y - 2.2), (x, y), (x + long, y), (x + long, y - 2.2)], INK, 0.45),
           words((x + long + 9.5, y - 1.4), f"{metres} 米", 3.6), words((x, y - 4.4), "0", 2.6)]
    nx, ny = view.width - 9.0, 15.0
    arrow = [tag("circle", cx=nx, cy=ny - 1, r=8.0, fill="#FFFFFF"),
             area([[(nx, ny - 3.5), (nx - 3, ny + 5), (nx, ny + 3)]], INK),
             area([[(nx, ny - 3.5), (nx + 3, ny + 5), (nx, ny + 3)]], "#FFFFFF", INK, 0.3),
             words((nx, ny - 6), "北", 3.8, bold=True)]
    return [*bar, *arrow]


def width_of(text: str, size: float) -> float:
    """How wide a text will be, about."""
    return sum(size if ord(c) >= _WIDE else size * _NARROW_EM for c in text)


def _along(course: shapely.LineString, distance: float) -> tuple[XY, float]:
    """The place at a distance along a course, and which way a text must be turned to follow it, −90 to 90 degrees."""
    at = course.interpolate(distance)
    before, behind = course.interpolate(max(0.0, distance - 4)), course.interpolate(min(course.length, distance + 4))
    turn = degrees(atan2(behind.y - before.y, behind.x - before.x))
    return (at.x, at.y), _upright(turn)


def _upright(turn: float) -> float:
    """The same direction so that words do not stand on their head: −90 to 90 degrees."""
    return turn - 180 if turn > 90 else turn + 180 if turn <= -90 else turn


def _beside(at: XY, wide: float, size: float, tree: shapely.STRtree) -> list[XY]:
    """Places for a label around a door, the one away from the street first."""
    across, up = wide / 2 + 0.9, size / 2 + 0.8
    around = [(0.0, -up), (0.0, up), (across, 0.0), (-across, 0.0), (across, -up), (-across, -up), (across, up), (-across, up)]
    if len(tree.geometries):
        road = tree.geometries[tree.nearest(shapely.Point(at))]
        foot = road.interpolate(road.project(shapely.Point(at)))
        dx, dy = at[0] - foot.x, at[1] - foot.y
        far = hypot(dx, dy) or 1.0
        around.sort(key=lambda d: -(d[0] * dx + d[1] * dy) / far / hypot(*d))
    return [(at[0] + dx, at[1] + dy) for dx, dy in around]
