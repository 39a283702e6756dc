"""Work at the door: accounts, devices and sessions; what phones send; what households told. Nothing of it is ever deleted but
sessions' and devices' marks of having been seen."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

Column = sa.Column[Any]
_JSON = sa.JSON().with_variant(JSONB(), "postgresql")
_MOMENT = sa.DateTime(timezone=True)
_KINDS: dict[str, Any] = {"text": sa.Text(), "moment": _MOMENT, "date": sa.Date(), "flag": sa.Boolean(), "number": sa.Integer(),
                          "float": sa.Float(53), "json": _JSON, "bytes": sa.LargeBinary()}

_TABLES: dict[str, str] = {
    "account": "id:text login:text name:text password:text staff_id:text? totp_sealed:bytes? must_change:flag failures:number "
               "locked_until:moment? disabled:flag",
    "assignment": "id:text account_id:text role:text area_code:text valid_from:date valid_to:date?",
    "device": "id:text account_id:text name:text kind:text token_hash:text part_sealed:bytes? registered_at:moment "
              "revoked_at:moment?",
    "field_item": "id:text kind:text account_id:text device_id:text community:text address_id:text? subject_id:text "
                  "base_version:number captured_at:moment received_at:moment skew_s:float payload_sealed:bytes? fields:json "
                  "verdict:text flags:json status:text reviewer_id:text? reviewed_at:moment? words:text result:text "
                  "read_at:moment?",
    "field_file": "id:text account_id:text item_id:text kind:text mimetype:text key:text size:number sha256:text evidence:json "
                  "received_at:moment?",
    "field_aside": "id:text device_id:text received_at:moment reason:text body_sealed:bytes",
    "mounting": "id:text plate_id:text address_id:text account_id:text at:moment outcome:text height_mm:number? side:text "
                "lon:float? lat:float? accuracy_m:float? photo_id:text flags:json words:text",
    "visit": "id:text address_id:text account_id:text at:moment presence:text purposes:json done:json case_id:text? "
             "distance_m:float? flags:json words_sealed:bytes?",
    "zone_round": "id:text zone_id:text community:text opened_at:moment sample:json results:json status:text",
    "consent": "id:text household_id:text purpose:text words:text how:text given_at:moment taken_by:text withdrawn_at:moment?",
    "person": "id:text household_id:text name_sealed:bytes? birth_year:number? relation:text consent_id:text "
              "guardian_consent_id:text? left_on:date?",
    "population_module": "id:text on:flag assessment:text asked_by:text approved_by:text approved_at:moment?",
}
"""Table → its columns as name:kind, ? = may be empty."""

_REFERS = {
    "assignment": {"account_id": "account.id"}, "device": {"account_id": "account.id"},
    "field_item": {"account_id": "account.id", "device_id": "device.id", "community": "community.code",
                   "address_id": "address.id"},
    "field_file": {"account_id": "account.id"},
    "mounting": {"plate_id": "plate.id", "address_id": "address.id", "account_id": "account.id"},
    "visit": {"address_id": "address.id", "account_id": "account.id"},
    "zone_round": {"zone_id": "area.id", "community": "community.code"},
    "consent": {"household_id": "household.id"}, "person": {"household_id": "household.id"},
    "population_module": {"id": "community.code"},
}
_UNIQUE = {"account": ("login",), "device": ("token_hash",)}
_INDEXES = {
    "assignment": ("account_id", "area_code"), "device": ("account_id",),
    "field_item": ("community status", "account_id captured_at", "address_id", "subject_id"), "field_file": ("item_id",),
    "mounting": ("address_id at", "plate_id"), "visit": ("address_id at", "account_id at"), "zone_round": ("zone_id",),
    "consent": ("household_id",), "person": ("household_id",),
}
# The review queue: what waits in the order it came, what was decided the latest first.
_PARTIAL = (("ix_field_item_waiting", "received_at", "status = 'waiting'"),
            ("ix_field_item_reviewed", "reviewed_at", "reviewed_at IS NOT NULL"))


_SESSION = "id:text account_id:text begun_at:moment seen_at:moment ended_at:moment? client:text"
_SEEN = "device_id:text at:moment pack_at:moment?"


def upgrade() -> None:
    for table, columns in _TABLES.items():
        _record(table, [_column(told) for told in columns.split()])
    for table, indexes in _INDEXES.items():
        for names in map(str.split, indexes):
            op.create_index(f"ix_{table}_{'_'.join(names)}", table, names)
    for name, column, only in _PARTIAL:
        op.create_index(name, "field_item", [column, "fid"], sqlite_where=sa.text(only), postgresql_where=sa.text(only))
    _not_of_the_trail()
    op.add_column("household", sa.Column("tenure", sa.Text(), nullable=False, server_default=""))
    op.add_column("household", sa.Column("needs", _JSON, nullable=False, server_default="[]"))
    op.add_column("household", sa.Column("contact_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("household", sa.Column("counted_on", sa.Date(), nullable=True))


def _record(table: str, columns: list[Column]) -> None:
    op.create_table(
        table,
        sa.Column("fid", sa.Integer(), nullable=False), sa.Column("version", sa.Integer(), nullable=False), *columns,
        sa.PrimaryKeyConstraint("fid", name=f"pk_{table}"),
        *(sa.UniqueConstraint(name, name=f"uq_{table}_{name}") for name in ("id", *_UNIQUE.get(table, ()))),
        *(_refers(table, column, to) for column, to in _REFERS.get(table, {}).items()),
    )


def _not_of_the_trail() -> None:
    op.create_table(
        "session",
        *map(_column, _SESSION.split()),
        sa.PrimaryKeyConstraint("id", name="pk_session"), _refers("session", "account_id", "account.id"))
    still_open = sa.text("ended_at IS NULL")
    op.create_index("ix_session_open", "session", ["account_id"], sqlite_where=still_open, postgresql_where=still_open)
    op.create_table(
        "device_seen", *map(_column, _SEEN.split()),
        sa.PrimaryKeyConstraint("device_id", name="pk_device_seen"), _refers("device_seen", "device_id", "device.id"))


def _column(told: str) -> Column:
    name, kind = told.split(":")
    return sa.Column(name, _KINDS[kind.rstrip("?")], nullable=kind.endswith("?"))


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [to], name=f"fk_{table}_{column}", deferrable=True, initially="DEFERRED")
