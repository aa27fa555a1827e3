"""`arende billing …` and `arende audit …`: what an operator runs by hand or by a timer."""

import asyncio
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from arende.registry import SERVICES
from services.billing.runs.commands import Result, bill_month
from services.billing.runs.errors import TooEarly
from services.cases.timeline.audit import Broken, verify_all
from shared import clock
from shared.database.engine import Database
from shared.settings import required

billing = typer.Typer(no_args_is_help=True, help="Bill a month.")
audit = typer.Typer(no_args_is_help=True, help="Prove that no timeline was altered.")
console = Console()
Month = Annotated[str, typer.Argument(help="the month of use, YYYY-MM", metavar="MONTH")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="show what would be billed, and bill nothing")]


@billing.command("run")
def bill(month: Month, dry_run: DryRun = False) -> None:
    """Count and invoice a month for all bureaus; run again, it bills nothing twice."""
    try:
        clock.month_bounds(month)
    except ValueError as error:
        raise typer.BadParameter(f"{month} is no month (YYYY-MM)") from error
    try:
        result = asyncio.run(_bill(month, dry_run=dry_run))
    except TooEarly as refusal:
        raise typer.BadParameter(refusal.detail("en")) from refusal
    table = Table("invoice", "bureau", "customers", "with VAT, öre", box=None)
    for item in result.items:
        table.add_row(item.number or "-", str(item.bureau_id), str(item.quantity), str(item.total))
    console.print(table)
    console.print(f"{month}: {result.invoices} new invoices, {result.total} öre in all")


@billing.callback()
def _billing() -> None:
    """Bill a month."""


async def _bill(month: str, *, dry_run: bool) -> Result:
    database = _database("billing")
    try:
        return await bill_month(database, month=month, dry_run=dry_run, at=clock.utcnow())
    finally:
        await database.close()


@audit.command("verify")
def verify() -> None:
    """Follow every case's chain of hashes; names the first altered, removed or swapped entry of each."""
    checked, broken = asyncio.run(_verify())
    for fault in broken:
        console.print(f"[red]{fault.number}[/] ({fault.case_id}): entry {fault.position} is not as written")
    console.print(f"{checked} timelines, {len(broken)} broken")
    raise typer.Exit(1 if broken else 0)


@audit.callback()
def _audit() -> None:
    """Prove that no timeline was altered."""


async def _verify() -> tuple[int, list[Broken]]:
    database = _database("cases")
    try:
        return await verify_all(database)
    finally:
        await database.close()


def _database(service: str) -> Database:
    settings = SERVICES[service].settings()
    clock.follow(settings.clock_file)
    url = required(settings.worker_database_url, "ARENDE_WORKER_DATABASE_URL")
    return Database(url, name=f"arende-{service}-operator", pool=1)
