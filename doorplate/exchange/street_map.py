"""A street's numbering on paper: what each door has and what it is to get, for the village hall's wall and for a phone.

Above, the street as it lies (north up). Below, the same street drawn out straight in pieces, wide enough for every
number: distances along the street are to scale, its width is not. 390 units wide as a phone; a sheet is no longer
than an A4 page can show, a long street takes several. Signs and words say what colours say.
"""

from __future__ import annotations

from collections.abc import Sequence

from doorplate.addresses.numbering import Assignment, StreetPlan
from doorplate.areas.coordinates import LocalFrame
from doorplate.exchange.maps.labels import Label, label_of
from doorplate.exchange.maps.signs import INNER, MARGIN, SHEET, STYLE, WIDTH, XY, Block, dot, north_arrow, scale_bar
from doorplate.exchange.maps.strips import strips
from doorplate.exchange.maps.svg import document, element, polyline, text, wrapped

_SECOND = 230.0  # where the legend's second column begins
_SHAPE_HIGH, _COMPOUND_HIGH = 150.0, 330.0  # user units at most for the street as it lies, for a compound


def draw_street_map(plan: StreetPlan, note: str = "") -> list[str]:
    """The plan as SVG texts, one a sheet. note: one more line under the title ("示例数据, 均为虚构")."""
    blocks = [_overview(plan), _legend(plan), *(() if plan.kind == "compound" else strips(plan)), _unplaced(plan)]
    sheets: list[list[Block]] = [[_header(plan, note)]]
    for block in (b for b in blocks if b.height):
        if sum(b.height for b in sheets[-1]) + block.height > SHEET:
            sheets.append([_again(plan, len(sheets) + 1)])
        sheets[-1].append(block)
    return [_sheet(plan, blocks, at + 1, len(sheets)) for at, blocks in enumerate(sheets)]


def _sheet(plan: StreetPlan, blocks: Sequence[Block], at: int, of: int) -> str:
    body, y = [], 0.0
    for block in blocks:
        body.append(element("g", "".join(block.shapes), transform=f"translate(0 {y:.1f})"))
        y += block.height
    if of > 1:
        body.append(text(WIDTH - MARGIN, y + 10, f"第 {at} 张, 共 {of} 张", "tiny", text_anchor="end"))
    return document(WIDTH, y + 20, f"{plan.street}门牌编号图", STYLE, body)


def _header(plan: StreetPlan, note: str) -> Block:
    """What the map is of, what changes, by which rule, and what to look at."""
    same = sum(not a.changed and a.new is not None for a in plan.assignments)
    what = "栋" if plan.kind == "compound" else "户"
    lines = [("lead", f"改号 {plan.changes} {what} · 新编 {plan.additions} {what} · 不变 {same} {what}")]
    said = [("small", s) for s in ("; ".join(plan.rule), note) if s] + [("warn", f"注意: {s}") for s in plan.warnings]
    lines += [(css, line) for css, sentence in said for line in wrapped(sentence, 12, INNER)]
    title = wrapped(f"{plan.street}门牌编号图", 20, INNER)
    shapes = [text(MARGIN, 30 + 26 * i, line, "title") for i, line in enumerate(title)]
    top = 28.0 + 26 * len(title)
    shapes += [text(MARGIN, top + 18 * i, line, css) for i, (css, line) in enumerate(lines)]
    return Block(top + 18 * len(lines) - 8, tuple(shapes))


def _again(plan: StreetPlan, at: int) -> Block:
    return Block(44.0, (text(MARGIN, 30, f"{plan.street}门牌编号图 (续 {at})", "title"),))


def _overview(plan: StreetPlan) -> Block:
    """The street as it lies, north up, with the ends of its numbering; a compound with its numbers."""
    doors = [a for a in plan.assignments if a.point]
    places = [*plan.path, *((a.point.lon, a.point.lat) for a in doors if a.point)]
    if not places:
        return Block(0.0, ())
    compound = plan.kind == "compound"
    spots, unit, bottom = _on_paper(places, _COMPOUND_HIGH if compound else _SHAPE_HIGH)
    path, dots = spots[:len(plan.path)], spots[len(plan.path):]
    shapes = [polyline(path, "walk" if compound else "way")] if len(path) > 1 else []
    ringed = 3 * sum(a.changed for a in doors) <= len(doors)
    for spot, door in zip(dots, doors, strict=True):
        shapes += _building(spot, door) if compound else [dot(spot, door, 2.2, ringed=ringed)]
    if len(path) > 1 and not compound:
        shapes += [_end_word(path[0], path[1], "起"), _end_word(path[-1], path[-2], "止")]
    height = bottom + 46
    shapes += [*north_arrow(WIDTH - 34, 34, (0.0, -1.0)), *scale_bar(MARGIN, height - 10, unit)]
    shapes.append(element("rect", x=MARGIN - 6, y=4, width=INNER + 12, height=height, rx=6, **{"class": "frame"}))
    return Block(height + 12, tuple(shapes))


def _on_paper(places: Sequence[XY], high: float) -> tuple[list[XY], float, float]:
    """(lon, lat) → user units, north up; with the units a metre and the lowest y."""
    frame = LocalFrame(*places[0])
    east, north = (v.tolist() for v in frame.metres([p[0] for p in places], [p[1] for p in places]))
    wide, tall = max(max(east) - min(east), 30.0), max(max(north) - min(north), 30.0)
    room = INNER - 100.0
    unit, top = min(room / wide, high / tall), 40.0
    left = MARGIN + 30 + (room - (max(east) - min(east)) * unit) / 2
    spots = [(left + (x - min(east)) * unit, top + (max(north) - y) * unit) for x, y in zip(east, north, strict=True)]
    return spots, unit, max(y for _, y in spots)


def _legend(plan: StreetPlan) -> Block:
    shapes: list[str] = []
    y, compound = 14.0, plan.kind == "compound"
    if not compound:
        odd, even = _side_words(plan)
        shapes += [element("circle", cx=MARGIN + 6, cy=y - 4, r=5, **{"class": "odd"}), text(MARGIN + 16, y, odd, "small")]
        shapes.append(element("rect", x=_SECOND, y=y - 9, width=9, height=9, **{"class": "even"}))
        shapes.append(text(_SECOND + 15, y, even, "small"))
        y += 24
    samples = ((MARGIN, Label("redo", "改 19", "原17"), "红底: 改号, 划掉的是原号"),
               (_SECOND, Label("made", "新 21", ""), "绿底: 新编的号"))
    for x, label, words in samples:
        shapes += label.shapes(x + label.width / 2, y + label.height / 2 - 13)
        shapes.append(text(x + label.width + 6, y, words, "small"))
    y += 34
    more = "" if compound else "; 红圈是要动的门。下图把街拉直, 沿街按比例, 街宽只是示意"
    for line in wrapped(f"没有底色的号码不变{more}", 12, INNER):
        shapes.append(text(MARGIN, y, line, "small"))
        y += 18
    return Block(y, tuple(shapes))


def _side_words(plan: StreetPlan) -> tuple[str, str]:
    """What the two signs mean on this street."""
    rows = {a.new.number % 2: plan.sides[0 if a.row > 0 else 1] for a in plan.assignments if a.new and a.row and plan.sides}
    return (f"圆点: 单号 ({rows[1]})" if 1 in rows else "圆点: 单号"), (f"方块: 双号 ({rows[0]})" if 0 in rows else "方块: 双号")


def _end_word(end: XY, inward: XY, words: str) -> str:
    """A word beyond the end of the street."""
    dx, dy = end[0] - inward[0], end[1] - inward[1]
    far = 18.0 / ((dx * dx + dy * dy) ** 0.5 or 1.0)
    return text(end[0] + dx * far, end[1] + dy * far + 5, words, "lead", text_anchor="middle")


def _building(at: XY, building: Assignment) -> list[str]:
    label = label_of(building)
    mark = element("rect", x=at[0] - 3, y=at[1] - 3, width=6, height=6, **{"class": "odd"})
    return [mark, *label.shapes(at[0], at[1] - 6 - label.height / 2)]


def _unplaced(plan: StreetPlan) -> Block:
    lost = [a for a in plan.assignments if a.along_m is None]
    if not lost:
        return Block(0.0, ())
    words = "、".join(f"{a.old or '未编号'}→{a.new or '未定'}" if a.changed or not a.new else str(a.new) for a in lost)
    lines = wrapped(f"图上没有的 (没有可信的坐标): {words}", 12, INNER)
    return Block(18.0 * len(lines) + 10, tuple(text(MARGIN, 18.0 * (i + 1), line, "warn") for i, line in enumerate(lines)))
