"""The copies named as in the other services, their addresses normalised in one way."""

import sqlalchemy as sa
from alembic import op

from shared.addresses import normalised
from shared.database.migrations import rename_queue

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: None = None
depends_on: None = None

KEYS = {"customers": "customer_id", "contacts": "contact_id", "collaborations": "collaboration_id"}
QUEUES = {
    "track-customers": "track-customer",
    "track-contacts": "track-contact",
    "track-members": "track-member",
    "track-employees": "track-employee",
    "open-collaboration": "track-collaboration",
    "end-collaboration": "track-collaboration",
}


def upgrade() -> None:
    op.rename_table("party_customers", "customers")
    op.execute("alter index pk_party_customers rename to pk_customers")
    for table, key in KEYS.items():
        op.alter_column(table, "id", new_column_name=key)
    for table in ("contacts", "members"):
        op.alter_column(table, "removed", new_column_name="active")
        _turn(table, "not active")
    op.alter_column("collaborations", "ended_at", new_column_name="active")
    _turn("collaborations", "active is null")
    op.alter_column("collaborations", "active", nullable=False)
    # Row-level security hides the rows from the owner too, where it is forced.
    op.execute("alter table contacts no force row level security")
    for table in ("contacts", "members"):
        _normalise(table)
    op.execute("alter table contacts force row level security")
    for former, queue in QUEUES.items():
        rename_queue(op, "cases", former, queue)


def downgrade() -> None:
    for former, queue in QUEUES.items():
        rename_queue(op, "cases", queue, former)
    op.alter_column("collaborations", "active", nullable=True)
    op.execute(
        "alter table collaborations alter column active type timestamptz using case when active then null else now() end"
    )
    op.alter_column("collaborations", "active", new_column_name="ended_at")
    for table in ("contacts", "members"):
        _turn(table, "not active")
        op.alter_column(table, "active", new_column_name="removed")
    for table, key in KEYS.items():
        op.alter_column(table, key, new_column_name="id")
    op.execute("alter index pk_customers rename to pk_party_customers")
    op.rename_table("customers", "party_customers")


def _turn(table: str, expression: str) -> None:
    """By a rewrite of the column, which row-level security does not keep from any row."""
    op.execute(f"alter table {table} alter column active type boolean using {expression}")


def _normalise(table: str) -> None:
    """ASCII addresses in lower case are what they should be; the others are few."""
    others = "octet_length(email) <> char_length(email) or email like '%xn--%'"
    found = op.get_bind().execute(sa.text(f"select distinct email from {table} where {others}"))
    for (email,) in found.all():
        change = sa.text(f"update {table} set email = :new where email = :old")
        op.execute(change.bindparams(new=normalised(email), old=email))
