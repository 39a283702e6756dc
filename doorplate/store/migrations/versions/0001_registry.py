"""The registry: communities, areas, addresses, households, plates, staff, batches, imports, findings, and the trail."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Column = sa.Column[Any]
SRID = 4490
GENESIS = "0" * 64


def upgrade() -> None:
    _places()
    _addresses()
    _households_and_plates()
    _imports_and_findings()
    _batches()
    _trail()
    _never_undone("event", "update", "delete")
    _never_undone("batch_plate", "update", "delete")
    _never_undone("plate", "delete")


def _text(name: str, nullable: bool = False) -> Column:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _texts(names: str) -> list[Column]:
    return [_text(name) for name in names.split()]


def _json(name: str) -> Column:
    return sa.Column(name, sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False)


def _moment(name: str) -> Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _date(name: str) -> Column:
    return sa.Column(name, sa.Date(), nullable=True)


def _flag(name: str) -> Column:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _number(name: str, nullable: bool = False) -> Column:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _sequence(name: str) -> Column:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False)


def _shape(name: str, kind: str) -> Column:
    return sa.Column(name, Geometry(kind, srid=SRID, dimension=2, spatial_index=False, name="geometry"), nullable=True)


def _refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}", deferrable=True, initially="DEFERRED")


def _record(table: str, *columns: Column | sa.Constraint, key: str = "id") -> list[Column | sa.Constraint]:
    """What every record table has, around its own columns."""
    return [_number("fid"), _number("version"), _text(key), *columns,
            sa.PrimaryKeyConstraint("fid", name=f"pk_{table}"), sa.UniqueConstraint(key, name=f"uq_{table}_{key}")]


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def _unique_where(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, unique=True, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _spatial_index(table: str, column: str) -> None:
    op.create_geospatial_index(  # type: ignore[attr-defined]
        f"idx_{table}_{column}", table, [column], unique=False, postgresql_using="gist", postgresql_ops={})


def _places() -> None:
    op.create_table("community", *_record(
        "community", _json("names"), *_texts("prefix beat station_name station_address station_phone"), _flag("sample"),
        key="code"))
    op.create_geospatial_table("area", *_record(  # type: ignore[attr-defined]
        "area", *_texts("kind code name community"), _shape("geometry", "GEOMETRY"), _json("streets"), _text("parent_id", True),
        _date("valid_from"), _date("valid_to"),
        _refers("area", "community", "community.code"), _refers("area", "parent_id", "area.id")))
    _spatial_index("area", "geometry")
    _index("area", "community")
    _unique_where("uq_area_kind_code", "area", ["kind", "code"], "valid_to IS NULL")
    op.create_table("staff", *_record("staff", *_texts("name role phone area_code"), _date("confirmed_on")))
    _index("staff", "area_code")


def _addresses() -> None:
    op.create_geospatial_table("address", *_record(  # type: ignore[attr-defined]
        "address", *_texts("community hamlet street lane number suffix compound building unit floor room"),
        *_texts("standard_address key status"), _shape("point", "POINT"), sa.Column("accuracy_m", sa.Float(53), nullable=True),
        _text("point_source"), _text("grid_id", True), _json("aliases"), *_texts("place_kind name"),
        _refers("address", "community", "community.code"), _refers("address", "grid_id", "area.id")))
    _spatial_index("address", "point")
    _unique_where("uq_address_living", "address", ["community", "standard_address"], "status <> 'retired'")
    _index("address", "community", "status")
    _index("address", "community", "key")
    _index("address", "grid_id")
    op.create_index("ix_address_aliases", "address", ["aliases"], postgresql_using="gin")


def _households_and_plates() -> None:
    op.create_table("household", *_record(
        "household", _text("community"), _text("address_id", True), _number("members", True),
        sa.Column("head_sealed", sa.LargeBinary(), nullable=True), _text("head_index"),
        _refers("household", "community", "community.code"), _refers("household", "address_id", "address.id")))
    _index("household", "community", "head_index")
    _index("household", "address_id")
    op.create_table("plate", *_record(
        "plate", *_texts("code address_id kind status"), sa.UniqueConstraint("code", name="uq_plate_code"),
        _refers("plate", "address_id", "address.id")))
    _index("plate", "address_id")
    _index("plate", "status")


def _imports_and_findings() -> None:
    op.create_table("list_import", *_record(
        "list_import", *_texts("community fingerprint"), _json("files"), _json("counts"),
        sa.UniqueConstraint("fingerprint", name="uq_list_import_fingerprint"),
        _refers("list_import", "community", "community.code")))
    _index("list_import", "community")
    op.create_table("finding", *_record(
        "finding", *_texts("community import_id file"), _text("sheet", True), _number("row"),
        *_texts("code field value message proposal confidence"), _json("with_rows"), _text("address_id", True), _flag("blocks"),
        *_texts("resolution resolved_reason"), _refers("finding", "community", "community.code"),
        _refers("finding", "import_id", "list_import.id"), _refers("finding", "address_id", "address.id")))
    _index("finding", "community", "resolution")
    _index("finding", "import_id")
    _index("finding", "address_id")


def _batches() -> None:
    op.create_table("print_batch", *_record(
        "print_batch", *_texts("community selection design base_url"), _moment("frozen_at"), _text("status"), _flag("sample"),
        _refers("print_batch", "community", "community.code")))
    _index("print_batch", "community")
    op.create_table(
        "batch_plate", _text("batch_id"), _number("place"), *_texts("code url standard_address street number kind grid zone"),
        sa.PrimaryKeyConstraint("batch_id", "place", name="pk_batch_plate"),
        sa.UniqueConstraint("batch_id", "code", name="uq_batch_plate_batch_id_code"),
        _refers("batch_plate", "batch_id", "print_batch.id"), _refers("batch_plate", "code", "plate.code"))
    _index("batch_plate", "code")


def _trail() -> None:
    op.create_table(
        "event", _sequence("seq"), _moment("at"), *_texts("actor verb subject_id"), _number("version"),
        *_texts("before after reason source prev_hash hash"), sa.PrimaryKeyConstraint("seq", name="pk_event"))
    _index("event", "subject_id", "seq")
    _index("event", "verb", "seq")
    op.create_table(
        "chain_head", _number("id"), _sequence("seq"), _text("hash"), sa.PrimaryKeyConstraint("id", name="pk_chain_head"))
    op.execute(f"INSERT INTO chain_head (id, seq, hash) VALUES (1, 0, '{GENESIS}')")


def _never_undone(table: str, *acts: str) -> None:
    """Triggers that refuse what must never happen to these rows, whoever asks."""
    if op.get_bind().dialect.name == "postgresql":
        function = f"refuse_change_of_{table}"
        op.execute(f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS "
                   f"$$ BEGIN RAISE EXCEPTION '{table} rows stay as they are' USING ERRCODE = 'restrict_violation'; END $$")
        op.execute(f"CREATE TRIGGER {table}_stays BEFORE {' OR '.join(acts)} ON {table} "
                   f"FOR EACH ROW EXECUTE FUNCTION {function}()")
        op.execute(f"CREATE TRIGGER {table}_is_kept BEFORE TRUNCATE ON {table} "
                   f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()")
        return
    for act in acts:
        op.execute(f"CREATE TRIGGER {table}_no_{act} BEFORE {act} ON {table} "
                   f"BEGIN SELECT RAISE(ABORT, '{table} rows stay as they are'); END")
