"""Every question asked about offline packs: part of `Reader`."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from doorplate.model import Household
from doorplate.store.records import KINDS
from doorplate.store.tables import ADDRESS, COMMUNITY, HOUSEHOLD


class PackQueries:
    """Made as a part of `Reader`."""

    _connection: Connection

    def communities_within(self, prefix: str) -> tuple[str, ...]:
        """Codes that begin so, in order; "" = all."""
        within = COMMUNITY.c.code.startswith(prefix, autoescape=True)
        return tuple(self._connection.scalars(select(COMMUNITY.c.code).where(within).order_by(COMMUNITY.c.code)))

    def doors_in(self, community: str, grid_id: str | None = None) -> int:
        """Retired ones too; of a grid only where one is named."""
        query = select(func.count()).select_from(ADDRESS).where(ADDRESS.c.community == community)
        return self._connection.scalar(query.where(ADDRESS.c.grid_id == grid_id) if grid_id else query) or 0

    def households_at(self, address_ids: list[str]) -> tuple[Household, ...]:
        """Those of their own at some hundreds of doors."""
        query = select(HOUSEHOLD).where(HOUSEHOLD.c.address_id.in_(address_ids), HOUSEHOLD.c.merged_into.is_(None))
        return tuple(map(KINDS[Household].from_row, self._connection.execute(query.order_by(HOUSEHOLD.c.fid))))
