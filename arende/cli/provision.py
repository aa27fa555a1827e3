"""`arende provision`: what an installation on servers needs before its first start."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from arende.installation import Installation, Surroundings, environment, write_private
from arende.provision import SERVICES, Databases
from shared.patience import patiently

console = Console()
ADMIN = "postgresql://… of a role that may create databases and roles"
Folder = Annotated[Path, typer.Argument(help="where keys and settings are written; all of it is secret")]
Admin = Annotated[str, typer.Option("--database", envvar="ARENDE_ADMIN_DATABASE_URL", help=ADMIN)]
Reached = Annotated[
    str | None, typer.Option(help="host:port of PostgreSQL as the services see it, if another")
]


def provision(
    folder: Folder,
    database: Admin,
    broker: Annotated[str, typer.Option(envvar="ARENDE_BROKER_URL", help="amqp://…")],
    web_url: Annotated[
        str, typer.Option(envvar="ARENDE_WEB_URL", help="where links in mails lead")
    ] = "http://localhost:8000",
    smtp_url: Annotated[
        str, typer.Option(envvar="ARENDE_SMTP_URL", help="smtp://… or smtps://…")
    ] = "smtp://localhost:25",
    keys_at: Annotated[str, typer.Option(help="where the services will find the key files")] = "/run/arende",
    reached: Reached = None,
) -> None:
    """Create the databases and roles; write keys and each service's settings. Safe to run again.

    FOLDER gets jwks.json (public), signing-keys.json (identity alone), SERVICE.env for the API and the
    worker, and SERVICE.owner.env for migrations.
    """
    installation = Installation(folder.resolve())
    installation.prepare()
    asyncio.run(_provision(installation.databases(database)))
    at = Surroundings(web_url, smtp_url, broker)
    theirs = installation.databases(_reached_at(database, reached))
    for service in SERVICES:
        settings = installation.settings(service, databases=theirs, at=at)
        settings["jwks_file"] = f"{keys_at}/{installation.jwks.name}"
        if service == "identity":
            settings["signing_keys_file"] = f"{keys_at}/{installation.signing_keys.name}"
        _write(folder / f"{service}.env", environment(settings))
        owner = {"owner_database_url": theirs.url(service, "owner")}
        _write(folder / f"{service}.owner.env", environment({**settings, **owner}))
    console.print(f"five databases are ready; settings are in {folder}")


@patiently
async def _provision(databases: Databases) -> None:
    await databases.provision()


def _reached_at(admin_url: str, reached: str | None) -> str:
    if reached is None:
        return admin_url
    credentials, _, _ = admin_url.rpartition("@")
    return f"{credentials}@{reached}"


def _write(file: Path, variables: dict[str, str]) -> None:
    write_private(file, "".join(f"{name}={value}\n" for name, value in variables.items()))
