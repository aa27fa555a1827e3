"""A broker that starts with the definitions of `arende provision` has these users and no others."""

import json
from collections.abc import Iterator

import aio_pika
import pytest
from aio_pika.exceptions import ProbableAuthenticationError

from arende.broker import BrokerUsers
from tests.deploy.images import ROOT
from tests.servers.rabbitmq import RabbitServer


@pytest.fixture(scope="module")
def defined(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitServer]:
    folder = tmp_path_factory.mktemp("defined")
    file = folder / "definitions.json"
    file.write_text(json.dumps(BrokerUsers("amqp://127.0.0.1/", "tests").definitions()))
    settings = (ROOT / "deploy" / "rabbitmq.conf").read_text()
    assert "/etc/rabbitmq/definitions.json" in settings
    server = RabbitServer.start(
        folder, settings=settings.replace("/etc/rabbitmq/definitions.json", str(file))
    )
    yield server
    server.stop()


async def test_services_are_let_in_and_nobody_else(defined: RabbitServer) -> None:
    users = BrokerUsers(defined.url, "tests")
    async with await aio_pika.connect(users.url_of("cases", "worker")) as connection:
        channel = await connection.channel()
        await channel.declare_exchange("arende.events", passive=True)
    for url in (defined.url, BrokerUsers(defined.url, "another").url_of("cases", "worker")):
        with pytest.raises(ProbableAuthenticationError):
            await aio_pika.connect(url)
    assert "guest" not in defined.ctl("list_users")
