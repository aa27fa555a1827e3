"""Whether the bureau has the feature, when a collaboration ended, and who follows on an employee who left."""

import sqlalchemy as sa
from alembic import op

from shared.database.migrations import open_to_worker, wall

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.create_table(
        "features",
        sa.Column("bureau_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("bureau_id", name=op.f("pk_features")),
    )
    wall(op, "features")
    open_to_worker(op, "cases", "features")


def downgrade() -> None:
    op.drop_table("features")
