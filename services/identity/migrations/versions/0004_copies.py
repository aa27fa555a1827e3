"""Copies of other services' facts in tables of their own; contacts with their normalised addresses."""

import sqlalchemy as sa
from alembic import op

from shared.addresses import normalised
from shared.database.migrations import open_to_worker, rename_queue, wall

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.create_table(
        "collaborations",
        sa.Column("collaboration_id", sa.Uuid(), nullable=False),
        sa.Column("bureau_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("collaboration_id", name=op.f("pk_collaborations")),
    )
    op.create_index(op.f("ix_collaborations_bureau_id_customer_id"), "collaborations", ["bureau_id", "customer_id"])
    op.create_table(
        "activity",
        sa.Column("bureau_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("bureau_id", "customer_id", name=op.f("pk_activity")),
    )
    op.add_column("contacts", sa.Column("normalised_email", sa.Text(), nullable=True))
    # The walls hold for the owner of the tables too, so they are down while the rows move.
    for table in ("customers", "contacts"):
        op.execute(f"alter table {table} no force row level security")
    op.execute(
        "insert into collaborations (collaboration_id, bureau_id, customer_id, account_id, active, sequence)"
        " select collaboration_id, bureau_id, id, account_id, collaboration_open, collaboration_sequence"
        " from customers where collaboration_id is not null"
    )
    op.execute(
        "insert into activity (bureau_id, customer_id, last_at)"
        " select bureau_id, id, last_activity_at from customers where last_activity_at > created_at"
    )
    _normalise_addresses()
    for table in ("customers", "contacts"):
        op.execute(f"alter table {table} force row level security")
    for table in ("collaborations", "activity"):
        wall(op, table)
        open_to_worker(op, "identity", table)
    op.execute("drop policy worker on customers")
    for column in ("collaboration_id", "collaboration_sequence", "collaboration_open", "account_id"):
        op.drop_column("customers", column)
    op.drop_column("customers", "last_activity_at")
    op.drop_index("ix_contacts_email", table_name="contacts")
    op.create_index(
        op.f("ix_contacts_bureau_id_normalised_email"), "contacts", ["bureau_id", "normalised_email"]
    )
    rename_queue(op, "identity", "track-collaborations", "track-collaboration")


def _normalise_addresses() -> None:
    """Most at once by PostgreSQL; those that are not plain ASCII one by one by the function that all use."""
    plain = "email ~ '^[\\x01-\\x7f]*$' and email not ilike '%xn--%'"
    op.execute(f"update contacts set normalised_email = lower(btrim(email) collate \"C\") where {plain}")
    connection = op.get_bind()
    others = connection.execute(sa.text(f"select id, email from contacts where not ({plain})")).all()
    update = sa.text("update contacts set normalised_email = :normalised where id = :id")
    for contact_id, email in others:
        connection.execute(update, {"id": contact_id, "normalised": normalised(email)})


def downgrade() -> None:
    rename_queue(op, "identity", "track-collaboration", "track-collaborations")
    op.drop_index(op.f("ix_contacts_bureau_id_normalised_email"), table_name="contacts")
    op.create_index("ix_contacts_email", "contacts", ["bureau_id", sa.literal_column("lower(email)")])
    op.drop_column("contacts", "normalised_email")
    op.add_column("customers", sa.Column("last_activity_at", sa.DateTime(timezone=True)))
    op.add_column("customers", sa.Column("account_id", sa.Uuid()))
    op.add_column("customers", sa.Column("collaboration_open", sa.Boolean()))
    op.add_column("customers", sa.Column("collaboration_sequence", sa.Integer()))
    op.add_column("customers", sa.Column("collaboration_id", sa.Uuid()))
    for table in ("customers", "collaborations", "activity"):
        op.execute(f"alter table {table} no force row level security")
    op.execute(
        "update customers c set last_activity_at = greatest(c.created_at, (select a.last_at from activity a"
        " where a.bureau_id = c.bureau_id and a.customer_id = c.id)),"
        " collaboration_open = false, collaboration_sequence = 0"
    )
    op.execute(
        "update customers c set collaboration_id = n.collaboration_id, collaboration_sequence = n.sequence,"
        " collaboration_open = n.active, account_id = n.account_id"
        " from (select distinct on (customer_id) * from collaborations order by customer_id, collaboration_id desc) n"
        " where n.bureau_id = c.bureau_id and n.customer_id = c.id"
    )
    op.execute("alter table customers force row level security")
    for column in ("last_activity_at", "collaboration_open", "collaboration_sequence"):
        op.alter_column("customers", column, nullable=False)
    open_to_worker(op, "identity", "customers")
    op.drop_table("activity")
    op.drop_table("collaborations")
