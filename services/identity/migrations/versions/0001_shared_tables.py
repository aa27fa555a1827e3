"""The tables that every service has."""

from alembic import op

from shared.database.migrations import create_shared_tables, drop_shared_tables

revision: str = "0001"
down_revision: str | None = None
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    create_shared_tables(op, "identity")


def downgrade() -> None:
    drop_shared_tables(op)
