"""Bulk loading: one event for a whole register, which holds the digest of its rows."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("list_import", sa.Column("digest", sa.Text(), nullable=False, server_default=""))
