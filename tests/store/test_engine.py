"""Opening a store: what may be written into DOORPLATE_DATABASE_URL, and what is said when the machine lacks something."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from doorplate.errors import InputError, Unavailable
from doorplate.store import Store, open_store, spatialite
from doorplate.store.engine import make_engine
from tests.support.raw import raw


@pytest.mark.parametrize("url", ["", "registry.sqlite", "mysql://x/y", "postgresql://", "sqlite://", "sqlite:///:memory:",
                                 "postgresql+psycopg2://x/y", "sqlite:///", "http://[::1/",
                                 "postgresql://u@h:port/d"])
def test_an_address_that_is_none(url):
    with pytest.raises(InputError) as refused:
        open_store(url)
    assert refused.value.code == "store.url"


@pytest.mark.parametrize("url", ["postgresql://u:secret@h/d", "postgresql+psycopg://u:secret@h/d", "postgres://u:secret@h/d"])
def test_every_spelling_of_a_server(url):
    assert make_engine(url).driver == "psycopg"


def test_a_server_that_is_not_there():
    with pytest.raises(Unavailable) as refused, open_store("postgresql://u:secret@127.0.0.1:9/d").reading():
        pass
    assert refused.value.code == "store.unreachable"
    assert "secret" not in str(refused.value)


def test_a_file_that_is_no_database(tmp_path: Path):
    path = tmp_path / "list.xlsx"
    path.write_bytes(b"PK\x03\x04 not a database at all" * 100)
    with pytest.raises(Unavailable) as refused, open_store(f"sqlite:///{path}").reading():
        pass
    assert refused.value.code == "store.damaged"
    assert path.read_bytes().startswith(b"PK")


@pytest.mark.parametrize("path", ["list.xlsx/registry.sqlite", "folder"])
def test_a_place_where_no_registry_can_be(tmp_path: Path, path):
    (tmp_path / "list.xlsx").write_bytes(b"PK")
    (tmp_path / "folder").mkdir()
    with pytest.raises(Unavailable) as refused:
        open_store(f"sqlite:///{tmp_path / path}").migrate()
    assert refused.value.code == "store.unwritable"


def test_somebody_elses_file_is_not_turned_into_a_registry(tmp_path: Path):
    path = tmp_path / "list.xlsx"
    path.write_bytes(b"PK\x03\x04 somebody's list" * 300)
    with pytest.raises(Unavailable) as refused:
        open_store(f"sqlite:///{path}").migrate()
    assert refused.value.code == "store.damaged"
    assert path.read_bytes() == b"PK\x03\x04 somebody's list" * 300


def test_a_folder_with_hanzi_spaces_and_signs(tmp_path: Path):
    path = tmp_path / "登记 册#1?%41" / "营上村.sqlite"
    store = open_store(f"sqlite:///{str(path).replace('%', '%25').replace('?', '%3F')}")
    store.migrate()
    with store.reading() as reader:
        assert reader.communities() == ()
    assert path.exists()


def test_spatialite_is_missing(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("SPATIALITE_LIBRARY_PATH", "mod_not_there")
    with pytest.raises(Unavailable) as refused:
        open_store(f"sqlite:///{tmp_path}/registry.sqlite").migrate()
    assert refused.value.code == "store.spatialite_missing"
    assert "libsqlite3-mod-spatialite" in refused.value.message


def test_a_python_that_cannot_load_extensions(migrated_file: Path):
    """pyenv's and python.org's: the way round gives the same connection, and leaves no permission behind."""
    connection = spatialite._connect_by_hook(f"file:{migrated_file}", 5, "mod_spatialite")
    assert connection.execute("SELECT spatialite_version()").fetchone()[0]
    with pytest.raises(sqlite3.OperationalError):
        connection.execute("SELECT load_extension('mod_spatialite')")
    connection.close()
    with sqlite3.connect(":memory:") as plain, pytest.raises(sqlite3.OperationalError):
        plain.execute("SELECT spatialite_version()")


def test_no_permission_to_load_extensions_is_left_behind(migrated_file: Path):
    connection = spatialite.load_spatialite(f"file:{migrated_file}", 5)
    with pytest.raises(sqlite3.OperationalError):
        connection.execute("SELECT load_extension('mod_spatialite')")


def test_every_commit_reaches_the_disk_and_every_writer_is_patient(migrated_file: Path):
    with make_engine(f"sqlite:///{migrated_file}").connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 30_000


@pytest.mark.postgis
def test_a_role_that_may_not_read_households(postgis_cluster, migrated_database):
    """The residents' door alone: it resolves codes, and the database itself keeps households from it."""
    with raw(migrated_database) as connection:
        connection.execute("DROP ROLE IF EXISTS residents_door")
        connection.execute("CREATE ROLE residents_door LOGIN")
        connection.execute("GRANT SELECT ON community, area, address, plate, staff, alembic_version TO residents_door")
    store = open_store(migrated_database.replace("postgres@", "residents_door@"))
    with store.reading() as reader:
        assert reader.plate_by_code("K3M9T2XWQ7AB1") is None
    for act in (lambda: reading(store), lambda: writing(store)):
        with pytest.raises(Unavailable) as refused:
            act()
        assert refused.value.code == "store.no_permission"
    store.close()
    with raw(migrated_database) as connection:
        connection.execute("DROP OWNED BY residents_door")
        connection.execute("DROP ROLE residents_door")


def reading(store: Store) -> None:
    with store.reading() as reader:
        reader.households("610431001203")


def writing(store: Store) -> None:
    with store.writing():
        pass


def test_a_forked_child_uses_connections_of_its_own(store):
    with store.reading() as reader:
        reader.communities()
    child = os.fork()
    if child == 0:
        with store.reading() as reader:
            os._exit(0 if reader.communities() == () else 1)
    assert os.waitpid(child, 0)[1] == 0
    with store.reading() as reader:
        assert reader.communities() == ()


def test_opening_costs_no_alembic():
    """Every start pays for what it imports; only a migration needs Alembic."""
    code = "import sys, doorplate.store; sys.exit('alembic.command' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=False).returncode == 0
