"""Every question asked about offline packs: part of `Reader`."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, String, Table, cast, func, literal, select
from sqlalchemy.sql import ColumnExpressionArgument

from doorplate.field.household_records import Person
from doorplate.model import Household
from doorplate.store.chunks import in_chunks
from doorplate.store.field_tables import CONSENT, MOUNTING, PERSON, POPULATION_MODULE, ZONE_ROUND
from doorplate.store.records import KINDS
from doorplate.store.tables import ADDRESS, AREA, COMMUNITY, HOUSEHOLD, PLATE

NO_DOOR = "*"
"""Where `pack_marks` puts what belongs to no door: areas, rounds of zones, whether persons are counted."""


class PackQueries:
    """Made as a part of `Reader`."""

    _connection: Connection

    def communities_within(self, prefix: str) -> tuple[str, ...]:
        """Codes that begin so, in order; "" = all."""
        within = COMMUNITY.c.code.startswith(prefix, autoescape=True)
        return tuple(self._connection.scalars(select(COMMUNITY.c.code).where(within).order_by(COMMUNITY.c.code)))

    def doors_by_grid(self, community: str) -> dict[str | None, int]:
        """Grid id (None: in no grid) → doors, retired ones too."""
        query = select(ADDRESS.c.grid_id, func.count()).where(ADDRESS.c.community == community).group_by(ADDRESS.c.grid_id)
        return {row[0]: row[1] for row in self._connection.execute(query)}

    def households_at(self, address_ids: Iterable[str]) -> tuple[Household, ...]:
        """Those of their own at these doors."""
        asked = [select(HOUSEHOLD).where(HOUSEHOLD.c.address_id.in_(chunk), HOUSEHOLD.c.merged_into.is_(None))
                 for chunk in in_chunks(address_ids)]
        return tuple(KINDS[Household].from_row(row) for query in asked
                     for row in self._connection.execute(query.order_by(HOUSEHOLD.c.fid)))

    def persons_at(self, household_ids: Iterable[str]) -> tuple[Person, ...]:
        """Those counted in these households today."""
        asked = [select(PERSON).where(PERSON.c.household_id.in_(chunk), PERSON.c.left_on.is_(None))
                 for chunk in in_chunks(household_ids)]
        return tuple(KINDS[Person].from_row(row) for query in asked
                     for row in self._connection.execute(query.order_by(PERSON.c.fid)))

    def pack_marks(self, community: str) -> dict[str | None, tuple[str, str]]:
        """Grid id (None: doors in no grid, NO_DOOR) → a sum over the versions of its doors, and one over everything a pack tells
        of them. The same again: nothing changed. Never kept beyond the process: an order of rows the database chose is in it."""
        told: dict[str | None, list[str]] = defaultdict(list)
        of_doors = _versions(ADDRESS, ADDRESS.c.grid_id, ADDRESS.c.community == community)
        doors: dict[str | None, str] = {row[0]: row[1] for row in self._connection.execute(of_doors)}
        for query in _of_a_pack(community):
            for grid, versions in self._connection.execute(query):
                told[grid].append(versions)
        return {grid: (_sum(doors.get(grid, "")), _sum(doors.get(grid, ""), *told[grid])) for grid in {*doors, *told}}


def _of_a_pack(community: str) -> list[Select[Any]]:
    """Everything but the doors themselves."""
    here, nowhere = ADDRESS.c.community == community, literal(NO_DOOR)
    grid = ADDRESS.c.grid_id
    at_home = (HOUSEHOLD.c.address_id == ADDRESS.c.id, here)
    return [
        *(_versions(table, nowhere, table.c.community == community) for table in (AREA, ZONE_ROUND)),
        _versions(POPULATION_MODULE, nowhere, POPULATION_MODULE.c.id == community),
        *(_versions(table, grid, table.c.address_id == ADDRESS.c.id, here) for table in (PLATE, MOUNTING, HOUSEHOLD)),
        *(_versions(table, grid, table.c.household_id == HOUSEHOLD.c.id, *at_home) for table in (CONSENT, PERSON)),
    ]


def _versions(table: Table, grid: ColumnElement[Any], *where: ColumnExpressionArgument[bool]) -> Select[Any]:
    """Grid → every row's number and version, one text. A record is never deleted, and each change counts its version up."""
    one = cast(table.c.fid, String) + ":" + cast(table.c.version, String)
    rows = select(grid.label("grid"), one.label("one")).where(*where).order_by(table.c.fid).subquery()
    return select(rows.c.grid, literal(f"{table.name} ") + func.aggregate_strings(rows.c.one, " ")).group_by(rows.c.grid)


def _sum(*texts: str) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()
