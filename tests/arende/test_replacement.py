"""All ten processes are replaced one by one under load: no request fails, and no event is lost."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from arende.databases import Databases
from arende.local.postgres import PostgresServer
from arende.process import declare
from arende.registry import NAMES, ServiceName
from shared.database import migrations
from tests.arende.conftest import Variables
from tests.arende.processes import Running, running
from tests.conftest import eventually
from tests.factories.records import organisation_number
from tests.servers.rabbitmq import RabbitServer

VHOST = "replacement"
# One list of each service, which is read all the time.
LISTS: dict[ServiceName, str] = {
    "identity": "/v1/customers",
    "invitations": "/v1/invitations",
    "cases": "/v1/cases",
    "billing": "/v1/invoices",
    "notifications": "/v1/events",
}
PACE_SECONDS = 0.05
PASSWORD = "a long and winding word"


@dataclass
class Installation:
    """Ten processes. `ready` is what a load balancer knows: requests go to the APIs that are ready."""

    folder: Path
    postgres: PostgresServer
    variables: Callable[[ServiceName], dict[str, str]]
    stack: AsyncExitStack
    http: httpx.AsyncClient
    apis: dict[str, list[Running]] = field(default_factory=dict)
    workers: dict[str, Running] = field(default_factory=dict)
    ready: dict[str, list[Running]] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)

    async def start_both(self, service: ServiceName) -> tuple[Running, Running]:
        """Start a service's API and its worker."""
        api, worker = await asyncio.gather(self.start("serve", service), self.start("work", service))
        return api, worker

    async def start(self, command: str, service: ServiceName) -> Running:
        folder = self.folder / f"{command}-{service}-{next(self.numbers)}"
        folder.mkdir()
        process = running(folder, command, service, variables=self.variables(service))
        return await self.stack.enter_async_context(process)

    async def watch(self) -> None:
        """Ask every replica time and again whether it is ready, as an ingress does."""
        while True:
            for service, replicas in [(name, list(apis)) for name, apis in self.apis.items()]:
                said = await asyncio.gather(*map(self._is_ready, replicas))
                self.ready[service] = [one for one, ready in zip(replicas, said, strict=True) if ready]
            await asyncio.sleep(PACE_SECONDS)

    async def _is_ready(self, api: Running) -> bool:
        try:
            return (await self.http.get(f"http://127.0.0.1:{api.management}/readyz")).is_success
        except httpx.TransportError:
            return False

    async def send(self, service: ServiceName, method: str, path: str, **more: Any) -> httpx.Response:
        """Send a request to one of the replicas that are ready, each in turn."""
        replicas = self.ready[service]
        api = replicas[next(self.numbers) % len(replicas)]
        return await self.http.request(method, f"http://127.0.0.1:{api.port}{path}", **more)

    async def replace_all(self) -> None:
        """Replace one process after the other. Those of the next service start meanwhile."""
        starts = {name: asyncio.create_task(self.start_both(name)) for name in NAMES[:1]}
        for name, following in zip(NAMES, (*NAMES[1:], None), strict=True):
            new = await starts.pop(name)
            if following is not None:
                starts[following] = asyncio.create_task(self.start_both(following))
            await self.replace(name, *new)

    async def replace(self, service: ServiceName, new_api: Running, new_worker: Running) -> None:
        (old_api,), old_worker = self.apis[service], self.workers[service]
        self.apis[service].append(new_api)

        async def takes_part() -> bool:
            return new_api in self.ready[service]

        await eventually(takes_part)
        assert await old_api.leave() == 0
        self.apis[service].remove(old_api)
        assert await old_worker.leave() == 0
        self.workers[service] = new_worker

    async def value(self, service: ServiceName, statement: str, *values: object) -> Any:
        connection = await asyncpg.connect(f"{self.postgres.url}/arende_{service}")
        try:
            return await connection.fetchval(statement, *values)
        finally:
            await connection.close()


@dataclass
class Load:
    """The requests that were sent, and those of them that failed."""

    installation: Installation
    answers: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    bureaus: list[str] = field(default_factory=list)

    async def ask(self, expected: int, service: ServiceName, method: str, path: str, **more: Any) -> Any:
        try:
            answer = await self.installation.send(service, method, path, **more)
        except (httpx.TransportError, LookupError) as error:
            self.failures.append(f"{method} {path}: {error!r}")
            return None
        if answer.status_code != expected:
            self.failures.append(f"{method} {path}: {answer.status_code} {answer.text}")
            return None
        self.answers[f"{method} {path}"] += 1
        return answer.json()

    async def sign_up(self, number: int) -> str:
        """Sign up a bureau, of which events tell every other service. Returns its id."""
        email = f"chief{number}@bureau.example"
        person = {"name": "Astrid Berg", "email": email, "password": PASSWORD}
        body = {
            "name": f"Byrån {number} AB",
            "organisation_number": organisation_number(),
            "address": {"street": "Storgatan 1", "postal_code": "21134", "city": "Malmö", "country": "SE"},
            "email": email,
            "admin": person,
            "language": "sv",
        }
        bureau = await self.ask(201, "identity", "POST", "/v1/bureaus", json=body)
        if bureau is not None:
            self.bureaus.append(bureau["id"])
        return self.bureaus[-1]

    async def log_in(self, number: int, bureau_id: str) -> dict[str, str]:
        body = {
            "email": f"chief{number}@bureau.example",
            "password": PASSWORD,
            "act_as": {"bureau_id": bureau_id},
        }
        session = await self.ask(201, "identity", "POST", "/v1/sessions", json=body)
        return {"Authorization": f"Bearer {session['access_token']}"}

    async def write(self) -> None:
        for number in count(1):
            await self.sign_up(number)
            await asyncio.sleep(PACE_SECONDS)

    async def read(self, service: ServiceName, path: str, headers: dict[str, str]) -> None:
        while True:
            await self.ask(200, service, "GET", path, headers=headers)
            await asyncio.sleep(PACE_SECONDS)


@pytest.fixture
async def installation(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, rabbit: RabbitServer, variables: Variables
) -> AsyncIterator[Installation]:
    broker = f"{rabbit.url}{VHOST}"
    rabbit.ctl("add_vhost", VHOST)
    rabbit.ctl("set_permissions", "-p", VHOST, "guest", ".*", ".*", ".*")
    data, settings = tmp_path_factory.mktemp("postgres"), {"fsync": "off"}
    postgres = await asyncio.to_thread(partial(PostgresServer.start, data, settings=settings))
    databases = Databases(postgres.url, secret="replacement")
    await databases.provision()

    async def prepare(service: ServiceName) -> None:
        await asyncio.to_thread(migrations.upgrade, service, databases.url(service, "owner"))
        await declare(service, broker)

    def of(service: ServiceName) -> dict[str, str]:
        cheap = {"password_memory_kib": 8, "password_rounds": 1} if service == "identity" else {}
        return variables(
            service,
            **cheap,
            database_url=databases.url(service, "api"),
            worker_database_url=databases.url(service, "worker"),
            broker_url=broker,
            drain_seconds=2,
        )

    async with AsyncExitStack() as stack:
        stack.push_async_callback(asyncio.to_thread, postgres.stop)
        for name in NAMES:
            await prepare(name)
        http = await stack.enter_async_context(httpx.AsyncClient(trust_env=False, verify=False, timeout=30))  # noqa: S501
        yield Installation(tmp_path, postgres, of, stack, http)


async def test_ten_processes_are_replaced_under_load(installation: Installation) -> None:
    started = await asyncio.gather(*map(installation.start_both, NAMES))
    for name, (api, worker) in zip(NAMES, started, strict=True):
        installation.apis[name], installation.ready[name] = [api], [api]
        installation.workers[name] = worker
    load = Load(installation)
    headers = await load.log_in(0, await load.sign_up(0))
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(installation.watch()), group.create_task(load.write())]
        tasks += [group.create_task(load.read(name, path, headers)) for name, path in LISTS.items()]
        await installation.replace_all()
        for task in tasks:
            task.cancel()
    assert load.failures == []
    assert {f"GET {path}" for path in LISTS.values()} <= set(load.answers)
    await all_is_known(installation, load.bureaus)


async def all_is_known(installation: Installation, bureaus: list[str]) -> None:
    """Billing must know every bureau whose sign-up was accepted, and no event may be left on its way."""

    async def known() -> bool:
        kept = "select count(*) from bureaus where bureau_id = any($1::uuid[])"
        waiting = [await installation.value(name, "select count(*) from outbox") for name in NAMES]
        return await installation.value("billing", kept, bureaus) == len(bureaus) and not any(waiting)

    await eventually(known, seconds=30)
    parked = [await installation.value(name, "select count(*) from dead_letters") for name in NAMES]
    assert parked == [0] * len(NAMES)
