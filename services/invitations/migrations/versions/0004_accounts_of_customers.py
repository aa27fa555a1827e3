"""The account of a company without an organisation number is known by its customer."""

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("of_customer", sa.Uuid(), nullable=True))
    # The walls hold for the owner of the tables too, so they are down while the column is filled.
    for table in ("accounts", "collaborations"):
        op.execute(f"alter table {table} no force row level security")
    op.execute(
        "update accounts a set of_customer = n.customer_id"
        " from (select distinct on (customer_id) customer_id, account_id from collaborations"
        " order by customer_id, id desc) n"
        " where n.account_id = a.account_id and a.organisation_number is null and a.personal_to is null"
    )
    for table in ("accounts", "collaborations"):
        op.execute(f"alter table {table} force row level security")
    op.create_index(
        "uq_accounts_of_customer",
        "accounts",
        ["of_customer"],
        unique=True,
        postgresql_where=sa.text("of_customer is not null"),
    )


def downgrade() -> None:
    op.drop_index("uq_accounts_of_customer", table_name="accounts")
    op.drop_column("accounts", "of_customer")
