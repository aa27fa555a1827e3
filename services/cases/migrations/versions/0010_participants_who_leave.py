"""A member who leaves an account leaves its cases at all bureaus, so the worker goes through these."""

from alembic import op

from shared.database.migrations import open_to_worker

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    open_to_worker(op, "cases", "participants")


def downgrade() -> None:
    op.execute("drop policy worker on participants")
