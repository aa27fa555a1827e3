"""Three nodes: under load, a quorum queue survives the loss of a follower, then of its leader."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.conftest import eventually
from tests.faults.conftest import assert_nothing_lost_nothing_twice
from tests.faults.rig import Rig
from tests.servers.rabbitmq import RabbitServer

QUEUE = "billing.probe-effect"
RESUME_SECONDS = 30


@pytest_asyncio.fixture(scope="module")
async def cluster(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rig]:
    rig = await Rig.start(tmp_path_factory.mktemp("cluster"), nodes=3)
    yield rig
    await rig.stop()


async def test_nothing_is_lost_with_a_follower_and_then_the_leader(cluster: Rig) -> None:
    await cluster.write(200)
    leader = await leader_of(cluster)
    followers = [node for node in cluster.nodes if node is not leader]
    await lose(cluster, followers[0])
    leader = await leader_of(cluster)
    await lose(cluster, leader)
    assert (await leader_of(cluster)).name != leader.name
    await assert_nothing_lost_nothing_twice(cluster)


async def lose(rig: Rig, node: RabbitServer) -> None:
    """Kill a node under load. Publishing must go on within RESUME_SECONDS; then the node starts again."""
    load = asyncio.create_task(rig.write(2000))
    await asyncio.to_thread(node.kill)
    lost = time.monotonic()
    await rig.write(100)
    await eventually(rig.all_relayed, seconds=RESUME_SECONDS)
    assert time.monotonic() - lost < RESUME_SECONDS
    await load
    await assert_nothing_lost_nothing_twice(rig)
    await asyncio.to_thread(node.restart)

    async def whole() -> bool:
        return len((await members(rig))[1]) == len(rig.nodes)

    await eventually(whole, seconds=60)


async def members(rig: Rig) -> tuple[str, list[str]]:
    """The queue's leader, and the nodes on which it is online."""
    for node in rig.nodes:
        try:
            said = await asyncio.to_thread(node.ctl, "list_queues", "name", "leader", "online", "--silent")
        except Exception:  # noqa: S112 - a node that is away can't be asked
            continue
        for line in said.splitlines():
            name, leader, online = line.split("\t")
            if name == QUEUE:
                return leader, [each.strip() for each in online.strip("[]").split(",")]
    raise AssertionError("no node answers")


async def leader_of(rig: Rig) -> RabbitServer:
    leader, _ = await members(rig)
    return next(node for node in rig.nodes if node.name == leader)
