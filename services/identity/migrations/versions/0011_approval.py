"""A bureau is approved by an operator. Those that exist have been working: they are approved as they are.

An operator reads all bureaus, and who signed them up.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: None = None
depends_on: None = None

_AN_OPERATOR_ASKS = "current_setting('arende.operator', true) = 'yes'"


def upgrade() -> None:
    op.add_column("bureaus", sa.Column("status", sa.Text(), nullable=False, server_default="approved"))
    # Also for bureaus that sign up at a process of the release before, while it still runs.
    op.alter_column("bureaus", "status", server_default="registered")
    op.add_column("bureaus", sa.Column("approved_name", sa.Text(), nullable=True))
    op.add_column("bureaus", sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("bureaus", sa.Column("decided_by", sa.Uuid(), nullable=True))
    # The owner reaches all rows while the walls are not forced upon it.
    op.execute("alter table bureaus no force row level security")
    op.execute("update bureaus set approved_name = name where status = 'approved'")
    op.execute("alter table bureaus force row level security")
    for table in ("bureaus", "employees"):
        op.execute(f"create policy operator on {table} for select using ({_AN_OPERATOR_ASKS})")


def downgrade() -> None:
    for table in ("bureaus", "employees"):
        op.execute(f"drop policy operator on {table}")
    for column in ("decided_by", "decided_at", "approved_name", "status"):
        op.drop_column("bureaus", column)
