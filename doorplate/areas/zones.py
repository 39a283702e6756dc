"""Doors in walking order → installation zones of a given size, and household groups of neighbours. Pure and deterministic."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np

from doorplate.areas.coordinates import LocalFrame
from doorplate.areas.rules import GroupRules, ZoneRules, area_rules
from doorplate.model import Point

# What a cut costs, in squared shares of the size aimed at.
_OUT_OF_RANGE = 100.0  # a set outside its limits: a last resort
_INSIDE_A_STREET = 0.1  # rather a zone a third too large or small than half a street (D)
_AT_A_GAP = 0.1  # gained where the gap is as wide as a group may bear


@dataclass(frozen=True, slots=True)
class Door:
    """A door as far as zones care. way: street and lane as painted; street: the street the lane leaves; side: odd or even;
    spot: doors with the same spot stay together (one building); households: how many it counts for."""

    id: str
    street: str
    way: str
    side: int
    point: Point | None
    households: int = 1
    spot: str = ""


Spot = list[Door]  # doors that stay together, the one that stands first in walking order in front
Run = list[Spot]  # spots one behind the other
Sets = list[list[Door]]


def propose_zones(doors: Sequence[Door], size: int, rules: ZoneRules | None = None) -> Sets:
    """Zones of about `size` doors, each a stretch of the walking order given; all about equal, cut between streets where the
    size allows. Doors on one spot are one zone's; a door without a point goes with its neighbour."""
    rules = rules or area_rules().zones
    spots = _spots(doors, alone=False)
    ideal = max(1.0, len(doors) / max(1, round(len(doors) / size)))
    span = _Span(rules.least_share * ideal, rules.most_share * ideal, ideal)
    cost = [0.0, *(0.0 if a[0].way != b[0].way else _INSIDE_A_STREET for a, b in pairwise(spots))]
    return [_doors(spots[a:b]) for a, b in _cut([float(len(spot)) for spot in spots], cost, span)]


def propose_groups(doors: Sequence[Door], rules: GroupRules | None = None) -> Sets:
    """Groups of least to most households among neighbours on one side of a street, never over a gap wider than gap_m.

    A stretch too short for a group joins the nearest one within that distance: of the same street before any other. One that
    has none near stays small; a building with more households than a group has is a group by itself.
    """
    rules = rules or area_rules().groups
    groups: Sets = []
    for run in _joined(_runs(_spots(doors, alone=True), rules.gap_m), rules):
        weights = [float(_weight(spot)) for spot in run]
        ideal = max(1.0, sum(weights) / max(1, -(-sum(weights) // rules.most)))
        cost = [0.0, *(-_AT_A_GAP * min(1.0, _apart(a, b) / rules.gap_m) for a, b in pairwise(run))]
        groups += [_doors(run[a:b]) for a, b in _cut(weights, cost, _Span(rules.least, rules.most, ideal))]
    place = {door.id: i for i, door in enumerate(doors)}
    return sorted(groups, key=lambda group: min(place[door.id] for door in group))


@dataclass(frozen=True, slots=True)
class _Span:
    least: float
    most: float
    ideal: float

    def cost(self, weight: float) -> float:
        beyond = max(self.least - weight, weight - self.most, 0.0) / self.ideal
        return ((weight - self.ideal) / self.ideal) ** 2 + _OUT_OF_RANGE * beyond


def _cut(weights: Sequence[float], cost: Sequence[float], span: _Span) -> list[tuple[int, int]]:
    """The cheapest cut of a row into stretches (start, end): cost[i] is what a cut before i costs, span what a weight costs."""
    best, came = [0.0], [0]
    for end in range(1, len(weights) + 1):
        weight, lowest, start = 0.0, np.inf, end - 1
        for i in range(end - 1, -1, -1):
            weight += weights[i]
            if weight > span.most and i < end - 1:
                break
            total = best[i] + span.cost(weight) + (cost[i] if i else 0.0)
            if total < lowest:
                lowest, start = total, i
        best.append(float(lowest))
        came.append(start)
    cuts, end = [], len(weights)
    while end:
        cuts.append((came[end], end))
        end = came[end]
    return cuts[::-1]


def _spots(doors: Sequence[Door], *, alone: bool) -> list[Spot]:
    """The doors in order, those of one spot together where the first of them stands. A door without a point goes with the
    located one before or behind it on its way; where there is none, it stands alone or goes with any neighbour."""
    located = [i for i, door in enumerate(doors) if door.point is not None]
    spots: dict[str, Spot] = {}
    for i, door in enumerate(doors):
        host = door
        if door.point is None:
            at = bisect_left(located, i)
            near = [doors[j] for j in (*located[max(0, at - 1) : at], *located[at : at + 1])]
            same = [other for other in near if other.way == door.way]
            host = (same or ([] if alone else near) or [door])[0]
        spots.setdefault(host.spot or host.id, []).append(door)
    return list(spots.values())


def _runs(spots: Sequence[Spot], gap_m: float) -> list[Run]:
    """One side of one street after the other, broken where two neighbours stand too far apart."""
    runs: list[Run] = []
    for _, side in groupby(spots, key=lambda spot: (spot[0].way, spot[0].side)):
        run: Run = []
        for spot in side:
            if run and _apart(run[-1], spot) > gap_m:
                runs.append(run)
                run = []
            run.append(spot)
        runs.append(run)
    return runs


def _joined(runs: list[Run], rules: GroupRules) -> list[Run]:
    """Runs too short for a group joined to a near one, the shortest first."""
    runs = list(runs)
    lonely: set[int] = set()
    while True:
        short = [i for i, run in enumerate(runs) if run and _weight(_doors(run)) < rules.least and i not in lonely]
        if not short:
            return [run for run in runs if run]
        i = min(short, key=lambda i: (_weight(_doors(runs[i])), i))
        j = _nearest(i, runs, rules.gap_m)
        if j is None:
            lonely.add(i)
            continue
        a, b = sorted((i, j))
        runs[a], runs[b] = _end_to_end(runs[a], runs[b]), []
        lonely.discard(a)


def _nearest(i: int, runs: list[Run], gap_m: float) -> int | None:
    """The run to join: same way before same street before any other, then the nearest, then the first."""
    mine, best = runs[i], None
    for j, run in enumerate(runs):
        if j == i or not run:
            continue
        one, other = mine[0][0], run[0][0]
        rank = 0 if one.way == other.way else 1 if one.street == other.street else 2
        if best is not None and rank > best[0]:
            continue
        apart = _apart(_doors(mine), _doors(run))
        if apart <= gap_m and (best is None or (rank, apart, j) < best):
            best = (rank, apart, j)
    return best[2] if best else None


def _end_to_end(a: Run, b: Run) -> Run:
    """Two runs in one row, their nearest ends in the middle."""
    rows = [a + b, a + b[::-1], b + a, a[::-1] + b]
    ends = [(a[-1], b[0]), (a[-1], b[-1]), (b[-1], a[0]), (a[0], b[0])]
    apart = [_apart(*pair) for pair in ends]
    return rows[apart.index(min(apart))]


def _doors(spots: Sequence[Spot]) -> list[Door]:
    return [door for spot in spots for door in spot]


def _weight(doors: Sequence[Door]) -> int:
    return sum(door.households for door in doors)


def _apart(a: Sequence[Door], b: Sequence[Door]) -> float:
    """Metres between the nearest doors of two sets; where one has no points, 0 on the same way, else out of reach."""
    here, there = ([d.point for d in doors if d.point is not None] for doors in (a, b))
    if not here or not there:
        return 0.0 if a[0].way == b[0].way else np.inf
    plane = LocalFrame(here[0].lon, here[0].lat)
    xy = [np.column_stack(plane.metres([p.lon for p in ps], [p.lat for p in ps])) for ps in (here, there)]
    return float(np.hypot(*(xy[0][:, None] - xy[1][None]).transpose(2, 0, 1)).min())
