"""How often plates are scanned: sums by plate and day, nothing about who. Gathered in memory, handed on every half minute."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import date

from flask import Flask, Response, request

from doorplate.errors import DoorplateError
from doorplate.public_view import Current, PublicRegistry
from webapp.kept_pages import china_day
from webapp.resolved import resolved

FLUSHED_EVERY_S = 30.0


class ScanTally:
    """today: the day in China. A sum that could not be handed on is kept for the next time."""

    def __init__(self, registry: PublicRegistry, today: Callable[[], date] = china_day) -> None:
        self._registry, self._today = registry, today
        self._counts: dict[date, Counter[str]] = {}
        self._lock = threading.Lock()

    def add(self, code: str) -> None:
        with self._lock:
            self._counts.setdefault(self._today(), Counter())[code] += 1

    def flush(self) -> None:
        """Hands on what was counted since the last time."""
        with self._lock:
            waiting, self._counts = self._counts, {}
        for day, counts in waiting.items():
            try:
                self._registry.count_scans(counts, day)
            except DoorplateError:
                with self._lock:
                    self._counts.setdefault(day, Counter()).update(counts)


def install(app: Flask, tally: ScanTally) -> None:
    """Counts pages that had to be rendered; those sent from the shelf are counted there."""
    app.extensions["doorplate.tally"] = tally

    @app.after_request
    def count(response: Response) -> Response:
        if request.endpoint == "scan.open_plate" and request.method == "GET" and response.status_code == 200:
            for code, found in resolved().items():
                if isinstance(found, Current):
                    tally.add(code)
        return response
