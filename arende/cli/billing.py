"""`arende billing …`: a month's bills, made by hand or by a timer of the operator's own."""

from typing import TYPE_CHECKING, Annotated

import typer

from arende.cli.servers import with_database

if TYPE_CHECKING:
    from services.billing.runs.commands import Result
    from shared.database.engine import Database

app = typer.Typer(no_args_is_help=True, help="Bill a month.")
Month = Annotated[str, typer.Argument(help="the month of use, YYYY-MM", metavar="MONTH")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="show what would be billed, and bill nothing")]


@app.command()
def run(month: Month, dry_run: DryRun = False) -> None:
    """Count and invoice a month for all bureaus; run again, it bills nothing twice."""
    from services.billing.runs.commands import bill_month
    from services.billing.runs.errors import TooEarly
    from shared import clock

    try:
        clock.month_bounds(month)
    except ValueError as error:
        raise typer.BadParameter(f"{month} is no month (YYYY-MM)") from error

    async def bill(database: "Database") -> "Result":
        return await bill_month(database, month=month, dry_run=dry_run, at=clock.utcnow())

    try:
        _show(with_database("billing", bill), month)
    except TooEarly as refusal:
        raise typer.BadParameter(refusal.detail("en")) from refusal


def _show(result: "Result", month: str) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table("invoice", "bureau", "customers", "with VAT, öre", box=None)
    for item in result.items:
        table.add_row(item.number or "-", str(item.bureau_id), str(item.quantity), str(item.total))
    console.print(table)
    console.print(f"{month}: {result.invoices} new invoices, {result.total} öre in all")


@app.callback()
def _billing() -> None:
    """Bill a month."""
