"""APIs and workers as processes of their own, and the bureaus that they serve."""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
from joserfc.jwk import OKPKey
from sqlalchemy import make_url

from arende.databases import Role
from arende.installation import environment
from arende.local.system import free_port
from bench.servers import Servers
from shared.ids import uuid7
from shared.tokens import new_key, sign

ISSUER = "https://arende.example"
START_SECONDS = 60.0
STOP_SECONDS = 30.0
HOUR = 3600
SECRET = "of-the-measurements-only-0123456789abcdef"


@dataclass(frozen=True)
class Process:
    pid: int
    port: int


@dataclass
class Installed:
    """One service as it is installed for a run, with keys of its own. `database` names a copy of the
    service's database that is used instead."""

    servers: Servers
    folder: Path
    service: str = "cases"
    database: str = ""
    key: OKPKey = field(default_factory=lambda: new_key("bench-1"))

    def settings(self, **overrides: str) -> dict[str, str]:
        public, private = self.folder / "jwks.json", self.folder / "signing-keys.json"
        public.write_text(json.dumps({"keys": [self.key.as_dict(private=False)]}))
        private.write_text(json.dumps({"keys": [self.key.as_dict(private=True)]}))
        return {
            "database_url": self._url("api"),
            "worker_database_url": self._url("worker"),
            "jwks_file": str(public),
            "link_secret": SECRET,
            "issuer": ISSUER,
            "drain_seconds": "0",
            "signing_keys_file": str(private),
            "files_folder": str(self.folder / "files"),
            **overrides,
        }

    def serving(self, **overrides: str) -> "AbstractAsyncContextManager[Process]":
        port = free_port()
        return self._running(["serve", self.service, "--port", str(port)], port, overrides)

    def working(self, broker: str, **overrides: str) -> "AbstractAsyncContextManager[Process]":
        return self._running(["work", self.service], 0, {"broker_url": broker, **overrides})

    @asynccontextmanager
    async def _running(
        self, arguments: Sequence[str], port: int, overrides: Mapping[str, str]
    ) -> AsyncIterator[Process]:
        management = free_port()
        variables = environment(self.settings(management_port=str(management), **overrides))
        ready = f"http://127.0.0.1:{management}/readyz"
        async with running(["-m", "arende.cli", *arguments], variables=variables, ready=ready) as pid:
            yield Process(pid, port)

    def _url(self, role: Role) -> str:
        url = make_url(self.servers.databases.url(self.service, role))
        return url.set(database=self.database or url.database).render_as_string(hide_password=False)


async def fresh_database(servers: Servers, name: str, *, copy_of: str = "template1") -> None:
    """Make the database as a copy of another one, to which nobody may be connected meanwhile."""
    admin = await asyncpg.connect(f"{servers.postgres.url}/postgres", command_timeout=600)
    await admin.execute(f"drop database if exists {name} with (force)")
    await admin.execute(f"create database {name} template {copy_of} strategy file_copy")
    await admin.close()


@asynccontextmanager
async def running(
    arguments: Sequence[str], *, ready: str, variables: Mapping[str, str] | None = None
) -> AsyncIterator[int]:
    """A Python process in a session of its own, which is ready when the block begins. Yields its pid."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        env={**os.environ, **(variables or {})},
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        await _answers(process, ready)
        yield process.pid
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), STOP_SECONDS)
            except TimeoutError:
                process.kill()
                await process.wait()


async def _answers(process: asyncio.subprocess.Process, url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    async with httpx.AsyncClient(trust_env=False) as client:
        while process.returncode is None and time.monotonic() < deadline:
            try:
                if (await client.get(url)).is_success:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.05)
    raise RuntimeError(f"no answer from {url}")


@dataclass(frozen=True)
class Bureau:
    """A bureau with one employee, and one customer who has one person at its account."""

    id: UUID = field(default_factory=uuid7)
    employee_id: UUID = field(default_factory=uuid7)
    user_id: UUID = field(default_factory=uuid7)
    customer_id: UUID = field(default_factory=uuid7)
    account_id: UUID = field(default_factory=uuid7)
    contact_id: UUID = field(default_factory=uuid7)
    member_id: UUID = field(default_factory=uuid7)

    def headers(self, key: OKPKey) -> dict[str, str]:
        now = time.time()
        hat = {"bureau_id": str(self.id), "employee_id": str(self.employee_id), "kind": "employee"}
        rights = {"account_role": "administrator", "maintenance": "full", "customers": "full"}
        claims = {
            "sub": str(self.user_id),
            "iat": now,
            "exp": now + HOUR,
            "email": "anna.ek@byran.example",
            "email_verified": True,
            "name": "Anna Ek",
            "session_id": str(uuid7()),
            "hat": {**hat, **rights},
        }
        return {"authorization": f"Bearer {sign(claims, key, issuer=ISSUER)}"}

    def body(self) -> dict[str, Any]:
        """A new case of about a kilobyte, the size of a usual question to a customer."""
        return {
            "customer_id": str(self.customer_id),
            "type": "question",
            "subject": "Kvitto saknas för ett köp i mars",
            "body": "Vi hittar inget underlag till detta köp. " * 16,
            "participant_ids": [str(self.contact_id)],
            "labels": ["bokslut", "moms"],
            "due_on": "2031-05-12",
            "priority": "normal",
            "send": True,
        }


async def insert_bureaus(admin: "asyncpg.Connection[asyncpg.Record]", bureaus: Sequence[Bureau]) -> None:
    """Write the rows that events of the other services would have left in the database of cases."""
    for each in bureaus:
        email = f"{each.member_id}@kunden.example"
        await admin.execute(
            "insert into employees values ($1, $2, 1, $3, 'Anna Ek', true)",
            *(each.employee_id, each.id, each.user_id),
        )
        await admin.execute(
            "insert into customers values ($1, $2, 1, 'Bageriet AB', 'company', true, $3, '{}', $4)",
            *(each.customer_id, each.id, each.employee_id, each.contact_id),
        )
        await admin.execute(
            "insert into contacts values ($1, $2, 1, $3, 'Karin Berg', $4, true)",
            *(each.contact_id, each.id, each.customer_id, email),
        )
        await admin.execute(
            "insert into members values ($1, $2, 1, 'Karin Berg', $3, true)",
            *(each.account_id, each.member_id, email),
        )
        await admin.execute(
            "insert into collaborations values ($1, $2, 1, $3, $4, true)",
            *(uuid7(), each.id, each.customer_id, each.account_id),
        )
