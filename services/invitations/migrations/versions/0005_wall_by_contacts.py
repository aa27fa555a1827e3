"""Members see their account's collaborations with the bureaus that have them among the customer's contacts."""

import sqlalchemy as sa
from alembic import op

from shared.database.migrations import open_to_account, open_to_email, open_to_worker, wall

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: None = None
depends_on: None = None

_EMAIL = "nullif(current_setting('arende.email', true), '')"
_ACCOUNT = "nullif(current_setting('arende.account', true), '')::uuid"
_SAME_CUSTOMER = "c.bureau_id = collaborations.bureau_id and c.customer_id = collaborations.customer_id"


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
    open_to_worker(op, "invitations", "contacts")
    open_to_email(op, "contacts")
    op.execute(f"create policy email on customers for select using (contact_email = {_EMAIL})")
    op.execute("drop policy account on collaborations")
    op.execute(
        f"create policy account on collaborations for select using (account_id = {_ACCOUNT} and ("
        f" exists (select from customers c where {_SAME_CUSTOMER} and c.contact_email = {_EMAIL})"
        f" or exists (select from contacts c where {_SAME_CUSTOMER} and c.active and c.email = {_EMAIL})))"
    )


def downgrade() -> None:
    op.execute("drop policy account on collaborations")
    open_to_account(op, "collaborations")
    op.execute("drop policy email on customers")
    op.drop_table("contacts")
