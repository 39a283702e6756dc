"""A registry comes to be by migrations: the same ones on both back ends, once, whatever happens meanwhile."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from doorplate.errors import Unavailable
from doorplate.store import open_store
from doorplate.store.engine import make_engine, read_transaction
from doorplate.store.migrate import newest
from doorplate.store.migrations.compare import ours
from doorplate.store.tables import Base
from tests.support import worker
from tests.support.raw import raw


def test_a_second_time_changes_nothing(empty_url):
    store = open_store(empty_url)
    store.migrate()
    store.migrate()
    with store.reading() as reader:
        assert reader.communities() == ()
        assert reader.event_count() == 0


def test_before_the_first_migration_nothing_can_be_read_or_written(empty_url):
    store = open_store(empty_url)
    with pytest.raises(Unavailable) as reading, store.reading():
        pass
    with pytest.raises(Unavailable) as writing, store.writing():
        pass
    assert reading.value.code == writing.value.code == "store.not_initialised"
    assert "doorplate init" in reading.value.message


def test_a_mistyped_path_makes_no_file(tmp_path: Path):
    store = open_store(f"sqlite:///{tmp_path}/typo.sqlite")
    with pytest.raises(Unavailable), store.reading():
        pass
    assert list(tmp_path.iterdir()) == []


def test_two_processes_migrate_at_once(empty_url):
    both = [worker.start("migrate", empty_url) for _ in range(2)]
    assert [one.communicate()[1] for one in both] == ["", ""]
    assert [one.returncode for one in both] == [0, 0]
    store = open_store(empty_url)
    with store.reading() as reader:
        assert reader.event_count() == 0
    with raw(empty_url) as connection:
        assert connection.execute("SELECT count(*) FROM chain_head").fetchone() == (1,)


def test_models_and_migrations_say_the_same(store_url):
    with read_transaction(make_engine(store_url)) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": ours})
        assert compare_metadata(context, Base.metadata) == []


def test_every_table_of_the_models_is_compared(empty_url):
    """The comparison above would also be empty if it looked at nothing."""
    open_store(empty_url).migrate()
    with raw(empty_url) as connection:
        connection.execute("DROP INDEX ix_plate_status")
        connection.execute("ALTER TABLE staff ADD COLUMN nickname TEXT")
    with read_transaction(make_engine(empty_url)) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": ours})
        assert sorted(difference[0] for difference in compare_metadata(context, Base.metadata)) == ["add_index", "remove_column"]


def test_a_registry_left_behind_or_ahead_is_not_touched(empty_url):
    open_store(empty_url).migrate()
    for found, code in (("0000", "store.behind"), ("9999", "store.newer")):
        with raw(empty_url) as connection:
            connection.execute(f"UPDATE alembic_version SET version_num = '{found}'")
        with pytest.raises(Unavailable) as refused, open_store(empty_url).writing():
            pass
        assert refused.value.code == code
    with pytest.raises(Unavailable) as refused:
        open_store(empty_url).migrate()
    assert refused.value.code == "store.newer"


def test_a_killed_migration_leaves_nothing(empty_url, monkeypatch):
    """The first migration fails half-way: the next start begins from nothing."""
    from doorplate.store import migrate

    def break_off(connection):
        connection.exec_driver_sql("CREATE TABLE community (half INTEGER)")
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(migrate, "_run", break_off)
        with pytest.raises(KeyboardInterrupt):
            open_store(empty_url).migrate()
    store = open_store(empty_url)
    store.migrate()
    with store.reading() as reader:
        assert reader.communities() == ()


def test_migrations_are_numbered_in_one_line():
    config = Config()
    config.set_main_option("script_location", "doorplate.store:migrations")
    script = ScriptDirectory.from_config(config)
    assert script.get_heads() == [newest()]
    assert [revision.revision for revision in script.walk_revisions()][-1] == "0001"


def test_the_file_is_small_and_in_wal(migrated_file: Path):
    with sqlite3.connect(migrated_file) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert migrated_file.stat().st_size < 6_000_000
