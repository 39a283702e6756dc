"""Who may sign in, as tables; what changes with every request (sessions, when a device was last seen) is no record of the
trail."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from doorplate.store.tables import Base, Entered, reference, unique


class AccountRow(Entered, Base):
    __tablename__ = "account"
    __table_args__ = (unique("id", thing="账号"), unique("login", thing="登录名"))
    id: Mapped[str]
    login: Mapped[str]
    name: Mapped[str]
    password: Mapped[str]
    staff_id: Mapped[str | None]
    totp_sealed: Mapped[bytes | None]
    must_change: Mapped[bool]
    failures: Mapped[int]
    locked_until: Mapped[datetime | None]
    disabled: Mapped[bool]


class AssignmentRow(Entered, Base):
    __tablename__ = "assignment"
    __table_args__ = (unique("id", thing="任务区"),)
    id: Mapped[str]
    account_id: Mapped[str] = mapped_column(reference("account.id"), index=True)
    role: Mapped[str]
    area_code: Mapped[str] = mapped_column(index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class DeviceRow(Entered, Base):
    __tablename__ = "device"
    __table_args__ = (unique("id", thing="设备"), unique("token_hash", thing="设备"))
    id: Mapped[str]
    account_id: Mapped[str] = mapped_column(reference("account.id"), index=True)
    name: Mapped[str]
    kind: Mapped[str]
    token_hash: Mapped[str]
    part_sealed: Mapped[bytes | None]
    registered_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SessionRow(Base):
    """Somebody signed in at the desk. id: SHA-256 of the cookie's token. No record of the trail."""

    __tablename__ = "session"
    __table_args__ = (Index("ix_session_open", "account_id", sqlite_where=text("ended_at IS NULL"),
                            postgresql_where=text("ended_at IS NULL")),)
    id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(reference("account.id"))
    begun_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    client: Mapped[str]


class DeviceSeenRow(Base):
    """When a device was last in touch, and which pack it has. No record of the trail."""

    __tablename__ = "device_seen"
    device_id: Mapped[str] = mapped_column(reference("device.id"), primary_key=True)
    at: Mapped[datetime]
    pack_at: Mapped[datetime | None]


ACCOUNT, ASSIGNMENT, DEVICE = (Base.metadata.tables[name] for name in ("account", "assignment", "device"))
SESSION, DEVICE_SEEN = (Base.metadata.tables[name] for name in ("session", "device_seen"))
