"""What one agrees to by an approval, as a template has it."""

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.add_column("templates", sa.Column("statement", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("templates", "statement")
