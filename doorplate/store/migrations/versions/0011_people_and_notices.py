"""Deputies, absences and pictures of staff; notices."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    json = sa.JSON().with_variant(JSONB(), "postgresql")
    for name in ("absent_from", "absent_until", "left_on"):
        op.add_column("staff", sa.Column(name, sa.Date(), nullable=True))
    op.add_column("staff", sa.Column("deputy_id", sa.Text(), nullable=True))
    op.add_column("staff", sa.Column("published", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("staff", sa.Column("photo", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "notice",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "area", "kind", "title", "body", "link")),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("valid_from", "valid_until")),
        sa.Column("translations", json, nullable=False),
        sa.PrimaryKeyConstraint("fid", name="pk_notice"),
        sa.UniqueConstraint("id", name="uq_notice_id"),
    )
    op.create_index("ix_notice_valid_until", "notice", ["valid_until"])
