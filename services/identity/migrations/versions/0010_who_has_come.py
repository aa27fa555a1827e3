"""Since when a person has worn the hat of an employee or a member, and what whoever added a member called them."""

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.add_column("employees", sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("members", sa.Column("name", sa.Text(), nullable=True))
    op.add_column("members", sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True))
    # Whoever was here under an earlier release is shown as before: who has proven the address, and who signed
    # up the bureau, which was written at the same moment as its first employee.
    for table in ("employees", "bureaus"):
        op.execute(f"alter table {table} no force row level security")
    op.execute(
        "update employees e set joined_at = e.created_at from users u"
        " where u.id = e.user_id and (u.verified_at is not null"
        " or exists (select from bureaus b where b.id = e.bureau_id and b.created_at = e.created_at))"
    )
    for table in ("employees", "bureaus"):
        op.execute(f"alter table {table} force row level security")
    op.execute(
        "update members m set joined_at = m.added_at from users u"
        " where u.id = m.user_id and u.verified_at is not null"
    )


def downgrade() -> None:
    op.drop_column("members", "joined_at")
    op.drop_column("members", "name")
    op.drop_column("employees", "joined_at")
