"""The broker's users on a real broker: each may do its own work and nothing of another service's."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel, AbstractConnection
from aiormq.exceptions import ChannelAccessRefused
from yarl import URL

from arende.broker import BrokerUsers, Process, objects_of
from arende.registry import SERVICES
from shared.bus import topology
from shared.bus.declaration import declare, is_declared
from shared.events import TYPES
from tests.contracts.snapshots import FOLDER
from tests.servers.rabbitmq import RabbitServer

VHOST = "installed"
OWN_QUEUE, FOREIGN_QUEUE = "cases.track-access", "billing.track-access"
Attempt = Callable[[AbstractChannel], Awaitable[Any]]


@pytest.fixture(scope="module")
def users(rabbit: RabbitServer, tmp_path_factory: pytest.TempPathFactory) -> BrokerUsers:
    users = BrokerUsers(rabbit.url + VHOST, "tests")
    file = tmp_path_factory.mktemp("broker") / "definitions.json"
    file.write_text(json.dumps(users.definitions()))
    rabbit.ctl("import_definitions", str(file))
    return users


@pytest.fixture(scope="module")
async def declared(users: BrokerUsers) -> None:
    """The queues of each service, declared by its own owner."""
    for name, service in SERVICES.items():
        async with await connect(users, name, "owner") as connection:
            await declare(connection, [service.handlers])


async def connect(users: BrokerUsers, service: str, process: Process) -> AbstractConnection:
    return await aio_pika.connect(users.url_of(service, process))


@pytest.fixture
async def worker(users: BrokerUsers, declared: None) -> AsyncIterator[AbstractConnection]:
    async with await connect(users, "cases", "worker") as connection:
        yield connection


@pytest.fixture
async def owner(users: BrokerUsers, declared: None) -> AsyncIterator[AbstractConnection]:
    async with await connect(users, "cases", "owner") as connection:
        yield connection


async def is_refused(connection: AbstractConnection, attempt: Attempt) -> bool:
    try:
        async with connection.channel() as channel:
            await attempt(channel)
    except ChannelAccessRefused:
        return True
    return False


def publishing(key: str, exchange: str = topology.EVENTS) -> Attempt:
    async def publish(channel: AbstractChannel) -> None:
        target = await channel.get_exchange(exchange, ensure=False) if exchange else channel.default_exchange
        await target.publish(aio_pika.Message(b"{}"), key, mandatory=False)

    return publish


def taking(queue: str) -> Attempt:
    async def take(channel: AbstractChannel) -> None:
        await (await channel.get_queue(queue, ensure=False)).get(fail=False, no_ack=True)

    return take


def binding(queue: str, key: str) -> Attempt:
    async def bind(channel: AbstractChannel) -> None:
        await (await channel.get_queue(queue, ensure=False)).bind(topology.EVENTS, routing_key=key)

    return bind


def test_the_rights_know_every_event_whatever_the_process_has_loaded() -> None:
    """`arende provision` is a process that has loaded little else."""
    told = "from arende.broker import objects_of; from arende.registry import NAMES\n"
    told += "print(*sorted({each for name in NAMES for each in objects_of(name)}))"
    made = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)  # noqa: S603
    assert made.stdout.split() == sorted({file.name.split(".")[2] for file in FOLDER.glob("*.json")})


@pytest.mark.parametrize("service", SERVICES)
async def test_a_worker_publishes_its_own_events_and_no_others(
    service: str, users: BrokerUsers, declared: None
) -> None:
    own = {name for name, event in TYPES.items() if event.source == f"/arende/{service}"}
    foreign = {name for name, event in TYPES.items() if event.__module__.startswith("shared.events.")} - own
    assert own
    assert foreign
    async with await connect(users, service, "worker") as connection:
        assert [key for key in own if await is_refused(connection, publishing(key))] == []
        assert {key for key in foreign if await is_refused(connection, publishing(key))} == foreign


@pytest.mark.parametrize("service", SERVICES)
async def test_a_worker_reads_its_own_queues_and_no_others(
    service: str, users: BrokerUsers, declared: None
) -> None:
    queues = {name: {*each.handlers.reactions, topology.dead_queue(name)} for name, each in SERVICES.items()}
    foreign = {topology.UNREAD}.union(*queues.values()) - queues[service]
    async with await connect(users, service, "worker") as connection:
        assert await is_declared(connection, SERVICES[service].handlers)
        assert [queue for queue in queues[service] if await is_refused(connection, taking(queue))] == []
        assert {queue for queue in foreign if await is_refused(connection, taking(queue))} == foreign


@pytest.mark.parametrize(
    "attempt",
    [
        publishing(FOREIGN_QUEUE, exchange=""),
        publishing(OWN_QUEUE, exchange=""),
        publishing(FOREIGN_QUEUE, exchange=topology.DEAD),
        binding(OWN_QUEUE, "se.arende.invoice.issued.v1"),
        lambda channel: channel.declare_queue("cases.mine"),
        lambda channel: channel.declare_exchange(topology.EVENTS, "topic", durable=True),
        lambda channel: channel.queue_delete(OWN_QUEUE),
        lambda channel: channel.exchange_delete(topology.EVENTS),
    ],
    ids=["foreign queue", "own queue", "dead", "bind", "declare", "exchange", "delete", "delete exchange"],
)
async def test_a_worker_goes_no_other_way(worker: AbstractConnection, attempt: Attempt) -> None:
    assert await is_refused(worker, attempt)


@pytest.mark.parametrize(
    "attempt",
    [
        publishing("se.arende.case.created.v1"),
        publishing(OWN_QUEUE, exchange=""),
        binding(FOREIGN_QUEUE, "se.arende.case.created.v1"),
        binding(OWN_QUEUE, "#"),
        taking(FOREIGN_QUEUE),
        taking(topology.UNREAD),
        lambda channel: channel.declare_queue("billing.mine"),
        lambda channel: channel.exchange_delete(topology.EVENTS),
    ],
    ids=[
        "event",
        "queue",
        "bind foreign",
        "bind all",
        "take foreign",
        "unread",
        "declare",
        "delete exchange",
    ],
)
async def test_an_owner_touches_its_own_queues_and_publishes_nothing(
    owner: AbstractConnection, attempt: Attempt
) -> None:
    assert await is_refused(owner, attempt)


async def test_an_owner_keeps_what_nobody_reads(owner: AbstractConnection) -> None:
    async with owner.channel() as channel:
        unread = await channel.declare_queue(
            topology.UNREAD, durable=True, arguments=dict(topology.UNREAD_QUEUE)
        )
        await unread.bind(topology.EVENTS, routing_key="se.arende.note.added.v1")
        await unread.unbind(topology.EVENTS, routing_key="se.arende.note.added.v1")


async def test_an_owner_renames_a_queue(users: BrokerUsers, owner: AbstractConnection) -> None:
    """Declaring moves the messages from a queue's former name, which needs all of the owner's rights."""
    handlers = SERVICES["cases"].handlers
    former = type(handlers)("cases", retired={"track-former": "track-access"})
    former.include(handlers)
    async with owner.channel() as channel:
        queue = await channel.declare_queue(
            "cases.track-former", durable=True, arguments=dict(topology.DEAD_QUEUE)
        )
        await queue.bind(topology.EVENTS, routing_key="se.arende.note.added.v1")
    async with await connect(users, "cases", "worker") as worker:
        assert not await is_refused(worker, publishing("se.arende.note.added.v1"))
    await declare(owner, [former])
    async with owner.channel() as channel:
        moved = await (await channel.get_queue("cases.track-access")).get()
        await moved.ack()
    assert moved.body == b"{}"


def test_no_two_services_have_events_of_one_object() -> None:
    owners = [(word, service) for service in SERVICES for word in objects_of(service)]
    assert len(dict(owners)) == len(owners)


def test_the_definitions_are_the_same_at_each_run_and_hold_no_password(users: BrokerUsers) -> None:
    text = json.dumps(users.definitions())
    assert text == json.dumps(BrokerUsers(users.url, users.secret).definitions())
    passwords = [URL(users.url_of(name, "worker")).password for name in SERVICES]
    assert all(passwords)
    assert not [password for password in passwords if str(password) in text]
