"""With which account an acceptance was refused, so that it can be told again. Of refusals before this nobody
knows it any more: identity keeps what it was told."""

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.add_column("invitations", sa.Column("told_account_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("invitations", "told_account_id")
