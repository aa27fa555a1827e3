"""Copies of whom to write to, mails, persons' feeds, the partner feed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.database.migrations import open_to_person, open_to_worker, wall

revision: str = '0002'
down_revision: str | None = '0001'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('bureaus',
    sa.Column('bureau_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('bureau_id', name=op.f('pk_bureaus'))
    )
    op.create_table('case_bursts',
    sa.Column('bureau_id', sa.Uuid(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('mail_due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('gathered', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('bureau_id', 'case_id', 'user_id', name=op.f('pk_case_bursts'))
    )
    op.create_table('customers',
    sa.Column('bureau_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('bureau_id', 'customer_id', name=op.f('pk_customers'))
    )
    op.create_table('employees',
    sa.Column('bureau_id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('employee_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('bureau_id', 'user_id', name=op.f('pk_employees'))
    )
    op.create_table('mail_attempts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('mail_id', sa.Uuid(), nullable=False),
    sa.Column('bureau_id', sa.Uuid(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('smtp_code', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_attempts'))
    )
    op.create_index(op.f('ix_mail_attempts_mail_id'), 'mail_attempts', ['mail_id'], unique=False)
    op.create_table('mails',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('bureau_id', sa.Uuid(), nullable=True),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('sender', sa.Text(), nullable=True),
    sa.Column('user_id', sa.Uuid(), nullable=True),
    sa.Column('account_id', sa.Uuid(), nullable=True),
    sa.Column('email', sa.Text(), nullable=True),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('values', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('link_purpose', sa.Text(), nullable=False),
    sa.Column('link_id', sa.Uuid(), nullable=False),
    sa.Column('about', sa.Text(), nullable=True),
    sa.Column('about_id', sa.Uuid(), nullable=True),
    sa.Column('dedupe_key', sa.Text(), nullable=False),
    sa.Column('traceparent', sa.Text(), nullable=True),
    sa.Column('state', sa.Text(), server_default='waiting', nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('message_id', sa.Text(), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mails')),
    sa.UniqueConstraint('bureau_id', 'dedupe_key', name=op.f('uq_mails_bureau_id_dedupe_key'), postgresql_nulls_not_distinct=True)
    )
    op.create_index('ix_mails_due_at', 'mails', ['due_at'], unique=False, postgresql_where=sa.text("state = 'waiting'"))
    op.create_index(op.f('ix_mails_user_id'), 'mails', ['user_id'], unique=False)
    op.create_table('members',
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('account_id', 'user_id', name=op.f('pk_members'))
    )
    op.create_table('notifications',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('bureau_id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('hat_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('about', sa.Text(), nullable=False),
    sa.Column('about_id', sa.Uuid(), nullable=False),
    sa.Column('case_number', sa.Text(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notifications'))
    )
    op.create_index('ix_notifications_newest', 'notifications', ['user_id', 'at', 'id'], unique=False)
    op.create_table('partner_events',
    sa.Column('bureau_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('type', sa.Text(), nullable=False),
    sa.Column('time', sa.DateTime(timezone=True), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=True),
    sa.Column('document', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('kept_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('bureau_id', 'position', name=op.f('pk_partner_events')),
    sa.UniqueConstraint('bureau_id', 'id', name=op.f('uq_partner_events_bureau_id_id'))
    )
    op.create_index('ix_partner_events_kept_at', 'partner_events', ['kept_at'], unique=False)
    for table in ("bureaus", "case_bursts", "customers", "employees", "mail_attempts", "mails", "partner_events"):
        # Rows without a bureau (mails about a person alone) stay behind it for everybody but the worker.
        wall(op, table)
    for table in ("members", "notifications"):
        # An account's members belong to no bureau, and a person's news is not for the colleagues to read.
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
    for table in (
        "bureaus", "case_bursts", "customers", "employees", "mail_attempts", "mails", "members", "notifications",
        "partner_events",
    ):
        open_to_worker(op, "notifications", table)
    open_to_person(op, "notifications")
    op.execute(
        "create policy person_marks on notifications for update"
        " using (user_id = nullif(current_setting('arende.user', true), '')::uuid)"
    )


def downgrade() -> None:
    op.drop_index('ix_partner_events_kept_at', table_name='partner_events')
    op.drop_table('partner_events')
    op.drop_index('ix_notifications_newest', table_name='notifications')
    op.drop_table('notifications')
    op.drop_table('members')
    op.drop_index(op.f('ix_mails_user_id'), table_name='mails')
    op.drop_index('ix_mails_due_at', table_name='mails', postgresql_where=sa.text("state = 'waiting'"))
    op.drop_table('mails')
    op.drop_index(op.f('ix_mail_attempts_mail_id'), table_name='mail_attempts')
    op.drop_table('mail_attempts')
    op.drop_table('employees')
    op.drop_table('customers')
    op.drop_table('case_bursts')
    op.drop_table('bureaus')
