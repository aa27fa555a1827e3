"""A month's billing from many processes, killed, repeated and rehearsed."""

import asyncio
import os
import subprocess
import sys

import httpx
import pytest
from sqlalchemy import event, select

from services.billing.invoices.tables import Invoice
from services.billing.runs.commands import bill_month
from services.billing.runs.jobs import run_billing
from services.billing.settings import Settings
from shared.bus.consumer import Consumer
from shared.database.engine import Database
from shared.events.billing import InvoiceIssued
from tests.billing.factories import Bureau, bill, customer, swedish
from tests.conftest import Tokens


async def sequences(database: Database) -> list[int]:
    async with database.transaction() as session:
        return sorted(await session.scalars(select(Invoice.sequence)))


async def test_a_rerun_issues_nothing(bureau: Bureau) -> None:
    await bureau.customers(1)
    await bureau.subscribed("2021-12-01", "2021-12-31")
    first = await bill(bureau, "2021-12", "2022-01-31 08:00")
    again = await bill(bureau, "2021-12", "2022-02-01 08:00")
    assert (first.invoices, again.invoices) == (1, 0)
    assert (again.counted, again.total, again.items) == (first.counted, first.total, first.items)
    assert len(await bureau.published(InvoiceIssued)) == 1


async def test_runs_at_the_same_time_leave_no_gap_and_no_double(
    bureau: Bureau, consumer: Consumer, client: httpx.AsyncClient, tokens: Tokens, settings: Settings
) -> None:
    bureaus = [Bureau(consumer, bureau.database, client, tokens) for _ in range(9)]
    for number, each in enumerate(bureaus):
        await each.customers(number)
        await each.subscribed("2023-01-15", "2023-01-31")
    second = Database(settings.worker_database_url, name="second")
    at = swedish("2023-02-28 00:00")
    runs = await asyncio.gather(
        *(
            bill_month(database, month="2023-01", dry_run=False, at=at, batch=2)
            for database in (bureau.database, second, bureau.database)
        )
    )
    await second.close()
    assert sum(run.invoices for run in runs) == 8
    assert [len(await each.invoices()) for each in bureaus] == [0] + [1] * 8
    numbers = await sequences(bureau.database)
    assert numbers == list(range(100001, 100001 + len(numbers)))


@pytest.mark.parametrize(
    ("point", "month", "due", "left"),
    [
        ("billing-before-commit", "2023-03", "2023-04-30", 0),
        ("billing-after-bureau", "2023-05", "2023-06-30", 1),
    ],
)
async def test_a_run_that_was_killed_is_taken_up_again(
    bureau: Bureau, other: Bureau, settings: Settings, point: str, month: str, due: str, left: int
) -> None:
    for each in (bureau, other):
        await each.customers(2)
        await each.subscribed(f"{month}-01", f"{month}-28")
    script = (
        "import asyncio, os; from datetime import datetime;"
        "from services.billing.runs.commands import bill_month;"
        "from shared.database.engine import Database; from shared.kill_points import arm;"
        "arm(os.environ['POINT']);"
        "asyncio.run(bill_month(Database(os.environ['URL'], name='killed'), month=os.environ['MONTH'],"
        " dry_run=False, at=datetime.fromisoformat(os.environ['AT']), batch=1))"
    )
    environment = {"POINT": point, "MONTH": month, "URL": settings.worker_database_url}
    run = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", script],
        env={**os.environ, **environment, "AT": swedish(f"{due} 08:00").isoformat()},
        check=False,
    )
    assert run.returncode == 137
    assert len(await bureau.invoices()) + len(await other.invoices()) == left
    await bill(bureau, month, f"{due} 09:00")
    assert [len(await each.invoices()) for each in (bureau, other)] == [1, 1]
    assert [len(await each.published(InvoiceIssued)) for each in (bureau, other)] == [1, 1]
    numbers = await sequences(bureau.database)
    assert numbers == list(range(100001, 100001 + len(numbers)))


async def test_the_number_of_statements_does_not_follow_the_number_of_bureaus(
    bureau: Bureau, consumer: Consumer, client: httpx.AsyncClient, tokens: Tokens
) -> None:
    bureaus = [Bureau(consumer, bureau.database, client, tokens) for _ in range(200)]
    for each in bureaus:
        await each.subscribed("2024-01-01", "2024-01-31")
    for each in bureaus:
        # Every fifth is a private individual.
        kinds = ["private_individual" if number % 5 == 0 else "company" for number in range(50)]
        await each.tell(*(customer(each.id, "2023-12-01 12:00", kind=kind) for kind in kinds))
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    engine = bureau.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    result = await bill(bureau, "2024-01", "2024-02-29 00:00")
    event.remove(engine, "before_cursor_execute", note)
    assert (result.counted, result.invoices) == (200, 200)
    assert result.total == 200 * (40 * 2900 * 125 // 100)
    assert len(statements) <= 25, statements


async def test_a_dry_run_shows_what_would_be_and_leaves_nothing(
    bureau: Bureau, client: httpx.AsyncClient, tokens: Tokens
) -> None:
    await bureau.customers(2)
    await bureau.subscribed("2024-03-01", "2024-03-31")
    before = await sequences(bureau.database)
    at = swedish("2024-04-01 00:00")
    result = await bill_month(bureau.database, month="2024-03", dry_run=True, at=at)
    assert (result.dry_run, result.invoices, result.total) == (True, 1, 7250)
    assert [(item.bureau_id, item.quantity, item.number) for item in result.items] == [(bureau.id, 2, None)]
    assert await sequences(bureau.database) == before
    assert await bureau.invoices() == []
    assert (await bureau.read("/v1/usage"))["months"] == []
    started = await client.post(
        "/v1/billing-runs", json={"month": "2024-03", "dry_run": True}, headers=tokens.operator()
    )
    await run_billing(bureau.database, batch=10)
    shown = await client.get(f"/v1/billing-runs/{started.json()['id']}", headers=tokens.operator())
    assert shown.json()["items"] == [item.as_json() for item in result.items]
    assert await bureau.invoices() == []
