"""Servers for `arende provision`, which sets passwords: the tests' common PostgreSQL already has its own."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import pytest

from arende.local.mailbox import Mailbox, receiving
from arende.local.postgres import PostgresServer
from arende.registry import SERVICES
from tests.deploy.images import copy_image
from tests.deploy.installed import COMMANDS, Installed
from tests.servers.rabbitmq import RabbitServer

VHOST = "installation"


@pytest.fixture(scope="package")
def bare_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with PostgresServer.start(tmp_path_factory.mktemp("bare"), settings={"fsync": "off"}) as server:
        yield server


@pytest.fixture(scope="package")
async def installed(
    bare_postgres: PostgresServer, rabbit: RabbitServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Installed]:
    """Ten processes after all steps of an installation, each done from the image that does it on servers."""
    images = {name: copy_image(name, tmp_path_factory.mktemp(name) / "app") for name in SERVICES}
    folder = tmp_path_factory.mktemp("installation") / "secrets"
    mailbox = Mailbox(tmp_path_factory.mktemp("mails"))
    async with AsyncExitStack() as stack:
        installed = Installed(folder, images, mailbox, stack)
        smtp = await stack.enter_async_context(receiving(mailbox))
        places = ("--database", bare_postgres.url, "--broker", rabbit.url + VHOST, "--smtp-url", smtp)
        keys = ("--keys-at", str(folder))
        await installed.run("identity", "provision", str(folder), *places, *keys, variables={})
        rabbit.ctl("import_definitions", str(folder / "rabbitmq-definitions.json"))
        await asyncio.gather(*(installed.prepare(service) for service in SERVICES))
        for service in SERVICES:
            for process in COMMANDS:
                await installed.start(service, process)
        yield installed
