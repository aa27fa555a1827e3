"""The copies named as in the other services: `members`, and the `sequence` of accounts."""

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: None = None
depends_on: None = None

_REQUEUE = "update dead_letters set queue = 'invitations.{to}' where queue = 'invitations.{of}'"


def upgrade() -> None:
    op.rename_table("account_roles", "members")
    op.execute("alter index pk_account_roles rename to pk_members")
    op.add_column("accounts", sa.Column("sequence", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.execute(_REQUEUE.format(of="track-member-role", to="track-member"))


def downgrade() -> None:
    op.execute(_REQUEUE.format(of="track-member", to="track-member-role"))
    op.drop_column("accounts", "sequence")
    op.execute("alter index pk_members rename to pk_account_roles")
    op.rename_table("members", "account_roles")
