"""Somebody tries codes: many unknown ones in a short time, from one place or from everywhere. A warning in the log, a number in
the metrics; never an address.

Places are told apart by a hash with a salt made anew every day, in memory only: after midnight nobody can say who it was.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import structlog
from flask import Flask, Response, request

from doorplate.public_view import Unknown
from webapp.kept_pages import china_day
from webapp.limits import LOOKUPS, Burst, visitor
from webapp.metrics import Metrics
from webapp.resolved import resolved

_MOST_PLACES = 10_000  # in one window; beyond that only the overall count tells


@dataclass
class UnknownCodes:
    """What was asked for in vain in the window that runs. Each alarm is raised once a window."""

    burst: Burst
    raised: Callable[[str, int, int], None]
    now: Callable[[], float] = time.monotonic
    today: Callable[[], date] = china_day
    _began: float = float("-inf")
    _day: date | None = None
    _salt: bytes = b""
    _places: Counter[bytes] = field(default_factory=Counter)
    _overall: int = 0
    _revoked: int = 0
    _said: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, place: str, revoked: bool = False) -> None:
        """One unknown code, asked for from this place. raised: where ("one_place", "overall"), how many, of them revoked."""
        with self._lock:
            self._turn()
            hidden = hashlib.blake2b(place.encode(), key=self._salt, digest_size=12).digest()
            self._overall += 1
            self._revoked += revoked
            if hidden in self._places or len(self._places) < _MOST_PLACES:
                self._places[hidden] += 1
            counts = {"one_place": self._places[hidden], "overall": self._overall}
            due = [where for where, count in counts.items() if count >= getattr(self.burst, where) and where not in self._said]
            self._said.update(due)
            revoked_so_far = self._revoked
        for where in due:
            self.raised(where, counts[where], revoked_so_far)

    def _turn(self) -> None:
        if self._day != (day := self.today()):
            self._day, self._salt, self._began = day, secrets.token_bytes(32), float("-inf")
        if self.now() - self._began >= self.burst.window_s:
            self._began, self._overall, self._revoked = self.now(), 0, 0
            self._places.clear()
            self._said.clear()


def install(app: Flask, burst: Burst, metrics: Metrics) -> None:
    log = structlog.get_logger()

    def raised(where: str, count: int, revoked: int) -> None:
        metrics.bursts.labels(where).inc()
        log.warning("scan.burst", where=where, unknown=count, revoked=revoked, within_s=burst.window_s)

    watch = UnknownCodes(burst, raised)
    app.extensions["doorplate.unknown_codes"] = watch

    @app.after_request
    def look(response: Response) -> Response:
        if request.endpoint in LOOKUPS and response.status_code == 404:
            revoked = any(isinstance(found, Unknown) and found.revoked for found in resolved().values())
            metrics.scans.labels("revoked" if revoked else "unknown").inc()
            watch.note(visitor(), revoked)
        return response
