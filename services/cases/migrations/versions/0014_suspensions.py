"""Whether a bureau is suspended. One of which identity has not told yet is not."""

import sqlalchemy as sa
from alembic import op

from shared.database.migrations import open_to_worker, wall

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.create_table(
        "bureaus",
        sa.Column("bureau_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bureau_id", name=op.f("pk_bureaus")),
    )
    wall(op, "bureaus")
    open_to_worker(op, "cases", "bureaus")


def downgrade() -> None:
    op.drop_table("bureaus")
