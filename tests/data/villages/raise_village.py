"""Names and numbers for what layout drew, people for the houses, and the world put together."""

import math
from dataclasses import replace
from pathlib import Path
from random import Random

import layout
import words
from geo import Frame
from place import pick
from world import Habits, House, Household, Line, World


def build(rng: Random, folder: Path, scheme: str, habits: Habits, province: str | None = None) -> World:
    """A whole true village; scheme is street, hamlet or mixed."""
    place = pick(rng, folder, province)
    blocks = layout.plan(rng, scheme, rng.randint(460, 900))
    drawing = layout.draw(rng, blocks, habits.plots)
    turn = math.radians(rng.choice([0, 90, 0, 90, 180, rng.uniform(20, 70), rng.uniform(110, 160)]) + rng.uniform(-6, 6))
    frame = Frame(*place.spot, turn, rng.uniform(2, 6), rng.uniform(0, 6))
    if habits.winding:
        frame = replace(frame, warp=16.0 + frame.warp, waves=(52.0, 60.0))
    lane_kind = rng.choice(words.LANE_KINDS)
    world = World(place, frame, scheme, drawing.lines, drawing.houses, layout.outlines(blocks), lane_kind, False, [], rng, habits)
    slant = math.degrees(turn) % 90
    world.peculiar += ["斜向"] if 15 < slant < 75 else []
    world.peculiar += ["一街跨两网格"] if any(b.cut for b in blocks) else []
    _rules(world, drawing)
    _names(world, drawing)
    _name_hamlets(world)
    for line in world.lines:
        _number(rng, line, [h for h in world.houses if h.line is line])
    _settle(world)
    _people(world)
    return world


def _length(line: Line) -> float:
    return sum(math.dist(a, b) for a, b in zip(line.path, line.path[1:], strict=False))


def _rules(world: World, drawing: layout.Drawing) -> None:
    """Where numbers start and which side is odd: one habit a village, sometimes with exceptions."""
    rng = world.rng
    back, odd_left, lane_left = rng.random() < 0.5, rng.random() < 0.5, rng.random() < 0.5
    own, metric = rng.random() < 0.35, rng.random() < 0.25
    for main in [m for mains in drawing.mains for m in mains]:
        turned = back ^ (own and rng.random() < 0.4)
        main.odd_left = odd_left ^ (own and rng.random() < 0.4)
        if main.mode == "one":
            main.mode = rng.choice(["odd", "even", "run"])
        elif metric and rng.random() < 0.7:
            main.mode = "metric"
        if turned:
            total = _length(main)
            main.path.reverse()
            for house in [h for h in world.houses if h.line is main]:
                house.u, house.left = total - house.u, not house.left
    for lane in [line for line in world.lines if line.kind == "巷"]:
        lane.odd_left = lane_left
    for text, on in (
        ("每条街编号规则不一", own and len(drawing.mains) > 0),
        ("距离制编号", any(x.mode == "metric" for x in world.lines)),
        ("有单边街", any(x.mode in ("odd", "even", "run") for x in world.lines)),
        ("有拐弯街", any(len(x.path) == 3 for x in world.lines)),
    ):
        world.peculiar += [text] if on else []


def _names(world: World, drawing: layout.Drawing) -> None:
    rng = world.rng
    pair, more = rng.sample(words.PAIRS, 2), rng.sample(words.STREETS, 12)
    stems = [*pair[0], *(pair[1] if rng.random() < 0.4 else ()), *more]
    own_lanes = rng.random() < 0.4
    lane_stems = rng.sample(words.LANE_STEMS, len(words.LANE_STEMS))
    at = 0
    for mains in drawing.mains:
        for main in mains:
            main.name, at = stems[at], at + 1
            lanes = _lanes_of(world, main)
            for i, lane in enumerate(lanes):
                if own_lanes and lane_stems:
                    lane.name, lane.lane = lane_stems.pop() + world.lane_kind, ""
                else:
                    lane.name, lane.lane = main.name, words.hanzi(i + 1) + world.lane_kind
    stems_used = [main.name[:-1] for mains in drawing.mains for main in mains]
    for lane in [line for line in world.lines if line.lane]:
        stem = lane.name[:-1]
        lane.short = len(stem) > 1 and stems_used.count(stem) == 1 and not set(stem) & set("一二三四五六七八九十大")
    if any(line.kind == "巷" for line in world.lines):
        world.peculiar.append(f"{world.lane_kind}有专名" if own_lanes else f"{world.lane_kind}按序")


def _name_hamlets(world: World) -> None:
    """一组, 二组 … with or without a natural village's name beside, or natural villages only."""
    rng = world.rng
    hamlets = [line for line in world.lines if line.kind == "组"]
    named = rng.random() < 0.35 and len(hamlets) <= len(words.HAMLETS)
    world.alias = not named and rng.random() < 0.4 and 0 < len(hamlets) <= len(words.HAMLETS)
    natural = rng.sample(words.HAMLETS, len(words.HAMLETS))
    for i, hamlet in enumerate(hamlets):
        hamlet.name = natural[i] if named else words.hanzi(i + 1) + "组"
        hamlet.aliases = [natural[i]] if world.alias else []
    if hamlets:
        world.peculiar.append("自然村名" if named else "组号带自然村别名" if world.alias else "数字组")


def _lanes_of(world: World, main: Line) -> list[Line]:
    """The lanes that follow a street in the list of lines, in the street's own direction."""
    first = world.lines.index(main) + 1
    lanes = []
    for line in world.lines[first:]:
        if line.kind != "巷":
            break
        lanes.append(line)
    return sorted(lanes, key=lambda lane: math.dist(lane.path[0], main.path[0]))


def _number(rng: Random, line: Line, houses: list[House]) -> None:
    """True numbers: odd one side and even the other, with a few numbers nobody ever had; a twin door is 附1."""
    sides = [[h for h in houses if h.left == (line.odd_left == odd)] for odd in (True, False)]
    if line.kind == "组" or line.mode in ("odd", "even", "run"):
        sides = [houses]
    for k, side in enumerate(sides):
        step = 1 if line.kind == "组" or line.mode == "run" else 2
        first = 2 if line.mode == "even" or (k == 1 and step == 2) else 1
        no = first - step
        doors: list[list[House]] = []
        for house in sorted(side, key=lambda h: h.u):
            if doors and (house.twin is doors[-1][0] or doors[-1][0].twin is house):
                doors[-1].append(house)
            else:
                doors.append([house])
        for door in doors:
            no += step * (2 if rng.random() < 0.045 and line.mode != "metric" else 1)
            if line.mode == "metric":
                no = max(no if no > first else first, 2 * int(door[0].u / 10) + first)
            for house in door:
                house.no, house.sub = no, 0
            if len(door) == 2:
                door[1].sub = 1
        line.pool |= {h.no for h in side}


def _settle(world: World) -> None:
    """Order, ids, points and sides of the houses."""
    rank = {id(line): i for i, line in enumerate(world.lines)}
    world.houses.sort(key=lambda h: (h.grid, rank[id(h.line)], h.no % 2 == 0 if h.line.kind != "组" else False, h.no, h.sub))
    for i, house in enumerate(world.houses):
        house.addr_id = f"{world.place.code}-{i + 1:04d}"
        house.point = world.frame.lonlat(*house.door)
        house.plate_no = house.no
        if house.line.kind != "组":
            foot = layout.foot(house.line.path, house.u)
            (ax, ay), (bx, by) = world.frame.bend(*foot), world.frame.bend(*house.door)
            house.side = ("东" if bx > ax else "西") if abs(bx - ax) > abs(by - ay) else ("北" if by > ay else "南")
    for line in world.lines:
        line.rule = _said(world, line)


def _said(world: World, line: Line) -> str:
    if line.kind == "组":
        return "组内顺序编号" + ("（回头排）" if line.mode == "serpentine" else "（每排同向）")
    (ax, ay), (bx, by) = world.frame.bend(*line.path[0]), world.frame.bend(*line.path[-1])
    way = ("由西向东" if bx > ax else "由东向西") if abs(bx - ax) > abs(by - ay) else ("由南向北" if by > ay else "由北向南")
    sides = {"odd": "单边单号", "even": "单边双号", "run": "单边连号"}.get(line.mode, "左单右双" if line.odd_left else "左双右单")
    return way + "，" + sides + ("，距离制" if line.mode == "metric" else "")


def _people(world: World) -> None:
    """Houses that are gone, houses that are offices, and who lives in the others: one family, now and then two."""
    rng = world.rng
    twins = [h.twin for h in world.houses if h.twin]
    plain = [h for h in world.houses if not h.sub and not h.twin and h not in twins]
    gone = rng.sample(plain, max(3, round(len(plain) * 0.009)))
    for i, house in enumerate(gone):
        house.retired, house.action, house.addr_id = True, "停用", f"{world.place.code}-R{i + 1:03d}"
    offices = rng.sample([h for h in plain if not h.retired], 6)
    for house, unit in zip(offices, rng.sample(words.UNITS, 6), strict=True):
        house.unit = world.place.village + unit
    phones = rng.sample(range(10000), 3000)
    count = 0
    for house in [h for h in world.houses if not (h.unit or h.retired)]:
        for _ in range(2 if rng.random() < 0.018 else 1):
            count += 1
            number, people = phones.pop(), min(8, max(1, round(rng.gauss(4, 1.5))))
            phone = f"{'143' if number < 5000 else '154'}0000{number % 5000:04d}"
            home = max(0, people - rng.choice([0, 0, 0, 1, 2]))
            house.households.append(Household(f"{world.place.code}-H{count:04d}", person(rng), people, home, phone, house))
        heads = [h.head for h in house.households]
        if len(set(heads)) < len(heads):
            house.households[1].head += "二"


def person(rng: Random) -> str:
    """An invented name."""
    return "测试" + "".join(rng.choices(words.NAME_CHARS, k=3 if rng.random() < 0.12 else 2))
