"""Every count of the overview, over all communities at once: part of `Reader`. Each is one pass over one table or one index."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, select

from doorplate.cases.lifecycle import OPEN
from doorplate.store.field_tables import FIELD_ITEM, VISIT
from doorplate.store.tables import ADDRESS, CASE, EVENT, FINDING, HOUSEHOLD, PLATE

Counts = Mapping[str, int]


class OverviewQueries:
    """Made as a part of `Reader`. Community code → how many."""

    _connection: Connection

    def doors_by_status(self) -> Mapping[tuple[str, str], int]:
        """(community, status) → doors."""
        columns = (ADDRESS.c.community, ADDRESS.c.status)
        return self._pairs(select(*columns, func.count()).group_by(*columns))

    def plates_by_status(self) -> Mapping[tuple[str, str], int]:
        """(community, status) → plates."""
        joined = PLATE.join(ADDRESS, ADDRESS.c.id == PLATE.c.address_id)
        return self._pairs(select(ADDRESS.c.community, PLATE.c.status, func.count()).select_from(joined)
                           .group_by(ADDRESS.c.community, PLATE.c.status))

    def findings_by_code(self) -> Mapping[tuple[str, str], int]:
        """(community, code) → open findings."""
        return self._pairs(select(FINDING.c.community, FINDING.c.code, func.count()).where(FINDING.c.resolution == "open")
                           .group_by(FINDING.c.community, FINDING.c.code))

    def homeless_households(self) -> Counts:
        where = and_(HOUSEHOLD.c.address_id.is_(None), HOUSEHOLD.c.merged_into.is_(None))
        return self._each(HOUSEHOLD.c.community, where)

    def plates_doubted(self, codes: Collection[str], living: Collection[str]) -> Counts:
        """Living plates at whose address an open finding of these codes stands."""
        joined = FINDING.join(PLATE, PLATE.c.address_id == FINDING.c.address_id)
        query = select(FINDING.c.community, func.count(PLATE.c.id.distinct())).select_from(joined).where(
            FINDING.c.resolution == "open", FINDING.c.code.in_(list(codes)), PLATE.c.status.in_(list(living)))
        return {row[0]: row[1] for row in self._connection.execute(query.group_by(FINDING.c.community))}

    def matters_open(self, now: datetime) -> Mapping[str, tuple[int, int]]:
        """Community → matters being worked, of them overdue."""
        late = func.coalesce(func.sum(case((CASE.c.due_at < now, 1), else_=0)), 0)
        query = select(CASE.c.community, func.count(), late).where(CASE.c.status.in_(OPEN))
        return {row[0]: (row[1], row[2]) for row in self._connection.execute(query.group_by(CASE.c.community))}

    def visits_since(self, moment: datetime) -> Counts:
        joined = VISIT.join(ADDRESS, ADDRESS.c.id == VISIT.c.address_id)
        query = select(ADDRESS.c.community, func.count()).select_from(joined).where(VISIT.c.at >= moment)
        return {row[0]: row[1] for row in self._connection.execute(query.group_by(ADDRESS.c.community))}

    def items_waiting(self) -> Counts:
        return self._each(FIELD_ITEM.c.community, FIELD_ITEM.c.status == "waiting")

    def count_events(self, verb: str, first: int, last: int) -> int:
        """Events of this kind between two seqs, both included."""
        where = (EVENT.c.verb == verb, EVENT.c.seq >= first, EVENT.c.seq <= last)
        return self._connection.scalar(select(func.count()).select_from(EVENT).where(*where)) or 0

    def _each(self, column: ColumnElement[Any], where: ColumnElement[bool]) -> Counts:
        return {row[0]: row[1] for row in self._connection.execute(select(column, func.count()).where(where).group_by(column))}

    def _pairs(self, query: Select[Any]) -> Mapping[tuple[str, str], int]:
        return {(row[0], row[1]): row[2] for row in self._connection.execute(query)}
