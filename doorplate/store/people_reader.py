"""Questions about staff by name, about notices, and which area of a kind lies at a point. Part of `Reader`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, or_, select

from doorplate.model import Area, AreaKind, Notice, Point, Staff
from doorplate.store.geometry import bbox, window
from doorplate.store.records import KINDS
from doorplate.store.tables import AREA, NOTICE, STAFF

T = TypeVar("T")
_NARROW_M = 0.01  # the box around a point whose index entry is asked for


class PeopleQueries:
    """Made as a part of `Reader`."""

    _connection: Connection

    def staff_called(self, text: str) -> tuple[Staff, ...]:
        """Everyone with this name, or whose id begins so (six characters at least)."""
        by_id = [STAFF.c.id.startswith(text, autoescape=True)] if len(text) >= 6 else []
        return self._people(Staff, select(STAFF).where(or_(STAFF.c.name == text, *by_id)).order_by(STAFF.c.fid))

    def staff_within(self, prefix: str) -> tuple[Staff, ...]:
        """Everyone whose area code begins so: of a community, its grids and groups; of a township, all of its communities."""
        found = select(STAFF).where(STAFF.c.area_code.startswith(prefix, autoescape=True)).order_by(STAFF.c.fid)
        return self._people(Staff, found)

    def notices_called(self, text: str) -> tuple[Notice, ...]:
        """Those whose id begins so."""
        found = select(NOTICE).where(NOTICE.c.id.startswith(text, autoescape=True)).order_by(NOTICE.c.fid)
        return self._people(Notice, found)

    def notices(self, areas: Collection[str] | None = None, on: date | None = None) -> tuple[Notice, ...]:
        """Those for exactly these areas (None = any; a few dozen), in force on a day (None = whenever), in order of entry."""
        query = select(NOTICE).order_by(NOTICE.c.fid)
        if areas is not None:
            query = query.where(NOTICE.c.area.in_(list(areas)))
        if on is not None:
            query = query.where(NOTICE.c.valid_from <= on, NOTICE.c.valid_until >= on)
        return self._people(Notice, query)

    def areas_around(self, kind: AreaKind, community: str, point: Point) -> tuple[Area, ...]:
        """Areas of a kind in force whose box holds a point: candidates for the one it lies in."""
        here = (AREA.c.kind == kind, AREA.c.community == community, AREA.c.valid_to.is_(None))
        query = select(AREA).where(*here, bbox(AREA.c.geometry, window(point, _NARROW_M))).order_by(AREA.c.fid)
        return self._people(Area, query)

    def _people(self, record: type[T], query: Select[Any]) -> tuple[T, ...]:
        return tuple(map(KINDS[record].from_row, self._connection.execute(query)))
