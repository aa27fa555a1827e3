"""A new installation, started as compose.yaml and Kubernetes start it: each process has the files of its own
image, its own settings file, and its own users of database and broker."""

import asyncio
import re
import subprocess
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from sqlalchemy import make_url

from arende.installation import Process
from arende.local.mailbox import Mailbox
from arende.registry import SERVICES
from tests.arende.processes import Running, running
from tests.conftest import eventually
from tests.deploy.images import environment, program

COMMANDS: dict[Process, str] = {"worker": "work", "api": "serve"}
PASSWORD = "a long and winding word"
ADDRESS = {"street": "Storgatan 1", "postal_code": "211 34", "city": "Malmö", "country": "SE"}


@dataclass
class Installed:
    """An installation: the folder that `arende provision` has filled, the images, and the processes."""

    folder: Path
    images: dict[str, Path]
    mailbox: Mailbox
    stack: AsyncExitStack
    processes: dict[tuple[str, Process], Running] = field(default_factory=dict)

    def settings(self, service: str, process: Process) -> dict[str, str]:
        text = (self.folder / f"{service}.{process}.env").read_text()
        return dict(line.split("=", 1) for line in text.splitlines())

    async def run(self, service: str, *arguments: str, variables: dict[str, str]) -> None:
        """Run a command in the service's image, and wait for its end."""
        running = await asyncio.create_subprocess_exec(
            *program(*arguments),
            cwd=self.images[service],
            env=environment(self.images[service], {"ARENDE_SERVICE": service} | variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        output, _ = await running.communicate()
        assert running.returncode == 0, output.decode()

    async def prepare(self, service: str) -> None:
        """Run the jobs that come before a service's first start."""
        for job in ("migrate", "declare"):
            await self.run(service, job, variables=self.settings(service, "owner"))

    async def start(self, service: str, process: Process) -> Running:
        """Start one more process of this kind. Returns when it is ready."""
        folder = self.folder / f"{service}-{process}-{len(list(self.folder.iterdir()))}"
        folder.mkdir()
        variables = environment(self.images[service], self.settings(service, process))
        started = running(folder, COMMANDS[process], service, variables=variables)
        self.processes[service, process] = await self.stack.enter_async_context(started)
        return self.processes[service, process]

    def api(self, service: str) -> str:
        return f"http://127.0.0.1:{self.processes[service, 'api'].port}"

    async def rows(self, service: str, statement: str) -> Sequence[Any]:
        url = make_url(self.settings(service, "owner")["ARENDE_OWNER_DATABASE_URL"])
        owner = await asyncpg.connect(url.set(drivername="postgresql").render_as_string(False))
        try:
            return list(await owner.fetch(statement))
        finally:
            await owner.close()

    async def settled(self) -> None:
        """Wait until every event is sent. None of them may become a dead letter."""

        async def everything_is_sent() -> bool:
            return not any([await self.rows(service, "select 1 from outbox limit 1") for service in SERVICES])

        await eventually(everything_is_sent, seconds=60)
        for service in SERVICES:
            assert await self.rows(service, "select * from dead_letters") == []

    async def sign_up(self, http: httpx.AsyncClient, *, email: str, number: str) -> dict[str, str]:
        """Sign up a bureau. Returns the header with its first employee's access token."""
        admin = {"name": "Astrid Berg", "email": email, "password": PASSWORD}
        names = {"name": "Räkna & Vänner AB", "organisation_number": number, "email": email}
        body = {**names, "address": ADDRESS, "admin": admin, "language": "sv"}
        identity = self.api("identity")
        bureau = await http.post(f"{identity}/v1/bureaus", json=body)
        assert bureau.status_code == 201, bureau.text
        token = await self._token_for(email)
        verified = await http.post(f"{identity}/v1/users/verify", json={"token": token, "password": PASSWORD})
        assert verified.is_success, verified.text
        act_as = {"bureau_id": bureau.json()["id"]}
        log_in = {"email": email, "password": PASSWORD, "act_as": act_as}
        session = await http.post(f"{identity}/v1/sessions", json=log_in)
        assert session.is_success, session.text
        return {"Authorization": f"Bearer {session.json()['access_token']}"}

    async def _token_for(self, email: str) -> str:
        """The token in the mail to a new person. The worker of notifications makes it, for identity's API."""

        async def mail() -> str | None:
            for name in await asyncio.to_thread(self.mailbox.names):
                message = self.mailbox.read(name)
                body = message.get_body(("plain", "html"))
                if message["to"] == email and body is not None:
                    return str(body.get_content())
            return None

        found = re.search(r"http://localhost:8000/\S+/([\w.-]+)", await eventually(mail, seconds=30))
        assert found
        return found.group(1)
