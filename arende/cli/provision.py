"""`arende provision`: what an installation on servers needs before its first start."""

from pathlib import Path
from typing import Annotated

import typer

ADMIN = "postgresql://… of a role that may create databases and roles (CREATEDB and CREATEROLE)"
BROKER = "amqp://host/vhost as the services see it; each of them gets a user of its own"
Folder = Annotated[Path, typer.Argument(help="where keys and settings are written; all of it is secret")]
Admin = Annotated[str, typer.Option("--database", envvar="ARENDE_ADMIN_DATABASE_URL", help=ADMIN)]
Broker = Annotated[str, typer.Option(envvar="ARENDE_BROKER_URL", help=BROKER)]
WebUrl = Annotated[str, typer.Option(envvar="ARENDE_WEB_URL", help="where links in mails lead")]
SmtpUrl = Annotated[str, typer.Option(envvar="ARENDE_SMTP_URL", help="smtp://… or smtps://…")]
Operators = Annotated[
    str,
    typer.Option(
        envvar="ARENDE_OPERATOR_EMAILS", help="who may approve bureaus and run billing, separated by commas"
    ),
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
    from arende.installation import Surroundings
    from arende.provision import provision_installation

    at = Surroundings(web_url, smtp_url, keys_at=keys_at, operators=operators)
    provision_installation(folder, database=database, broker=broker, at=at, reached=reached)
