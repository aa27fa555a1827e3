"""`arende serve|work|migrate|declare|settings`: one service as processes, and what its servers need."""

import asyncio
from typing import Annotated

import typer

from arende.cli.servers import reached
from arende.registry import NAMES, SERVICES, ServiceName
from shared.failures import Failure

Name = Annotated[ServiceName, typer.Argument(envvar="ARENDE_SERVICE", metavar="SERVICE", help="which one")]
Wait = Annotated[float, typer.Option(help="seconds to wait for a server that is not there yet")]


def serve(
    service: Name,
    host: Annotated[str, typer.Option(help="the address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8000,
) -> None:
    """Run one service's API."""
    from arende import process

    process.serve(service, host=host, port=port)


def work(service: Name) -> None:
    """Run one service's worker: its relay, reactions and jobs."""
    from arende import process

    process.work(service)


def migrate(
    service: Name,
    database: Annotated[
        str | None, typer.Option(envvar="ARENDE_OWNER_DATABASE_URL", help="of the role that owns the tables")
    ] = None,
    wait: Wait = 60,
) -> None:
    """Bring one service's database to the newest revision."""
    from shared import patience
    from shared.database import migrations
    from shared.settings import required

    url = required(database, "ARENDE_OWNER_DATABASE_URL")
    patience.wait_at_most(wait)
    with reached(f"the database of {service}", url):
        migrations.upgrade(service, url)
    typer.echo(f"{service}: at the newest revision")


def declare(
    services: Annotated[
        list[str] | None,
        typer.Argument(envvar="ARENDE_SERVICE", metavar="[SERVICE]…", help="all, if none is named"),
    ] = None,
    broker: Annotated[str | None, typer.Option(envvar="ARENDE_BROKER_URL", help="amqp://…")] = None,
    wait: Wait = 60,
) -> None:
    """Declare each service's exchanges and queues; before the first start, and after each release."""
    from arende import process
    from shared import patience
    from shared.settings import required

    if unknown := set(services or ()) - set(NAMES):
        raise typer.BadParameter(f"no such service: {', '.join(sorted(unknown))}")
    url = required(broker, "ARENDE_BROKER_URL")
    patience.wait_at_most(wait)
    broken = []
    for name in services or NAMES:
        try:
            SERVICES[name].handlers  # noqa: B018 - imports the service
        except Exception as error:
            broken.append(name)
            typer.echo(f"{name}: not declared, can't be imported: {error!r}", err=True)
            continue
        with reached("RabbitMQ", url):
            asyncio.run(process.declare(name, url))
        typer.echo(f"{name}: exchanges, queues and bindings are declared")
    if broken:
        raise Failure(f"not declared: {', '.join(broken)}")


def settings(service: Name) -> None:
    """List a service's settings: variable, default, meaning."""
    from rich.console import Console
    from rich.table import Table

    from shared.settings import describe

    table = Table("variable", "default", "meaning", box=None)
    for row in describe(SERVICES[service].settings):
        table.add_row(*row)
    Console().print(table)
