"""Who took over from an employee who left, and when a collaboration ended."""

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.add_column("employees", sa.Column("successor_id", sa.Uuid(), nullable=True))
    op.add_column("collaborations", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    # When those that have ended did so is not known here: they count as ended now.
    # Row-level security hides the rows from the owner too, where it is forced.
    op.execute("alter table collaborations no force row level security")
    op.execute("update collaborations set ended_at = now() where not active")
    op.execute("alter table collaborations force row level security")


def downgrade() -> None:
    op.drop_column("collaborations", "ended_at")
    op.drop_column("employees", "successor_id")
