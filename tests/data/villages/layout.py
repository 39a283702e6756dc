"""Draws a village on the board: blocks of streets with lanes, rows, corners, hamlets; lots along them; outlines of the grids."""

import itertools
import math
from dataclasses import dataclass, field
from random import Random

from shapely.geometry import Polygon
from shapely.ops import unary_union
from world import XY, House, Line

STREET_HALF, DEPTH, LANE_HALF, LANE_DEPTH = 5.0, 20.0, 2.5, 13.0
Rect = tuple[float, float, float, float]


@dataclass
class Block:
    """A rectangle (x0, y0, x1, y1) of one grid; kind lanes, rows, hamlet or bend (which has a second rectangle)."""

    kind: str
    rects: list[Rect]
    grids: list[int]
    cut: float | None = None


@dataclass
class Drawing:
    """Lines with their lots still without numbers; block is the one being drawn, plots how wide lots are."""

    rng: Random
    block: Block
    plots: float = 1.0
    lines: list[Line] = field(default_factory=list)
    houses: list[House] = field(default_factory=list)
    mains: list[list[Line]] = field(default_factory=list)


def plan(rng: Random, scheme: str, target: int) -> list[Block]:
    """Blocks for about target households."""
    if scheme == "hamlet":
        return _cells(rng, target, 0.0, 0)
    if scheme == "mixed":
        blocks = _strips(rng, int(target * 0.55), ["lanes", "rows", "lanes"])
        width = blocks[0].rects[0][2]
        return blocks + _cells(
            rng, int(target * 0.45), min(b.rects[0][1] for b in blocks), max(max(b.grids) for b in blocks) + 1, width
        )
    kinds = rng.choice([["lanes"], ["lanes", "lanes", "rows"], ["lanes", "rows"]])
    blocks = _strips(rng, target, kinds)
    return _bend(rng, blocks) if rng.random() < 0.45 else blocks


def _strips(rng: Random, target: int, kinds: list[str]) -> list[Block]:
    count = max(2, min(6, round(target / 160)))
    chosen = [kinds[i % len(kinds)] for i in range(count)]
    width = max(260.0, min(620.0, target / sum({"lanes": 0.33, "rows": 0.29}[k] for k in chosen)))
    blocks, top, grid = [], 0.0, 0
    cut_one = rng.randrange(count) if rng.random() < 0.35 and width > 400 else -1
    for i, kind in enumerate(chosen):
        height = rng.uniform(142, 156) if kind == "lanes" else rng.uniform(112, 124)
        cut = width * rng.uniform(0.45, 0.55) if i == cut_one else None
        blocks.append(Block(kind, [(0.0, top - height, width, top)], [grid, grid + 1] if cut else [grid], cut))
        grid, top = grid + len(blocks[-1].grids), top - height
    return blocks


def _bend(rng: Random, blocks: list[Block]) -> list[Block]:
    """Adds an L: a strip below everything and a column on the east side, one street round the corner."""
    _, bottom, width, _ = blocks[-1].rects[0]
    deep = rng.uniform(112, 122)
    grid = max(max(b.grids) for b in blocks) + 1
    return [*blocks, Block("bend", [(0.0, bottom - deep, width, bottom), (width, bottom - deep, width + deep, 0.0)], [grid])]


def _cells(rng: Random, target: int, top: float, first_grid: int, width: float | None = None) -> list[Block]:
    count = max(3, round(target / rng.uniform(38, 55)))
    columns = max(1, int(width / 190)) if width else rng.choice([3, 4])
    size_x, size_y = (width / columns if width else rng.uniform(190, 230)), rng.uniform(150, 190)
    per_grid = rng.choice([2, 3])
    blocks = []
    for i in range(count):
        row, col = divmod(i, columns)
        col = columns - 1 - col if row % 2 else col
        rect = (col * size_x, top - (row + 1) * size_y, (col + 1) * size_x, top - row * size_y)
        last = (count - 1) // per_grid - (1 if count % per_grid == 1 and count > per_grid else 0)
        blocks.append(Block("hamlet", [rect], [first_grid + min(i // per_grid, last)]))
    return blocks


def draw(rng: Random, blocks: list[Block], plots: float = 1.0) -> Drawing:
    """Lines and lots of all blocks, plots wider or narrower than usual; numbers and names come later."""
    drawing = Drawing(rng, blocks[0], plots)
    for block in blocks:
        drawing.block = block
        x0, y0, x1, y1 = block.rects[0]
        if block.kind == "hamlet":
            _hamlet(drawing)
        elif block.kind == "rows":
            deep = (y1 - y0) / 4
            sides = ((y1 - deep, False), (y0 + deep, rng.random() < 0.3))
            drawing.mains.append([_street(drawing, [(x0 + 10, y), (x1 - 10, y)], one) for y, one in sides])
        elif block.kind == "bend":
            corner, mid = (x1 + (block.rects[1][2] - x1) / 2), (y0 + y1) / 2
            path = [(x0 + 10, mid), (corner, mid), (corner, block.rects[1][3] - 10)]
            drawing.mains.append([_street(drawing, path, False)])
        else:
            drawing.mains.append([_with_lanes(drawing)])
    return drawing


def _street(drawing: Drawing, path: list[XY], one_sided: bool) -> Line:
    line = Line("", "", "街", path, mode="one" if one_sided else "seq")
    for left in [drawing.rng.random() < 0.5] if one_sided else [True, False]:
        _lots(drawing, line, left, [])
    drawing.lines.append(line)
    return line


def _with_lanes(drawing: Drawing) -> Line:
    """A street with lanes on both sides, about 80 m apart."""
    rng, cut, (x0, y0, x1, y1) = drawing.rng, drawing.block.cut, drawing.block.rects[0]
    mid, length, reach = (y0 + y1) / 2, x1 - x0 - 20, (y1 - y0) / 2 - 6
    line = Line("", "", "街", [(x0 + 10, mid), (x1 - 10, mid)])
    lanes: list[tuple[float, bool]] = []
    for left in (True, False):
        u = rng.uniform(25, 60)
        while u < length - 22:
            if cut is None or abs(u + x0 + 10 - cut) > 24:
                lanes.append((u, left))
            u += rng.uniform(58, 100)
        _lots(drawing, line, left, [u for u, side in lanes if side == left])
    drawing.lines.append(line)
    for u, left in sorted(lanes):
        sign, x = (1 if left else -1), x0 + 10 + u
        lane = Line("", "?", "巷", [(x, mid + sign * 2.0), (x, mid + sign * reach)])
        for side in (True, False):
            _lots(drawing, lane, side, [], start=STREET_HALF + DEPTH)
        drawing.lines.append(lane)
    return line


def _lots(drawing: Drawing, line: Line, left: bool, gaps: list[float], start: float = 0.0) -> None:
    """Lots on one side of a path, with gaps at lanes, at a corner and where two grids meet; now and then an empty plot."""
    rng, cut = drawing.rng, drawing.block.cut
    closed = [(g, 4.5) for g in gaps]
    if len(line.path) > 2:
        closed.append((math.dist(line.path[0], line.path[1]), 30.0))
    if cut is not None and line.kind == "街":
        closed.append((cut - line.path[0][0], 13.0))
    total = sum(math.dist(a, b) for a, b in itertools.pairwise(line.path))
    u = start + rng.uniform(0, 3)
    while u + (width := rng.uniform(10.5, 14.5) * drawing.plots) <= total:
        hits = [at + free for at, free in closed if u < at + free and at - free < u + width]
        if hits:
            u = max(hits)
            continue
        chance = rng.random()
        if chance < 0.035:
            first = _lot(drawing, line, left, (u, u + width / 2))
            _lot(drawing, line, left, (u + width / 2, u + width), first)
        elif chance < 0.95:
            _lot(drawing, line, left, (u, u + width))
        u += width + rng.uniform(0, 0.8)


def _lot(drawing: Drawing, line: Line, left: bool, span: tuple[float, float], twin: House | None = None) -> House:
    """One house between two distances along the path, its door in the middle of the front."""
    half, depth = (STREET_HALF, DEPTH) if line.kind == "街" else (LANE_HALF, LANE_DEPTH)
    sign, middle, (a, b) = (1 if left else -1), sum(span) / 2, (span[0] + 0.3, span[1] - 0.3)
    back = sign * (half + depth - 2)
    box = [_at(line.path, u, off) for u, off in ((a, sign * half), (b, sign * half), (b, back), (a, back))]
    house = House(line, _at(line.path, middle, sign * half), box, left, middle, twin=twin)
    cut, grids = drawing.block.cut, drawing.block.grids
    house.grid = grids[-1] if cut is not None and house.door[0] > cut else grids[0]
    drawing.houses.append(house)
    return house


def _at(path: list[XY], u: float, off: float) -> XY:
    """The point u metres along a path and off metres to its left."""
    for a, b in itertools.pairwise(path):
        length = math.dist(a, b)
        if u <= length or b == path[-1]:
            dx, dy = (b[0] - a[0]) / length, (b[1] - a[1]) / length
            return a[0] + dx * u - dy * off, a[1] + dy * u + dx * off
        u -= length
    raise ValueError(u)


def _hamlet(drawing: Drawing) -> None:
    """Rows of houses, numbered one after the other: each row from the same end, or back and forth."""
    rng, (x0, y0, x1, y1) = drawing.rng, drawing.block.rects[0]
    margin = rng.uniform(16, 26)
    line = Line("", "", "组", [], mode=rng.choice(["serpentine", "rows"]))
    rows = max(2, int((y1 - y0 - 2 * margin) / 30))
    east_first = rng.random() < 0.5
    order = 0.0
    for r in range(rows):
        y = y1 - margin - (r + 0.3) * (y1 - y0 - 2 * margin) / rows
        spans, x = [], x0 + margin
        while x < x1 - margin - 10 * drawing.plots:
            width = rng.uniform(11, 15.5) * drawing.plots
            spans.append((x, min(x + width, x1 - margin)))
            x += width + rng.uniform(0.3, 2)
        if east_first ^ (line.mode == "serpentine" and r % 2 == 1):
            spans.reverse()
        line.path += [(sum(spans[0]) / 2, y), (sum(spans[-1]) / 2, y)]
        for span in spans:
            order += 1
            if rng.random() > 0.06 and span[1] - span[0] > 8 * drawing.plots:
                _cottage(drawing, line, order, (*span, y + rng.uniform(-1.5, 1.5)))
    drawing.lines.append(line)


def _cottage(drawing: Drawing, line: Line, order: float, place: tuple[float, float, float]) -> None:
    """A house of a hamlet, place being its (west, east, front); sometimes a second one behind it."""
    a, b, y = place
    box = [(a, y), (b, y), (b, y + 11), (a, y + 11)]
    first = House(line, ((a + b) / 2, y), box, True, order, drawing.block.grids[0])
    drawing.houses.append(first)
    if drawing.rng.random() < 0.02:
        behind = [(px, py + 12) for px, py in box]
        drawing.houses.append(House(line, (b - 1, y + 5), behind, True, order + 0.5, first.grid, twin=first))


def outlines(blocks: list[Block]) -> list[list[XY]]:
    """Each grid's outline, with a vertex every 25 m and at each corner of another block, so that neighbours share them."""
    parts: dict[int, list[Polygon]] = {}
    marks: tuple[set[float], set[float]] = (set(), set())
    for block in blocks:
        for rect in block.rects:
            pieces = (
                [rect] if block.cut is None else [(rect[0], rect[1], block.cut, rect[3]), (block.cut, rect[1], rect[2], rect[3])]
            )
            for grid, piece in zip(block.grids if block.cut is not None else block.grids * len(pieces), pieces, strict=False):
                x0, y0, x1, y1 = (round(v, 2) for v in piece)
                parts.setdefault(grid, []).append(Polygon([(x0, y0), (x1, y0), (x1, y1), (x0, y1)]))
                marks[0].update((x0, x1))
                marks[1].update((y0, y1))
    grids = []
    for _, polygons in sorted(parts.items()):
        ring = list(unary_union([p.buffer(1e-6, join_style="mitre") for p in polygons]).simplify(1e-4).exterior.coords)
        grids.append([p for a, b in itertools.pairwise(ring) for p in _dense(a, b, marks)])
    return grids


def _dense(a: XY, b: XY, marks: tuple[set[float], set[float]]) -> list[XY]:
    a, b = (round(a[0], 2), round(a[1], 2)), (round(b[0], 2), round(b[1], 2))
    axis = 0 if abs(a[0] - b[0]) > abs(a[1] - b[1]) else 1
    low, high = sorted((a[axis], b[axis]))
    stops = marks[axis] | {25.0 * k for k in range(int(low // 25), int(high // 25) + 2)}
    inner = sorted((s for s in stops if low + 0.01 < s < high - 0.01), reverse=a[axis] > b[axis])
    return [a, *((s, a[1]) if axis == 0 else (a[0], s) for s in inner)]


def dense(path: list[XY]) -> list[XY]:
    """A path with a point every 10 m or so, that bends with the ground."""
    points = [path[0]]
    for a, b in itertools.pairwise(path):
        steps = max(1, round(math.dist(a, b) / 10))
        points += [(a[0] + (b[0] - a[0]) * k / steps, a[1] + (b[1] - a[1]) * k / steps) for k in range(1, steps + 1)]
    return points


def foot(path: list[XY], u: float) -> XY:
    """The middle of the street in front of a door u metres along."""
    return _at(path, u, 0.0)
