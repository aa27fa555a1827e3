"""`arende dead-letters …`: what reactions could not handle, looked at, mended and replayed."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, TypeVar
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession

from arende.registry import SERVICES
from shared.bus import dead_letters
from shared.database.engine import Database
from shared.events import UnreadableEvent, from_wire
from shared.settings import required

app = typer.Typer(
    no_args_is_help=True, help="What could not be handled: causes, list, show, mend, replay, discard."
)
console = Console()
T = TypeVar("T")

Service = Annotated[str, typer.Argument(help="whose dead letters; its ARENDE_… settings must be set")]
Id = Annotated[UUID | None, typer.Argument(help="one dead letter")]
Cause = Annotated[str | None, typer.Option(help="all of this cause")]


def _run(service: str, action: Callable[[AsyncSession], Awaitable[T]]) -> T:
    if service not in SERVICES:
        raise typer.BadParameter(f"no such service: {service}")
    settings = SERVICES[service].settings()

    async def within() -> T:
        url = required(settings.worker_database_url, "ARENDE_WORKER_DATABASE_URL")
        database = Database(url, name="arende-dead-letters", pool=1)
        try:
            async with database.transaction() as session:
                return await action(session)
        finally:
            await database.close()

    return asyncio.run(within())


@app.command()
def causes(service: Service) -> None:
    """How many there are of each cause and queue."""
    rows = _run(service, dead_letters.causes)
    table = Table("cause", "queue", "state", "number", "oldest", box=None)
    for cause, queue, state, number, oldest in rows:
        table.add_row(cause, queue, state, str(number), _moment(oldest))
    console.print(table if rows else "no dead letters")


@app.command("list")
def list_all(service: Service, cause: Cause = None) -> None:
    """One line each, the 200 oldest of all or of a cause."""
    rows = _run(service, lambda session: dead_letters.find(session, cause=cause))
    for row in rows:
        facts = f"{row.queue}  {row.cause}  {row.state}  {row.attempts}"
        console.print(f"{row.id}  {_moment(row.first_failed_at)}\n  {facts}", highlight=False)
    if not rows:
        console.print("no dead letters")


@app.command()
def show(service: Service, id: Id) -> None:
    """The whole message and its last error."""
    row = _run(service, lambda session: dead_letters.get(session, _required(id)))
    if row is None:
        raise typer.BadParameter(f"no such dead letter: {id}")
    console.print(f"queue {row.queue}, {row.state} after {row.attempts} attempts\n{row.error}")
    try:
        console.print_json(row.body.decode())
    except ValueError:
        console.print(repr(row.body[:2000]))


@app.command()
def mend(
    service: Service,
    id: Id,
    file: Annotated[Path, typer.Option(help="the mended message, JSON", exists=True, dir_okay=False)],
) -> None:
    """Replace the message by one that can be read; then replay it."""
    body = file.read_bytes()
    try:
        from_wire(body)
    except UnreadableEvent as error:
        raise typer.BadParameter(f"not mended: {error}") from None
    _run(
        service,
        lambda session: dead_letters.mend(session, _required(id), body),
    )
    console.print("mended")


@app.command()
def replay(service: Service, id: Id = None, cause: Cause = None) -> None:
    """Handle one, or all of a cause, once more; the service's worker does it at once."""
    _one_of(id, cause)
    number = _run(service, lambda session: dead_letters.replay(session, id=id, cause=cause))
    console.print(f"{number} will be handled again")


@app.command()
def discard(service: Service, id: Id = None, cause: Cause = None) -> None:
    """Remove one, or all parked ones of a cause, for good."""
    _one_of(id, cause)
    number = _run(service, lambda session: dead_letters.discard(session, id=id, cause=cause))
    console.print(f"{number} discarded")


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"


def _required(id: UUID | None) -> UUID:
    if id is None:
        raise typer.BadParameter("name one dead letter")
    return id


def _one_of(id: UUID | None, cause: str | None) -> None:
    if (id is None) == (cause is None):
        raise typer.BadParameter("name one dead letter, or a --cause")
