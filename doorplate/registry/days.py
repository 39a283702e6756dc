"""Days as a clerk counts them: in China, from midnight to midnight."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from doorplate.registry import Registry

CHINA = timezone(timedelta(hours=8))  # one zone for the whole country: a day ends when a clerk's day ends


def today(registry: Registry) -> date:
    """The day it is in China."""
    return day_of(registry.now())


def day_of(moment: datetime) -> date:
    """The day a moment belongs to in China."""
    return moment.astimezone(CHINA).date()


def end_of(day: date) -> datetime:
    """The first moment after a day in China."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), CHINA)
