"""Print jobs and their volumes: what workers have in hand. No part of the trail: it says how, not what."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    json = sa.JSON().with_variant(JSONB(), "postgresql")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "print_job",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "batch_id", "folder", "status", "actor")),
        sa.Column("order", json, nullable=False),
        sa.Column("problems", json, nullable=False),
        sa.Column("plates", sa.Integer(), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        *(sa.Column(name, moment, nullable=True) for name in ("begun_at", "ended_at", "lease")),
        sa.PrimaryKeyConstraint("id", name="pk_print_job"),
        sa.ForeignKeyConstraint(["batch_id"], ["print_batch.id"], name="fk_print_job_batch_id", deferrable=True,
                                initially="DEFERRED"),
    )
    op.create_index("ix_print_job_status", "print_job", ["status"])
    op.create_table(
        "print_chunk",
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("status", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("plates", "done", "attempts")),
        sa.Column("lease", moment, nullable=True),
        sa.Column("problems", json, nullable=False),
        sa.PrimaryKeyConstraint("job_id", "number", name="pk_print_chunk"),
        sa.ForeignKeyConstraint(["job_id"], ["print_job.id"], name="fk_print_chunk_job_id", deferrable=True,
                                initially="DEFERRED"),
    )
