"""Positions and clocks of phones: what calls a reviewer and what does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from doorplate.field.gnss import Clock, Presence, averaged, flags_of
from doorplate.field.items import Fix, PointChange
from doorplate.field.settings import field_settings
from doorplate.model import Point

AT = datetime(2026, 11, 24, 1, tzinfo=UTC)
DOOR = Point(108.2, 34.27, 3.0)
RULES = field_settings()


def fix(east_m: float = 0.0, before_s: float = 0.0, accuracy_m: float = 5.0) -> Fix:
    return Fix(lon=108.2 + east_m / 92_000, lat=34.27, accuracy_m=accuracy_m, at=AT - timedelta(seconds=before_s))


def flags(presence: Presence, skew_s: float = 0.0, late: timedelta = timedelta(minutes=1)) -> tuple[str, ...]:
    return flags_of(presence, Clock(skew_s, presence.at - timedelta(seconds=skew_s) + late), RULES)


def test_somebody_at_the_door_is_not_flagged() -> None:
    set_point = PointChange(lon=108.2, lat=34.27, accuracy_m=4, samples=3)
    assert flags(Presence(AT, (fix(3, 4), fix(1, 2), fix()), set_point, DOOR)) == ()


@pytest.mark.parametrize(("presence", "code"), [
    (Presence(AT), "gnss.none"), (Presence(AT, (fix(accuracy_m=0),), door=DOOR), "gnss.unreal"),
    (Presence(AT, (fix(2000, 10), fix())), "gnss.jump"), (Presence(AT, (fix(),), previous=fix(30_000, 60)), "gnss.jump"),
    (Presence(AT, (fix(400),), door=DOOR), "gnss.far"),
    (Presence(AT, (fix(),), PointChange(lon=108.21, lat=34.27, by="map"), DOOR), "gnss.far"),
    (Presence(AT, (fix(before_s=-600),)), "clock.order"),
])
def test_what_cannot_be_is_flagged(presence: Presence, code: str) -> None:
    assert code in flags(presence)


def test_a_bad_receiver_is_not_called_far() -> None:
    assert "gnss.far" not in flags(Presence(AT, (fix(400, accuracy_m=300),), door=DOOR))


@pytest.mark.parametrize("years", [-10, 10])
def test_a_clock_ten_years_off_is_told_and_its_time_corrected(years: int) -> None:
    skew = timedelta(days=365 * years)
    wrong = Presence(AT + skew, (fix().model_copy(update={"at": AT + skew}),), door=DOOR)
    assert flags(wrong, skew.total_seconds()) == ("clock.off",)


def test_sent_a_year_later_is_told_and_not_refused() -> None:
    assert flags(Presence(AT, (fix(),), door=DOOR), late=timedelta(days=365)) == ("clock.old",)


def test_the_accurate_fix_counts_more() -> None:
    there = averaged([fix(0, accuracy_m=3), fix(100, accuracy_m=60)])
    assert there is not None
    assert abs(there.lon - 108.2) * 92_000 < 1
