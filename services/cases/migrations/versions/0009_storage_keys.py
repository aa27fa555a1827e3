"""The worker asks whether a file of any bureau has a content, before it removes what a crash has left."""

from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.create_index(op.f("ix_files_storage_key"), "files", ["storage_key"], unique=True)
    op.execute("create policy worker on files for select to arende_cases_worker using (true)")


def downgrade() -> None:
    op.execute("drop policy worker on files")
    op.drop_index(op.f("ix_files_storage_key"), table_name="files")
