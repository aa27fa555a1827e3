"""Since when a member is administrator, and which bureaus have a tie to an account."""

import sqlalchemy as sa
from alembic import op

from shared.database.migrations import open_to_account, open_to_worker, wall

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.add_column("members", sa.Column("administrator_since", sa.DateTime(timezone=True), nullable=True))
    # When the role was given is not known: the day of joining is the earliest that it can be.
    op.execute("update members set administrator_since = added_at where role = 'administrator'")
    op.create_index(op.f("ix_collaborations_account_id"), "collaborations", ["account_id"])
    # A member who makes somebody an administrator tells the bureaus that exchange cases with the account.
    open_to_account(op, "collaborations")
    op.create_table(
        "refused_acceptances",
        sa.Column("bureau_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("bureau_id", "account_id", name=op.f("pk_refused_acceptances")),
    )
    wall(op, "refused_acceptances")
    open_to_worker(op, "identity", "refused_acceptances")


def downgrade() -> None:
    op.drop_table("refused_acceptances")
    op.execute("drop policy account on collaborations")
    op.drop_index(op.f("ix_collaborations_account_id"), table_name="collaborations")
    op.drop_column("members", "administrator_since")
