"""The household-group map for the village hall: one sheet of the whole, then a sheet a grid with every door and number.

Neighbouring groups differ in lightness, not only in hue, so that a grey copy can be read too; every group carries its number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from math import ceil

import shapely
from markupsafe import Markup

from doorplate.papers import GridMap, GroupEntry, MapShape
from print_jobs.papers.chart import (
    GREY,
    INK,
    Room,
    View,
    draw_labels,
    draw_names,
    draw_roads,
    furniture,
    label_size,
    roads_of,
    room_of,
    view_of,
    width_of,
)
from print_jobs.papers.svg import XY, area, line, squares, tag, words
from print_jobs.papers.typesetting import Paper, Progress, page, scale_of, to_pdf

TINTS = ("#FBF4DF", "#D8EAD0", "#C2D7EE", "#E8BFAF", "#B3B4DA", "#84B1A6")
"""Light to dark in even steps of CIE lightness (96, 90, 84, 80, 74, 68)."""

_WIDTH, _HEIGHT, _MARGIN = 288.0, 226.0, 19.0  # no door lies under the scale bar
_LEGEND_MM, _ROW_MM, _LINE_MM, _SCOPE_MM, _SCOPE_SIZE = 188.0, 7.8, 4.6, 56.0, 3.5  # as group_map.html sets them
_LEGEND_PAGE = 96
_LONG_MM = 40.0  # (D) on the sheet of the whole shorter streets stay without a name: their own sheet has it
_NUMBERED = 1_500  # (D) doors a sheet can name; above it only places are drawn
_TOUCHING_M = 0.00002  # degrees, about 2 m: outlines that meet


def map_pdf(maps: Sequence[GridMap], paper: Paper = "a3", progress: Progress | None = None) -> bytes:
    """The sheets, landscape. Raises Unavailable(artwork.weasyprint, font.missing)."""
    drawn = [one for one in maps if one.doors]
    total = len(drawn) + (len(drawn) > 1)
    return to_pdf(_sheets(drawn, paper), total, progress)


def _sheets(maps: Sequence[GridMap], paper: Paper) -> Iterator[str]:
    tints = _tints([shape for one in maps for shape in one.shapes])
    if len(maps) > 1:
        yield _sheet(maps, tints, paper, whole=True)
    for one in maps:
        yield _sheet([one], tints, paper, whole=False)


def _sheet(maps: Sequence[GridMap], tints: dict[str, str], paper: Paper, *, whole: bool) -> str:
    svg, notes = _drawn(maps, tints, whole=whole)
    groups = [] if whole else list(maps[0].board.groups)
    beside = _beside(groups)
    unplaced = sum(one.unplaced for one in maps)
    if unplaced:
        notes.append(f"{unplaced} 个门没有坐标, 图上没有")
    values = {"maps": maps, "whole": whole, "imprint": maps[0].board.imprint, "name": "" if whole else maps[0].board.name,
              "svg": Markup(svg), "notes": notes, "tints": tints, "legend": groups[:beside],  # noqa: S704 (svg.py escapes)
              "more": [groups[i:i + _LEGEND_PAGE] for i in range(beside, len(groups), _LEGEND_PAGE)]}
    return page("group_map", paper, values, landscape=True, scale=scale_of(paper, "a3"))


def _beside(groups: Sequence[GroupEntry]) -> int:
    """How many groups find room beside the map; the others go on sheets of their own."""
    high, count = 0.0, 0
    for group in groups:
        lines = sum(ceil(width_of(part, _SCOPE_SIZE) / _SCOPE_MM) for part in group.scope)
        high += max(_ROW_MM, max(lines, len(group.leaders)) * _LINE_MM + 1.4)
        count += high <= _LEGEND_MM
    return count


def _drawn(maps: Sequence[GridMap], tints: dict[str, str], *, whole: bool) -> tuple[str, list[str]]:
    """The map as SVG, and what must be said about it."""
    doors = [door for one in maps for door in one.doors]
    view = view_of([door.at for door in doors], _WIDTH, _HEIGHT, _MARGIN)
    room = room_of(view)
    spots = view.spots([door.at for door in doors])
    roads = roads_of(chain.from_iterable(one.streets for one in maps), view)
    numbered = not whole and len(doors) <= _NUMBERED
    dot = 1.3 if numbered else 1.0
    main = [road for road in roads if not whole or road.length > _LONG_MM]
    names = draw_names(main, room, 2.8 if whole else 3.4, spots)
    for spot in spots:
        room.take(spot, dot, dot, anyway=True)
    badges = _badges(maps, view, room, spots, 3.4 if whole else 5.0)
    told = [(spot, door.number) for spot, door in zip(spots, doors, strict=True) if door.number] if numbered else []
    labels, left_out = draw_labels(told, roads, room, label_size(spots, 2.1, 3.2))
    shapes = [*_fills(maps, view, tints), *_outlines(maps, view), *draw_roads(roads, view), squares(spots, dot, INK), *names,
              *labels, *badges, *furniture(view)]
    notes = [f"{left_out} 个门号太密, 没有标出"] if left_out else []
    if not (numbered or whole):
        notes.append("门太多, 只画位置, 没有标号")
    return "".join(shapes), notes


def _fills(maps: Sequence[GridMap], view: View, tints: dict[str, str]) -> list[str]:
    return [area(map(view.spots, shape.rings), tints[shape.code], GREY, 0.2) for one in maps for shape in one.shapes]


def _outlines(maps: Sequence[GridMap], view: View) -> list[str]:
    return [line(view.spots(ring), INK, 0.7, "3 1.6") for one in maps for ring in one.outline]


def _badges(maps: Sequence[GridMap], view: View, room: Room, spots: Sequence[XY], size: float) -> list[str]:
    """A group's number where its ground is widest and no door stands."""
    doors = shapely.union_all(shapely.buffer(shapely.points(spots), 2.2, quad_segs=2))
    frame = shapely.box(3, 3, view.width - 3, view.height - 3)
    shapes = []
    for one in maps:
        number = {group.code: group.number for group in one.board.groups}
        for shape in one.shapes:
            ground = shapely.make_valid(shapely.Polygon(view.spots(shape.rings[0]))).intersection(frame)
            free = ground.difference(doors)
            if free.is_empty:
                continue
            at = shapely.maximum_inscribed_circle(free, tolerance=0.5).coords[0]
            wide = max(size * 1.5, len(number[shape.code]) * size * 0.6 + size * 0.7)
            if not room.take(at, wide, size * 1.3):
                room.take(at, wide, size * 1.3, anyway=True)
            shapes.append(tag("rect", x=at[0] - wide / 2, y=at[1] - size * 0.65, width=wide, height=size * 1.3, rx=size * 0.65,
                              fill="#FFFFFF", stroke=INK, stroke_width=0.25))
            shapes.append(words(at, number[shape.code], size, bold=True))
    return shapes


def _tints(shapes: Sequence[MapShape]) -> dict[str, str]:
    """A tint a group, unlike those of the groups it touches; of the free ones the least used."""
    rings = [shapely.make_valid(shapely.Polygon(shape.rings[0])) for shape in shapes]
    near: dict[int, set[int]] = {}
    for a, b in shapely.STRtree(rings).query(rings, predicate="dwithin", distance=_TOUCHING_M).T.tolist() if rings else ():
        near.setdefault(a, set()).add(b)
    given: dict[int, int] = {}
    used = [0] * len(TINTS)
    for i in range(len(shapes)):
        taken = {given[j] for j in near.get(i, ()) if j in given}
        tint = min((t for t in range(len(TINTS)) if t not in taken), key=lambda t: (used[t], t), default=i % len(TINTS))
        given[i] = tint
        used[tint] += 1
    return {shape.code: TINTS[given[i]] for i, shape in enumerate(shapes)}
