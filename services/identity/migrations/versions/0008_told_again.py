"""What identity must know to publish its facts again: since when each customer is as it is, and which contacts
were removed. To go through the bureaus, the worker may list them while it is in none."""

import sqlalchemy as sa
from alembic import op

from shared.database.migrations import wall

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.add_column("customers", sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "removed_contacts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bureau_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_removed_contacts")),
    )
    op.create_index(op.f("ix_removed_contacts_bureau_id"), "removed_contacts", ["bureau_id"])
    wall(op, "removed_contacts")
    op.execute(
        "create policy worker on bureaus for select to arende_identity_worker"
        " using (nullif(current_setting('arende.bureau', true), '') is null)"
    )


def downgrade() -> None:
    op.execute("drop policy worker on bureaus")
    op.drop_table("removed_contacts")
    op.drop_column("customers", "changed_at")
