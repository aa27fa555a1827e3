"""`arende audit …`: whether the timelines are as they were written."""

from functools import partial
from typing import Annotated
from uuid import UUID

import typer

from arende.cli.servers import with_database
from shared.failures import Failure

app = typer.Typer(no_args_is_help=True, help="Prove that no timeline was altered.")

Case = Annotated[UUID | None, typer.Option("--case", help="Only this case, by its id.")]
Bureau = Annotated[UUID | None, typer.Option("--bureau", help="Only the cases of this bureau, by its id.")]


@app.command()
def verify(case: Case = None, bureau: Bureau = None) -> None:
    """Follow the bureau's and the customer's chain of every case, or of those asked for, compare the texts
    and files that they tell of, and name the first that was altered, removed or swapped."""
    from rich.console import Console

    from services.cases.audit.queries import Scope
    from services.cases.audit.verification import verify as verify_timelines

    console, scope = Console(), Scope(case, bureau)
    checked, faults = with_database("cases", partial(verify_timelines, scope=scope))
    if case is not None and checked == 0:
        raise Failure(f"there is no case {case}")
    for fault in faults:
        console.print(f"[red]{fault.number}[/] ({fault.case_id}): {fault.what}")
    console.print(f"{checked} timelines, {len({each.case_id for each in faults})} broken")
    raise typer.Exit(1 if faults else 0)


@app.callback()
def _audit() -> None:
    """Prove that no timeline was altered."""
