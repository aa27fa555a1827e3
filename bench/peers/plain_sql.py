"""A month's billing as one statement of plain SQL: who is counted, and an invoice for each."""

import asyncpg

TABLES = """
create table plain_customers (
    bureau_id uuid not null, customer_id uuid not null, kind text not null, active boolean not null,
    primary key (bureau_id, customer_id)
);
create table plain_invoices (
    id uuid primary key, bureau_id uuid not null, month text not null, quantity integer not null,
    amount bigint not null, vat bigint not null, total bigint not null, unique (bureau_id, month)
)
"""
BILL = """
insert into plain_invoices (id, bureau_id, month, quantity, amount, vat, total)
select gen_random_uuid(), bureau_id, $1, count(*), count(*) * 2900, count(*) * 725, count(*) * 3625
from plain_customers where active and kind = 'company' group by bureau_id
"""


async def bill(connection: "asyncpg.Connection[asyncpg.Record]", month: str) -> int:
    """Returns the number of invoices."""
    return int((await connection.execute(BILL, month)).split()[-1])
