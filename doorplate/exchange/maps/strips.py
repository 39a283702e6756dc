"""A street drawn out straight, in as many pieces as its numbers need room for."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import atan2, ceil, degrees
from statistics import median

from doorplate.addresses.numbering import Assignment, StreetPlan
from doorplate.areas.coordinates import LocalFrame
from doorplate.exchange.maps.labels import LABEL_GAP, Spot, label_of, placed, tiers_height
from doorplate.exchange.maps.signs import INNER, MARGIN, WIDTH, XY, Block, dot, north_arrow, scale_bar
from doorplate.exchange.maps.svg import element, text

_ROAD = 22.0
_FILLED = 0.8  # (D) of two tiers of labels: more, and labels are pushed far from their doors
_COMPASS = ("北", "东北", "东", "东南", "南", "西南", "西", "西北")


def strips(plan: StreetPlan) -> list[Block]:
    """The street drawn out straight, in as many pieces as its numbers need."""
    doors = [(a, a.along_m) for a in plan.assignments if a.along_m is not None]
    if not doors or len(plan.path) < 2:
        return []
    low, high = min(s for _, s in doors) - 6.0, max(s for _, s in doors) + 6.0
    needed = max(sum(label_of(a).width + LABEL_GAP for a, _ in doors if _up(plan, a) == up) for up in (True, False))
    count = max(1, ceil(needed / (2 * INNER * _FILLED)))
    piece = (high - low) / count
    return [_strip(plan, [(a, s) for a, s in doors if start <= s < start + piece or (last and s >= start)], start, piece)
            for k in range(count) for start, last in [(low + k * piece, k == count - 1)]]


def _strip(plan: StreetPlan, doors: Sequence[tuple[Assignment, float]], start: float, length: float) -> Block:
    """One piece: `length` metres of the street from `start`."""
    unit, flipped = INNER / length, _flipped(plan)
    spread = [(MARGIN + ((start + length - s) if flipped else (s - start)) * unit, a) for a, s in doors]
    sides = {up: _side([(x, a) for x, a in spread if _up(plan, a) == up]) for up in (True, False)}
    above, below = (tiers_height([spot for _, _, spot in sides[up]]) for up in (True, False))
    top, north = 28.0 + above, _north_on_strip(plan, start, length, flipped)
    bottom = top + _ROAD + below + 30
    shapes = [element("rect", x=MARGIN - 4, y=top, width=INNER + 8, height=_ROAD, rx=3, **{"class": "road"})]
    shapes += [*_road_words(plan, top, flipped), *_side_titles(plan, north, top, below)]
    shapes += [*_doors(sides[True], top - 7, -1), *_doors(sides[False], top + _ROAD + 7, 1)]
    shapes += [*scale_bar(MARGIN, bottom - 4, unit), *north_arrow(WIDTH - 30, 16, north, length=9)]
    return Block(bottom + 10, tuple(shapes))


def _side(doors: Sequence[tuple[float, Assignment]]) -> list[tuple[float, Assignment, Spot]]:
    """The doors of one side from left to right, each with the spot of its label."""
    row = sorted(doors, key=lambda pair: pair[0])
    spots = placed([(x, label_of(a)) for x, a in row], MARGIN, MARGIN + INNER)
    return [(x, a, spot) for (x, a), spot in zip(row, spots, strict=True)]


def _doors(side: Sequence[tuple[float, Assignment, Spot]], edge: float, down: int) -> list[str]:
    """Leaders, then dots, then labels, so that no line runs over a number. down: 1 below the road, -1 above it."""
    leaders, dots, labels = [], [], []
    for x, door, spot in side:
        y = edge + down * (10 + spot.offset)
        leaders.append(element("line", x1=x, y1=edge, x2=spot.x, y2=y, **{"class": "leader"}))
        dots.append(dot((x, edge), door))
        labels += spot.label.shapes(spot.x, y + down * spot.label.height / 2)
    return [*leaders, *dots, *labels]


def _road_words(plan: StreetPlan, top: float, flipped: bool) -> list[str]:
    words = f"← {plan.street} 号码渐大" if flipped else f"{plan.street} 号码渐大 →"
    return [text(WIDTH / 2, top + 15, words, "small", text_anchor="middle")]


def _side_titles(plan: StreetPlan, north: XY, top: float, below: float) -> list[str]:
    """Which side of the street is above and below the road, on this piece of it."""
    if not plan.sides:
        return []
    bearing = round(-degrees(atan2(north[0], -north[1])) / 45)
    up, down = f"{_COMPASS[bearing % 8]}侧", f"{_COMPASS[(bearing + 4) % 8]}侧"
    return [text(MARGIN - 4, 16, up, "lead"), text(WIDTH - MARGIN, top + _ROAD + below + 26, down, "lead", text_anchor="end")]


def _up(plan: StreetPlan, door: Assignment) -> bool:
    """Whether the door is drawn above the road: what lies left of the numbering, turned where the paper is turned."""
    if door.row:
        left = door.row > 0
    elif plan.kind == "one-sided":
        left = median(a.beside_m for a in plan.assignments if a.beside_m is not None) >= 0
    else:
        return True
    return left != _flipped(plan)


def _flipped(plan: StreetPlan) -> bool:
    """Streets that run west are drawn from right to left, so that east is on the right as on every map."""
    (x0, y0), (x1, y1) = plan.path[0], plan.path[-1]
    return x1 < x0 and abs(x1 - x0) >= abs(y1 - y0)


def _north_on_strip(plan: StreetPlan, start: float, length: float, flipped: bool) -> XY:
    """North on the paper of one piece, a unit vector (x, y down)."""
    frame = LocalFrame(*plan.path[0])
    east, north = frame.metres([p[0] for p in plan.path], [p[1] for p in plan.path])
    nodes, run = list(zip(east.tolist(), north.tolist(), strict=True)), 0.0
    here = nodes[-2:]
    for a, b in pairwise(nodes):
        run += ((b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2) ** 0.5
        if run >= start + length / 2:
            here = [a, b]
            break
    dx, dy = here[1][0] - here[0][0], here[1][1] - here[0][1]
    size = ((dx * dx + dy * dy) ** 0.5 or 1.0) * (-1 if flipped else 1)
    return dy / size, -dx / size
