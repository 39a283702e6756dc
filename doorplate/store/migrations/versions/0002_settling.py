"""Settling: acts with reason, evidence and effective date; whose line a finding stands on; households merged into others."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    json = sa.JSON().with_variant(JSONB(), "postgresql")
    op.create_table(
        "settlement",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "community", "act", "reason", "evidence")),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("subjects", json, nullable=False),
        sa.Column("undoes", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("fid", name="pk_settlement"),
        sa.UniqueConstraint("id", name="uq_settlement_id"),
        _refers("community", "community.code"),
        _refers("undoes", "settlement.id"),
    )
    op.create_index("ix_settlement_community", "settlement", ["community"])
    op.add_column("finding", sa.Column("place", json, nullable=True))
    op.add_column("finding", sa.Column("household_id", sa.Text(), nullable=True))
    op.add_column("household", sa.Column("merged_into", sa.Text(), nullable=True))


def _refers(column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_settlement_{column}", deferrable=True, initially="DEFERRED")
