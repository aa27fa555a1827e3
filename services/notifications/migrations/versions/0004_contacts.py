"""Who is among a customer's contacts, and who is responsible for the customer."""

import sqlalchemy as sa
from alembic import op

from shared.database.migrations import open_to_worker, wall

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.create_table(
        "contacts",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("bureau_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_contacts")),
    )
    op.create_index(op.f("ix_contacts_bureau_id_customer_id"), "contacts", ["bureau_id", "customer_id"])
    wall(op, "contacts")
    open_to_worker(op, "notifications", "contacts")
    op.add_column("customers", sa.Column("responsible_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("customers", "responsible_id")
    op.drop_table("contacts")
