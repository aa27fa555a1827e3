"""Collaborations are paused while the customer is inactive; when an invitation was last sent again."""

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.add_column("collaborations", sa.Column("paused", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("invitations", sa.Column("resent_at", sa.DateTime(timezone=True), nullable=True))
    # Row-level security hides the rows from the owner too, where it is forced.
    tables = ("collaborations", "customers")
    for table in tables:
        op.execute(f"alter table {table} no force row level security")
    op.execute(
        "update collaborations set paused = true from customers where not customers.active"
        " and customers.bureau_id = collaborations.bureau_id"
        " and customers.customer_id = collaborations.customer_id"
    )
    for table in tables:
        op.execute(f"alter table {table} force row level security")


def downgrade() -> None:
    op.drop_column("invitations", "resent_at")
    op.drop_column("collaborations", "paused")
