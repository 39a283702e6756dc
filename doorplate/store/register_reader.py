"""Every question asked about the register's pages: part of `Reader`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, String, cast, func, or_, select

from doorplate.model import Address
from doorplate.store.chunks import in_chunks
from doorplate.store.records import KINDS
from doorplate.store.tables import ADDRESS, FINDING, HAS_ALIASES, PLATE

Condition = ColumnElement[bool]
Street = tuple[str, str, str, str, str]
"""community, hamlet, street, lane, compound."""
_STREET = (ADDRESS.c.community, ADDRESS.c.hamlet, ADDRESS.c.street, ADDRESS.c.lane, ADDRESS.c.compound)
_ALONG = (ADDRESS.c.hamlet, ADDRESS.c.street, ADDRESS.c.lane, ADDRESS.c.compound, func.length(ADDRESS.c.number), ADDRESS.c.number,
          func.length(ADDRESS.c.suffix), ADDRESS.c.suffix, ADDRESS.c.fid)
"""As one walks: number 9 before number 10."""
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Doors:
    """Which doors of a community. grids: ids, None = all. no_plate, finding: only those without a living plate, with an open
    finding."""

    community: str
    status: str = ""
    grids: Collection[str] | None = None
    no_plate: bool = False
    finding: bool = False


class RegisterQueries:
    """Made as a part of `Reader`."""

    _connection: Connection

    def doors(self, asked: Doors, first: int, count: int) -> tuple[Address, ...]:
        """In the order of streets and numbers."""
        query = select(ADDRESS).where(*_conditions(asked)).order_by(*_ALONG).offset(first).limit(count)
        return tuple(KINDS[Address].from_row(row) for row in self._connection.execute(query))

    def count_doors(self, asked: Doors) -> int:
        return self._connection.scalar(select(func.count()).select_from(ADDRESS).where(*_conditions(asked))) or 0

    def streets(self, communities: Iterable[str] | None = None) -> tuple[Street, ...]:
        """Every way that has a door, each once; of these communities, None = of all."""
        query = select(*_STREET).distinct()
        if communities is None:
            return tuple(tuple(row) for row in self._connection.execute(query))
        return tuple(tuple(row) for chunk in in_chunks(communities)
                     for row in self._connection.execute(query.where(ADDRESS.c.community.in_(chunk))))

    def doors_keyed(self, community: str, start: str, count: int) -> tuple[Address, ...]:
        """Doors whose key begins so, retired ones too. Keys are compared by bytes (`Exact`): one range of an index."""
        query = select(ADDRESS).where(ADDRESS.c.community == community, ADDRESS.c.key >= start, ADDRESS.c.key < start + _LAST)
        return tuple(KINDS[Address].from_row(row) for row in self._connection.execute(query.order_by(ADDRESS.c.key).limit(count)))

    def doors_formerly(self, communities: Sequence[str], part: str, count: int) -> tuple[Address, ...]:
        """Doors one of whose old names holds this. Few doors have old names: they have an index of their own."""
        holds = or_(*(cast(ADDRESS.c.aliases, String).contains(one, autoescape=True) for one in {part, _escaped(part)}))
        query = select(ADDRESS).where(HAS_ALIASES, ADDRESS.c.community.in_(communities), holds).order_by(ADDRESS.c.fid)
        return tuple(KINDS[Address].from_row(row) for row in self._connection.execute(query.limit(count)))


def _escaped(text: str) -> str:
    """As JSON written in ASCII has it (SQLite's JSON text)."""
    return text.encode("ascii", "backslashreplace").decode("ascii")


def _conditions(asked: Doors) -> list[Condition]:
    found = [ADDRESS.c.community == asked.community]
    if asked.status:
        found.append(ADDRESS.c.status == asked.status)
    if asked.grids is not None:
        found.append(ADDRESS.c.grid_id.in_(list(asked.grids)))
    if asked.no_plate:
        has_one = select(PLATE.c.id).where(PLATE.c.address_id == ADDRESS.c.id, PLATE.c.status != "retired").exists()
        found += [~has_one, ADDRESS.c.status != "retired"]
    if asked.finding:
        open_ = select(FINDING.c.address_id).where(FINDING.c.community == asked.community, FINDING.c.resolution == "open")
        found.append(ADDRESS.c.id.in_(open_))
    return found
