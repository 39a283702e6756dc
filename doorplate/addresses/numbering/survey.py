"""A street and its doors measured once: the axis from the start of the numbering, the rule, each door's place and row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from doorplate.addresses.numbering.axis import Axis, Floats
from doorplate.addresses.numbering.learned import learn, numbered_path, street_of
from doorplate.addresses.numbering.middle import middle_line
from doorplate.addresses.numbering.nouns import Door, LonLat, Street
from doorplate.addresses.numbering.profile import Profile
from doorplate.addresses.numbering.rule import Rule, own_rule, profile_rule
from doorplate.addresses.quality.doors import Street as DoorsOfStreet
from doorplate.areas.coordinates import LocalFrame
from doorplate.errors import InputError

FAR_M = 60.0  # (D) a point this far from its street is not believed: a yard is not that deep
END_M = 250.0  # (D) nor is one so far beyond the street's end: a new house stands nearer, or on another street
_TELL = 3  # (D) doors that tell where a street runs without the new house
_ACROSS = 0.5  # (D) a numbered door is on the wrong side only beyond half the way from the middle to the other row …
ACROSS_M = 4.5  # (D) … and beyond phone noise: 3 m, and what the middle itself errs


@dataclass(frozen=True)
class Survey:
    """along, beside (n,): metres, NaN without a believable point; rows (n,): the row each door is in by its place;
    path: the axis in lon/lat degrees. Without an axis nothing is known of places."""

    street: Street
    doors: tuple[Door, ...]
    axis: Axis | None
    rule: Rule
    along: Floats
    beside: Floats
    rows: NDArray[np.int64]
    path: tuple[LonLat, ...]
    warnings: tuple[str, ...]
    metric_tolerance_m: float

    def side(self, row: int) -> str:
        """北侧 for a row, "" where there is one row only."""
        return "" if self.axis is None or row == 0 else self.axis.sides[0 if row > 0 else 1]

    @property
    def placed(self) -> NDArray[np.bool_]:
        return ~np.isnan(self.along)


@dataclass(frozen=True)
class _Ground:
    """What is known before any rule: metres of each door (n, 2), NaN without a point; good: points that may shape the
    street; view: what the check makes of its numbers."""

    street: Street
    doors: tuple[Door, ...]
    frame: LocalFrame
    xy: Floats
    good: NDArray[np.bool_]
    view: DoorsOfStreet | None


@dataclass(frozen=True)
class _Found:
    axis: Axis
    rule: Rule
    warnings: tuple[str, ...]
    learned: bool


def survey(street: Street, doors: Sequence[Door], profile: Profile, *, keeping: bool, guest: bool = False) -> Survey:
    """Measures a street. keeping: whether existing numbers are to stay, which decides if the street's own rule goes first.
    guest: the last door is a new house; where others can tell, it has no say in where the street runs.

    Raises InputError(numbering.line_too_short) for a line of fewer than two places.
    """
    if street.line is not None and len(set(street.line)) < 2:
        raise InputError("numbering.line_too_short", f"{street.name} 的街线不到两个点, 看不出走向", street=street.name)
    ground = _ground(street, tuple(doors), guest=guest)
    found = _find(ground, profile, learning=profile.learn == "always" or (profile.learn == "keeping" and keeping))
    if found is None:
        return _nowhere(ground, profile)
    along, beside = _places(found.axis, ground.xy)
    warnings, far = list(found.warnings), int(np.isnan(along).sum() - np.isnan(ground.xy[:, 0]).sum())
    if far:
        warnings.append(f"{far} 户的坐标离街 {FAR_M:.0f} 米以上, 不可信, 请先核对坐标")
    rows = _rows(ground.doors, beside, found.rule, learned=found.learned)
    lon, lat = ground.frame.degrees(found.axis.nodes[:, 0], found.axis.nodes[:, 1])
    path = tuple(zip(lon.tolist(), lat.tolist(), strict=True))
    slack = profile.metric.tolerance_m
    return Survey(street, ground.doors, found.axis, found.rule, along, beside, rows, path, tuple(warnings), slack)


def _ground(street: Street, doors: tuple[Door, ...], *, guest: bool) -> _Ground:
    frame, xy = _metres(street, doors)
    view = street_of(street.name, doors, xy)
    good = ~np.isnan(xy[:, 0])
    good[sorted(view.doubtful) if view else []] = False
    if guest and good[:-1].sum() >= _TELL:
        good[-1] = False
    return _Ground(street, doors, frame, xy, good, view)


def _find(ground: _Ground, profile: Profile, *, learning: bool) -> _Found | None:
    """The street's own rule where it may be learned and shows one, else the profile's; None where no axis can be told."""
    axis, warnings = _axis(ground), []
    if axis is None:
        return None
    if learning and ground.view:
        if ground.street.line is None and ground.view.sides == 1:
            axis = numbered_path(ground.doors, ground.xy, ground.good) or axis
        own = learn(axis, ground.view, ground.doors, ground.xy)
        if own:
            unclear = f"本街的规律只大致看得出 ({own.of} 户里 {own.agree} 户相符), 请先核对坐标再改门牌"
            return _Found(*own_rule(axis, own, profile), () if own.clear else (unclear,), True)
        if len(ground.view.numbers) > 1:
            warnings.append("现有门牌看不出统一的规律, 改按编号规则处理, 变动可能较多")
    if ground.street.kind == "dead-end" and ground.street.line is None and ground.street.mouth is None:
        warnings.append("不知道巷口在哪一头, 请在图上核对起点")
    return _Found(*profile_rule(ground.street, axis, axis.locate(ground.xy[ground.good])[1], profile), tuple(warnings), False)


def _nowhere(ground: _Ground, profile: Profile) -> Survey:
    """A street with too little to go by: counted in one row, nothing placed."""
    count = len(ground.doors)
    rule = Rule({0: None}, 1, profile.vacant_plot_m, None, frozenset(profile.skipped), (f"按{profile.title}",))
    blank = np.full(count, np.nan)
    return Survey(ground.street, ground.doors, None, rule, blank, blank, np.zeros(count, np.int64), (),
                  ("这条街有坐标的门太少, 又没有街线, 看不出走向和两侧",), 0.0)


def _metres(street: Street, doors: Sequence[Door]) -> tuple[LocalFrame, Floats]:
    places = list(street.line or ()) + [(d.point.lon, d.point.lat) for d in doors if d.point]
    lon, lat = np.median(np.array(places), axis=0) if places else (0.0, 0.0)
    frame = LocalFrame(float(lon), float(lat))
    degrees = np.array([(d.point.lon, d.point.lat) if d.point else (np.nan, np.nan) for d in doors]).reshape(-1, 2)
    east, north = frame.metres(degrees[:, 0], degrees[:, 1])
    return frame, np.stack([east, north], axis=1)


def _axis(ground: _Ground) -> Axis | None:
    """The street's line, else the middle of its doors; a dead end's from its mouth."""
    street, frame = ground.street, ground.frame
    if street.line is not None:
        east, north = frame.metres(*np.array(street.line).T)
        axis: Axis | None = Axis(np.stack([east, north], axis=1))
    else:
        every = [0 if d.number is None else 1 if d.number % 2 else -1 for d in ground.doors]
        faces = np.array(every, dtype=np.int64)[ground.good]
        apart = min((faces > 0).sum(), (faces < 0).sum()) >= 2 and street.kind != "one-sided"
        axis = middle_line(ground.xy[ground.good], faces if apart else None)
    if axis is None or street.mouth is None:
        return axis
    mouth = np.array([float(v) for v in frame.metres(street.mouth.lon, street.mouth.lat)])
    far_end = np.hypot(*(axis.nodes[-1] - mouth)) < np.hypot(*(axis.nodes[0] - mouth))
    return axis.reversed() if far_end else axis


def _places(axis: Axis, xy: Floats) -> tuple[Floats, Floats]:
    along, beside = np.full(len(xy), np.nan), np.full(len(xy), np.nan)
    known = ~np.isnan(xy[:, 0])
    if known.any():
        along[known], beside[known] = axis.locate(xy[known])
    off = (np.abs(beside) > FAR_M) | (along < -END_M) | (along > axis.length + END_M)
    along[off], beside[off] = np.nan, np.nan
    return along, beside


def _rows(doors: Sequence[Door], beside: Floats, rule: Rule, *, learned: bool) -> NDArray[np.int64]:
    """By the side of the street. A door stands where most numbers of its parity do, unless it is clearly across."""
    if 0 in rule.parity:
        return np.zeros(len(doors), np.int64)
    width = float(np.nanmedian(np.abs(beside))) if (~np.isnan(beside)).any() else 0.0
    rows = np.where(beside > 0, 1, -1)
    usual = {parity: row for row, parity in rule.parity.items() if parity is not None} if learned else _usual_sides(doors, beside)
    for i, door in enumerate(doors):
        if door.number is None:
            continue
        own = usual.get(door.number % 2, 0)
        if own * beside[i] > -max(_ACROSS * width, ACROSS_M) and own:
            rows[i] = own
        elif np.isnan(beside[i]):
            rows[i] = own or (1 if rule.parity[1] == door.number % 2 else -1)
    return rows.astype(np.int64)


def _usual_sides(doors: Sequence[Door], beside: Floats) -> dict[int, int]:
    """Remainder by 2 → the side most of those numbers stand on; empty where odd and even stand on one side."""
    balance = [0, 0]
    for door, b in zip(doors, beside.tolist(), strict=True):
        if door.number is not None and not np.isnan(b):
            balance[door.number % 2] += 1 if b > 0 else -1
    return {parity: 1 if balance[parity] > 0 else -1 for parity in (0, 1)} if balance[0] * balance[1] < 0 else {}
