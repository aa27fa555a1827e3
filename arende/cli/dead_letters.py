"""`arende dead-letters …`: look at the events that reactions could not handle, correct and replay them."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar
from uuid import UUID

import typer

from arende.cli.servers import with_database
from arende.registry import SERVICES, ServiceName
from shared.failures import Failure

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from shared.database.engine import Database

app = typer.Typer(no_args_is_help=True, help="What could not be handled: look at it, replay it, discard it.")
T = TypeVar("T")

Service = Annotated[
    ServiceName,
    typer.Argument(metavar="SERVICE", help="whose dead letters; its ARENDE_… settings must be set"),
]
Id = Annotated[UUID, typer.Argument(metavar="ID", help="one dead letter")]
OneOrNone = Annotated[UUID | None, typer.Argument(metavar="[ID]", help="one dead letter")]
Cause = Annotated[str | None, typer.Option(help="all of this cause")]


@app.command()
def causes(service: Service) -> None:
    """How many there are of each cause and queue."""
    from rich.console import Console
    from rich.table import Table

    from shared.bus import dead_letters

    rows = _run(service, dead_letters.causes)
    table = Table("cause", "queue", "state", "number", "oldest", box=None)
    for cause, queue, state, number, oldest in rows:
        table.add_row(cause, queue, state, str(number), _moment(oldest))
    Console().print(table if rows else "no dead letters")


@app.command("list")
def list_all(service: Service, cause: Cause = None) -> None:
    """The 200 oldest of all or of one cause, two lines each."""
    from shared.bus import dead_letters

    rows = _run(service, lambda session: dead_letters.list_oldest(session, cause=cause))
    for row in rows:
        typer.echo(f"{row.id}  {_moment(row.first_failed_at)}")
        typer.echo(f"  {row.queue}  {row.cause}  {row.state}  {row.attempts}")
    if not rows:
        typer.echo("no dead letters")


@app.command()
def show(service: Service, letter_id: Id) -> None:
    """The whole message and its last error."""
    from rich.console import Console

    from shared.bus import dead_letters

    console, row = Console(), _run(service, lambda session: dead_letters.find(session, letter_id))
    if row is None:
        raise _unknown(service, letter_id)
    console.print(f"queue {row.queue}, {row.state} after {row.attempts} attempts\n{row.error}")
    try:
        console.print_json(row.body.decode())
    except ValueError:
        console.print(repr(row.body[:2000]))


@app.command()
def mend(
    service: Service,
    letter_id: Id,
    file: Annotated[Path, typer.Option(help="the corrected message, JSON", exists=True, dir_okay=False)],
) -> None:
    """Replace the message by a corrected one; then replay it."""
    from shared.bus import dead_letters
    from shared.events import UnreadableEvent, from_wire

    body = file.read_bytes()
    # Importing the reactions registers the types of events that they handle.
    SERVICES[service].handlers  # noqa: B018
    try:
        from_wire(body)
    except UnreadableEvent as error:
        raise typer.BadParameter(f"not replaced: {error}", param_hint="--file") from None

    async def replace(session: "AsyncSession") -> bool:
        known = await dead_letters.find(session, letter_id) is not None
        await dead_letters.replace_body(session, letter_id, body)
        return known

    if not _run(service, replace):
        raise _unknown(service, letter_id)
    typer.echo("replaced")


@app.command()
def replay(service: Service, letter_id: OneOrNone = None, cause: Cause = None) -> None:
    """Have one, or all of a cause, handled once more; the service's worker does so at once."""
    from shared.bus import dead_letters

    _require_one_of(letter_id, cause)
    number = _run(service, lambda session: dead_letters.replay(session, letter_id=letter_id, cause=cause))
    _require_known(service, letter_id, number)
    typer.echo(f"{number} will be handled again")


@app.command()
def discard(service: Service, letter_id: OneOrNone = None, cause: Cause = None) -> None:
    """Remove one, or all parked ones of a cause, for good."""
    from shared.bus import dead_letters

    _require_one_of(letter_id, cause)
    number = _run(service, lambda session: dead_letters.discard(session, letter_id=letter_id, cause=cause))
    _require_known(service, letter_id, number)
    typer.echo(f"{number} discarded")


def _run(service: ServiceName, action: "Callable[[AsyncSession], Awaitable[T]]") -> T:
    async def within(database: "Database") -> T:
        async with database.transaction() as session:
            return await action(session)

    return with_database(service, within)


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"


def _require_one_of(letter_id: UUID | None, cause: str | None) -> None:
    if (letter_id is None) == (cause is None):
        raise typer.BadParameter("name one dead letter, or a --cause")


def _require_known(service: ServiceName, letter_id: UUID | None, number: int) -> None:
    if letter_id is not None and number == 0:
        raise _unknown(service, letter_id)


def _unknown(service: ServiceName, letter_id: UUID) -> Failure:
    return Failure(f"{service} has no dead letter {letter_id}")
