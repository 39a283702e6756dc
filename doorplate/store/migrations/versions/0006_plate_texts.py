"""What else a frozen plate says: pinyin, the local script, the postcode."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("pinyin", "minority", "postcode"):
        op.add_column("batch_plate", sa.Column(name, sa.Text(), nullable=False, server_default=""))
