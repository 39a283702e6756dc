"""Boxes: what was packed with what, who has it, and what became of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    json = sa.JSON().with_variant(JSONB(), "postgresql")
    op.create_table(
        "plate_box",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "batch_id", "zone", "status", "installer")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("number", "total")),
        *(sa.Column(name, json, nullable=False) for name in ("codes", "lost", "damaged", "kept")),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("fid", name="pk_plate_box"),
        sa.UniqueConstraint("id", name="uq_plate_box_id"),
        sa.UniqueConstraint("batch_id", "number", name="uq_plate_box_batch_id_number"),
        sa.ForeignKeyConstraint(["batch_id"], ["print_batch.id"], name="fk_plate_box_batch_id", deferrable=True,
                                initially="DEFERRED"),
    )
    op.create_index("ix_plate_box_status", "plate_box", ["status"])
