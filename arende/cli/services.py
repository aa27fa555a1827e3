"""`arende serve|work|migrate|declare|settings`: one service as processes."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from arende import process
from arende.registry import SERVICES
from shared.database import migrations
from shared.settings import MissingSetting, describe

console = Console()

Name = Annotated[str, typer.Argument(envvar="ARENDE_SERVICE", help=" | ".join(SERVICES), metavar="SERVICE")]


def known(name: str) -> str:
    if name not in SERVICES:
        raise typer.BadParameter(f"no such service: {name}")
    return name


@contextmanager
def missing_settings_told() -> Iterator[None]:
    """End with one line and a non-zero code where a setting is missing."""
    try:
        yield
    except MissingSetting as missing:
        raise SystemExit(str(missing)) from None


def serve(
    service: Name,
    host: Annotated[str, typer.Option()] = "127.0.0.1",
    port: Annotated[int, typer.Option()] = 8000,
) -> None:
    """Run one service's API."""
    with missing_settings_told():
        process.serve(known(service), host=host, port=port)


def work(service: Name) -> None:
    """Run one service's worker: its relay, reactions and jobs."""
    with missing_settings_told():
        process.work(known(service))


def migrate(
    service: Name,
    database: Annotated[
        str, typer.Option(envvar="ARENDE_OWNER_DATABASE_URL", help="of the role that owns the tables")
    ],
) -> None:
    """Bring one service's database to the newest revision."""
    migrations.upgrade(known(service), database)
    console.print(f"{service}: at the newest revision")


def declare(broker: Annotated[str, typer.Option(envvar="ARENDE_BROKER_URL")]) -> None:
    """Declare all exchanges and queues; before the first start, and after each release."""
    asyncio.run(process.declare(broker))
    console.print("exchanges, queues and bindings are declared")


def settings(service: Name) -> None:
    """List a service's settings: variable, default, meaning."""
    table = Table("variable", "default", "meaning", box=None)
    for row in describe(SERVICES[known(service)].settings):
        table.add_row(*row)
    console.print(table)
