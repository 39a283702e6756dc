"""Bringing a database up to date, and knowing whether it is. Alembic runs from package data: no ini file, no checkout.

Migrations are numbered (0001, 0002, …) and linear; the same one serves both back ends. The whole way up is one
transaction under one lock, so two processes starting at once do it once, and a killed one leaves nothing half done.
"""

from __future__ import annotations

from importlib import resources

from sqlalchemy import Connection, Engine, inspect, text

from doorplate.errors import Unavailable
from doorplate.store.engine import make_file, read_transaction, write_transaction
from doorplate.store.geometry import SRID
from doorplate.store.troubles import translated

_LOCK = 0x64706C74  # "dplt": PostgreSQL's advisory lock while migrating (D)
_SRIDS = (SRID, 3857, *range(4502, 4555))  # CGCS2000, web mercator, CGCS2000's Gauss-Krüger zones


def upgrade(engine: Engine) -> None:
    """Creates what is missing and runs the migrations that are. Raises Unavailable."""
    with translated():
        make_file(engine)
        with write_transaction(engine) as connection:
            _take_turn(connection)
            found = _revision(connection)
            if found == newest():
                return
            _refuse_newer(found)
            _make_spatial(connection)
            _run(connection)


def require_current(engine: Engine) -> None:
    """Raises Unavailable(store.not_initialised, store.behind, store.newer) unless the database is exactly of this version."""
    with translated(), read_transaction(engine) as connection:
        found = _revision(connection)
    if found is None:
        raise Unavailable("store.not_initialised", "还没有登记簿, 请先运行 doorplate init")
    _refuse_newer(found)
    if found != newest():
        raise Unavailable("store.behind", "登记簿是旧版本的, 请运行 doorplate init 升级 (数据保留)", found=found, needed=newest())


def newest() -> str:
    """The number of the last migration this program carries."""
    names = (entry.name for entry in resources.files("doorplate.store.migrations").joinpath("versions").iterdir())
    return max(name.partition("_")[0] for name in names if name[:4].isdigit() and name.endswith(".py"))


def _take_turn(connection: Connection) -> None:
    """SQLite's BEGIN IMMEDIATE is the lock already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return None if found is None else str(found)


def _refuse_newer(found: str | None) -> None:
    if found is not None and found > newest():
        raise Unavailable("store.newer", "登记簿已由更新的 doorplate 升级过, 请升级这一台的程序", found=found, needed=newest())


def _make_spatial(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        _make_postgis(connection)
    elif connection.scalar(text("SELECT CheckSpatialMetaData()")) < 1:
        # 0: we are inside a transaction already. 'NONE' and the SRIDs we need: loading all 6,000 takes 11 s
        connection.execute(text("SELECT InitSpatialMetaData(0, 'NONE')"))
        for srid in _SRIDS:
            connection.execute(text("SELECT InsertEpsgSrid(:srid)"), {"srid": srid})


def _make_postgis(connection: Connection) -> None:
    if connection.scalar(text("SHOW server_encoding")) != "UTF8":
        raise Unavailable("store.not_utf8", "这个数据库不是 UTF8 编码, 存不下地名里的生僻字; 请另建一个 ENCODING 'UTF8' 的库")
    available = connection.scalar(text("SELECT count(*) FROM pg_available_extensions WHERE name = 'postgis'"))
    if not available:
        raise Unavailable("store.postgis_missing", "数据库服务器上没有 PostGIS: 请安装 Debian 软件包 postgresql-15-postgis-3")
    connection.execute(text("CREATE EXTENSION IF NOT EXISTS postgis"))


def _run(connection: Connection) -> None:
    from alembic import command  # half a second of imports that an up-to-date database never needs
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "doorplate.store:migrations")
    command.upgrade(config, "head")
