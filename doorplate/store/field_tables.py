"""What comes in from the field, and what households told, as tables."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from doorplate.store.tables import Base, Entered, reference, unique


class FieldItemRow(Entered, Base):
    """Rows stay for ever, so the unique id also says what was sent before."""

    __tablename__ = "field_item"
    __table_args__ = (unique("id", thing="外勤条目"), Index(None, "community", "status"),
                      Index(None, "account_id", "captured_at"),
                      Index("ix_field_item_waiting", "received_at", "fid", sqlite_where=text("status = 'waiting'"),
                            postgresql_where=text("status = 'waiting'")),
                      Index("ix_field_item_reviewed", "reviewed_at", "fid", sqlite_where=text("reviewed_at IS NOT NULL"),
                            postgresql_where=text("reviewed_at IS NOT NULL")))
    id: Mapped[str]
    kind: Mapped[str]
    account_id: Mapped[str] = mapped_column(reference("account.id"))
    device_id: Mapped[str] = mapped_column(reference("device.id"))
    community: Mapped[str] = mapped_column(reference("community.code"))
    address_id: Mapped[str | None] = mapped_column(reference("address.id"), index=True)
    subject_id: Mapped[str] = mapped_column(index=True)
    base_version: Mapped[int]
    captured_at: Mapped[datetime]
    received_at: Mapped[datetime]
    skew_s: Mapped[float]
    payload_sealed: Mapped[bytes | None]
    fields: Mapped[Any]
    verdict: Mapped[str]
    flags: Mapped[Any]
    status: Mapped[str]
    reviewer_id: Mapped[str | None]
    reviewed_at: Mapped[datetime | None]
    words: Mapped[str]
    result: Mapped[str]
    read_at: Mapped[datetime | None]


class FieldFileRow(Entered, Base):
    __tablename__ = "field_file"
    __table_args__ = (unique("id", thing="外勤附件"),)
    id: Mapped[str]
    account_id: Mapped[str] = mapped_column(reference("account.id"))
    item_id: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    mimetype: Mapped[str]
    key: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    evidence: Mapped[Any]
    received_at: Mapped[datetime | None]


class FieldAsideRow(Entered, Base):
    __tablename__ = "field_aside"
    __table_args__ = (unique("id", thing="读不出的外勤数据"),)
    id: Mapped[str]
    device_id: Mapped[str]
    received_at: Mapped[datetime]
    reason: Mapped[str]
    body_sealed: Mapped[bytes]


class MountingRow(Entered, Base):
    __tablename__ = "mounting"
    __table_args__ = (unique("id", thing="安装记录"), Index(None, "address_id", "at"))
    id: Mapped[str]
    plate_id: Mapped[str] = mapped_column(reference("plate.id"), index=True)
    address_id: Mapped[str] = mapped_column(reference("address.id"))
    account_id: Mapped[str] = mapped_column(reference("account.id"))
    at: Mapped[datetime]
    outcome: Mapped[str]
    height_mm: Mapped[int | None]
    side: Mapped[str]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    photo_id: Mapped[str]
    flags: Mapped[Any]
    words: Mapped[str]


class VisitRow(Entered, Base):
    __tablename__ = "visit"
    __table_args__ = (unique("id", thing="走访"), Index(None, "address_id", "at"), Index(None, "account_id", "at"))
    id: Mapped[str]
    address_id: Mapped[str] = mapped_column(reference("address.id"))
    account_id: Mapped[str] = mapped_column(reference("account.id"))
    at: Mapped[datetime]
    presence: Mapped[str]
    purposes: Mapped[Any]
    done: Mapped[Any]
    case_id: Mapped[str | None]
    distance_m: Mapped[float | None]
    flags: Mapped[Any]
    words_sealed: Mapped[bytes | None]


class ZoneRoundRow(Entered, Base):
    __tablename__ = "zone_round"
    __table_args__ = (unique("id", thing="安装区抽查"),)
    id: Mapped[str]
    zone_id: Mapped[str] = mapped_column(reference("area.id"), index=True)
    community: Mapped[str] = mapped_column(reference("community.code"))
    opened_at: Mapped[datetime]
    sample: Mapped[Any]
    results: Mapped[Any]
    status: Mapped[str]


class ConsentRow(Entered, Base):
    __tablename__ = "consent"
    __table_args__ = (unique("id", thing="同意"),)
    id: Mapped[str]
    household_id: Mapped[str] = mapped_column(reference("household.id"), index=True)
    purpose: Mapped[str]
    words: Mapped[str]
    how: Mapped[str]
    given_at: Mapped[datetime]
    taken_by: Mapped[str]
    withdrawn_at: Mapped[datetime | None]


class PersonRow(Entered, Base):
    __tablename__ = "person"
    __table_args__ = (unique("id", thing="人"),)
    id: Mapped[str]
    household_id: Mapped[str] = mapped_column(reference("household.id"), index=True)
    name_sealed: Mapped[bytes | None]
    birth_year: Mapped[int | None]
    relation: Mapped[str]
    consent_id: Mapped[str]
    guardian_consent_id: Mapped[str | None]
    left_on: Mapped[date | None]


class PopulationModuleRow(Entered, Base):
    __tablename__ = "population_module"
    __table_args__ = (unique("id", thing="人口登记的开通"),)
    id: Mapped[str] = mapped_column(reference("community.code"))
    on: Mapped[bool]
    assessment: Mapped[str]
    asked_by: Mapped[str]
    approved_by: Mapped[str]
    approved_at: Mapped[datetime | None]


FIELD_ITEM, FIELD_FILE, FIELD_ASIDE = (Base.metadata.tables[name] for name in ("field_item", "field_file", "field_aside"))
MOUNTING, VISIT, ZONE_ROUND = (Base.metadata.tables[name] for name in ("mounting", "visit", "zone_round"))
CONSENT, PERSON, POPULATION_MODULE = (Base.metadata.tables[name] for name in ("consent", "person", "population_module"))
