"""The peer of benchmarks/sync.py: an endpoint as it is mostly written. Flask and SQLAlchemy, one transaction an item, what comes
last wins; no compare, no trail, nothing sealed. On SQLite with WAL and synchronous=FULL, as the registry has it.

    python benchmarks/sync_peer.py URL PORT          serves until told to stop
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from flask import Flask, request  # noqa: E402
from sqlalchemy import JSON, String, create_engine, event  # noqa: E402
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column  # noqa: E402

from webapp.chores import Caretaker  # noqa: E402
from webapp.serve import _listen, _Server  # noqa: E402


class Base(DeclarativeBase):
    pass


class Door(Base):
    __tablename__ = "peer_door"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    told: Mapped[Any] = mapped_column(JSON)


class Done(Base):
    __tablename__ = "peer_done"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(32))
    at: Mapped[str] = mapped_column(String(40))
    body: Mapped[Any] = mapped_column(JSON)


def app(url: str) -> Flask:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), pool_size=16)
    if url.startswith("sqlite"):
        @event.listens_for(engine, "connect")
        def _durable(connection: Any, _record: object) -> None:
            for told in ("journal_mode = WAL", "synchronous = FULL", "busy_timeout = 30000"):
                connection.execute(f"PRAGMA {told}")

    Base.metadata.create_all(engine)
    engine.dispose()  # before the server forks: two processes must not share a connection
    flask = Flask("peer")

    @flask.get("/healthz")
    def healthz() -> str:
        return "{}"

    @flask.post("/field/sync")
    def sync() -> dict[str, Any]:
        receipts = []
        for item in request.get_json(force=True)["items"]:
            with Session(engine) as session, session.begin():
                session.merge(Done(id=item["id"], kind=item["kind"], address=item["address"], at=item["at"], body=item))
                if "changes" in item:
                    session.merge(Door(id=item["address"], told=item["changes"]))
            receipts.append({"id": item["id"], "result": "accepted"})
        return {"receipts": receipts}

    return flask


if __name__ == "__main__" and len(sys.argv) == 3:
    _Server(app(sys.argv[1]), _listen("127.0.0.1", int(sys.argv[2])).detach(), Caretaker(())).run()
