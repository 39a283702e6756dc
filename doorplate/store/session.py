"""The door to the store: open it, bring it up to date, read in one transaction, write in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from doorplate.model import ChainReport
from doorplate.store import chain, migrate
from doorplate.store.engine import make_engine, read_transaction, write_transaction
from doorplate.store.jobs import Ledger
from doorplate.store.reader import Reader
from doorplate.store.roles import grant_public_role
from doorplate.store.scan_counts import ScanCounts
from doorplate.store.sessions import Sessions
from doorplate.store.troubles import translated
from doorplate.store.unit import Unit


class Store:
    """A registry's database. Threads may share one; a forked child starts with connections of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._checked = False

    def migrate(self) -> None:
        """Creates the database's tables or brings them up to date; a second time, or beside another process, is harmless.

        On SpatiaLite also makes the file and its folder. Raises Unavailable(store.unreachable, store.spatialite_missing,
        store.postgis_missing, store.not_utf8, store.newer).
        """
        migrate.upgrade(self._engine)
        self._checked = True

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """One read transaction: everything read through it is of the same moment, whatever others write meanwhile.

        Raises Unavailable(store.not_initialised, store.behind, store.newer, store.unreachable …).
        """
        self._require_current()
        with translated(), read_transaction(self._engine) as connection:
            yield Reader(connection)

    @contextmanager
    def writing(self) -> Iterator[Unit]:
        """One write transaction: committed at the end of the block, undone when anything is raised in it.

        Writers wait for each other from the first line on (at most 30 s, then Unavailable(store.busy)), so what one reads
        stays true until it commits. A refused save cannot be swallowed: the block then ends with Refused(store.unfinished).
        """
        self._require_current()
        with translated(), write_transaction(self._engine) as connection:
            unit = Unit(connection)
            yield unit
            unit.finish()

    def ledger(self) -> Ledger:
        """What workers have in hand, beside the registry and in the same database."""
        self._require_current()
        return Ledger(self._engine)

    def scan_counts(self) -> ScanCounts:
        """How often plates are scanned, beside the registry and in the same database."""
        self._require_current()
        return ScanCounts(self._engine)

    def sessions(self) -> Sessions:
        """Who is signed in at the desk, beside the registry and in the same database."""
        self._require_current()
        return Sessions(self._engine)

    def grant_public_role(self, name: str) -> None:
        """Makes or updates the role the residents' door connects with (`roles.py`, also for what it raises)."""
        self._require_current()
        grant_public_role(self._engine, name)

    def verify_chain(self) -> ChainReport:
        """Recomputes every event's hash from the first to the head."""
        self._require_current()
        with translated(), read_transaction(self._engine) as connection:
            return chain.verify(connection)

    def close(self) -> None:
        """Gives back every idle connection."""
        self._engine.dispose()

    def _require_current(self) -> None:
        if not self._checked:
            migrate.require_current(self._engine)
            self._checked = True


def open_store(database_url: str) -> Store:
    """The store at `sqlite:///FILE` (SpatiaLite) or `postgresql://…` (PostGIS). Creates and connects to nothing yet.

    Raises InputError(store.url) for any other address.
    """
    return Store(make_engine(database_url))
