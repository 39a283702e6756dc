"""Taking the address table's indexes, triggers and references away for a bulk load, and putting the same ones back.

All of it happens inside the load's own transaction: on both back ends DDL is undone with everything else. On PostGIS the
table is closed to readers meanwhile; on SpatiaLite they go on reading what was there before.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Index, text
from sqlalchemy.schema import AddConstraint, DropConstraint

from doorplate.store.tables import ADDRESS

SPATIAL = "idx_address_point"  # an index on PostGIS, an R-tree table on SpatiaLite
_SORT_MEMORY = "256MB"  # (D) a million keys are sorted without temporary files
_RESERVE = 10_000  # numbers fetched at a time (D)
_CACHE_KIB = -256 << 10  # (D) negative: in KiB
_KEPT = ("ix_address_aliases", "ix_address_grid_id")  # of few addresses, or in their order: no dearer row by row
_PLAIN = tuple(sorted((i for i in ADDRESS.indexes if i.name not in (SPATIAL, *_KEPT)), key=lambda i: str(i.name)))
_PLANNED_BY = "community, status, grid_id, standard_address, key"  # what plans depend on; of the others nothing is asked


@contextmanager
def taken_away(connection: Connection, *, indexes: bool) -> Iterator[None]:
    """The address table as bare as a load wants it, whole again after the block. Unless `indexes`, they stay and only
    SpatiaLite's triggers go (each row would look up the geometry column's rules again): the loader keeps the R-tree itself.

    Everything saved before must refer to rows that are there. Raises sqlalchemy's IntegrityError when what was saved before or
    loaded breaks a rule.
    """
    if connection.dialect.name == "postgresql":
        with _postgis(connection) if indexes else _as_it_is():
            yield
        connection.execute(text(f"ANALYZE address ({_PLANNED_BY})"))  # else plans are made for the table as it was before
        return
    with _roomy(connection), _without_triggers(connection), _without(connection, _PLAIN) if indexes else _as_it_is():
        yield


@contextmanager
def _as_it_is() -> Iterator[None]:
    yield


@contextmanager
def _postgis(connection: Connection) -> Iterator[None]:
    references = sorted(ADDRESS.foreign_key_constraints, key=lambda constraint: str(constraint.name))
    connection.execute(text(f"SET LOCAL maintenance_work_mem = '{_SORT_MEMORY}'"))
    connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))  # a table with checks pending cannot be altered
    connection.execute(text("SET CONSTRAINTS ALL DEFERRED"))
    for reference in references:
        connection.execute(DropConstraint(reference))
    connection.execute(text(f"DROP INDEX {SPATIAL}"))
    with _without(connection, _PLAIN), _numbers_in_reserve(connection):
        yield
        connection.execute(text(f"CREATE INDEX {SPATIAL} ON address USING gist (point)"))
    for reference in references:  # checked in one join here, row by row at commit otherwise
        connection.execute(AddConstraint(reference, isolate_from_table=False))


@contextmanager
def _numbers_in_reserve(connection: Connection) -> Iterator[None]:
    """Each fid fetched by itself is written down by itself: a twelfth of the whole transfer."""
    sequence = connection.scalar(text("SELECT pg_get_serial_sequence('address', 'fid')"))
    connection.execute(text(f"ALTER SEQUENCE {sequence} CACHE {_RESERVE}"))
    yield
    connection.execute(text(f"ALTER SEQUENCE {sequence} CACHE 1"))


@contextmanager
def _roomy(connection: Connection) -> Iterator[None]:
    """SQLite's 2 MB of cache would read every page of every index again and again."""
    before = connection.exec_driver_sql("PRAGMA cache_size").scalar()
    connection.exec_driver_sql(f"PRAGMA cache_size = {_CACHE_KIB}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA cache_size = {before}")


@contextmanager
def _without(connection: Connection, indexes: tuple[Index, ...]) -> Iterator[None]:
    for index in indexes:
        index.drop(connection)
    yield
    for index in indexes:
        index.create(connection)


@contextmanager
def _without_triggers(connection: Connection) -> Iterator[None]:
    """Put back word for word as they stood."""
    found = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'address'")).all()
    for name, _ in found:
        connection.execute(text(f'DROP TRIGGER "{name}"'))
    yield
    for _, statement in found:
        connection.exec_driver_sql(statement)
