"""Could they have been there? What positions and clocks of phones tell. Flags call a person; none accepts anything. Pure.

gnss.none (no position) · gnss.unreal (an accuracy no receiver has) · gnss.jump (faster than anybody travels) · gnss.far (not at
the door) · clock.off (the phone's clock is wrong) · clock.order (moments that cannot follow each other) · clock.old (sent long
after it was done).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from doorplate.cases.nearness import metres_between
from doorplate.field.items import Fix, PointChange
from doorplate.field.settings import FieldSettings
from doorplate.model import Point

_BY_MAP = 0.0
_SLACK_S = 60.0  # (D) receivers stamp their fixes by another clock than the phone's
_SHORTEST_S = 1.0  # fixes within one second say nothing about speed


@dataclass(frozen=True, slots=True)
class Presence:
    """Where and when a phone was while something was done. set_point: a position it proposes for the door or plate. door: where
    the register has it. previous: the last position of the same person's item before."""

    at: datetime
    fixes: Sequence[Fix] = ()
    set_point: PointChange | None = None
    door: Point | None = None
    previous: Fix | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """skew_s: seconds the phone's clock was ahead when it sent. received_at: by ours."""

    skew_s: float
    received_at: datetime


def flags_of(presence: Presence, clock: Clock, settings: FieldSettings) -> tuple[str, ...]:
    """Codes of what a reviewer must look at, in a fixed order."""
    rules, far = settings.gnss, settings.gnss.far_m
    there = averaged(presence.fixes)
    found = {
        "gnss.none": there is None and not _measured(presence.set_point),
        "gnss.unreal": any(fix.accuracy_m <= 0 for fix in presence.fixes) or _unreal(presence.set_point),
        "gnss.jump": _jumps(presence, rules.jump_kmh),
        "gnss.far": _far(presence, there, far),
        "clock.off": abs(clock.skew_s) > settings.sync.skew_s,
        "clock.order": not _in_order(presence, clock, settings.sync.skew_s),
        "clock.old": clock.received_at - corrected(presence.at, clock.skew_s) > _patience(settings),
    }
    return tuple(code for code, holds in found.items() if holds)


def averaged(fixes: Iterable[Fix]) -> Point | None:
    """The position several fixes tell together, the accurate ones counting more (weights 1/accuracy²). Its accuracy is that
    of the best: errors of neighbouring fixes are nearly the same, so many do not make it better (D)."""
    weighted = [(1 / max(fix.accuracy_m, 1.0) ** 2, fix) for fix in fixes]
    if not weighted:
        return None
    whole = sum(weight for weight, _ in weighted)
    lon, lat = (sum(weight * getattr(fix, axis) for weight, fix in weighted) / whole for axis in ("lon", "lat"))
    return Point(lon, lat, min(fix.accuracy_m for _, fix in weighted), "gnss")


def corrected(moment: datetime, skew_s: float) -> datetime:
    """The phone's time by our clock."""
    return moment - timedelta(seconds=skew_s)


def _patience(settings: FieldSettings) -> timedelta:
    """A pack's life and a month: who sends later than that had the phone in a drawer (D)."""
    return timedelta(hours=settings.pack.hours, days=30)


def _measured(point: PointChange | None) -> bool:
    return point is not None and point.by == "gnss"


def _unreal(point: PointChange | None) -> bool:
    return point is not None and point.by == "gnss" and (point.accuracy_m is None or point.accuracy_m <= 0)


def _jumps(presence: Presence, kmh: float) -> bool:
    ordered = sorted(presence.fixes, key=lambda fix: fix.at)
    if presence.previous is not None:
        ordered = sorted((presence.previous, *ordered), key=lambda fix: fix.at)
    return any(_speed_kmh(a, b) > kmh for a, b in pairwise(ordered))


def _speed_kmh(a: Fix, b: Fix) -> float:
    """The least speed that explains two fixes, each off by as much as it may be."""
    metres = metres_between(_point(a), _point(b)) - a.accuracy_m - b.accuracy_m
    seconds = max((b.at - a.at).total_seconds(), _SHORTEST_S)
    return max(metres, 0.0) / seconds * 3.6


def _far(presence: Presence, there: Point | None, far_m: float) -> bool:
    """The phone from the door, the phone from the position it proposes, and that position from the door."""
    proposed = _proposed(presence.set_point)
    pairs = ((there, presence.door), (there, proposed), (proposed, presence.door))
    return any(_apart(a, b) > far_m for a, b in pairs if a is not None and b is not None)


def _proposed(point: PointChange | None) -> Point | None:
    return Point(point.lon, point.lat, point.accuracy_m if point.by == "gnss" else _BY_MAP) if point else None


def _apart(a: Point, b: Point) -> float:
    return metres_between(a, b) - (a.accuracy_m or 0.0) - (b.accuracy_m or 0.0)


def _in_order(presence: Presence, clock: Clock, skew_s: float) -> bool:
    """Nothing was done after it arrived, and no position is later than what was done there."""
    if corrected(presence.at, clock.skew_s) > clock.received_at + timedelta(seconds=skew_s):
        return False
    latest = presence.at + timedelta(seconds=_SLACK_S)
    return all(fix.at <= latest for fix in presence.fixes)


def _point(fix: Fix) -> Point:
    return Point(fix.lon, fix.lat, fix.accuracy_m, "gnss")
