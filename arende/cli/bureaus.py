"""`arende bureaus …`: who has signed up, and the operator's decision about them."""

from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

import typer

from arende.cli.servers import with_database
from shared.failures import Failure

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from services.identity.approval.queries import Judged
    from shared.database.engine import Database

app = typer.Typer(no_args_is_help=True, help="Approve and suspend bureaus.")
Status = Annotated[
    Literal["registered", "approved", "suspended"] | None, typer.Option(help="only those in this state")
]
Bureau = Annotated[UUID, typer.Argument(metavar="ID", help="as `arende bureaus list` shows it")]


@app.command("list")
def list_bureaus(status: Status = None) -> None:
    """List the bureaus, with what is needed to decide about them; the first to sign up comes first."""
    from services.identity.approval import queries
    from shared.database.keyset import LARGEST_PAGE, PageRequest

    async def read(database: "Database") -> "Sequence[Judged]":
        found: list[Judged] = []
        more = True
        while more:
            paging = PageRequest(LARGEST_PAGE, after=[str(found[-1].bureau.id)] if found else None)
            async with database.transaction() as session:
                rows = await queries.list_bureaus(session, paging, status=status)
            found += rows[:LARGEST_PAGE]
            more = len(rows) > LARGEST_PAGE
        return found

    for judged in with_database("identity", read):
        _show(judged)


@app.command()
def approve(bureau: Bureau) -> None:
    """Let a bureau buy, invite and send mail, under the name that it has now."""
    from services.identity.approval.commands import approve_bureau
    from shared.clock import utcnow

    async def decide(database: "Database") -> "Judged":
        async with database.transaction() as session:
            return await approve_bureau(session, bureau_id=bureau, by=None, seen=None, at=utcnow())

    _show(_decided(decide))


@app.command()
def suspend(bureau: Bureau) -> None:
    """Stop a bureau: what is there can be read, nothing is sent. Approving it ends that."""
    from services.identity.approval.commands import suspend_bureau
    from shared.clock import utcnow

    async def decide(database: "Database") -> "Judged":
        async with database.transaction() as session:
            return await suspend_bureau(session, bureau_id=bureau, by=None, at=utcnow())

    _show(_decided(decide))


def _decided(decide: "Callable[[Database], Awaitable[Judged]]") -> "Judged":
    """Raises Failure for an id that no bureau has."""
    from shared.errors import NotFound

    try:
        return with_database("identity", decide)
    except NotFound as missing:
        raise Failure(missing.detail("en")) from missing


def _show(judged: "Judged") -> None:
    """Three lines: what it is, who signed it up, and whether another name waits to be approved."""
    bureau, admin_name, user = judged
    since = f"signed up {bureau.created_at:%Y-%m-%d %H:%M}"
    typer.echo(f"{bureau.id}  {bureau.status}  {bureau.name}  {bureau.organisation_number}  {since}")
    verified = "verified" if user.email_verified else "not verified"
    address = f"{bureau.street}, {bureau.postal_code} {bureau.city}, {bureau.country}"
    typer.echo(f"  {admin_name} <{user.email}>, {verified}; {address}")
    if bureau.approved_name not in (None, bureau.name):
        typer.echo(f"  others see it as {bureau.approved_name} until it is approved again")
