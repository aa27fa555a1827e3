"""The language of a contact, in which a template speaks to it."""

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.add_column("contacts", sa.Column("language", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("contacts", "language")
