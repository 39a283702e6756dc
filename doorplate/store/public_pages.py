"""What the public pages ask of the trail and the tables without reading whole records: which records changed, which codes stand
where, which days change what is shown."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely
from sqlalchemy import ColumnElement, Connection, func, or_, select

from doorplate.model import Point
from doorplate.store.geometry import METRES_PER_DEGREE, SRID, bbox
from doorplate.store.tables import ADDRESS, AREA, EVENT, NOTICE, PLATE, STAFF

_CHUNK = 500  # values in one IN list
_BLOCK = 5_000  # rows fetched at a time while streaming


@dataclass(frozen=True, slots=True)
class Told:
    """What one event says of a record: the changed fields as they were (nothing of a new one) and as they are."""

    subject_id: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


class Pages:
    """Made by `Reader.pages()`; of the same moment as its reader."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def changed(self, since: int, until: int) -> dict[str, set[str]]:
        """Kind of record (the first word of the verbs) → ids of those with events behind `since`, up to `until`."""
        found: dict[str, set[str]] = defaultdict(set)
        query = select(EVENT.c.verb, EVENT.c.subject_id).where(EVENT.c.seq > since, EVENT.c.seq <= until)
        for verb, subject_id in self._connection.execute(query):
            found[verb.partition(".")[0]].add(subject_id)
        return dict(found)

    def told(self, kind: str, since: int, until: int) -> Iterator[Told]:
        """What the events of one kind of record say, in order."""
        query = select(EVENT.c.subject_id, EVENT.c.before, EVENT.c.after).where(
            EVENT.c.seq > since, EVENT.c.seq <= until, EVENT.c.verb >= f"{kind}.", EVENT.c.verb < f"{kind}/")
        for subject_id, before, after in self._connection.execute(query.order_by(EVENT.c.seq)):
            yield Told(subject_id, json.loads(before), json.loads(after))

    def each_code(self, communities: Collection[str] | None) -> Iterator[str]:
        """Every code ever given, or those at addresses of these communities, in order of entry."""
        query = select(PLATE.c.code).order_by(PLATE.c.fid)
        if communities is None:
            yield from self._connection.scalars(query, execution_options={"yield_per": _BLOCK})
            return
        for chunk in _chunks(communities):
            here = query.join(ADDRESS, ADDRESS.c.id == PLATE.c.address_id).where(ADDRESS.c.community.in_(chunk))
            yield from self._connection.scalars(here, execution_options={"yield_per": _BLOCK})

    def codes_of_plates(self, plate_ids: Iterable[str]) -> set[str]:
        return _all(self._connection, select(PLATE.c.code), PLATE.c.id, plate_ids)

    def codes_at(self, address_ids: Iterable[str]) -> set[str]:
        """The codes of all plates of these addresses, retired ones included."""
        return _all(self._connection, select(PLATE.c.code), PLATE.c.address_id, address_ids)

    def codes_without_point(self, communities: Iterable[str]) -> set[str]:
        """The codes of plates at addresses of these communities whose place is not known."""
        query = select(PLATE.c.code).join(ADDRESS, ADDRESS.c.id == PLATE.c.address_id).where(ADDRESS.c.point.is_(None))
        return _all(self._connection, query, ADDRESS.c.community, communities)

    def retired_called(self, community: str, names: Iterable[str]) -> set[str]:
        """Ids of the retired addresses of a community with one of these standard addresses."""
        query = select(ADDRESS.c.id).where(ADDRESS.c.community == community, ADDRESS.c.status == "retired")
        return _all(self._connection, query, ADDRESS.c.standard_address, names)

    def codes_around(self, points: Iterable[Point], metres: float) -> set[str]:
        """The codes of all plates within so many metres of one of these points, and a few more: points that lie together are
        asked for together."""
        query = select(PLATE.c.code).join(ADDRESS, ADDRESS.c.id == PLATE.c.address_id)
        near = (query.where(bbox(ADDRESS.c.point, patch)) for patch in _patches(points, metres))
        return {code for one in near for code in self._connection.scalars(one)}

    def staff_areas(self, staff_ids: Iterable[str]) -> set[str]:
        """Where these contacts are in charge, and those they stand in for, whoever those stand in for too."""
        areas: set[str] = set()
        seen: set[str] = set()
        asked = set(staff_ids)
        while asked:
            seen |= asked
            for chunk in _chunks(asked):
                areas.update(self._connection.scalars(select(STAFF.c.area_code).where(STAFF.c.id.in_(chunk))))
            asked = _all(self._connection, select(STAFF.c.id), STAFF.c.deputy_id, asked) - seen
        return areas

    def notice_areas(self, notice_ids: Iterable[str]) -> set[str]:
        return _all(self._connection, select(NOTICE.c.area), NOTICE.c.id, notice_ids)

    def area_communities(self, area_ids: Iterable[str]) -> set[str]:
        """The communities these areas, ended ones too, belong to."""
        return _all(self._connection, select(AREA.c.community), AREA.c.id, area_ids)

    def areas_turning(self, after: date, until: date, stale_after: date, stale_until: date) -> set[str]:
        """Area codes where a page changes by itself because a day came: an absence, a duty or a notice begins or ends within
        (after, until], or a contact was last confirmed within [stale_after, stale_until)."""
        first = STAFF.c.absent_from, NOTICE.c.valid_from  # the day itself is the first that differs
        last = STAFF.c.absent_until, STAFF.c.left_on, NOTICE.c.valid_until  # the day behind it is
        begins = {column: (column > after) & (column <= until) for column in first}
        ends = {column: (column >= after) & (column < until) for column in last}
        turns = begins | ends
        stale = (STAFF.c.confirmed_on >= stale_after) & (STAFF.c.confirmed_on < stale_until)
        of_staff = [where for column, where in turns.items() if column.table is STAFF]
        of_notices = [where for column, where in turns.items() if column.table is NOTICE]
        people = self._connection.scalars(select(STAFF.c.id).where(or_(*of_staff, stale)))
        notices = self._connection.scalars(select(NOTICE.c.area).where(or_(*of_notices)))
        return self.staff_areas(set(people)) | set(notices)


def _all(connection: Connection, query: Any, column: ColumnElement[Any], values: Iterable[str]) -> set[str]:
    return {found for chunk in _chunks(values) for found in connection.scalars(query.where(column.in_(chunk)))}


def _chunks(values: Iterable[str]) -> Iterator[list[str]]:
    distinct = sorted(set(values))
    for start in range(0, len(distinct), _CHUNK):
        yield distinct[start:start + _CHUNK]


def _patches(points: Iterable[Point], metres: float) -> Iterator[ColumnElement[Any]]:
    """Boxes that hold everything within so many metres of these points, one for all points of a square as large."""
    high = metres / METRES_PER_DEGREE
    squares: dict[tuple[int, int], list[Point]] = defaultdict(list)
    for point in points:
        squares[math.floor(point.lat / high), math.floor(point.lon / high)].append(point)
    for together in squares.values():
        yield func.ST_GeomFromText(_box(together, high).wkt, SRID)


def _box(points: Sequence[Point], high: float) -> shapely.Polygon:
    lons, lats = [p.lon for p in points], [p.lat for p in points]
    wide = high / max(math.cos(math.radians(max(map(abs, lats)))), 0.01) * 1.01
    return shapely.box(min(lons) - wide, min(lats) - high, max(lons) + wide, max(lats) + high)
