"""The system on real servers: five APIs and five workers as ten processes, on one port."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from starlette.types import ASGIApp

from arende.installation import Installation, Surroundings, environment
from arende.local.front import Front, Proxy, local_app
from arende.local.landing import landing_pages
from arende.local.mailbox import Mailbox, mail_pages, receiving
from arende.local.system import System, free_port, prepare_databases
from arende.process import declare
from arende.registry import NAMES, SERVICES
from shared.http.headers import SafeHeaders
from shared.http.serving import serving

START_SECONDS = 60
STOP_SECONDS = 25


@asynccontextmanager
async def processes(
    installation: Installation,
    *,
    broker: str,
    database: str | None = None,
    port: int = 0,
    smtp: str | None = None,
) -> AsyncIterator[System]:
    """The system, while the block runs. Raises RuntimeError or TimeoutError if a process is not ready."""
    installation.prepare()
    async with AsyncExitStack() as stack:
        databases = await prepare_databases(stack, installation, database)
        for each in NAMES:
            await declare(each, broker)
        mailbox = Mailbox(installation.mails)
        smtp_url = smtp if smtp else await stack.enter_async_context(receiving(mailbox))
        port = port or free_port()
        url = f"http://127.0.0.1:{port}"
        logs = installation.folder / "logs"
        await asyncio.to_thread(logs.mkdir, exist_ok=True)
        shared = Surroundings(url, smtp_url, broker)
        started: list[_Process] = []
        owners: dict[str, ASGIApp] = {}
        stack.push_async_callback(_stop_all, started)
        apis = {}
        for name, service in SERVICES.items():
            settings = installation.trial_settings(name, databases=databases, at=shared)
            apis[name] = service.api(service.settings(**settings))
            api_port = free_port()
            owners[name] = SafeHeaders(Proxy(f"http://127.0.0.1:{api_port}"), https=False)
            serve = ["serve", name, "--port", str(api_port)]
            for arguments in (serve, ["work", name]):
                started.append(await _Process.start(arguments, settings, logs))
        await asyncio.gather(*(process.ready() for process in started))
        front = Front(owners, local_app(apis, [mail_pages(mailbox), landing_pages()]))
        await stack.enter_async_context(serving(front, host="127.0.0.1", port=port))
        yield System(url, installation, databases, mailbox, "rabbitmq", receives=smtp is None)


class _Process:
    """One `arende serve` or `arende work`, which logs into a file."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, management: int, log: Path) -> None:
        self.name = name
        self.process = process
        self.management = management
        self.log = log

    @classmethod
    async def start(cls, arguments: list[str], settings: dict[str, Any], logs: Path) -> "_Process":
        name, management = "-".join(arguments[:2]), free_port()
        variables = environment({**settings, "management_port": str(management)})
        log = logs / f"{name}.log"
        with log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "arende.cli",
                *arguments,
                env={**os.environ, **variables},
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        return cls(name, process, management, log)

    async def ready(self) -> None:
        """Raises TimeoutError, or RuntimeError with the end of its log if it has ended."""
        async with httpx.AsyncClient(trust_env=False) as client, asyncio.timeout(START_SECONDS):
            while self.process.returncode is None:
                try:
                    answer = await client.get(f"http://127.0.0.1:{self.management}/readyz")
                    if answer.is_success:
                        return
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.05)
        tail = self.log.read_text(errors="replace")[-2000:]
        raise RuntimeError(f"{self.name} ended with {self.process.returncode}:\n{tail}")

    async def stop(self) -> None:
        if self.process.returncode is None:
            self.process.terminate()
            try:
                async with asyncio.timeout(STOP_SECONDS):
                    await self.process.wait()
            except TimeoutError:
                self.process.kill()
                await self.process.wait()


async def _stop_all(started: list[_Process]) -> None:
    await asyncio.gather(*(process.stop() for process in started))
