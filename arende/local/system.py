"""The embedded default: PostgreSQL, the in-process transport and all services in one process on one port."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from fastapi import FastAPI

from arende.databases import Databases
from arende.installation import Installation, Surroundings
from arende.local.front import Front, local_app
from arende.local.landing import landing_pages
from arende.local.mailbox import Mailbox, mail_pages, receiving
from arende.local.operator import seed_operator
from arende.local.postgres import PostgresServer
from arende.registry import NAMES, SERVICES
from shared import clock
from shared.bus import dead_letters
from shared.bus.inprocess import InProcess
from shared.database import migrations
from shared.database.engine import Database
from shared.http.serving import serving
from shared.settings import ServiceSettings


@dataclass(frozen=True)
class System:
    """A running system: its address, and what was made for it on this machine."""

    url: str
    installation: Installation
    databases: Databases
    mailbox: Mailbox
    transport: str
    # Whether mails go to the mailbox, and not to another server that `arende up --smtp` names.
    receives: bool

    async def dead_letters(self) -> int:
        """How many there are in all five databases, whether waiting or parked."""
        total = 0
        for name in NAMES:
            database = Database(self.databases.url(name, "worker"), name="arende-local", pool=1)
            async with database.transaction() as session:
                total += sum((await dead_letters.counts(session)).values())
            await database.close()
        return total


@asynccontextmanager
async def embedded(
    installation: Installation, *, port: int = 0, smtp: str | None = None, database: str | None = None
) -> AsyncIterator[System]:
    """The system, while the block runs. Every part is ready when the block begins."""
    installation.prepare()
    async with AsyncExitStack() as stack:
        databases = await prepare_databases(stack, installation, database)
        mailbox = Mailbox(installation.mails)
        smtp_url = smtp if smtp else await stack.enter_async_context(receiving(mailbox))
        port = port or free_port()
        url = f"http://127.0.0.1:{port}"
        settings = {
            name: service.settings(
                **installation.trial_settings(name, databases=databases, at=Surroundings(url, smtp_url))
            )
            for name, service in SERVICES.items()
        }
        apis = {name: service.api(settings[name]) for name, service in SERVICES.items()}
        for app in apis.values():
            await stack.enter_async_context(app.router.lifespan_context(app))
        await stack.enter_async_context(_working(settings, apis))
        front = Front(apis, local_app(apis, [mail_pages(mailbox), landing_pages()]))
        await stack.enter_async_context(serving(front, host="127.0.0.1", port=port))
        yield System(url, installation, databases, mailbox, "in-process", receives=smtp is None)


async def prepare_databases(
    stack: AsyncExitStack, installation: Installation, admin_url: str | None
) -> Databases:
    """The five databases, migrated, on the given server or on an embedded one."""
    if admin_url is None:
        server = await asyncio.to_thread(PostgresServer.start, installation.folder / "postgres")
        stack.push_async_callback(asyncio.to_thread, server.stop)
        admin_url = server.url
    databases = installation.databases(admin_url)
    await databases.provision()
    for name in SERVICES:
        await asyncio.to_thread(migrations.upgrade, name, databases.url(name, "owner"))
    await seed_operator(installation, databases)
    return databases


@asynccontextmanager
async def _working(
    settings: Mapping[str, ServiceSettings], apis: Mapping[str, FastAPI]
) -> AsyncIterator[None]:
    """Runs all workers while the block runs. An error of one of them ends the block."""
    stop = asyncio.Event()
    transport = InProcess(services=len(SERVICES))
    try:
        async with asyncio.TaskGroup() as group:
            for name, service in SERVICES.items():
                worker = service.worker(settings[name])
                # The commit of a request wakes the relay of its service at once: both run in this event loop.
                apis[name].state.database.committed.append(worker.wake)
                group.create_task(worker.run(transport, stop))
            try:
                yield
            finally:
                stop.set()
    except ExceptionGroup as errors:
        # The first error says more than the group that it is raised in.
        raise errors.exceptions[0] from None
    finally:
        await transport.close()
        clock.follow(None)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
