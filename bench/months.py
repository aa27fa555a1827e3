"""Counting and invoicing a month for all bureaus, by the command that the worker's job calls."""

from datetime import UTC, datetime, timedelta

import asyncpg

from bench.measure import Figure, Rounds, Stopwatch, alternate
from bench.peers import plain_sql
from bench.servers import Servers
from services.billing.runs.commands import bill_month
from shared.clock import first_day, month_bounds, next_month, previous_month
from shared.database.engine import Database

MONTH = "2026-05"
BORN = datetime(2025, 11, 3, 9, tzinfo=UTC)
# Of each bureau. Every tenth customer is inactive, and every tenth is no company.
CUSTOMERS = 100

CLEAR = "truncate invoice_lines, invoices, monthly_counts, outbox, customer_history, subscriptions, bureaus"
RESET = """
delete from invoice_lines where month = '2026-05';
delete from invoices where month = '2026-05';
delete from monthly_counts where month = '2026-05';
truncate outbox;
update subscriptions set count_from = '2026-05-01';
"""
BUREAUS = """
insert into bureaus
select gen_random_uuid(), 'Byrå ' || n, '5566778899', 'info@byran.example', 'sv', 'Storgatan 1',
    '111 22', 'Stockholm', 'SE', 1
from generate_series(1, $1::integer) n
"""
HISTORY = """
insert into customer_history (bureau_id, customer_id, sequence, at, kind, active, number, name, recorded_at)
select bureau_id, gen_random_uuid(), 1, $2, case when n % 10 = 1 then 'private_individual' else 'company' end,
    n % 10 <> 2, (1000 + n)::text, 'Kund ' || n, $2
from bureaus cross join generate_series(1, $1::integer) n
order by bureau_id, n
"""
SUBSCRIPTIONS = """
insert into subscriptions (id, bureau_id, status, activated_on, bought_by, bought_at, billable_customers,
    price_version, count_from, version)
select gen_random_uuid(), bureau_id, 'active', day, gen_random_uuid(), day, 0, 1, day, 1
from bureaus, (select cast($1 as date) as day) activated
"""
PLAIN = "insert into plain_customers select bureau_id, customer_id, kind, active from customer_history"


async def figures(servers: Servers, *, quick: bool) -> list[Figure]:
    bureaus, rounds = (1000, 2) if quick else (10_000, 5)
    admin = await servers.connect("billing")
    worker = Database(servers.databases.url("billing", "worker"), name="bench")
    try:
        await _fill(admin, bureaus)
        await _bill(worker, previous_month(MONTH), bureaus)

        async def ours() -> float:
            await admin.execute(RESET, timeout=600)
            await admin.execute("vacuum analyze invoice_lines, invoices, monthly_counts, subscriptions")
            with Stopwatch() as watch:
                await _bill(worker, MONTH, bureaus)
            return watch.seconds

        async def plain() -> float:
            await admin.execute("truncate plain_invoices")
            with Stopwatch() as watch:
                issued = await plain_sql.bill(admin, MONTH)
            if issued != bureaus:
                raise RuntimeError(f"{issued} plain invoices")
            return watch.seconds

        sides = {"Ärende": ours, "plain SQL": plain}
        done = await alternate(sides, rounds=rounds, processes=servers.processes)
        return [_figure(done, bureaus)]
    finally:
        await worker.close()
        await admin.execute("drop table if exists plain_customers, plain_invoices")
        await admin.execute(CLEAR)
        await admin.close()


async def _fill(admin: "asyncpg.Connection[asyncpg.Record]", bureaus: int) -> None:
    """Write bureaus with their customers. The month before MONTH is counted first, so that the run of MONTH
    looks for changes that came late, as each run does."""
    await admin.execute(CLEAR)
    await admin.execute(plain_sql.TABLES)
    await admin.execute(BUREAUS, bureaus)
    await admin.execute(HISTORY, CUSTOMERS, BORN, timeout=600)
    await admin.execute(SUBSCRIPTIONS, first_day(previous_month(MONTH)))
    await admin.execute(PLAIN, timeout=600)
    await admin.execute("vacuum analyze", timeout=600)


async def _bill(worker: Database, month: str, bureaus: int) -> None:
    at = month_bounds(next_month(month))[1] - timedelta(hours=1)
    result = await bill_month(worker, month=month, dry_run=False, at=at)
    if (result.counted, result.invoices) != (bureaus, bureaus):
        raise RuntimeError(f"counted {result.counted}, issued {result.invoices} of {bureaus}")


def _figure(done: Rounds, bureaus: int) -> Figure:
    python, database = (done.cpu["Ärende"][group] for group in ("client", "database"))
    return done.figure(
        "billing_month",
        group="api",
        must=20,
        aim=8,
        better="lower",
        reference=f"one SQL statement: {bureaus * CUSTOMERS:,} customers counted, {bureaus:,} invoices",
        bound_by=f"{python:.1f} s of Python, for numbers, lines, buyers and two events a bureau, and"
        f" {database:.1f} s in the database (plain: {done.cpu['plain SQL']['database']:.1f} s).",
        unit="seconds",
    )
