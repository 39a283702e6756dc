"""A private PostGIS server for one test run: Debian's binaries, a temporary folder, its own socket and loopback port.

PostgreSQL refuses to run as root, so root starts it as user postgres. The kernel ends it when the test run dies, however
it dies (PR_SET_PDEATHSIG); a run that ends properly stops it by its pid and removes the folder.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from doorplate.store.chain import GENESIS
from doorplate.store.tables import Base

BINARIES = Path(os.environ.get("DOORPLATE_POSTGRES_BIN", "/usr/lib/postgresql/15/bin"))
EXTENSION = Path("/usr/share/postgresql/15/extension/postgis.control")
START_WITHIN_S = 30
_PR_SET_PDEATHSIG = 1
_HASTY = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")
_FAST = ("autovacuum=off", "shared_buffers=64MB", "max_connections=60", "max_wal_size=2GB", "listen_addresses=127.0.0.1",
         "log_min_messages=warning")


@dataclass(frozen=True)
class Cluster:
    """A running server. `url(name)` is what a person would put into DOORPLATE_DATABASE_URL."""

    port: int

    def url(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def create(self, database: str) -> str:
        """A new, empty database; gives its URL."""
        self.execute("CREATE DATABASE {}", database)
        return self.url(database)

    def drop(self, database: str) -> None:
        self.execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", database)

    def execute(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def empty(url: str) -> None:
    """Takes every row out of a migrated registry: 10 ms, where a new database costs 400."""
    with psycopg.connect(url) as connection:
        connection.execute("SET session_replication_role = replica")  # neither triggers nor references watch
        for table in Base.metadata.tables:
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
        connection.execute("INSERT INTO chain_head VALUES (1, 0, %s)", [GENESIS])


def missing() -> str:
    """Why there can be no server here, in one line; empty when there can."""
    if not (BINARIES / "postgres").exists():
        return f"no PostgreSQL in {BINARIES} (apt install postgresql-15)"
    if not EXTENSION.exists():
        return "no PostGIS (apt install postgresql-15-postgis-3)"
    return ""


@contextmanager
def running_cluster(*, durable: bool = False) -> Iterator[Cluster]:
    """Starts a server for the block and stops it after; about two seconds. durable: every commit reaches the disk, as in life."""
    folder = Path(tempfile.mkdtemp(prefix="doorplate-pg-"))
    identity = _identity()
    try:
        if identity:
            os.chown(folder, identity["user"], identity["group"])
        _run([BINARIES / "initdb", "-D", folder / "data", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--auth=trust",
              "--no-sync"], identity)
        server, port = _start(folder, identity, _FAST if durable else (*_HASTY, *_FAST))
        try:
            yield Cluster(port)
        finally:
            _stop(server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _identity() -> dict[str, int]:
    """Who the server runs as: ourselves, or postgres when we are root."""
    if os.geteuid() != 0:
        return {}
    postgres = pwd.getpwnam("postgres")
    return {"user": postgres.pw_uid, "group": postgres.pw_gid}


def _run(command: list[object], identity: dict[str, int]) -> None:
    done = subprocess.run([str(part) for part in command], cwd="/", capture_output=True, text=True, check=False,
                          extra_groups=[] if identity else None, **identity)
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr.strip()}")


def _start(folder: Path, identity: dict[str, int], more: tuple[str, ...]) -> tuple[subprocess.Popen[bytes], int]:
    """Another program may take the free port between our looking and the server's binding: then look again."""
    for _ in range(5):
        port = _free_port()
        options = [f"port={port}", f"unix_socket_directories={folder}", *more]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [BINARIES / "postgres", "-D", folder / "data", *(word for option in options for word in ("-c", option))],
                cwd="/", stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - one system call, and no threads yet
                extra_groups=[] if identity else None, **identity)
        if _answers(server, port):
            return server, port
        _stop(server)
    raise RuntimeError(f"PostgreSQL does not start: {(folder / 'log').read_text(errors='replace')[-2000:]}")


def _answers(server: subprocess.Popen[bytes], port: int) -> bool:
    deadline = time.monotonic() + START_WITHIN_S
    while server.poll() is None and time.monotonic() < deadline:
        try:
            psycopg.connect(host="127.0.0.1", port=port, user="postgres", dbname="postgres", connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return True
    return False


def _stop(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        server.send_signal(signal.SIGINT)  # fast shutdown: ends the sessions, then itself
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
