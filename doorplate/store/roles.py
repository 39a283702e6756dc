"""The database role of the residents' door: on PostGIS, a process that anybody may speak to connects as a role that can read
what pages show and write what residents send, and has no way to a household, whatever goes wrong in the program above it.

SpatiaLite is a file, and has no roles.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlalchemy import Connection, Engine, text

from doorplate.errors import InputError
from doorplate.store.engine import write_transaction
from doorplate.store.tables import Base
from doorplate.store.troubles import translated

READ = "SELECT"
ADD = "SELECT, INSERT"
CHANGE = "SELECT, INSERT, UPDATE"

GRANTS: Mapping[str, str] = {
    "alembic_version": READ, "spatial_ref_sys": READ,
    "community": READ, "area": READ, "address": READ, "plate": READ, "staff": READ, "notice": READ,
    "cases": CHANGE, "case_entry": CHANGE, "case_file": CHANGE,
    "finding": CHANGE, "list_import": ADD, "scan_count": CHANGE,
    "event": ADD, "chain_head": "SELECT, UPDATE",
}  # fmt: skip
"""Table → what the role may do. Every table that does not stand here is closed to it, households and settlements among them."""

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


def grant_public_role(engine: Engine, name: str) -> None:
    """Gives a role exactly these rights on this database, a new one or one that exists; a second time, or after an upgrade, is
    harmless. A new role may not log in yet: its password is the database administrator's to set.

    Raises InputError(store.role_name, store.role_sqlite, store.role_powerful), Unavailable(store.no_permission).
    """
    if engine.dialect.name != "postgresql":
        raise InputError("store.role_sqlite", "内置登记簿 (SpatiaLite) 是一个文件, 没有数据库角色; 这一项只用于 PostGIS")
    if not _NAME.fullmatch(name):
        raise InputError("store.role_name", "角色名只能用小写字母、数字和下划线, 以字母开头", role=name)
    with translated(), write_transaction(engine) as connection:
        if not connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": name}):
            connection.execute(text(f"CREATE ROLE {name} NOLOGIN"))
        _refuse_powerful(connection, name)
        _grant(connection, name)


def _refuse_powerful(connection: Connection, name: str) -> None:
    """Grants take nothing from a superuser or an owner: a door with such a role would only look closed."""
    powerful = connection.scalar(text(
        "SELECT rolsuper OR EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = 'public' AND tableowner = :name)"
        " OR EXISTS (SELECT 1 FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = :name)"
        " FROM pg_roles WHERE rolname = :name"), {"name": name})
    if powerful:
        raise InputError("store.role_powerful", f"角色 {name} 是超级用户、表的主人或某角色的成员, 收不住; 请另起一个", role=name)


def _grant(connection: Connection, name: str) -> None:
    tables = sorted(Base.metadata.tables)
    connection.execute(text(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {name}"))
    connection.execute(text(f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {name}"))
    connection.execute(text(f"REVOKE CREATE ON SCHEMA public FROM {name}"))
    connection.execute(text(f"REVOKE ALL ON {', '.join(tables)} FROM PUBLIC"))
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {name}"))
    for table, rights in GRANTS.items():
        connection.execute(text(f"GRANT {rights} ON {table} TO {name}"))
        numbered = table in Base.metadata.tables and "fid" in Base.metadata.tables[table].c
        sequence = connection.scalar(text("SELECT pg_get_serial_sequence(:t, 'fid')"), {"t": table}) if numbered else None
        if sequence and rights != READ:
            connection.execute(text(f"GRANT USAGE ON SEQUENCE {sequence} TO {name}"))
