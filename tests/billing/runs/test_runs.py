"""A month's billing from many processes, killed, repeated and rehearsed."""

import asyncio
import os
import subprocess
import sys

import pytest
from sqlalchemy import event, select

from services.billing.invoices.tables import Invoice
from services.billing.runs.commands import bill_month
from services.billing.runs.jobs import run_billing
from services.billing.settings import Settings
from shared.database.engine import Database
from shared.events.billing import InvoiceIssued
from shared.events.identity import CustomerRegistered
from tests.factories.callers import Caller
from tests.factories.events import event_of
from tests.factories.records import Bureau, Customer, Employee
from tests.factories.service import Service
from tests.factories.subscriptions import add_subscription, bill, invoices, register_customers, swedish


async def sequences(database: Database) -> list[int]:
    async with database.transaction() as session:
        return sorted(await session.scalars(select(Invoice.sequence)))


async def test_a_rerun_issues_nothing(service: Service, bureau: Bureau) -> None:
    await register_customers(service, bureau, 1)
    await add_subscription(service, bureau, "2021-12-01", "2021-12-31")
    first = await bill(service, "2021-12", "2022-01-31 08:00")
    again = await bill(service, "2021-12", "2022-02-01 08:00")
    assert (first.invoices, again.invoices) == (1, 0)
    assert (again.counted, again.total, again.items) == (first.counted, first.total, first.items)
    assert len(await service.published(InvoiceIssued, bureau_id=bureau.id)) == 1


async def test_runs_at_the_same_time_leave_no_gap_and_no_double(service: Service, settings: Settings) -> None:
    bureaus = [Bureau() for _ in range(9)]
    for number, each in enumerate(bureaus):
        await register_customers(service, each, number)
        await add_subscription(service, each, "2023-01-15", "2023-01-31")
    second = Database(settings.worker_database_url, name="second")
    at = swedish("2023-02-28 00:00")
    runs = await asyncio.gather(
        *(
            bill_month(database, month="2023-01", dry_run=False, at=at, batch=2)
            for database in (service.database, second, service.database)
        )
    )
    await second.close()
    assert sum(run.invoices for run in runs) == 8
    assert [len(await invoices(service.caller(Employee(each.id)))) for each in bureaus] == [0] + [1] * 8
    numbers = await sequences(service.database)
    assert numbers == list(range(100001, 100001 + len(numbers)))


@pytest.mark.parametrize(
    ("point", "month", "due", "left"),
    [
        ("billing-before-commit", "2023-03", "2023-04-30", 0),
        ("billing-after-bureau", "2023-05", "2023-06-30", 1),
    ],
)
async def test_a_run_that_was_killed_is_taken_up_again(
    service: Service,
    bureau: Bureau,
    other_bureau: Bureau,
    admin: Caller,
    other_admin: Caller,
    settings: Settings,
    point: str,
    month: str,
    due: str,
    left: int,
) -> None:
    for each in (bureau, other_bureau):
        await register_customers(service, each, 2)
        await add_subscription(service, each, f"{month}-01", f"{month}-28")
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
    assert len(await invoices(admin)) + len(await invoices(other_admin)) == left
    await bill(service, month, f"{due} 09:00")
    assert [len(await invoices(each)) for each in (admin, other_admin)] == [1, 1]
    assert [
        len(await service.published(InvoiceIssued, bureau_id=each.id)) for each in (bureau, other_bureau)
    ] == [1, 1]
    numbers = await sequences(service.database)
    assert numbers == list(range(100001, 100001 + len(numbers)))


async def test_the_number_of_statements_does_not_follow_the_number_of_bureaus(service: Service) -> None:
    bureaus = [Bureau() for _ in range(200)]
    for each in bureaus:
        await add_subscription(service, each, "2024-01-01", "2024-01-31")
    for each in bureaus:
        # Every fifth is a private individual.
        kinds = ["private_individual" if number % 5 == 0 else "company" for number in range(50)]
        customers = [Customer(each.id, kind=kind) for kind in kinds]
        at = swedish("2023-12-01 12:00")
        await service.deliver(*(event_of(CustomerRegistered, customer, time=at) for customer in customers))
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    engine = service.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    result = await bill(service, "2024-01", "2024-02-29 00:00")
    event.remove(engine, "before_cursor_execute", note)
    assert (result.counted, result.invoices) == (200, 200)
    assert result.total == 200 * (40 * 2900 * 125 // 100)
    assert len(statements) <= 25, statements


async def test_a_dry_run_shows_what_would_be_and_leaves_nothing(
    service: Service, bureau: Bureau, admin: Caller, operator: Caller
) -> None:
    await register_customers(service, bureau, 2)
    await add_subscription(service, bureau, "2024-03-01", "2024-03-31")
    before = await sequences(service.database)
    at = swedish("2024-04-01 00:00")
    result = await bill_month(service.database, month="2024-03", dry_run=True, at=at)
    assert (result.dry_run, result.invoices, result.total) == (True, 1, 7250)
    assert [(item.bureau_id, item.quantity, item.number) for item in result.items] == [(bureau.id, 2, None)]
    assert await sequences(service.database) == before
    assert await invoices(admin) == []
    assert (await admin.read("/v1/usage"))["months"] == []
    started = await operator.post("/v1/billing-runs", {"month": "2024-03", "dry_run": True})
    await run_billing(service.database, batch=10)
    shown = await operator.get(f"/v1/billing-runs/{started.json()['id']}")
    assert shown.json()["items"] == [item.as_json() for item in result.items]
    assert await invoices(admin) == []
