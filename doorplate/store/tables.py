"""What lies where: one table per noun of the model, the trail of events, and what ties them together.

Every record table has `fid` (the order of entry), `id` and `version`. SpatiaLite's R-tree refers to rows by rowid, and
SQLite may renumber rowids on VACUUM unless the table has an integer primary key: hence fid. References are checked at
commit, so that a bulk of changes may come in any order. Nothing here is ever deleted; triggers (migration 0001) see to it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    literal_column,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from doorplate.store.geometry import SRID, Shape

Exact = Text().with_variant(Text(collation="C"), "postgresql")  # only compared for being equal: sorted by bytes, the fastest
Sequence64 = BigInteger().with_variant(Integer(), "sqlite")  # only INTEGER is SQLite's own row number
Json = JSON().with_variant(JSONB(), "postgresql")


HAS_ALIASES: ColumnElement[bool] = literal_column("aliases <> '[]'", Boolean())
"""Said in a query word for word: else the index of those few is not used."""


def in_utc(moment: datetime) -> datetime:
    """Raises ValueError for a time without a zone: nobody can know which moment it means."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(UTC)


class Moment(TypeDecorator[datetime]):
    """A moment, kept in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else in_utc(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention={
        "pk": "pk_%(table_name)s", "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s", "ix": "ix_%(table_name)s_%(column_0_N_name)s"})
    type_annotation_map = {str: Text(), datetime: Moment(), date: Date(), bytes: LargeBinary(), float: Float(53), Any: Json}  # noqa: RUF012


def reference(target: str) -> ForeignKey:
    """Checked at commit: a bulk of changes may come in any order."""
    return ForeignKey(target, deferrable=True, initially="DEFERRED")


def unique(*columns: str, thing: str) -> UniqueConstraint:
    """thing: what a refusal calls it, in Chinese."""
    return UniqueConstraint(*columns, info={"thing": thing})


class Entered:
    """What every record has. id: uuid as hex text (a community's is its code)."""

    fid: Mapped[int] = mapped_column(primary_key=True, sort_order=-1)
    version: Mapped[int]


class CommunityRow(Entered, Base):
    __tablename__ = "community"
    __table_args__ = (unique("code", thing="社区代码"),)
    code: Mapped[str]
    names: Mapped[Any]
    prefix: Mapped[str]
    beat: Mapped[str]
    station_name: Mapped[str]
    station_address: Mapped[str]
    station_phone: Mapped[str]
    sample: Mapped[bool]


class AreaRow(Entered, Base):
    __tablename__ = "area"
    id: Mapped[str]
    kind: Mapped[str]
    code: Mapped[str]
    name: Mapped[str]
    community: Mapped[str] = mapped_column(reference("community.code"), index=True)
    geometry: Mapped[bytes | None] = mapped_column(Shape("GEOMETRY", SRID, 2, spatial_index=True))
    streets: Mapped[Any]
    parent_id: Mapped[str | None] = mapped_column(reference("area.id"))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    __table_args__ = (
        unique("id", thing="区域"),
        Index("uq_area_kind_code", "kind", "code", unique=True, info={"thing": "区域代码"},
              sqlite_where=text("valid_to IS NULL"), postgresql_where=text("valid_to IS NULL")))


class AddressRow(Entered, Base):
    __tablename__ = "address"
    id: Mapped[str]
    community: Mapped[str] = mapped_column(reference("community.code"))
    hamlet: Mapped[str]
    street: Mapped[str]
    lane: Mapped[str]
    number: Mapped[str]
    suffix: Mapped[str]
    compound: Mapped[str]
    building: Mapped[str]
    unit: Mapped[str]
    floor: Mapped[str]
    room: Mapped[str]
    standard_address: Mapped[str] = mapped_column(Exact)
    key: Mapped[str] = mapped_column(Exact)
    status: Mapped[str]
    point: Mapped[bytes | None] = mapped_column(Shape("POINT", SRID, 2, spatial_index=True))
    accuracy_m: Mapped[float | None]
    point_source: Mapped[str]
    grid_id: Mapped[str | None] = mapped_column(reference("area.id"))
    aliases: Mapped[Any]
    place_kind: Mapped[str]
    name: Mapped[str]
    __table_args__ = (
        unique("id", thing="地址"),
        Index("uq_address_living", "standard_address", "community", unique=True,
              info={"thing": "标准地址", "column": "address.standard_address"},
              sqlite_where=text("status <> 'retired'"), postgresql_where=text("status <> 'retired'")),
        Index("ix_address_community_key", "community", "key"),
        Index("ix_address_grid_id", "grid_id", sqlite_where=text("grid_id IS NOT NULL"),
              postgresql_where=text("grid_id IS NOT NULL")),
        Index("ix_address_aliases", "aliases", postgresql_using="gin", sqlite_where=HAS_ALIASES, postgresql_where=HAS_ALIASES))


class HouseholdRow(Entered, Base):
    __tablename__ = "household"
    __table_args__ = (unique("id", thing="户"), Index(None, "community", "head_index"))
    id: Mapped[str]
    community: Mapped[str] = mapped_column(reference("community.code"))
    address_id: Mapped[str | None] = mapped_column(reference("address.id"), index=True)
    members: Mapped[int | None]
    head_sealed: Mapped[bytes | None]
    head_index: Mapped[str]
    merged_into: Mapped[str | None]  # no reference: SQLite adds none to a table that stands
    tenure: Mapped[str] = mapped_column(server_default="")
    needs: Mapped[Any] = mapped_column(server_default="[]")
    contact_sealed: Mapped[bytes | None]
    counted_on: Mapped[date | None]


class PlateRow(Entered, Base):
    """Rows stay for ever, so the unique code is also a code never given again."""

    __tablename__ = "plate"
    __table_args__ = (unique("id", thing="门牌"), unique("code", thing="门牌编码"))
    id: Mapped[str]
    code: Mapped[str]
    address_id: Mapped[str] = mapped_column(reference("address.id"), index=True)
    kind: Mapped[str]
    status: Mapped[str] = mapped_column(index=True)


class StaffRow(Entered, Base):
    __tablename__ = "staff"
    __table_args__ = (unique("id", thing="人员"),)
    id: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    phone: Mapped[str]
    area_code: Mapped[str] = mapped_column(index=True)
    confirmed_on: Mapped[date | None]
    deputy_id: Mapped[str | None]
    absent_from: Mapped[date | None]
    absent_until: Mapped[date | None]
    published: Mapped[bool] = mapped_column(server_default=true())
    photo: Mapped[str] = mapped_column(server_default="")
    left_on: Mapped[date | None]


class NoticeRow(Entered, Base):
    __tablename__ = "notice"
    __table_args__ = (unique("id", thing="通知"),)
    id: Mapped[str]
    area: Mapped[str]
    kind: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    valid_from: Mapped[date]
    valid_until: Mapped[date] = mapped_column(index=True)
    link: Mapped[str]
    translations: Mapped[Any]


class PrintBatchRow(Entered, Base):
    __tablename__ = "print_batch"
    __table_args__ = (unique("id", thing="批次"),)
    id: Mapped[str]
    community: Mapped[str] = mapped_column(reference("community.code"), index=True)
    selection: Mapped[str]
    design: Mapped[str]
    base_url: Mapped[str]
    frozen_at: Mapped[datetime]
    status: Mapped[str]
    sample: Mapped[bool]


class BatchPlateRow(Base):
    """The frozen lines of a batch, in walking order; written once."""

    __tablename__ = "batch_plate"
    __table_args__ = (unique("batch_id", "code", thing="批次里的门牌编码"),)
    batch_id: Mapped[str] = mapped_column(reference("print_batch.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(reference("plate.code"), index=True)
    url: Mapped[str]
    standard_address: Mapped[str]
    street: Mapped[str]
    number: Mapped[str]
    kind: Mapped[str]
    grid: Mapped[str]
    zone: Mapped[str]
    pinyin: Mapped[str] = mapped_column(server_default="")
    minority: Mapped[str] = mapped_column(server_default="")
    postcode: Mapped[str] = mapped_column(server_default="")


class PlateBoxRow(Entered, Base):
    __tablename__ = "plate_box"
    __table_args__ = (unique("id", thing="箱"), unique("batch_id", "number", thing="批次里的箱号"))
    id: Mapped[str]
    batch_id: Mapped[str] = mapped_column(reference("print_batch.id"))
    number: Mapped[int]
    total: Mapped[int]
    zone: Mapped[str]
    codes: Mapped[Any]
    status: Mapped[str] = mapped_column(index=True)
    lost: Mapped[Any]
    damaged: Mapped[Any]
    kept: Mapped[Any]
    installer: Mapped[str]
    issued_on: Mapped[date | None]


class PrintJobRow(Base):
    """A batch on its way through the press: what workers have in hand (jobs.py). No record of the trail."""

    __tablename__ = "print_job"
    id: Mapped[str] = mapped_column(primary_key=True)
    batch_id: Mapped[str] = mapped_column(reference("print_batch.id"))
    folder: Mapped[str]
    status: Mapped[str] = mapped_column(index=True)
    actor: Mapped[str]
    order: Mapped[Any]
    problems: Mapped[Any]
    plates: Mapped[int]
    asked_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    lease: Mapped[datetime | None]


class PrintChunkRow(Base):
    """One volume of a job."""

    __tablename__ = "print_chunk"
    job_id: Mapped[str] = mapped_column(reference("print_job.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    status: Mapped[str]
    plates: Mapped[int]
    done: Mapped[int]
    attempts: Mapped[int]
    lease: Mapped[datetime | None]
    problems: Mapped[Any]


class CaseRow(Entered, Base):
    __tablename__ = "cases"
    __table_args__ = (unique("id", thing="事项"), unique("client_id", thing="事项 (同一份已提交过)"),
                      unique("receipt", thing="回执号"), Index(None, "community", "status"))
    id: Mapped[str]
    client_id: Mapped[str]
    receipt: Mapped[str]
    community: Mapped[str] = mapped_column(reference("community.code"))
    address_id: Mapped[str | None] = mapped_column(reference("address.id"))
    plate_code: Mapped[str]
    kind: Mapped[str]
    category: Mapped[str]
    status: Mapped[str]
    asked_at: Mapped[datetime]
    level: Mapped[str]
    owner_id: Mapped[str | None] = mapped_column(index=True)
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    urgent: Mapped[bool]
    about: Mapped[Any]
    service_id: Mapped[str]
    wanted_day: Mapped[date | None]
    wanted_part: Mapped[str]
    language: Mapped[str]
    text_sealed: Mapped[bytes | None]
    contact_sealed: Mapped[bytes | None]
    consent: Mapped[str]
    rating: Mapped[int | None]
    reopened: Mapped[int]
    pin_failures: Mapped[int]
    locked_until: Mapped[datetime | None]


class CaseEntryRow(Entered, Base):
    __tablename__ = "case_entry"
    __table_args__ = (unique("id", thing="事项的步骤"), unique("case_id", "seq", thing="事项的步骤"))
    id: Mapped[str]
    case_id: Mapped[str] = mapped_column(reference("cases.id"))
    seq: Mapped[int]
    at: Mapped[datetime]
    by: Mapped[str]
    step: Mapped[str]
    public: Mapped[bool]
    words_sealed: Mapped[bytes | None]


class CaseFileRow(Entered, Base):
    __tablename__ = "case_file"
    __table_args__ = (unique("id", thing="事项的附件"),)
    id: Mapped[str]
    case_id: Mapped[str] = mapped_column(reference("cases.id"), index=True)
    kind: Mapped[str]
    mimetype: Mapped[str]
    key: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    seconds: Mapped[float]


class ScanCountRow(Base):
    """How often a plate was scanned on a day (scan_counts.py). No record of the trail."""

    __tablename__ = "scan_count"
    day: Mapped[date] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    scans: Mapped[int]


class ListImportRow(Entered, Base):
    __tablename__ = "list_import"
    __table_args__ = (unique("id", thing="导入"), unique("fingerprint", thing="名单 (同一份已导入过)"))
    id: Mapped[str]
    community: Mapped[str] = mapped_column(reference("community.code"), index=True)
    fingerprint: Mapped[str]
    files: Mapped[Any]
    counts: Mapped[Any]
    digest: Mapped[str]


class FindingRow(Entered, Base):
    __tablename__ = "finding"
    __table_args__ = (unique("id", thing="问题"), Index(None, "community", "resolution"))
    id: Mapped[str]
    community: Mapped[str] = mapped_column(reference("community.code"))
    import_id: Mapped[str] = mapped_column(reference("list_import.id"), index=True)
    file: Mapped[str]
    sheet: Mapped[str | None]
    row: Mapped[int]
    code: Mapped[str]
    field: Mapped[str]
    value: Mapped[str]
    message: Mapped[str]
    proposal: Mapped[str]
    confidence: Mapped[str]
    with_rows: Mapped[Any]
    address_id: Mapped[str | None] = mapped_column(reference("address.id"), index=True)
    blocks: Mapped[bool]
    resolution: Mapped[str]
    resolved_reason: Mapped[str]
    household_id: Mapped[str | None]
    place: Mapped[Any | None]


class SettlementRow(Entered, Base):
    __tablename__ = "settlement"
    __table_args__ = (unique("id", thing="处理"),)
    id: Mapped[str]
    community: Mapped[str] = mapped_column(reference("community.code"), index=True)
    act: Mapped[str]
    reason: Mapped[str]
    evidence: Mapped[str]
    effective_on: Mapped[date]
    subjects: Mapped[Any]
    undoes: Mapped[str | None] = mapped_column(reference("settlement.id"))


class EventRow(Base):
    """The trail 留痕. before and after are JSON text, because the hash is over exactly these characters."""

    __tablename__ = "event"
    __table_args__ = (Index(None, "subject_id", "seq"), Index(None, "verb", "seq"), Index(None, "actor", "seq"))
    seq: Mapped[int] = mapped_column(Sequence64, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str]
    verb: Mapped[str]
    subject_id: Mapped[str]
    version: Mapped[int]
    before: Mapped[str]
    after: Mapped[str]
    reason: Mapped[str]
    source: Mapped[str]
    prev_hash: Mapped[str]
    hash: Mapped[str]


class ChainHeadRow(Base):
    """The one row every writer locks first: where the trail ends."""

    __tablename__ = "chain_head"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(Sequence64)
    hash: Mapped[str]


def _table(row: type[Base]) -> Table:
    return Base.metadata.tables[row.__tablename__]


COMMUNITY, AREA, ADDRESS, HOUSEHOLD, PLATE = map(_table, (CommunityRow, AreaRow, AddressRow, HouseholdRow, PlateRow))
STAFF, NOTICE, PRINT_BATCH, BATCH_PLATE, PLATE_BOX = map(_table, (StaffRow, NoticeRow, PrintBatchRow, BatchPlateRow, PlateBoxRow))
CASE, CASE_ENTRY, CASE_FILE = map(_table, (CaseRow, CaseEntryRow, CaseFileRow))
PRINT_JOB, PRINT_CHUNK = map(_table, (PrintJobRow, PrintChunkRow))
LIST_IMPORT, FINDING, SETTLEMENT = map(_table, (ListImportRow, FindingRow, SettlementRow))
SCAN_COUNT = _table(ScanCountRow)
EVENT, CHAIN_HEAD = map(_table, (EventRow, ChainHeadRow))
