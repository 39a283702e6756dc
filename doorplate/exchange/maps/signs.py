"""The signs all our maps share: doors, north, scale, page measures and the style that goes with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from doorplate.addresses.numbering import Assignment
from doorplate.exchange.maps.svg import FONTS, element, polyline, text

XY = tuple[float, float]
WIDTH = 390.0
SHEET = 820.0
"""User units: at A4's 297 mm a unit is 0.36 mm, so that numbers stand 4 mm high."""
MARGIN = 16.0
INNER = 358.0
STYLE = "".join((
    f"text{{font-family:{FONTS};fill:#12202F;font-variant-numeric:tabular-nums}}",
    ".title{font-size:20px;font-weight:700;fill:#0B4EA2}.lead{font-size:14px;font-weight:600}",
    ".small{font-size:12px}.tiny{font-size:10px;fill:#5B6B7B}.warn{font-size:12px;fill:#8A5300}",
    ".num{font-size:12px}.new{font-size:13px;font-weight:700;fill:#FFFFFF}",
    ".old{font-size:10px;fill:#B3131B;text-decoration:line-through}",
    ".redo{fill:#B3131B}.made{fill:#1E6B3A}.ask{fill:#8A5300}",
    ".odd{fill:#0B4EA2}.even{fill:#FFFFFF;stroke:#1E6B3A;stroke-width:2}.ring{fill:none;stroke:#B3131B;stroke-width:2}",
    ".road{fill:#E6ECF3}.frame{fill:none;stroke:#D5DDE6}.arrow{fill:#12202F}",
    ".way{fill:none;stroke:#D5DDE6;stroke-width:9;stroke-linecap:round;stroke-linejoin:round}",
    ".walk{fill:none;stroke:#5B6B7B;stroke-width:1;stroke-dasharray:4 3}",
    ".leader{stroke:#5B6B7B;stroke-width:.7}.ink{stroke:#12202F;stroke-width:1.4;fill:none}",
))
_BARS_M = (5, 10, 20, 50, 100, 200, 500, 1000)
_BAR = 110.0


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a sheet: its height and its shapes, drawn from y = 0."""

    height: float
    shapes: tuple[str, ...]


def dot(at: XY, door: Assignment, r: float = 4.0, *, ringed: bool = True) -> str:
    """A circle for odd, a square for even numbers, a red ring around what changes. r: half its size."""
    x, y = at
    house = door.new or door.old
    if house is not None and house.number % 2 == 0:
        shape = element("rect", x=x - r, y=y - r, width=2 * r, height=2 * r, **{"class": "even"})
    else:
        shape = element("circle", cx=x, cy=y, r=r, **{"class": "odd" if house else "ask"})
    return shape + (element("circle", cx=x, cy=y, r=1.75 * r, **{"class": "ring"}) if door.changed and ringed else "")


def north_arrow(x: float, y: float, to: XY, *, length: float = 14.0) -> Iterable[str]:
    """An arrow with 北 at its tip."""
    dx, dy = to
    tip, tail = (x + dx * length, y + dy * length), (x - dx * length, y - dy * length)
    left, right = (x - dy * 5, y + dx * 5), (x + dy * 5, y - dx * 5)
    head = " ".join(f"{a:.1f},{b:.1f}" for a, b in (tip, left, right))
    return (polyline([tail, tip], "ink"), element("polygon", points=head, **{"class": "arrow"}),
            text(tip[0] + dx * 8, tip[1] + dy * 8 + 4, "北", "tiny", text_anchor="middle"))


def scale_bar(x: float, y: float, unit: float) -> list[str]:
    """A bar of a round number of metres; unit: user units a metre."""
    metres = max((m for m in _BARS_M if m * unit <= _BAR), default=_BARS_M[0])
    return [polyline([(x, y - 4), (x, y), (x + metres * unit, y), (x + metres * unit, y - 4)], "ink"),
            text(x + metres * unit + 5, y, f"{metres} 米", "tiny")]
