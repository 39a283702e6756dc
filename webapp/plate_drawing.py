"""The plate as it must hang on the wall, as numbers for an SVG in millimetres.

The zones are those of the small gate plate (print_jobs/designs/small-gate.toml; tests/web/test_drawing.py compares them). A
drawing to compare by eye, set without font metrics: the press has its own, exact typesetting.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from doorplate.plates.symbol import QUIET_MODULES, symbol_batch

ZONE_X, ZONE_WIDTH = 9.0, 85.0  # mm, of street and number
STREET_Y, STREET_HEIGHT, STREET_SIZE, ONE_LINE_SIZE, LEADING = 7.0, 29.0, 18.0, 11.5, 1.12
FILL, SPREAD_EM = 0.72, 0.4  # a short name is spread until it fills this part of its zone
NUMBER_Y, NUMBER_HEIGHT, NUMBER_SIZE, SMALL_SCALE, GAP_EM = 36.0, 46.0, 49.0, 0.3, 0.07

# Bold Hei type, em: width of a digit, height of digits, middle of a hanzi above its baseline, white beside a digit and a hanzi.
_DIGIT_WIDTH, _DIGIT_HEIGHT, _HANZI_MIDDLE, _BEARINGS = 0.58, 0.73, 0.38, 0.05
_GENERIC = "省市县区镇乡街道路巷弄里村庄组坊园苑院"  # a name breaks best behind one of these
_NUMBER = re.compile(r"(\D*)(\d*)(.*)", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the street name: type size, centre and baseline in mm; tracking is added after every character."""

    text: str
    size: float
    x: float
    baseline: float
    tracking: float = 0.0


@dataclass(frozen=True, slots=True)
class Number:
    """The painted number around its centre: the first digits large, the rest small on the same foot. Sizes in mm."""

    before: str
    digits: str
    after: str
    size: float
    baseline: float

    @property
    def small_size(self) -> float:
        return round(self.size * SMALL_SCALE, 2)

    @property
    def gap(self) -> float:
        """What to add between large and small: characters bring some white of their own."""
        return round(self.size * (GAP_EM - _BEARINGS), 2)


@dataclass(frozen=True, slots=True)
class PlateDrawing:
    """symbol: SVG path of the dark modules in module units; symbol_side: modules a side, quiet zone included."""

    street: tuple[Line, ...]
    number: Number
    painted: str
    code: str
    host: str
    symbol: str
    symbol_side: int
    sample: bool


@dataclass(frozen=True, slots=True)
class Painted:
    """What is painted: code grouped in fours; url = what the symbol says, empty where no base URL is set."""

    street: str
    number: str
    code: str
    url: str
    host: str
    sample: bool


def draw(plate: Painted) -> PlateDrawing:
    """The drawing of one plate."""
    path, side = _symbol(plate.url) if plate.url else ("", 0)
    return PlateDrawing(
        street_lines(plate.street), number_of(plate.number), f"{plate.street} {plate.number}".strip(), plate.code, plate.host,
        path, side, plate.sample)  # fmt: skip


def street_lines(street: str) -> tuple[Line, ...]:
    """The name on one line while the type stays large enough, else on two."""
    size = _fitting(street)
    if size >= ONE_LINE_SIZE or len(street) < 2:
        return (_one_line(street, size),)
    cut = _best_cut(street)
    halves = street[:cut], street[cut:]
    size = round(min(_fitting(halves[0]), _fitting(halves[1]), ONE_LINE_SIZE), 2)
    centre, middle = ZONE_X + ZONE_WIDTH / 2, STREET_Y + STREET_HEIGHT / 2 + _HANZI_MIDDLE * size
    return tuple(
        Line(half, size, centre, round(middle + side * LEADING * size / 2, 2)) for half, side in zip(halves, (-1, 1), strict=True)
    )


def number_of(number: str) -> Number:
    """The number, its first digits as large as the zone allows: "53号附1号" → 53 large, 号附1号 small."""
    found = _NUMBER.fullmatch(number)
    before, digits, after = found.groups() if found else ("", "", number)
    small = sum(_width(part) + GAP_EM / SMALL_SCALE for part in (before, after) if part) * SMALL_SCALE
    size = round(min(NUMBER_SIZE, ZONE_WIDTH / max(_width(digits) + small, 0.1)), 2)
    return Number(before, digits, after, size, round(NUMBER_Y + (NUMBER_HEIGHT + _DIGIT_HEIGHT * size) / 2, 2))


def _one_line(street: str, size: float) -> Line:
    gaps = len(street) - 1
    missing = max(FILL * ZONE_WIDTH - _width(street) * size, 0.0)
    tracking = round(min(missing / gaps, SPREAD_EM * size), 2) if gaps > 0 else 0.0
    # Letter spacing follows the last character too, and would push the centred line to the left.
    centre = round(ZONE_X + ZONE_WIDTH / 2 + tracking / 2, 2)
    return Line(street, size, centre, round(STREET_Y + STREET_HEIGHT / 2 + _HANZI_MIDDLE * size, 2), tracking)


def _fitting(text: str) -> float:
    return round(min(STREET_SIZE, ZONE_WIDTH / max(_width(text), 1.0)), 2)


def _best_cut(street: str) -> int:
    """Where two lines part: behind a generic word near the middle, else in the middle."""
    middle = len(street) / 2
    behind = [i + 1 for i, one in enumerate(street[:-1]) if one in _GENERIC and abs(i + 1 - middle) <= len(street) / 6]
    return min(behind, key=lambda cut: abs(cut - middle), default=round(middle))


def _width(text: str) -> float:
    """In em."""
    return sum(_DIGIT_WIDTH if one.isascii() else 1.0 for one in text)


@lru_cache(maxsize=4096)
def _symbol(url: str) -> tuple[str, int]:
    """Dark modules as horizontal strokes of width 1, and the side in modules with the quiet zone."""
    prefix, code = url.rsplit("/", 1)
    modules = symbol_batch(f"{prefix}/", len(url)).encode([code])[0]
    strokes = []
    for y, row in enumerate(modules):
        line = "".join("#" if dark else " " for dark in row)
        strokes += [
            f"M{run.start() + QUIET_MODULES} {y + QUIET_MODULES + 0.5:g}h{len(run.group())}" for run in re.finditer("#+", line)
        ]
    return "".join(strokes), len(modules) + 2 * QUIET_MODULES
