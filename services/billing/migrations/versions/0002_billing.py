"""Customer history, subscriptions, prices, counts, invoices and billing runs."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.database.migrations import open_to_worker, wall

revision: str = '0002'
down_revision: str | None = '0001'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_TENANT_TABLES = (
    "bureaus",
    "customer_history",
    "subscriptions",
    "monthly_counts",
    "invoices",
    "invoice_lines",
)
# Each customer of a bureau as it was just before a moment. The order is the primary key's, read backwards.
_CUSTOMERS_AT = """
create function customers_at(bureau uuid, moment timestamptz)
returns table (customer_id uuid, number text, name text, kind text, active boolean)
language sql stable as $$
    select distinct on (h.customer_id) h.customer_id, h.number, h.name, h.kind, h.active
    from customer_history h
    where h.bureau_id = bureau and h.at < moment
    order by h.customer_id desc, h.sequence desc
$$
"""


def upgrade() -> None:
    op.create_table('billing_runs',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('month', sa.Text(), nullable=False),
    sa.Column('dry_run', sa.Boolean(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('requested_by', sa.Uuid(), nullable=False),
    sa.Column('requested_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('counted', sa.Integer(), nullable=False),
    sa.Column('invoices', sa.Integer(), nullable=False),
    sa.Column('total', sa.BigInteger(), nullable=False),
    sa.Column('items', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_billing_runs'))
    )
    op.create_index('ix_billing_runs_queued', 'billing_runs', ['requested_at'], unique=False, postgresql_where=sa.text("status = 'queued'"))
    op.create_table('bureaus',
    sa.Column('bureau_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('organisation_number', sa.Text(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('street', sa.Text(), nullable=False),
    sa.Column('postal_code', sa.Text(), nullable=False),
    sa.Column('city', sa.Text(), nullable=False),
    sa.Column('country', sa.Text(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('bureau_id', name=op.f('pk_bureaus'))
    )
    op.create_table('counters',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('value', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_counters'))
    )
    op.create_table('customer_history',
    sa.Column('bureau_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('bureau_id', 'customer_id', 'sequence', name=op.f('pk_customer_history'))
    )
    op.create_index('ix_customer_history_recorded', 'customer_history', ['bureau_id', 'recorded_at'], unique=False)
    op.create_table('invoices',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('bureau_id', sa.Uuid(), nullable=False),
    sa.Column('sequence', sa.BigInteger(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('month', sa.Text(), nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('vat', sa.BigInteger(), nullable=False),
    sa.Column('total', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('ocr', sa.Text(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('buyer', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invoices')),
    sa.UniqueConstraint('bureau_id', 'month', name=op.f('uq_invoices_bureau_id_month')),
    sa.UniqueConstraint('sequence', name=op.f('uq_invoices_sequence'))
    )
    op.create_index('ix_invoices_bureau', 'invoices', ['bureau_id', 'sequence'], unique=False)
    op.create_index('ix_invoices_month', 'invoices', ['month'], unique=False)
    op.create_table('monthly_counts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('bureau_id', sa.Uuid(), nullable=False),
    sa.Column('month', sa.Text(), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('price_version', sa.Integer(), nullable=False),
    sa.Column('unit_price', sa.Integer(), nullable=False),
    sa.Column('counted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_monthly_counts')),
    sa.UniqueConstraint('bureau_id', 'month', name=op.f('uq_monthly_counts_bureau_id_month'))
    )
    op.create_index('ix_monthly_counts_month', 'monthly_counts', ['month'], unique=False)
    op.create_index('ix_monthly_counts_unsettled', 'monthly_counts', ['month', 'bureau_id'], unique=False, postgresql_where=sa.text('settled_at is null'))
    op.create_table('prices',
    sa.Column('version', sa.Integer(), sa.Identity(always=False), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('version', name=op.f('pk_prices'))
    )
    op.create_table('subscriptions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('bureau_id', sa.Uuid(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('activated_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('bought_by', sa.Uuid(), nullable=False),
    sa.Column('bought_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('billable_customers', sa.Integer(), nullable=False),
    sa.Column('price_version', sa.Integer(), nullable=False),
    sa.Column('count_from', sa.Date(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_subscriptions'))
    )
    op.create_index('ix_subscriptions_bureau', 'subscriptions', ['bureau_id'], unique=False)
    op.create_index('ix_subscriptions_count_from', 'subscriptions', ['count_from'], unique=False, postgresql_where=sa.text('count_from is not null'))
    op.create_index('ix_subscriptions_ends_on', 'subscriptions', ['ends_on'], unique=False, postgresql_where=sa.text("status = 'cancelled'"))
    op.create_index('uq_subscriptions_open', 'subscriptions', ['bureau_id'], unique=True, postgresql_where=sa.text("status <> 'ended'"))
    op.create_table('invoice_lines',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('bureau_id', sa.Uuid(), nullable=False),
    sa.Column('invoice_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('month', sa.Text(), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('unit_price', sa.Integer(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoices.id'], name=op.f('fk_invoice_lines_invoice_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invoice_lines')),
    sa.UniqueConstraint('bureau_id', 'invoice_id', 'position', name=op.f('uq_invoice_lines_bureau_id_invoice_id_position'))
    )
    op.create_index('ix_invoice_lines_month', 'invoice_lines', ['bureau_id', 'month'], unique=False)
    op.execute(_CUSTOMERS_AT)
    for table in _TENANT_TABLES:
        wall(op, table)
        open_to_worker(op, "billing", table)
    op.execute("insert into counters (name, value) values ('invoice', 100000)")
    op.execute("insert into prices (amount, valid_from, set_at) values (2900, '2020-01-01', '2020-01-01 00:00+01')")


def downgrade() -> None:
    op.execute("drop function customers_at")
    op.drop_table('invoice_lines')
    op.drop_table('subscriptions')
    op.drop_table('prices')
    op.drop_table('monthly_counts')
    op.drop_table('invoices')
    op.drop_table('customer_history')
    op.drop_table('counters')
    op.drop_table('bureaus')
    op.drop_table('billing_runs')
