"""`arende provision`: what an installation on servers needs before its first start."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import asyncpg
import typer
from rich.console import Console

from arende.broker import BrokerUsers
from arende.installation import PROCESSES, Installation, Surroundings, environment
from arende.provision import SERVICES, Databases
from arende.settings_files import Ambiguous, complete
from shared.patience import patiently

DEFINITIONS = "rabbitmq-definitions.json"
console = Console(soft_wrap=True, highlight=False)
ADMIN = "postgresql://… of a role that may create databases and roles (CREATEDB and CREATEROLE)"
BROKER = "amqp://host/vhost as the services see it; each of them gets a user of its own"
Folder = Annotated[Path, typer.Argument(help="where keys and settings are written; all of it is secret")]
Admin = Annotated[str, typer.Option("--database", envvar="ARENDE_ADMIN_DATABASE_URL", help=ADMIN)]
Broker = Annotated[str, typer.Option(envvar="ARENDE_BROKER_URL", help=BROKER)]
WebUrl = Annotated[str, typer.Option(envvar="ARENDE_WEB_URL", help="where links in mails lead")]
SmtpUrl = Annotated[str, typer.Option(envvar="ARENDE_SMTP_URL", help="smtp://… or smtps://…")]
Operators = Annotated[
    str, typer.Option(envvar="ARENDE_OPERATOR_EMAILS", help="who may run billing, separated by commas")
]
KeysAt = Annotated[str, typer.Option(help="where the services will find the key files")]
Reached = Annotated[
    str | None, typer.Option(help="host:port of PostgreSQL as the services see it, if another")
]


def provision(
    folder: Folder,
    database: Admin,
    broker: Broker,
    web_url: WebUrl = "http://localhost:8000",
    smtp_url: SmtpUrl = "smtp://localhost:25",
    operators: Operators = "",
    keys_at: KeysAt = "/run/arende",
    reached: Reached = None,
) -> None:
    """Create the databases and roles; write keys, settings and the broker's users. Safe to run again.

    FOLDER gets SERVICE.api.env, SERVICE.worker.env and SERVICE.owner.env (migrations and queues), jwks.json
    (public), signing-keys.json (identity's API alone) and rabbitmq-definitions.json, which the broker
    imports. What stands in a settings file stays; new settings are appended.
    """
    installation = Installation(folder.resolve())
    at = Surroundings(web_url, smtp_url, keys_at=keys_at, operators=operators)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        installation.prepare()
        asyncio.run(_provision(installation.databases(database)))
        users = installation.broker_users(broker)
        _write_all(installation, installation.databases(_reached_at(database, reached)), users, at)
        (folder / DEFINITIONS).write_text(json.dumps(users.definitions(), indent=1) + "\n")
    except (OSError, asyncpg.PostgresError, Ambiguous) as error:
        raise SystemExit(f"not provisioned: {' '.join(str(error).split())}") from error
    console.print(f"five databases are ready; settings are in {folder}")
    console.print(f"let the broker import {folder / DEFINITIONS}: rabbitmqctl import_definitions FILE")


@patiently
async def _provision(databases: Databases) -> None:
    await databases.provision()


def _reached_at(admin_url: str, reached: str | None) -> str:
    if reached is None:
        return admin_url
    credentials, _, _ = admin_url.rpartition("@")
    return f"{credentials}@{reached}"


def _write_all(
    installation: Installation, databases: Databases, users: BrokerUsers, at: Surroundings
) -> None:
    for service in SERVICES:
        for process in PROCESSES:
            # An API never talks to the broker: it has no user there.
            broker = None if process == "api" else users.url_of(service, process)
            settings = installation.settings_of(
                service, process, databases=databases, at=replace(at, broker=broker)
            )
            file = installation.folder / f"{service}.{process}.env"
            for name in complete(file, environment(settings)):
                console.print(
                    f"{file.name} keeps its own {name}; remove the line and run again to replace it"
                )
        if (former := installation.folder / f"{service}.env").exists():
            console.print(f"{former.name} is no longer used: move what you have added to it, then remove it")
