from itertools import permutations
from uuid import UUID

import pytest

from shared.bus.consumer import Consumer
from shared.events.invitations import CollaborationEnded, CollaborationEvent, CollaborationOpened
from shared.ids import uuid7
from tests.identity.customers.factories import new_customer, read
from tests.identity.factories import Office


def collaboration(office: Office, customer_id: str) -> list[CollaborationEvent]:
    facts = {
        "bureau_id": office.bureau_id,
        "collaboration_id": uuid7(),
        "customer_id": UUID(customer_id),
        "account_id": uuid7(),
    }
    return [CollaborationOpened(**facts, sequence=1), CollaborationEnded(**facts, sequence=2)]


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_the_newest_collaboration_counts_in_whatever_order(
    office: Office, consumer: Consumer, order: tuple[int, ...]
) -> None:
    customer = await new_customer(office.admin)
    first = collaboration(office, customer["id"])
    events = [*first, collaboration(office, customer["id"])[0]]

    for place in order:
        await consumer.deliver("identity.track-collaboration", [events[place].to_wire()] * 2)

    assert (await read(office.admin, customer["id"]))["collaboration_open"] is True


async def test_an_ended_collaboration_is_closed(office: Office, consumer: Consumer) -> None:
    customer = await new_customer(office.admin)
    opened, ended = collaboration(office, customer["id"])

    await consumer.deliver("identity.track-collaboration", [ended.to_wire(), opened.to_wire()])

    assert (await read(office.admin, customer["id"]))["collaboration_open"] is False
