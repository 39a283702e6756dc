"""Who is signed in at the desk, and when each device was last in touch. No records of the trail: they change all the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, Row, Update, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from doorplate.store.engine import read_transaction, write_transaction
from doorplate.store.people_tables import DEVICE_SEEN, SESSION
from doorplate.store.troubles import translated


@dataclass(frozen=True, slots=True)
class DeskSession:
    """id: SHA-256 of the cookie's token, hex. client: what the browser calls itself."""

    id: str
    account_id: str
    begun_at: datetime
    seen_at: datetime
    ended_at: datetime | None
    client: str


class SessionActs:
    """What happens to sessions together with a record: part of `Unit`."""

    _connection: Connection

    def begin_session(self, session: DeskSession) -> None:
        self._connection.execute(insert(SESSION).values(id=session.id, account_id=session.account_id, begun_at=session.begun_at,
                                                        seen_at=session.seen_at, ended_at=None, client=session.client))

    def end_sessions(self, account_id: str, at: datetime, but: str = "") -> int:
        """Ends every open session of an account, except one (its id); how many there were."""
        mine = (SESSION.c.account_id == account_id, SESSION.c.ended_at.is_(None), SESSION.c.id != but)
        return self._connection.execute(update(SESSION).where(*mine).values(ended_at=at)).rowcount


class Sessions:
    """Made by `Store.sessions()`. Raises Unavailable as the store does."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find(self, session_id: str) -> DeskSession | None:
        with translated(), read_transaction(self._engine) as connection:
            row = connection.execute(select(SESSION).where(SESSION.c.id == session_id)).first()
        return _session(row) if row is not None else None

    def open_of(self, account_id: str) -> tuple[DeskSession, ...]:
        """Those not ended, the last used first."""
        mine = select(SESSION).where(SESSION.c.account_id == account_id, SESSION.c.ended_at.is_(None))
        with translated(), read_transaction(self._engine) as connection:
            return tuple(map(_session, connection.execute(mine.order_by(SESSION.c.seen_at.desc(), SESSION.c.id))))

    def seen(self, session_id: str, at: datetime) -> None:
        """Still in use; never earlier than it was known to be, never again once ended."""
        self._run(update(SESSION).where(SESSION.c.id == session_id, SESSION.c.ended_at.is_(None), SESSION.c.seen_at < at)
                  .values(seen_at=at))

    def end(self, session_id: str, at: datetime) -> None:
        """Once and for all; one that has ended stays as it was."""
        self._run(update(SESSION).where(SESSION.c.id == session_id, SESSION.c.ended_at.is_(None)).values(ended_at=at))

    def device_seen_at(self, device_id: str) -> datetime | None:
        with translated(), read_transaction(self._engine) as connection:
            return connection.scalar(select(DEVICE_SEEN.c.at).where(DEVICE_SEEN.c.device_id == device_id))

    def device_seen(self, device_id: str, at: datetime, pack_at: datetime | None = None) -> None:
        """In touch at this moment; pack_at: and fetched a pack, None leaves what is known of that."""
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        told = {"at": at} | ({"pack_at": pack_at} if pack_at else {})
        added = dialect.insert(DEVICE_SEEN).values(device_id=device_id, at=at, pack_at=pack_at)
        with translated(), write_transaction(self._engine) as connection:
            connection.execute(added.on_conflict_do_update(index_elements=["device_id"], set_=told))

    def _run(self, statement: Update) -> None:
        with translated(), write_transaction(self._engine) as connection:
            connection.execute(statement)


def _session(row: Row[tuple[object, ...]]) -> DeskSession:
    return DeskSession(row.id, row.account_id, row.begun_at, row.seen_at, row.ended_at, row.client)
