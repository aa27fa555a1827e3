"""Whether an operator has approved the bureau. Those that are known have been working: they are approved."""

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.add_column("bureaus", sa.Column("status", sa.Text(), nullable=False, server_default="approved"))
    # Also for what a process of the release before adds, while it still runs.
    op.alter_column("bureaus", "status", server_default="registered")


def downgrade() -> None:
    op.drop_column("bureaus", "status")
