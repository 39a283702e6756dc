"""Matters residents raise: cases, what was said on them, their files."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    json = sa.JSON().with_variant(JSONB(), "postgresql")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "cases",
        *_entered(),
        *_texts("id", "client_id", "receipt", "community", "plate_code", "kind", "category", "status", "level", "service_id",
                "wanted_part", "language", "consent"),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("address_id", "owner_id")),
        sa.Column("asked_at", moment, nullable=False),
        *(sa.Column(name, moment, nullable=True) for name in ("due_at", "locked_until")),
        sa.Column("wanted_day", sa.Date(), nullable=True),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("about", json, nullable=False),
        *(sa.Column(name, sa.LargeBinary(), nullable=True) for name in ("text_sealed", "contact_sealed")),
        sa.Column("rating", sa.Integer(), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("reopened", "pin_failures")),
        sa.PrimaryKeyConstraint("fid", name="pk_cases"),
        *(sa.UniqueConstraint(name, name=f"uq_cases_{name}") for name in ("id", "client_id", "receipt")),
        _refers("community", "community.code", "fk_cases_community"),
        _refers("address_id", "address.id", "fk_cases_address_id"),
    )
    op.create_index("ix_cases_community_status", "cases", ["community", "status"])
    op.create_index("ix_cases_owner_id", "cases", ["owner_id"])
    op.create_index("ix_cases_due_at", "cases", ["due_at"])
    op.create_table(
        "case_entry",
        *_entered(),
        *_texts("id", "case_id", "by", "step"),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("fid", name="pk_case_entry"),
        sa.UniqueConstraint("id", name="uq_case_entry_id"),
        sa.UniqueConstraint("case_id", "seq", name="uq_case_entry_case_id_seq"),
        _refers("case_id", "cases.id", "fk_case_entry_case_id"),
    )
    op.create_table(
        "case_file",
        *_entered(),
        *_texts("id", "case_id", "kind", "mimetype", "key", "sha256"),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("size", "width", "height")),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("fid", name="pk_case_file"),
        sa.UniqueConstraint("id", name="uq_case_file_id"),
        _refers("case_id", "cases.id", "fk_case_file_case_id"),
    )
    op.create_index("ix_case_file_case_id", "case_file", ["case_id"])


def _entered() -> tuple[sa.Column[Any], ...]:
    return sa.Column("fid", sa.Integer(), nullable=False), sa.Column("version", sa.Integer(), nullable=False)


def _texts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _refers(column: str, to: str, name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [to], name=name, deferrable=True, initially="DEFERRED")
