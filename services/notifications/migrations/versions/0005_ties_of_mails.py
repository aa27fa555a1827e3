"""What a mail is judged by when it leaves: who has read the case, who is still tied to the customer."""

import sqlalchemy as sa
from alembic import op

from shared.database.migrations import open_to_worker, wall

revision: str = "0005"
down_revision: str | None = "0004"
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
    op.create_index(
        op.f("ix_collaborations_bureau_id_customer_id"), "collaborations", ["bureau_id", "customer_id"]
    )
    op.create_table(
        "case_readings",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("bureau_id", sa.Uuid(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "user_id", name=op.f("pk_case_readings")),
    )
    for table in ("collaborations", "case_readings"):
        wall(op, table)
        open_to_worker(op, "notifications", table)
    op.add_column("mails", sa.Column("customer_id", sa.Uuid(), nullable=True))
    op.add_column("mails", sa.Column("as_contact", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("mails", sa.Column("case_version", sa.Integer(), nullable=True))


def downgrade() -> None:
    for column in ("case_version", "as_contact", "customer_id"):
        op.drop_column("mails", column)
    op.drop_table("case_readings")
    op.drop_table("collaborations")
