"""Days as a clerk counts them: in China, from midnight to midnight."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from doorplate.china import CHINA, day_of
from doorplate.registry import Registry


def today(registry: Registry) -> date:
    """The day it is in China."""
    return day_of(registry.now())


def end_of(day: date) -> datetime:
    """The first moment after a day in China."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), CHINA)
