"""The embedded default: PostgreSQL, the in-process transport and all services in one process on one port."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from fastapi import FastAPI

from arende.installation import Installation, Surroundings
from arende.local.front import Front, local_app
from arende.local.landing import landing_pages
from arende.local.mailbox import Mailbox, mail_pages, receiving
from arende.local.operator import seed_operator
from arende.local.postgres import PostgresServer
from arende.provision import Databases
from arende.registry import SERVICES
from shared import clock
from shared.bus.inprocess import InProcess
from shared.database import migrations
from shared.http.serving import serving
from shared.settings import ServiceSettings


@dataclass(frozen=True)
class System:
    """A running system: where it answers, and what was made for it on this machine."""

    url: str
    installation: Installation
    databases: Databases
    mailbox: Mailbox
    transport: str
    # Whether the mails come to the mailbox here, or go to somebody's own server.
    receives: bool


@asynccontextmanager
async def embedded(
    folder_of: Installation, *, port: int = 0, smtp: str | None = None, database: str | None = None
) -> AsyncIterator[System]:
    """Run while the block runs. Every part is ready when the block begins."""
    folder_of.prepare()
    async with AsyncExitStack() as stack:
        databases = await prepare_databases(stack, folder_of, database)
        mailbox = Mailbox(folder_of.mails)
        smtp_url = smtp if smtp else await stack.enter_async_context(receiving(mailbox))
        port = port or free_port()
        url = f"http://127.0.0.1:{port}"
        settings = {
            name: service.settings(
                **folder_of.trial_settings(name, databases=databases, at=Surroundings(url, smtp_url))
            )
            for name, service in SERVICES.items()
        }
        apis = {name: service.api(settings[name]) for name, service in SERVICES.items()}
        for app in apis.values():
            await stack.enter_async_context(app.router.lifespan_context(app))
        await stack.enter_async_context(_working(settings, apis))
        front = Front(apis, local_app(apis, [mail_pages(mailbox), landing_pages()]))
        await stack.enter_async_context(serving(front, host="127.0.0.1", port=port))
        yield System(url, folder_of, databases, mailbox, "in-process", receives=smtp is None)


async def prepare_databases(
    stack: AsyncExitStack, installation: Installation, admin_url: str | None
) -> Databases:
    """The five databases, migrated, on the given server or on one of our own."""
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
    """All workers, while the block runs. What one of them raises ends the block."""
    stop = asyncio.Event()
    transport = InProcess(services=len(SERVICES))
    try:
        async with asyncio.TaskGroup() as group:
            for name, service in SERVICES.items():
                worker = service.worker(settings[name])
                # A request's commit wakes its service's relay at once: they share the loop.
                apis[name].state.database.committed.append(worker.wake)
                group.create_task(worker.run(transport, stop))
            try:
                yield
            finally:
                stop.set()
    except ExceptionGroup as errors:
        # What ended the block tells more than that it ended a group.
        raise errors.exceptions[0] from None
    finally:
        await transport.close()
        clock.follow(None)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
