"""The queues of copies are named in the singular, as in every service."""

from alembic import op

from shared.database.migrations import rename_queue

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    rename_queue(op, "notifications", "track-employees", "track-employee")
    rename_queue(op, "notifications", "track-members", "track-member")


def downgrade() -> None:
    rename_queue(op, "notifications", "track-employee", "track-employees")
    rename_queue(op, "notifications", "track-member", "track-members")
