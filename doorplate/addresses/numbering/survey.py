"""A street and its doors measured once: the axis from the start of the numbering, the rule, each door's place and row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from doorplate.addresses.numbering.axis import Axis, Floats
from doorplate.addresses.numbering.learned import learn, street_of
from doorplate.addresses.numbering.middle import middle_line
from doorplate.addresses.numbering.nouns import Door, LonLat, Street
from doorplate.addresses.numbering.profile import Profile
from doorplate.addresses.numbering.rule import Rule, own_rule, profile_rule
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


def survey(street: Street, doors: Sequence[Door], profile: Profile, *, keeping: bool, guest: bool = False) -> Survey:
    """Measures a street. keeping: whether existing numbers are to stay, which decides if the street's own rule goes first.
    guest: the last door is a new house; where others can tell, it has no say in where the street runs.

    Raises InputError(numbering.line_too_short) for a line of fewer than two places.
    """
    if street.line is not None and len(set(street.line)) < 2:
        raise InputError("numbering.line_too_short", f"{street.name} 的街线不到两个点, 看不出走向", street=street.name)
    frame, xy = _metres(street, doors)
    view = street_of(street.name, doors, xy)
    doubtful = view.doubtful if view else set()
    good = np.array([not np.isnan(xy[i, 0]) and i not in doubtful for i in range(len(doors))], dtype=bool)
    if guest and good[:-1].sum() >= _TELL:
        good[-1] = False
    axis = _axis(street, doors, frame, xy, good)
    warnings: list[str] = []
    if axis is None:
        rule = _rule_without_axis(profile)
        nowhere = np.full(len(doors), np.nan)
        return Survey(street, tuple(doors), None, rule, nowhere, nowhere, np.zeros(len(doors), np.int64), (),
                      ("这条街有坐标的门太少, 又没有街线, 看不出走向和两侧",), 0.0)
    may_learn = profile.learn == "always" or (profile.learn == "keeping" and keeping)
    own = learn(axis, view, doors, xy) if view and may_learn else None
    if own:
        axis, rule = own_rule(axis, own, profile)
        if not own.clear:
            warnings.append(f"本街的规律只大致看得出 ({own.of} 户里 {own.agree} 户相符), 请先核对坐标再改门牌")
    else:
        axis, rule = profile_rule(street, axis, axis.locate(xy[good])[1], profile)
        if street.kind == "dead-end" and street.line is None and street.mouth is None:
            warnings.append("不知道巷口在哪一头, 请在图上核对起点")
        if may_learn and view and len(view.numbers) >= 2:
            warnings.append("现有门牌看不出统一的规律, 改按编号规则处理, 变动可能较多")
    along, beside = _places(axis, xy)
    far = int(np.isnan(along).sum() - np.isnan(xy[:, 0]).sum())
    if far:
        warnings.append(f"{far} 户的坐标离街 {FAR_M:.0f} 米以上, 不可信, 请先核对坐标")
    rows = _rows(doors, beside, rule, learned=own is not None)
    lon, lat = frame.degrees(axis.nodes[:, 0], axis.nodes[:, 1])
    path = tuple(zip(lon.tolist(), lat.tolist(), strict=True))
    return Survey(street, tuple(doors), axis, rule, along, beside, rows, path, tuple(warnings), profile.metric.tolerance_m)


def _metres(street: Street, doors: Sequence[Door]) -> tuple[LocalFrame, Floats]:
    places = list(street.line or ()) + [(d.point.lon, d.point.lat) for d in doors if d.point]
    lon, lat = np.median(np.array(places), axis=0) if places else (0.0, 0.0)
    frame = LocalFrame(float(lon), float(lat))
    degrees = np.array([(d.point.lon, d.point.lat) if d.point else (np.nan, np.nan) for d in doors]).reshape(-1, 2)
    east, north = frame.metres(degrees[:, 0], degrees[:, 1])
    return frame, np.stack([east, north], axis=1)


def _axis(street: Street, doors: Sequence[Door], frame: LocalFrame, xy: Floats, good: NDArray[np.bool_]) -> Axis | None:
    if street.line is not None:
        east, north = frame.metres(*np.array(street.line).T)
        axis: Axis | None = Axis(np.stack([east, north], axis=1))
    else:
        faces = np.array([0 if d.number is None else 1 if d.number % 2 else -1 for d in doors], dtype=np.int64)[good]
        apart = min((faces > 0).sum(), (faces < 0).sum()) >= 2 and street.kind != "one-sided"
        axis = middle_line(xy[good], faces if apart else None)
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


def _rule_without_axis(profile: Profile) -> Rule:
    return Rule({0: None}, 1, profile.vacant_plot_m, None, frozenset(profile.skipped), (f"按{profile.title}",))

