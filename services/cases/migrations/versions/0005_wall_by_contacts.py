"""A member sees a bureau's cases only while among the customer's contacts there, besides the member's own."""

from alembic import op

from shared.database.migrations import open_to_account, open_to_email

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: None = None
depends_on: None = None

_CALLER = "nullif(current_setting('arende.{}', true), '')"


def upgrade() -> None:
    op.create_index(op.f("ix_contacts_bureau_id_customer_id"), "contacts", ["bureau_id", "customer_id"])
    open_to_email(op, "contacts")
    op.execute("drop policy account on cases")
    op.execute(
        "create policy account on cases for select using ("
        f" account_id = {_CALLER.format('account')}::uuid and ("
        f" (created_by_side = 'customer' and created_by = {_CALLER.format('user')}::uuid)"
        " or exists (select from contacts c where c.bureau_id = cases.bureau_id"
        " and c.customer_id = cases.customer_id and c.active"
        f" and c.email = {_CALLER.format('email')})))"
    )


def downgrade() -> None:
    op.execute("drop policy account on cases")
    open_to_account(op, "cases")
    op.execute("drop policy email on contacts")
    op.drop_index(op.f("ix_contacts_bureau_id_customer_id"), table_name="contacts")
