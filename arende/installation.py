"""What one installation on this machine consists of: its folder, its secrets, each service's settings."""

import json
import os
import secrets
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from joserfc.jwk import KeySet

from arende.provision import Databases
from shared.tokens import new_key

OPERATOR = "operator@arende.example"


@dataclass(frozen=True)
class Surroundings:
    """What the services of an installation share: where links lead, where mails and events go."""

    web_url: str
    smtp_url: str
    broker: str | None = None


@dataclass(frozen=True)
class Installation:
    """A folder with keys and secrets, made at the first start and kept: the next start is the same system."""

    folder: Path

    def prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.files.mkdir(exist_ok=True)
        if not self.signing_keys.exists():
            keys = KeySet([new_key(secrets.token_hex(4))])
            write_private(self.jwks, json.dumps(keys.as_dict(private=False)))
            write_private(self.signing_keys, json.dumps(keys.as_dict(private=True)))
        if not self._secrets.exists():
            names = ("databases", "links", "operator_password", "demo_password")
            write_private(self._secrets, json.dumps({name: secrets.token_urlsafe(24) for name in names}))

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
        """Whom to log in as, where a demo or a seed has made sample data."""
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

    def settings(self, service: str, *, databases: Databases, at: Surroundings) -> dict[str, Any]:
        """One service's settings: for its `Settings(...)`, or as a process's `ARENDE_…`."""
        common: dict[str, Any] = {
            "environment": "production",
            "database_url": databases.url(service, "api"),
            "worker_database_url": databases.url(service, "worker"),
            "jwks_file": str(self.jwks),
            "link_secret": self.secret["links"],
            "web_url": at.web_url,
            **({"broker_url": at.broker} if at.broker else {}),
        }
        own: dict[str, dict[str, Any]] = {
            "identity": {"signing_keys_file": str(self.signing_keys), "operator_emails": OPERATOR},
            "notifications": {"smtp_url": at.smtp_url},
        }
        return common | own.get(service, {})

    def trial_settings(self, service: str, *, databases: Databases, at: Surroundings) -> dict[str, Any]:
        """The same for this machine alone: the clock can be moved, a failed attempt is soon repeated, and
        log-ins cost less."""
        trial: dict[str, Any] = {
            "environment": "development",
            "management_port": "0",
            "clock_file": str(self.clock),
            "retry_delays": [0.2, 1, 5, 30, 120, 600],
        }
        own = {
            "identity": {"password_memory_kib": "8192"},
            "cases": {"files_folder": str(self.files)},
        }
        return self.settings(service, databases=databases, at=at) | trial | own.get(service, {})


def environment(settings: dict[str, Any]) -> dict[str, str]:
    return {
        f"ARENDE_{name.upper()}": value if isinstance(value, str) else json.dumps(value)
        for name, value in settings.items()
    }


def write_private(file: Path, text: str) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(text)
