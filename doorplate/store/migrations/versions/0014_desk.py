"""What the desk asks for: the trail by who did it."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_event_actor_seq", "event", ["actor", "seq"])
