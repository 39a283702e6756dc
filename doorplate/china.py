"""China's clock: one zone for the whole country."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))


def day_of(moment: datetime) -> date:
    """The day a moment belongs to: it ends when a clerk's day ends."""
    return moment.astimezone(CHINA).date()


def minute_of(moment: datetime) -> str:
    """2026-11-23 14:05."""
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"
