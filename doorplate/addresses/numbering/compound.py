"""Numbers for the buildings of a compound: row after row from one corner, there and back, in an S (DB11/T 856)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import shapely

from doorplate.addresses.numbering.axis import Floats
from doorplate.addresses.numbering.chain import in_order
from doorplate.addresses.numbering.fill import Stop, fill, loosened
from doorplate.addresses.numbering.nouns import Assignment, Door, HouseNumber, StreetPlan
from doorplate.addresses.numbering.pool import Pool
from doorplate.addresses.numbering.profile import Profile
from doorplate.addresses.numbering.rule import Rule
from doorplate.areas.coordinates import LocalFrame

_LEVEL_M = 8.0  # (D) buildings of one row are out of line by less than a building is deep
_BREAK = 1.8  # (D) gaps between rows are at least so many times wider than the unevenness within them
_WORDS = {"north-east": "东北角", "north-west": "西北角", "south-east": "东南角", "south-west": "西南角"}


def propose_compound(buildings: Sequence[Door], profile: Profile, *, name: str = "", keep_existing: bool = False,
                     spent: Collection[HouseNumber] = ()) -> StreetPlan:
    """Numbers for buildings by their points (degrees, the middle of each). Those without a point get none.

    keep_existing: buildings that stand in order along the S keep their numbers. Rows may be turned against the compass.
    """
    placed = [i for i, b in enumerate(buildings) if b.point]
    walk_index = [placed[k] for k in s_walk(_metres([buildings[i] for i in placed]), profile)] if placed else []
    rule = Rule({0: None}, 1, 0.0, None, frozenset(profile.skipped), _words(profile))
    given = _given([buildings[i] for i in walk_index], rule, profile, keep_existing, spent)
    made = [Assignment(b.id, b.painted, given[k], _why(b, given[k]), 0, float(k), 0.0, b.point)
            for k, b in enumerate(buildings[i] for i in walk_index)]
    lost = [Assignment(b.id, b.painted, None, "没有坐标, 编不了") for b in buildings if not b.point]
    path = tuple((b.point.lon, b.point.lat) for i in walk_index if (b := buildings[i]).point)
    warnings = (f"{len(lost)} 栋没有坐标, 没有编号",) if lost else ()
    return StreetPlan(name, "compound", (*made, *lost), rule.words, warnings, path)


def s_walk(xy: Floats, profile: Profile) -> list[int]:
    """Indices of (n, 2) metres in the order of the profile's S or Z."""
    turned = _turned(xy)
    if profile.compound.along == "columns":
        turned = turned[:, ::-1]
        first_high = "east" in profile.compound.start, "north" in profile.compound.start
    else:
        first_high = "north" in profile.compound.start, "east" in profile.compound.start
    walk: list[int] = []
    for k, row in enumerate(_rows(turned[:, 1], from_high=first_high[0])):
        from_high = first_high[1] if profile.compound.pattern == "Z" or k % 2 == 0 else not first_high[1]
        walk += sorted(row, key=lambda i: (-turned[i, 0] if from_high else turned[i, 0], i))
    return walk


def _metres(buildings: Sequence[Door]) -> Floats:
    lonlat = np.array([(b.point.lon, b.point.lat) for b in buildings if b.point])
    frame = LocalFrame(*(float(v) for v in lonlat.mean(axis=0)))
    return np.stack(frame.metres(lonlat[:, 0], lonlat[:, 1]), axis=1)


def _turned(xy: Floats) -> Floats:
    """The buildings turned so that rows run exactly east–west: by the smallest rectangle around them, 45° at most."""
    around = shapely.minimum_rotated_rectangle(shapely.MultiPoint(xy)) if len(xy) > 2 else None
    if around is None or around.geom_type != "Polygon":
        return xy
    (x0, y0), (x1, y1) = shapely.get_coordinates(around)[:2]
    angle = (np.arctan2(y1 - y0, x1 - x0) + np.pi / 4) % (np.pi / 2) - np.pi / 4
    c, s = np.cos(-angle), np.sin(-angle)
    turned: Floats = xy @ np.array([[c, s], [-s, c]])
    return turned


def _rows(height: Floats, *, from_high: bool) -> list[list[int]]:
    """Indices by row, the first row first: cut where the gap in height is a row's and not a crooked line's."""
    order = np.argsort(-height if from_high else height, kind="stable").tolist()
    steps = np.abs(np.diff(height[order]))
    limit = _limit(steps)
    rows = [[order[0]]] if order else []
    for at, step in zip(order[1:], steps.tolist(), strict=True):
        if step > limit:
            rows.append([])
        rows[-1].append(at)
    return rows


def _limit(steps: Floats) -> float:
    """The height above which a step leads into the next row: where the steps, sorted, jump most."""
    sizes = np.sort(steps)
    wide = np.flatnonzero(sizes > _LEVEL_M)
    if not len(wide):
        return float("inf")
    below = np.maximum(np.concatenate([[0.0], sizes[:-1]]), _LEVEL_M / 2)
    jumps = sizes / below
    at = int(wide[np.argmax(jumps[wide])])
    return float(sizes[at] - 1e-9) if jumps[at] >= _BREAK else float(sizes[wide[0]] - 1e-9)


def _given(walk: Sequence[Door], rule: Rule, profile: Profile, keep: bool,
           spent: Collection[HouseNumber]) -> dict[int, HouseNumber | None]:
    numbers = [None if b.number is None or b.painted in spent or not rule.fits(b.number, 0) else b.number for b in walk]
    kept = in_order(numbers) if keep else set()
    pool = Pool(rule, [b.painted for k, b in enumerate(walk) if k in kept and b.painted], spent)
    stops = loosened([Stop(k, float(k), b.number, k in kept) for k, b in enumerate(walk)], 0, pool)
    pool.give_back([walk[s.index].painted for s in stops if s.index in kept and not s.keeps])
    return {s.index: walk[s.index].painted for s in stops if s.keeps} | fill(stops, 0, rule, pool, profile)


def _why(building: Door, new: HouseNumber | None) -> str:
    if new is None:
        return "没有可用的号, 要人定"
    return "" if building.painted == new else "新编" if building.number is None else "按 S 形次序"


def _words(profile: Profile) -> tuple[str, ...]:
    c = profile.compound
    rows = "排" if c.along == "rows" else "列"
    way = f"一{rows}去一{rows}回, 走 S 形" if c.pattern == "S" else f"每{rows}都从同一头起"
    return (f"按{profile.title}: 从{_WORDS[c.start]}起, {way}",)
