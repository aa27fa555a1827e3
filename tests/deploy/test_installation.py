"""An installation from nothing, as compose.yaml and Kubernetes start it: each process from its own image's
files, with its own settings file, as its own user of real servers. Then somebody signs up."""

import asyncio
import re
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from sqlalchemy import make_url

from arende.installation import Process
from arende.local.mailbox import Mailbox, receiving
from arende.local.postgres import PostgresServer
from arende.registry import SERVICES
from tests.arende.processes import running
from tests.conftest import eventually
from tests.deploy.images import copy_image, environment, program
from tests.servers.rabbitmq import RabbitServer

VHOST = "installation"
PERSON = {"name": "Astrid Berg", "email": "astrid@bureau.example", "password": "a long and winding word"}
BUREAU = {
    "name": "Räkna & Vänner AB",
    "organisation_number": "556036-0793",
    "address": {"street": "Storgatan 1", "postal_code": "211 34", "city": "Malmö", "country": "SE"},
    "email": PERSON["email"],
    "admin": PERSON,
    "language": "sv",
}


@dataclass
class Installed:
    """The folder that `provision` has filled, each service's image, and where the APIs answer."""

    folder: Path
    images: dict[str, Path]
    mailbox: Mailbox
    apis: dict[str, str] = field(default_factory=dict)

    def settings(self, service: str, process: Process) -> dict[str, str]:
        text = (self.folder / f"{service}.{process}.env").read_text()
        return dict(line.split("=", 1) for line in text.splitlines())

    async def run(self, service: str, *arguments: str, variables: dict[str, str]) -> None:
        """Run a command in the service's image to its end."""
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
        """The jobs before a service's first start."""
        for job in ("migrate", "declare"):
            await self.run(service, job, variables=self.settings(service, "owner"))

    async def start(self, stack: AsyncExitStack, service: str) -> None:
        commands: dict[Process, str] = {"worker": "work", "api": "serve"}
        for process, command in commands.items():
            folder = self.folder / f"{service}-{process}"
            folder.mkdir()
            variables = environment(self.images[service], self.settings(service, process))
            found = await stack.enter_async_context(running(folder, command, service, variables=variables))
            if process == "api":
                self.apis[service] = f"http://127.0.0.1:{found.port}"

    async def rows(self, service: str, statement: str) -> Sequence[Any]:
        url = make_url(self.settings(service, "owner")["ARENDE_OWNER_DATABASE_URL"])
        owner = await asyncpg.connect(url.set(drivername="postgresql").render_as_string(False))
        try:
            return list(await owner.fetch(statement))
        finally:
            await owner.close()


@pytest.fixture(scope="module")
async def installed(
    bare_postgres: PostgresServer, rabbit: RabbitServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Installed]:
    images = {name: copy_image(name, tmp_path_factory.mktemp(name) / "app") for name in SERVICES}
    folder = tmp_path_factory.mktemp("installation") / "secrets"
    mailbox = Mailbox(tmp_path_factory.mktemp("mails"))
    installed = Installed(folder, images, mailbox)
    async with AsyncExitStack() as stack:
        smtp = await stack.enter_async_context(receiving(mailbox))
        places = ("--database", bare_postgres.url, "--broker", rabbit.url + VHOST, "--smtp-url", smtp)
        keys = ("--keys-at", str(folder))
        await installed.run("identity", "provision", str(folder), *places, *keys, variables={})
        rabbit.ctl("import_definitions", str(folder / "rabbitmq-definitions.json"))
        await asyncio.gather(*(installed.prepare(service) for service in SERVICES))
        for service in SERVICES:
            await installed.start(stack, service)
        yield installed


async def test_somebody_signs_up_and_every_service_learns_of_it(installed: Installed) -> None:
    async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
        identity, cases = installed.apis["identity"], installed.apis["cases"]
        bureau = await http.post(f"{identity}/v1/bureaus", json=BUREAU)
        assert bureau.status_code == 201, bureau.text
        verified = await http.post(f"{identity}/v1/users/verify", json={"token": await token_of(installed)})
        assert verified.is_success, verified.text
        log_in = {
            "email": PERSON["email"],
            "password": PERSON["password"],
            "act_as": {"bureau_id": bureau.json()["id"]},
        }
        session = await http.post(f"{identity}/v1/sessions", json=log_in)
        assert session.is_success, session.text
        bearer = {"Authorization": f"Bearer {session.json()['access_token']}"}

        async def cases_shown() -> bool:
            return (await http.get(f"{cases}/v1/cases", headers=bearer)).status_code == 200

        await eventually(cases_shown, seconds=30)
    await eventually(lambda: everything_is_sent(installed), seconds=30)
    for service in SERVICES:
        assert await installed.rows(service, "select * from dead_letters") == []
        if service != "identity":
            assert await installed.rows(service, "select 1 from inbox limit 1"), service


async def token_of(installed: Installed) -> str:
    """What the link in the mail to the new person bears: made by a worker, read by an API."""

    async def mails() -> list[str]:
        return await asyncio.to_thread(installed.mailbox.names)

    (name, *_) = await eventually(mails, seconds=30)
    message = installed.mailbox.read(name)
    body = message.get_body(("plain", "html"))
    assert body is not None
    found = re.search(r"http://localhost:8000/\S+/([\w.-]+)", body.get_content())
    assert found, body.get_content()
    return found.group(1)


async def everything_is_sent(installed: Installed) -> bool:
    waiting = [await installed.rows(service, "select 1 from outbox limit 1") for service in SERVICES]
    return not any(waiting)
