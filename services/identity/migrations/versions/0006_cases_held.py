"""Which open cases each employee holds: they must be moved before the employee is deactivated."""

import sqlalchemy as sa
from alembic import op

from shared.database.migrations import open_to_worker, wall

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("bureau_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("assignee_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_cases")),
    )
    op.create_index(
        "ix_cases_held", "cases", ["bureau_id", "assignee_id"], postgresql_where=sa.text("active")
    )
    wall(op, "cases")
    open_to_worker(op, "identity", "cases")


def downgrade() -> None:
    op.drop_table("cases")
