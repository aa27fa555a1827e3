"""Customers, contacts, imports of both, and the document duties."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.database.migrations import open_to_worker, wall

revision: str = '0003'
down_revision: str | None = '0002'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('contacts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('bureau_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('email', sa.Text(), nullable=True),
    sa.Column('phone', sa.Text(), nullable=True),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contacts'))
    )
    op.create_index(op.f('ix_contacts_bureau_id_customer_id'), 'contacts', ['bureau_id', 'customer_id'], unique=False)
    op.create_index('ix_contacts_email', 'contacts', ['bureau_id', sa.literal_column('lower(email)')], unique=False)
    op.create_table('customers',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('bureau_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('organisation_number', sa.Text(), nullable=True),
    sa.Column('street', sa.Text(), nullable=False),
    sa.Column('postal_code', sa.Text(), nullable=False),
    sa.Column('city', sa.Text(), nullable=False),
    sa.Column('country', sa.Text(), nullable=False),
    sa.Column('financial_year_end', sa.Text(), nullable=True),
    sa.Column('vat_period', sa.Text(), nullable=True),
    sa.Column('responsible_id', sa.Uuid(), nullable=False),
    sa.Column('participant_ids', postgresql.ARRAY(sa.Uuid()), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('inactive_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('main_contact_id', sa.Uuid(), nullable=True),
    sa.Column('failing_points', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('last_activity_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('collaboration_id', sa.Uuid(), nullable=True),
    sa.Column('collaboration_sequence', sa.Integer(), nullable=False),
    sa.Column('collaboration_open', sa.Boolean(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_customers')),
    sa.UniqueConstraint('bureau_id', 'number', name=op.f('uq_customers_bureau_id_number'))
    )
    op.create_index(op.f('ix_customers_responsible_id'), 'customers', ['responsible_id'], unique=False)
    op.create_table('duties',
    sa.Column('bureau_id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('confirmed_by', sa.Uuid(), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('bureau_id', 'code', name=op.f('pk_duties'))
    )
    op.create_table('import_jobs',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('bureau_id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('employee_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('created', sa.Integer(), nullable=False),
    sa.Column('updated', sa.Integer(), nullable=False),
    sa.Column('unchanged', sa.Integer(), nullable=False),
    sa.Column('warnings', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('touched_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_jobs'))
    )
    op.create_index('ix_import_jobs_unfinished', 'import_jobs', ['touched_at'], unique=False, postgresql_where=sa.text("state in ('queued', 'running')"))
    op.create_table('import_chunks',
    sa.Column('job_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('bureau_id', sa.Uuid(), nullable=False),
    sa.Column('records', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('rejected', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('warnings', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.ForeignKeyConstraint(['job_id'], ['import_jobs.id'], name=op.f('fk_import_chunks_job_id'), ondelete='cascade'),
    sa.PrimaryKeyConstraint('job_id', 'position', name=op.f('pk_import_chunks'))
    )
    for table in ("customers", "contacts", "duties", "import_jobs", "import_chunks"):
        wall(op, table)
    # Copies of what other services say of a customer are kept across bureaus; imports are looked for so.
    open_to_worker(op, "identity", "customers")
    open_to_worker(op, "identity", "import_jobs")


def downgrade() -> None:
    op.drop_table('import_chunks')
    op.drop_index('ix_import_jobs_unfinished', table_name='import_jobs', postgresql_where=sa.text("state in ('queued', 'running')"))
    op.drop_table('import_jobs')
    op.drop_table('duties')
    op.drop_index(op.f('ix_customers_responsible_id'), table_name='customers')
    op.drop_table('customers')
    op.drop_index('ix_contacts_email', table_name='contacts')
    op.drop_index(op.f('ix_contacts_bureau_id_customer_id'), table_name='contacts')
    op.drop_table('contacts')
