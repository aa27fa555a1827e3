"""`arende audit …`: whether the timelines are as they were written."""

import typer

from arende.cli.servers import with_database

app = typer.Typer(no_args_is_help=True, help="Prove that no timeline was altered.")


@app.command()
def verify() -> None:
    """Follow every case's chain of hashes, and name the first altered, removed or swapped entry of each."""
    from rich.console import Console

    from services.cases.timeline.audit import verify_all

    console = Console()
    checked, broken = with_database("cases", verify_all)
    for fault in broken:
        console.print(f"[red]{fault.number}[/] ({fault.case_id}): entry {fault.position} is not as written")
    console.print(f"{checked} timelines, {len(broken)} broken")
    raise typer.Exit(1 if broken else 0)


@app.callback()
def _audit() -> None:
    """Prove that no timeline was altered."""
