"""`arende up` and `arende demo`: the whole system on one machine."""

from pathlib import Path
from typing import Annotated, Literal

import typer

Broker = Annotated[str | None, typer.Option(help="amqp://…; without it all runs in one process")]
Database = Annotated[str | None, typer.Option(help="postgresql://… of a role that may create databases")]
Data = Annotated[Path, typer.Option(help="folder for keys, files and the embedded database")]
Smtp = Annotated[str | None, typer.Option(help="smtp://host:port; without it mails are kept at /mails")]
Register = Annotated[Path | None, typer.Option(help="a register as CSV; the product's own sample without it")]

ApproveBureaus = Annotated[
    Literal["automatic", "manual"],
    typer.Option(
        envvar="ARENDE_APPROVE_BUREAUS", help="whether a bureau that signs up waits for the operator (manual)"
    ),
]


def up(
    port: Annotated[int, typer.Option()] = 8000,
    data: Data = Path(".data"),
    smtp: Smtp = None,
    broker: Broker = None,
    database: Database = None,
    seed: Annotated[bool, typer.Option(help="with the sample bureau")] = True,
    approve_bureaus: ApproveBureaus = "automatic",
) -> None:
    """Run the whole system until Ctrl-C."""
    from arende.cli.trial import run_up

    run_up(
        port=port,
        data=data,
        smtp=smtp,
        broker=broker,
        database=database,
        seed=seed,
        approve_bureaus=approve_bureaus,
    )


def demo(
    register: Register = None,
    seed: Annotated[int, typer.Option(help="the same seed, the same journey")] = 1,
    report: Annotated[Path | None, typer.Option(help="write what happened as JSON")] = None,
    deactivate: Annotated[int, typer.Option(help="deactivate so many customers before buying")] = 0,
    data: Data = Path(".data"),
    broker: Broker = None,
    database: Database = None,
) -> None:
    """Walk the whole journey through the public API, as a bureau and its customers would."""
    from arende.cli.trial import run_demo

    run_demo(
        register=register,
        seed=seed,
        report=report,
        deactivate=deactivate,
        data=data,
        broker=broker,
        database=database,
    )
