"""What somebody with the database password may do behind the store's back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import psycopg
from sqlalchemy import make_url

from doorplate.store.spatialite import load_spatialite


class Raw(Protocol):
    def execute(self, statement: str, /) -> Any: ...


ERRORS = (sqlite3.Error, psycopg.Error)


@contextmanager
def raw(url: str) -> Iterator[Raw]:
    """A bare connection, committed at the end of the block."""
    if url.startswith("sqlite"):
        connection: Any = load_spatialite(f"file:{make_url(url).database}", timeout=5)
    else:
        connection = psycopg.connect(url)
    try:
        yield connection
        connection.commit()
    finally:
        connection.close()


@contextmanager
def disarmed(url: str) -> Iterator[Raw]:
    """The same with the trail's triggers out of the way."""
    with raw(url) as connection:
        if url.startswith("sqlite"):
            connection.execute("DROP TRIGGER event_no_update")
            connection.execute("DROP TRIGGER event_no_delete")
        else:
            connection.execute("SET session_replication_role = replica")
        yield connection
