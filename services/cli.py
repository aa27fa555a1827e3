"""`arende …`: everything an operator or a developer runs."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from services import dead_letters_cli, operations_cli, provision_cli, running
from shared import migrations
from shared.settings import describe

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(dead_letters_cli.app, name="dead-letters")
app.add_typer(operations_cli.billing, name="billing")
app.add_typer(operations_cli.audit, name="audit")
app.command()(provision_cli.provision)
console = Console()

Name = Annotated[
    str, typer.Argument(envvar="ARENDE_SERVICE", help=" | ".join(running.SERVICES), metavar="SERVICE")
]
Broker = Annotated[str | None, typer.Option(help="amqp://…; without it all runs in one process")]
Database = Annotated[str | None, typer.Option(help="postgresql://… of a role that may create databases")]
Data = Annotated[Path, typer.Option(help="folder for keys, files and the embedded database")]

Smtp = Annotated[str | None, typer.Option(help="smtp://host:port; without it mails are kept at /mails")]
Register = Annotated[Path | None, typer.Option(help="a register as CSV; the product's own sample without it")]


def known(name: str) -> str:
    if name not in running.SERVICES:
        raise typer.BadParameter(f"no such service: {name}")
    return name


@app.command()
def serve(
    service: Name,
    host: Annotated[str, typer.Option()] = "127.0.0.1",
    port: Annotated[int, typer.Option()] = 8000,
) -> None:
    """Run one service's API."""
    running.serve(known(service), host=host, port=port)


@app.command()
def work(service: Name) -> None:
    """Run one service's worker: its relay, reactions and jobs."""
    running.work(known(service))


@app.command()
def migrate(service: Name) -> None:
    """Bring one service's database to the newest revision (ARENDE_OWNER_DATABASE_URL)."""
    settings = running.SERVICES[known(service)].settings()
    if settings.owner_database_url is None:
        raise typer.BadParameter("ARENDE_OWNER_DATABASE_URL is missing")
    migrations.upgrade(service, settings.owner_database_url)
    console.print(f"{service}: at the newest revision")


@app.command()
def declare(broker: Annotated[str, typer.Option(envvar="ARENDE_BROKER_URL")]) -> None:
    """Declare all exchanges and queues; before the first start, and after each release."""
    asyncio.run(running.declare(broker))
    console.print("exchanges, queues and bindings are declared")


@app.command()
def settings(service: Name) -> None:
    """List a service's settings: variable, default, meaning."""
    table = Table("variable", "default", "meaning", box=None)
    for row in describe(running.SERVICES[known(service)].settings):
        table.add_row(*row)
    console.print(table)


@app.command()
def up(
    port: Annotated[int, typer.Option()] = 8000,
    data: Data = Path(".data"),
    smtp: Annotated[
        str | None, typer.Option(help="smtp://host:port; without it mails are kept at /mails")
    ] = None,
    broker: Broker = None,
    database: Database = None,
    seed: Annotated[bool, typer.Option(help="with the sample bureau")] = True,
) -> None:
    """Run the whole system until Ctrl-C."""
    from services.demo.up import run_up

    run_up(port=port, data=data, smtp=smtp, broker=broker, database=database, seed=seed)


@app.command()
def demo(
    register: Annotated[
        Path | None, typer.Option(help="a register as CSV; the product's own sample without it")
    ] = None,
    seed: Annotated[int, typer.Option(help="the same seed, the same journey")] = 1,
    report: Annotated[Path | None, typer.Option(help="write what happened as JSON")] = None,
    deactivate: Annotated[int, typer.Option(help="deactivate so many customers before buying")] = 0,
    data: Data = Path(".data"),
    broker: Broker = None,
    database: Database = None,
) -> None:
    """Walk the whole journey through the public API, as a bureau and its customers would."""
    from services.demo.run import run_demo

    raise typer.Exit(
        run_demo(
            register=register,
            seed=seed,
            report=report,
            deactivate=deactivate,
            data=data,
            broker=broker,
            database=database,
        )
    )


if __name__ == "__main__":
    app()
