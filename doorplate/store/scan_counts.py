"""How often each plate was scanned on each day: sums, no visits. No record of the trail: there is nothing in it to dispute."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Engine, func, select
from sqlalchemy.dialects import postgresql, sqlite

from doorplate.store.engine import read_transaction, write_transaction
from doorplate.store.tables import SCAN_COUNT
from doorplate.store.troubles import translated

_AT_ONCE = 5_000  # rows a statement: 3 values each, and SQLite takes 32,766


class ScanCounts:
    """Made by `Store.scan_counts()`. Raises Unavailable as the store does."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, counts: Mapping[str, int], day: date) -> None:
        """Adds to the sums of a day: code → scans. From several processes at once, none is lost."""
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        # In one order, so that two processes adding to the same plates never wait for each other in a circle.
        rows = [{"day": day, "code": code, "scans": number} for code, number in sorted(counts.items()) if number > 0]
        with translated(), write_transaction(self._engine) as connection:
            for start in range(0, len(rows), _AT_ONCE):
                added = dialect.insert(SCAN_COUNT).values(rows[start:start + _AT_ONCE])
                sums = {"scans": SCAN_COUNT.c.scans + added.excluded.scans}
                connection.execute(added.on_conflict_do_update(index_elements=["day", "code"], set_=sums))

    def by_day(self, since: date, until: date) -> dict[date, int]:
        """Day → scans of all plates, from since to until, both included; days without any are left out."""
        query = select(SCAN_COUNT.c.day, func.sum(SCAN_COUNT.c.scans)).where(SCAN_COUNT.c.day.between(since, until))
        with translated(), read_transaction(self._engine) as connection:
            return {day: int(scans) for day, scans in
                    connection.execute(query.group_by(SCAN_COUNT.c.day).order_by(SCAN_COUNT.c.day))}

    def by_plate(self, since: date, until: date, limit: int = 100) -> list[tuple[str, int]]:
        """Code and scans, the most scanned first."""
        total = func.sum(SCAN_COUNT.c.scans)
        query = select(SCAN_COUNT.c.code, total).where(SCAN_COUNT.c.day.between(since, until)).group_by(SCAN_COUNT.c.code)
        with translated(), read_transaction(self._engine) as connection:
            return [(code, int(scans)) for code, scans in
                    connection.execute(query.order_by(total.desc(), SCAN_COUNT.c.code).limit(limit))]
