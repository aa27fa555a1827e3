"""Invitations, collaborations, and the copies they need."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.database.migrations import open_to_account, open_to_email, open_to_person, open_to_worker, wall

revision: str = '0002'
down_revision: str | None = '0001'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('account_roles',
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('account_id', 'user_id', name=op.f('pk_account_roles'))
    )
    op.create_table('accounts',
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_number', sa.Text(), nullable=True),
    sa.Column('personal_to', sa.Uuid(), nullable=True),
    sa.Column('opened_by', sa.Uuid(), nullable=True),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_accounts'))
    )
    op.create_index('uq_accounts_organisation_number', 'accounts', ['organisation_number'], unique=True, postgresql_where=sa.text('organisation_number is not null'))
    op.create_index('uq_accounts_personal_to', 'accounts', ['personal_to'], unique=True, postgresql_where=sa.text('personal_to is not null'))
    op.create_table('batches',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('bureau_id', sa.Uuid(), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('results', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_batches'))
    )
    op.create_index(op.f('ix_batches_bureau_id'), 'batches', ['bureau_id'], unique=False)
    op.create_table('bureaus',
    sa.Column('bureau_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('bureau_id', name=op.f('pk_bureaus'))
    )
    op.create_table('collaborations',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('bureau_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('customer_number', sa.Text(), nullable=False),
    sa.Column('customer_name', sa.Text(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('invitation_id', sa.Uuid(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by', sa.Text(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_collaborations'))
    )
    op.create_index('ix_collaborations_account', 'collaborations', ['account_id', 'id'], unique=False)
    op.create_index('ix_collaborations_bureau', 'collaborations', ['bureau_id', 'id'], unique=False)
    op.create_index('uq_collaborations_open', 'collaborations', ['bureau_id', 'customer_id'], unique=True, postgresql_where=sa.text("status = 'open'"))
    op.create_table('customers',
    sa.Column('bureau_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('organisation_number', sa.Text(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('responsible_id', sa.Uuid(), nullable=False),
    sa.Column('participant_ids', postgresql.ARRAY(sa.Uuid()), nullable=False),
    sa.Column('contact_id', sa.Uuid(), nullable=True),
    sa.Column('contact_name', sa.Text(), nullable=True),
    sa.Column('contact_email', sa.Text(), nullable=True),
    sa.Column('contact_language', sa.Text(), nullable=True),
    sa.Column('failing_points', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('bureau_id', 'customer_id', name=op.f('pk_customers'))
    )
    op.create_table('features',
    sa.Column('bureau_id', sa.Uuid(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('bureau_id', name=op.f('pk_features'))
    )
    op.create_table('invitations',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('bureau_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('customer_number', sa.Text(), nullable=False),
    sa.Column('customer_name', sa.Text(), nullable=False),
    sa.Column('contact_id', sa.Uuid(), nullable=False),
    sa.Column('contact_name', sa.Text(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('message', sa.Text(), nullable=True),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_by', sa.Uuid(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_mailed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reminders', sa.Integer(), nullable=False),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('accepted_by', sa.Uuid(), nullable=True),
    sa.Column('account_id', sa.Uuid(), nullable=True),
    sa.Column('collaboration_id', sa.Uuid(), nullable=True),
    sa.Column('declined_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('declined_by', sa.Uuid(), nullable=True),
    sa.Column('decline_reason', sa.Text(), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('mail_state', sa.Text(), nullable=False),
    sa.Column('mail_id', sa.Uuid(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitations'))
    )
    op.create_index('ix_invitations_email', 'invitations', ['email'], unique=False)
    op.create_index('ix_invitations_expires_at', 'invitations', ['expires_at'], unique=False, postgresql_where=sa.text("status = 'sent'"))
    op.create_index('ix_invitations_last_mailed_at', 'invitations', ['last_mailed_at'], unique=False, postgresql_where=sa.text("status = 'sent'"))
    op.create_index('ix_invitations_list', 'invitations', ['bureau_id', 'status', 'sent_at', 'id'], unique=False)
    op.create_index('uq_invitations_open', 'invitations', ['bureau_id', 'customer_id'], unique=True, postgresql_where=sa.text("status = 'sent'"))
    for table in ("batches", "collaborations", "customers", "features", "invitations"):
        wall(op, table)
    for table in ("account_roles", "accounts", "bureaus"):
        # They belong to no bureau: what the API may do with them is named below, policy by policy.
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
    for table in (
        "account_roles", "accounts", "bureaus", "collaborations", "customers", "features", "invitations"
    ):
        open_to_worker(op, "invitations", table)
    open_to_person(op, "account_roles")
    op.execute("create policy known on accounts for select using (true)")
    op.execute(
        "create policy opening on accounts for insert"
        " with check (opened_by = nullif(current_setting('arende.user', true), '')::uuid)"
    )
    op.execute("create policy known on bureaus for select using (true)")
    open_to_account(op, "collaborations")
    open_to_email(op, "invitations")
    # The link's token was checked before this is set.
    op.execute(
        "create policy link on invitations for select"
        " using (id = nullif(current_setting('arende.invitation', true), '')::uuid)"
    )


def downgrade() -> None:
    op.drop_index('uq_invitations_open', table_name='invitations', postgresql_where=sa.text("status = 'sent'"))
    op.drop_index('ix_invitations_list', table_name='invitations')
    op.drop_index('ix_invitations_last_mailed_at', table_name='invitations', postgresql_where=sa.text("status = 'sent'"))
    op.drop_index('ix_invitations_expires_at', table_name='invitations', postgresql_where=sa.text("status = 'sent'"))
    op.drop_index('ix_invitations_email', table_name='invitations')
    op.drop_table('invitations')
    op.drop_table('features')
    op.drop_table('customers')
    op.drop_index('uq_collaborations_open', table_name='collaborations', postgresql_where=sa.text("status = 'open'"))
    op.drop_index('ix_collaborations_bureau', table_name='collaborations')
    op.drop_index('ix_collaborations_account', table_name='collaborations')
    op.drop_table('collaborations')
    op.drop_table('bureaus')
    op.drop_index(op.f('ix_batches_bureau_id'), table_name='batches')
    op.drop_table('batches')
    op.drop_index('uq_accounts_personal_to', table_name='accounts', postgresql_where=sa.text('personal_to is not null'))
    op.drop_index('uq_accounts_organisation_number', table_name='accounts', postgresql_where=sa.text('organisation_number is not null'))
    op.drop_table('accounts')
    op.drop_table('account_roles')
