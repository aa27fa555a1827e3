"""Which log-ins have ended: their access tokens are refused at once."""

from alembic import op

from shared.database.tables import ended_sessions

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    # A new installation has the table from its first revision.
    ended_sessions.create(op.get_bind(), checkfirst=True)


def downgrade() -> None:
    ended_sessions.drop(op.get_bind(), checkfirst=True)
