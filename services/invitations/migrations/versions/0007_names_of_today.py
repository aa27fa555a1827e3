"""Invitations and collaborations show customers and contacts as they are called today."""

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: None = None
depends_on: None = None

_SAME = "customers.bureau_id = {0}.bureau_id and customers.customer_id = {0}.customer_id"


def upgrade() -> None:
    op.add_column("contacts", sa.Column("name", sa.Text(), nullable=True))
    # Row-level security hides the rows from the owner too, where it is forced.
    tables = ("customers", "invitations", "collaborations")
    for table in tables:
        op.execute(f"alter table {table} no force row level security")
    for table in ("invitations", "collaborations"):
        op.execute(
            f"update {table} set customer_name = customers.name, customer_number = customers.number"
            f" from customers where {_SAME.format(table)}"
            f" and (customers.name != {table}.customer_name or customers.number != {table}.customer_number)"
        )
    op.execute(
        "update invitations set contact_name = customers.contact_name from customers"
        f" where {_SAME.format('invitations')} and customers.contact_id = invitations.contact_id"
        " and customers.contact_name != invitations.contact_name"
    )
    for table in tables:
        op.execute(f"alter table {table} force row level security")


def downgrade() -> None:
    op.drop_column("contacts", "name")
