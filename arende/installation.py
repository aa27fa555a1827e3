"""What one installation consists of: its folder, its secrets, the settings of each process."""

import json
import os
import secrets
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from joserfc.jwk import KeySet

from arende.broker import BrokerUsers
from arende.databases import Databases
from shared.tokens import new_key

OPERATOR = "operator@arende.example"
SECRETS = ("databases", "broker", "links", "credentials", "operator_password", "demo_password")
# An API serves requests, a worker handles and publishes events, the owner's jobs migrate the database and
# declare the queues.
Process = Literal["api", "worker", "owner"]
ApproveBureaus = Literal["automatic", "manual"]
_WITH_LINKS = ("identity", "invitations", "notifications")
PROCESSES: tuple[Process, ...] = ("api", "worker", "owner")


@dataclass(frozen=True)
class Surroundings:
    """What the services of an installation share. `web_url` is where links in mails lead, `keys_at` the
    folder of the key files as the services see it (by default the installation's own), `operators` the
    addresses of those who may approve bureaus and run billing."""

    web_url: str
    smtp_url: str
    broker: str | None = None
    keys_at: str | None = None
    operators: str = ""


@dataclass(frozen=True)
class Installation:
    """A folder with keys and secrets. The first start makes them, and later starts use them again.

    `approve_bureaus` is the setting of that name in a system to try.
    """

    folder: Path
    approve_bureaus: ApproveBureaus = "manual"

    def prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.files.mkdir(exist_ok=True)
        if not self.signing_keys.exists():
            keys = KeySet([new_key(secrets.token_hex(4))])
            write_private(self.jwks, json.dumps(keys.as_dict(private=False)))
            write_private(self.signing_keys, json.dumps(keys.as_dict(private=True)))
        known = json.loads(self._secrets.read_text()) if self._secrets.exists() else {}
        if fresh := {name: secrets.token_urlsafe(24) for name in SECRETS if name not in known}:
            write_private(self._secrets, json.dumps(known | fresh))

    @property
    def _secrets(self) -> Path:
        return self.folder / "secrets.json"

    @property
    def jwks(self) -> Path:
        return self.folder / "jwks.json"

    @property
    def signing_keys(self) -> Path:
        return self.folder / "signing-keys.json"

    @property
    def clock(self) -> Path:
        return self.folder / "clock"

    @property
    def files(self) -> Path:
        return self.folder / "files"

    @property
    def logins(self) -> Path:
        """Whom to log in as, where there is sample data."""
        return self.folder / "logins.json"

    @property
    def mails(self) -> Path:
        return self.folder / "mails"

    @cached_property
    def secret(self) -> dict[str, str]:
        read: dict[str, str] = json.loads(self._secrets.read_text())
        return read

    def databases(self, admin_url: str) -> Databases:
        return Databases(admin_url, self.secret["databases"])

    def broker_users(self, url: str) -> BrokerUsers:
        return BrokerUsers(url, self.secret["broker"])

    def settings_of(
        self, service: str, process: Process, *, databases: Databases, at: Surroundings
    ) -> dict[str, str]:
        """The settings of one process of a service, without those that only another process needs."""
        broker = {"broker_url": at.broker} if at.broker else {}
        if process == "owner":
            return {"owner_database_url": databases.url(service, "owner")} | broker
        settings = {"environment": "production"}
        if service in _WITH_LINKS:
            settings["link_secret"] = self.secret["links"]
        # Mails link to it, and passkeys are bound to it.
        if service == "notifications" or (service, process) == ("identity", "api"):
            settings["web_url"] = at.web_url
        if process == "api":
            settings["database_url"] = databases.url(service, "api")
            return settings | self._keys(service, at)
        settings["worker_database_url"] = databases.url(service, "worker")
        if service == "notifications":
            settings["smtp_url"] = at.smtp_url
        return settings | broker

    def _keys(self, service: str, at: Surroundings) -> dict[str, str]:
        folder = Path(at.keys_at) if at.keys_at else self.folder
        keys = {"jwks_file": str(folder / self.jwks.name)}
        if service == "identity":
            keys["signing_keys_file"] = str(folder / self.signing_keys.name)
            keys["operator_emails"] = at.operators
            keys["credentials_secret"] = self.secret["credentials"]
        return keys

    def trial_settings(self, service: str, *, databases: Databases, at: Surroundings) -> dict[str, Any]:
        """The settings of a service's API and worker in a system to try: its clock can be moved, failed
        attempts are repeated soon, and a log-in takes less memory."""
        at = replace(at, operators=OPERATOR)
        both = {
            **self.settings_of(service, "api", databases=databases, at=at),
            **self.settings_of(service, "worker", databases=databases, at=at),
        }
        trial: dict[str, Any] = {
            "environment": "development",
            "management_port": "0",
            "drain_seconds": "0",
            "clock_file": str(self.clock),
            "retry_delays": [0.2, 1, 5, 30, 120, 600],
        }
        own = {
            "identity": {"password_memory_kib": "8192", "approve_bureaus": self.approve_bureaus},
            "cases": {"files_folder": str(self.files)},
        }
        return both | trial | own.get(service, {})


def environment(settings: dict[str, Any]) -> dict[str, str]:
    return {
        f"ARENDE_{name.upper()}": value if isinstance(value, str) else json.dumps(value)
        for name, value in settings.items()
    }


def write_private(file: Path, text: str) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(text)
