"""Addresses by the hundred thousand: COPY on PostGIS, ready-made geometries and late indexes on SpatiaLite.

A loaded address, and a finding that came with it, has no event of its own. What keeps its history true: its id is the load's
with the row's number in the last twelve digits, and the load's one event holds the digest of all addresses as they came in;
`loaded.py` turns both back into what the trail would have said.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Protocol

import numpy as np
import psycopg
from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import IntegrityError

from doorplate.collecting import uncollected
from doorplate.errors import Refused
from doorplate.model import RecordedFinding
from doorplate.store.address_block import COLUMNS, AddressBlock, copy_lines, sqlite_rows
from doorplate.store.indexes import SPATIAL, taken_away
from doorplate.store.records import KINDS
from doorplate.store.tables import ADDRESS, FINDING
from doorplate.store.troubles import require_storable, unavailable
from doorplate.store.unit import Unit

REBUILD_FROM = 10_000  # rows from which on indexes are built anew, if the load is also no smaller than what stands (D)


@contextmanager
def loading(unit: Unit, load_id: str, expected: int) -> Iterator[AddressLoader]:
    """A load of about so many rows into the address table, inside the unit's transaction. What the addresses refer to
    (communities, areas) is to be saved before it, at the latest within the block after `settle()`.

    With `expected` ≥ REBUILD_FROM and ≥ the rows that stand, indexes are taken away and built anew at the end: on PostGIS
    readers of addresses then wait until the transaction ends. Raises Refused(store.duplicate) for what breaks a rule of the
    table, InputError(store.text), Unavailable(store.…).
    """
    connection = unit._connection
    standing = connection.scalar(select(func.count()).select_from(ADDRESS)) or 0
    rebuild = expected >= max(REBUILD_FROM, standing)
    with (uncollected(), _rules_kept(), taken_away(connection, indexes=rebuild),
          ThreadPoolExecutor(1, "doorplate-load") as pool):
        loader = AddressLoader(connection, load_id, pool, rebuild)
        yield loader
        loader.settle()


@contextmanager
def _rules_kept() -> Iterator[None]:
    try:
        yield
    except IntegrityError as exc:
        raise _broken_rule() from exc


def _broken_rule() -> Refused:
    return Refused("store.duplicate", "这一批地址里有重复的标准地址或编号, 或引用了不存在的社区、网格, 没有保存")


def standing_keys(unit: Unit, community: str | None = None) -> dict[str, bool]:
    """Key → whether it is in use, of the addresses of one community or all. A key both retired and in use is in use."""
    here = [] if community is None else [ADDRESS.c.community == community]
    query = select(ADDRESS.c.key, ADDRESS.c.status != "retired").where(*here).order_by(ADDRESS.c.status != "retired")
    return {key: bool(living) for key, living in unit._connection.execute(query)}


class AddressLoader:
    """Takes blocks; one writing thread brings each into the database while the next one is being made. Made by `loading`."""

    def __init__(self, connection: Connection, load_id: str, pool: ThreadPoolExecutor, rebuilds: bool) -> None:
        self.rebuilds = rebuilds  # all indexes are away
        self.count = 0
        self._connection, self._load_id, self._pool = connection, load_id, pool
        self._hash = hashlib.sha256()
        self._table = _table(connection, load_id)
        self._pending: Future[None] | None = None

    @property
    def digest(self) -> str:
        """SHA-256 over all addresses so far as COPY lines, in order of their rows. Raises what `settle` raises."""
        self.settle()
        return self._hash.hexdigest()

    def add(self, block: AddressBlock, findings: Sequence[RecordedFinding] = ()) -> None:
        """Brings in addresses, and findings as version 1. Raises InputError(store.text) for these, and what
        `settle` raises for the block before."""
        lines = copy_lines(self._load_id, block)
        self.count += len(block.rows)
        self.settle()
        self._pending = self._pool.submit(self._bring, block, lines, findings)

    def settle(self) -> None:
        """Waits until everything added is in the database: before that the unit must not be used for anything else.
        Raises Refused(store.duplicate), Unavailable(store.…)."""
        pending, self._pending = self._pending, None
        if pending is not None:
            try:
                pending.result()
            except (psycopg.IntegrityError, sqlite3.IntegrityError) as exc:
                raise _broken_rule() from exc
            except (psycopg.Error, sqlite3.Error) as exc:
                raise unavailable(exc) from exc

    def _bring(self, block: AddressBlock, lines: bytes, findings: Sequence[RecordedFinding]) -> None:
        self._hash.update(lines)  # here, where others need not wait for it
        if lines:
            self._table.write(block, lines)
        if findings:
            rows = [KINDS[RecordedFinding].to_row(finding) | {"version": 1} for finding in findings]
            for row in rows:
                require_storable(row)
            self._connection.execute(insert(FINDING), rows)


class _Table(Protocol):
    """The address table of one back end."""

    def write(self, block: AddressBlock, lines: bytes) -> None:
        """Brings a block in; lines: the same as COPY text."""


class _PostGIS:
    """One COPY a block: psycopg hands the bytes on as they are."""

    def __init__(self, driver: Any) -> None:
        self._driver = driver

    def write(self, block: AddressBlock, lines: bytes) -> None:
        with self._driver.cursor() as cursor, cursor.copy(f"COPY address ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            copy.write(lines)


class _SpatiaLite:
    """Plain inserts without triggers, into the table and its R-tree."""

    def __init__(self, driver: sqlite3.Connection, load_id: str, first_fid: int) -> None:
        self._driver, self._load_id, self._next = driver, load_id, first_fid

    def write(self, block: AddressBlock, lines: bytes) -> None:
        places = ", ".join("?" * (len(COLUMNS) + 1))
        rows = sqlite_rows(self._load_id, block, self._next)
        self._driver.executemany(f"INSERT INTO address (fid, {', '.join(COLUMNS)}) VALUES ({places})", rows)
        located = np.flatnonzero(~np.isnan(block.lon))
        lon, lat = block.lon[located].tolist(), block.lat[located].tolist()
        boxes = zip((located + self._next).tolist(), lon, lon, lat, lat, strict=True)
        self._driver.executemany(f"INSERT INTO {SPATIAL} (pkid, xmin, xmax, ymin, ymax) VALUES (?, ?, ?, ?, ?)", boxes)
        self._next += len(block.rows)


def _table(connection: Connection, load_id: str) -> _Table:
    driver: Any = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        return _PostGIS(driver)
    return _SpatiaLite(driver, load_id, (connection.scalar(select(func.max(ADDRESS.c.fid))) or 0) + 1)
