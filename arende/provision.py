"""What an installation needs before its first start: databases, roles, keys, settings files, broker users."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import asyncpg
import typer

from arende.broker import BrokerUsers
from arende.databases import Databases
from arende.installation import PROCESSES, Installation, Surroundings, environment
from arende.registry import NAMES
from arende.settings_files import Ambiguous, complete
from shared.failures import Failure
from shared.patience import patiently
from shared.settings import address_of_kind

DEFINITIONS = "rabbitmq-definitions.json"


def provision_installation(
    folder: Path, *, database: str, broker: str, at: Surroundings, reached: str | None
) -> None:
    """Raises Failure where a server or the folder can't be used; safe to run again.

    `database` is PostgreSQL's address as seen from here, `reached` its host and port as the services see it,
    where these differ. `broker` is the broker's address as the services see it.
    """
    _require_address("--database", database, "postgresql")
    _require_address("--broker", broker, "amqp", "amqps")
    installation = Installation(folder.resolve())
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        installation.prepare()
        asyncio.run(_databases(installation.databases(database)))
        users = installation.broker_users(broker)
        _write_all(installation, installation.databases(_reached_at(database, reached)), users, at)
        (folder / DEFINITIONS).write_text(json.dumps(users.definitions(), indent=1) + "\n")
    except (OSError, asyncpg.PostgresError, Ambiguous) as error:
        raise Failure(f"not provisioned: {' '.join(str(error).split())}") from error
    typer.echo(f"five databases are ready; settings are in {folder}")
    typer.echo(f"let the broker import {folder / DEFINITIONS}: rabbitmqctl import_definitions FILE")


def _require_address(option: str, address: str, *schemes: str) -> None:
    try:
        address_of_kind(address, *schemes)
    except ValueError as error:
        raise Failure(f"{option} {error}") from None


@patiently
async def _databases(databases: Databases) -> None:
    await databases.provision()


def _reached_at(admin_url: str, reached: str | None) -> str:
    if reached is None:
        return admin_url
    credentials, _, _ = admin_url.rpartition("@")
    return f"{credentials}@{reached}"


def _write_all(
    installation: Installation, databases: Databases, users: BrokerUsers, at: Surroundings
) -> None:
    for service in NAMES:
        for process in PROCESSES:
            # An API never talks to the broker: it has no user there.
            broker = None if process == "api" else users.url_of(service, process)
            settings = installation.settings_of(
                service, process, databases=databases, at=replace(at, broker=broker)
            )
            file = installation.folder / f"{service}.{process}.env"
            for name in complete(file, environment(settings)):
                typer.echo(f"{file.name} keeps its own {name}; remove the line and run again to replace it")
        if (former := installation.folder / f"{service}.env").exists():
            typer.echo(f"{former.name} is no longer used: move what you have added to it, then remove it")
