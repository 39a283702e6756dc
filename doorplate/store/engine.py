"""One engine factory for both back ends, and the two kinds of transaction everything runs in.

Every commit reaches the disk before anybody is told so (SQLite synchronous=FULL, PostgreSQL's default): a receipt given
to a resident or a phone must survive a power cut, and with NORMAL the last commits of a WAL may be gone (D).
"""

from __future__ import annotations

import json
import os
import sqlite3
import weakref
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from doorplate.errors import InputError, Unavailable
from doorplate.store.spatialite import load_spatialite
from doorplate.store.troubles import unavailable

PATIENCE_S = 30  # how long a writer waits for another one (D)
CONNECT_TIMEOUT_S = 5  # a server that does not answer by then is not there (D)

_KEPT = 32  # open SpatiaLite connections kept for the next request: making one costs 1 to 16 ms (D)

_engines: weakref.WeakSet[Engine] = weakref.WeakSet()


def make_engine(database_url: str) -> Engine:
    """An engine for `sqlite:///FILE` or `postgresql://…`; nothing is opened yet. Raises InputError(store.url)."""
    url = _parse(database_url)
    engine = _spatialite(url) if url.get_backend_name() == "sqlite" else _postgis(url)
    _engines.add(engine)
    return engine


@contextmanager
def read_transaction(engine: Engine) -> Iterator[Connection]:
    """One moment of the database, read only."""
    options: dict[str, Any] = {"doorplate_reading": True}
    if engine.dialect.name == "postgresql":
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect() as connection, connection.execution_options(**options).begin():
        yield connection


@contextmanager
def write_transaction(engine: Engine) -> Iterator[Connection]:
    """Committed at the end of the block, rolled back when anything is raised in it."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE_S}s'")
        yield connection


def make_file(engine: Engine) -> None:
    """The empty database file and its folder, where there are none; nothing to do on a server. Raises Unavailable."""
    if engine.dialect.name != "sqlite":
        return
    path = Path(engine.url.database or "")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.open("ab").close()
        with closing(sqlite3.connect(path, timeout=PATIENCE_S)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")  # kept in the file: readers and a writer do not stop each other
    except OSError as exc:
        raise Unavailable("store.unwritable", f"不能在这里建登记簿: {path} ({exc.strerror})") from exc
    except sqlite3.Error as exc:
        raise unavailable(exc) from exc


def _parse(database_url: str) -> URL:
    try:
        url = make_url(database_url)
    except (ArgumentError, ValueError) as exc:
        raise InputError("store.url", "DOORPLATE_DATABASE_URL 不是数据库地址, 要写成 sqlite:///文件 或 postgresql://…") from exc
    name = url.drivername
    if name in ("postgres", "postgresql", "postgresql+psycopg") and url.database:
        return url.set(drivername="postgresql+psycopg")
    if name in ("sqlite", "sqlite+pysqlite") and url.database and url.database != ":memory:":
        return url
    raise InputError("store.url", f"DOORPLATE_DATABASE_URL 用不了 {name}: 要写成 sqlite:///文件 或 postgresql://用户@主机/库名")


def _spatialite(url: URL) -> Engine:
    engine = create_engine(url, creator=partial(_connect, Path(url.database or "").absolute()), json_serializer=_json,
                           pool_size=_KEPT, max_overflow=-1)
    event.listen(engine, "begin", _begin)
    return engine


def _postgis(url: URL) -> Engine:
    return create_engine(url, json_serializer=_json, pool_pre_ping=True,
                         connect_args={"connect_timeout": CONNECT_TIMEOUT_S, "application_name": "doorplate"})


def _connect(path: Path) -> sqlite3.Connection:
    """An existing file, never a new one: a mistyped path must not become an empty registry."""
    connection = load_spatialite(f"{path.as_uri()}?mode=rw", timeout=PATIENCE_S)
    connection.isolation_level = None  # we say BEGIN ourselves: see _begin
    connection.execute(f"PRAGMA busy_timeout = {PATIENCE_S * 1000}")  # mod_spatialite has just set it to 5 s
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _begin(connection: Connection) -> None:
    """Writers take the lock at once: a transaction that reads first and writes later fails with "database is locked"."""
    reading = connection.get_execution_options().get("doorplate_reading")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _forget_parents_connections() -> None:
    """A forked child must not touch its parent's sockets and file locks."""
    for engine in _engines:
        engine.dispose(close=False)


os.register_at_fork(after_in_child=_forget_parents_connections)
