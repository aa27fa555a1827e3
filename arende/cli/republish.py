"""`arende republish SERVICE`: what a service owns, told again to those who keep copies of it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from arende.cli.servers import with_database
from arende.registry import SERVICES, ServiceName
from shared.failures import Failure

if TYPE_CHECKING:
    from shared.database.engine import Database

Name = Annotated[ServiceName, typer.Argument(metavar="SERVICE", help="whose facts are told again")]
Bureau = Annotated[UUID | None, typer.Option(metavar="ID", help="only what concerns this bureau")]


def republish(service: Name, bureau: Bureau = None) -> None:
    """Tell the other services all that they keep copies of, so that new or damaged copies are filled.

    The service's worker must run, since it sends. It can be ended and run again at any moment.
    """
    from shared.bus.republish import republish as tell

    facts = SERVICES[service].facts
    if not facts:
        raise Failure(f"no service keeps copies of what {service} owns")

    async def run(database: "Database") -> "Mapping[str, int]":
        return await tell(database, facts, bureau_id=bureau)

    for name, number in with_database(service, run).items():
        typer.echo(f"{number} {name}")
