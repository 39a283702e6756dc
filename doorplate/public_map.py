"""The small map on a plate's page: this door, the doors around it as dots, their streets, the edge of the grid. Pure.

Nothing on it tells who lives where: a neighbour is a dot without number or name. Degrees in, an SVG of a few KB out; the drawing
needs no tiles, no fonts and no scripts of anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import atan2, cos, degrees, hypot, radians, sin
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import shapely

from doorplate.areas.coordinates import LocalFrame

if TYPE_CHECKING:
    from doorplate.papers import Lonlat, MapStreet, Ring

WIDTH, HEIGHT = 360, 260  # user units; a page may show it narrower
REACH_M = 200.0  # (D) doors farther away are never drawn

STYLE = (
    "text{font:700 13px PingFang SC,HarmonyOS Sans SC,MiSans,Noto Sans CJK SC,Microsoft YaHei,sans-serif;text-anchor:middle}"
    ".g{fill:#f3f6fa}.o{fill:#fff;stroke:#5b6b7b;stroke-width:1.5;stroke-dasharray:6 4}.e,.c{fill:none;stroke-linejoin:round}"
    ".e{stroke:#b9c4d0;stroke-width:9}.c{stroke:#fff;stroke-width:7}.d{stroke:#5b6b7b;stroke-width:5;stroke-linecap:round}"
    ".n{fill:#0b4ea2;stroke:#fff;stroke-width:4;stroke-linejoin:round;paint-order:stroke}.i{fill:#12202f}"
    ".b{stroke:#12202f;stroke-width:1.5;fill:none}.w{fill:#fff}.p{fill:#0b4ea2;stroke:#fff;stroke-width:3}"
    "@media(prefers-color-scheme:dark){.g{fill:#0c141d}.o{fill:#15202c;stroke:#8fa3b7}.e{stroke:#47586a}.c{stroke:#2c3a49}"
    ".d{stroke:#8fa3b7}.n{fill:#a6c9ff;stroke:#15202c}.i{fill:#eef3f8}.b{stroke:#eef3f8}}"
)
"""Constant, so that a page's security rules can name it by its hash."""

_NEAREST = 60  # (D) so many doors should be seen: dense lanes are drawn larger
_LEAST_M, _MOST_M = 90.0, 240.0  # (D) from the door to the left and right edge
_BARS_M = (10, 20, 50, 100)
_NAME_PX, _NARROW_EM = 13.0, 0.6
_NAMES = 6
_WIDE = 0x2E80  # from here on characters are as wide as high

XY = tuple[float, float]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class MapFacts:
    """What is drawn: this door and what is painted on it, the doors around it, streets' middle lines, the grid's rings."""

    door: Lonlat
    painted: str
    doors: tuple[Lonlat, ...]
    streets: tuple[MapStreet, ...]
    outline: tuple[Ring, ...]


@dataclass(frozen=True, slots=True)
class MapWords:
    """The words on the drawing, in the reader's language."""

    title: str
    north: str
    metres: str


class _View:
    """Degrees → user units, this door a little below the middle so that its label has room."""

    def __init__(self, facts: MapFacts) -> None:
        self._frame = LocalFrame(*facts.door)
        east, north = self._frame.metres([d[0] for d in facts.doors], [d[1] for d in facts.doors])
        far = sorted(hypot(e, n) for e, n in zip(east.tolist(), north.tolist(), strict=True))
        wanted = 1.15 * far[min(_NEAREST, len(far)) - 1] if far else 0.0
        self.unit = WIDTH / 2 / min(max(wanted, _LEAST_M), _MOST_M)

    def spots(self, places: Sequence[Lonlat]) -> list[XY]:
        east, north = self._frame.metres([p[0] for p in places], [p[1] for p in places])
        x, y = WIDTH / 2 + east * self.unit, HEIGHT / 2 + 8 - north * self.unit
        return list(zip(x.tolist(), y.tolist(), strict=True))


def draw_map(facts: MapFacts, words: MapWords) -> str:
    """The whole SVG file. It shows itself light or dark as the reader's system is."""
    view = _View(facts)
    roads = list(_roads(facts.streets, view))
    label, taken = _label(facts.painted)
    body = [
        f'<rect class="g" width="{WIDTH}" height="{HEIGHT}"/>',
        _path("o", _closed(facts.outline, view)),
        _path("e", (course for _, course in roads)),
        _path("c", (course for _, course in roads)),
        _dots(view.spots(facts.doors)),
        *_names(roads, [*taken, *_FURNITURE]),
        *_furniture(view.unit, words),
        *label,
    ]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img">'
    return f"{head}<title>{_text(words.title)}</title><style>{STYLE}</style>{''.join(body)}</svg>\n"


def _roads(streets: Iterable[MapStreet], view: _View) -> Iterator[tuple[str, str]]:
    """(name, what is seen of its middle line as path data)."""
    for street in streets:
        seen = shapely.clip_by_rect(shapely.LineString(view.spots(street.line)), -9, -9, WIDTH + 9, HEIGHT + 9)
        for part in shapely.get_parts(seen).tolist():
            if part.length > 0:
                yield street.name, _course(shapely.get_coordinates(part).tolist())


def _closed(rings: Sequence[Ring], view: _View) -> Iterator[str]:
    for ring in rings:
        around = shapely.simplify(shapely.Polygon(view.spots(ring)).buffer(0), 0.5)
        for part in shapely.get_parts(shapely.clip_by_rect(around, -9, -9, WIDTH + 9, HEIGHT + 9)).tolist():
            if part.geom_type == "Polygon" and not part.is_empty:
                yield _course(part.exterior.coords[:-1]) + "z"


def _course(points: Sequence[Sequence[float]]) -> str:
    return "M" + "L".join(f"{p[0]:.0f} {p[1]:.0f}" for p in points)


def _path(css: str, courses: Iterable[str]) -> str:
    data = "".join(courses)
    return f'<path class="{css}" d="{data}"/>' if data else ""


def _dots(spots: Sequence[XY]) -> str:
    seen = dict.fromkeys((round(x), round(y)) for x, y in spots if 0 < x < WIDTH and 0 < y < HEIGHT)
    return _path("d", (f"M{x} {y}h0" for x, y in seen))


def _label(painted: str) -> tuple[list[str], list[Box]]:
    """A pin at this door, and its number on a little plate above; with the room they take."""
    x, y = WIDTH / 2, HEIGHT / 2 + 8
    pin = f'<circle class="p" cx="{x:.0f}" cy="{y:.0f}" r="8"/>'
    taken = [(x - 12, y - 12, x + 12, y + 12)]
    if not painted:
        return [pin], taken
    wide = _width_of(painted) * 1.16 + 18
    plate = f'<rect class="p" x="{x - wide / 2:.0f}" y="{y - 42:.0f}" width="{wide:.0f}" height="26" rx="5"/>'
    number = f'<text class="w" x="{x:.0f}" y="{y - 23.5:.1f}" font-size="15">{_text(painted)}</text>'
    return [pin, plate, number], [*taken, (x - wide / 2 - 3, y - 45, x + wide / 2 + 3, y - 13)]


def _names(roads: Sequence[tuple[str, str]], taken: list[Box]) -> Iterator[str]:
    """Street names along their streets, the longest first; one that finds no room is left out."""
    lines = sorted(((name, _line(course)) for name, course in roads), key=lambda pair: -pair[1].length)
    named: set[str] = set()
    for name, line in lines:
        place = None if name in named or len(named) == _NAMES else _place(line, _width_of(name), taken)
        if place:
            (x, y), turn, box = place
            named.add(name)
            taken.append(box)
            move = f' transform="rotate({turn:.0f} {x:.0f} {y:.0f})"' if round(turn) else ""
            yield f'<text class="n" x="{x:.0f}" y="{y + 4.5:.1f}"{move}>{_text(name)}</text>'


def _line(course: str) -> shapely.LineString:
    return shapely.LineString([tuple(map(float, point.split())) for point in course[1:].split("L")])


def _place(line: shapely.LineString, wide: float, taken: Sequence[Box]) -> tuple[XY, float, Box] | None:
    for share in (0.5, 0.28, 0.72, 0.15, 0.85):
        at, turn = _along(line, share * line.length)
        across, high = abs(cos(radians(turn))), abs(sin(radians(turn)))
        half_x, half_y = (wide * across + _NAME_PX * high) / 2, (wide * high + _NAME_PX * across) / 2
        box = (at[0] - half_x, at[1] - half_y, at[0] + half_x, at[1] + half_y)
        inside = box[0] > 2 and box[1] > 2 and box[2] < WIDTH - 2 and box[3] < HEIGHT - 2
        if line.length > 0.7 * wide and inside and not any(_overlap(box, other) for other in taken):
            return at, turn, box
    return None


def _along(line: shapely.LineString, distance: float) -> tuple[XY, float]:
    """The place at a distance, and the turn that follows the line there and can be read, −90 to 90 degrees."""
    at, before = line.interpolate(distance), line.interpolate(max(distance - 20, 0))
    behind = line.interpolate(min(distance + 20, line.length))
    turn = degrees(atan2(behind.y - before.y, behind.x - before.x))
    return (at.x, at.y), (turn + 90) % 180 - 90


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


_FURNITURE: tuple[Box, ...] = ((0, HEIGHT - 34, 150, HEIGHT), (WIDTH - 36, 0, WIDTH, 48))


def _furniture(unit: float, words: MapWords) -> Iterator[str]:
    """Scale bar and north arrow, in corners where no name stands."""
    metres = max((m for m in _BARS_M if m * unit <= 80), default=_BARS_M[0])
    long = metres * unit
    yield f'<path class="b" d="M12 {HEIGHT - 18}v6h{long:.0f}v-6"/>'
    yield f'<text class="i" x="{12 + long / 2:.0f}" y="{HEIGHT - 20}" font-size="12">{metres} {_text(words.metres)}</text>'
    yield f'<path class="i" d="M{WIDTH - 18} 8l6 18-6-5-6 5z"/>'
    yield f'<text class="i" x="{WIDTH - 18}" y="41">{_text(words.north)}</text>'


def _width_of(text: str) -> float:
    return sum(_NAME_PX if ord(c) >= _WIDE else _NAME_PX * _NARROW_EM for c in text)


def _text(words: str) -> str:
    """Escaped, without the control characters that XML does not allow."""
    return escape("".join(c for c in words if c.isprintable() or c == " "))
