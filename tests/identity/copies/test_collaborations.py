from itertools import permutations
from uuid import UUID

import pytest

from shared.events.invitations import CollaborationEnded, CollaborationOpened
from tests.factories.customers import new_customer, read_customer
from tests.factories.events import event_of
from tests.factories.people import Person
from tests.factories.records import Bureau, Customer
from tests.factories.service import Service


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_the_newest_collaboration_counts_in_whatever_order(
    service: Service, bureau: Bureau, admin: Person, order: tuple[int, ...]
) -> None:
    customer = await new_customer(admin)
    first, second = [Customer(bureau.id, customer_id=UUID(customer["id"])) for _ in range(2)]
    opened = [event_of(CollaborationOpened, each) for each in (first, second)]
    events = [opened[0], event_of(CollaborationEnded, first, sequence=2), opened[1]]

    for place in order:
        await service.deliver(events[place], events[place])

    assert (await read_customer(admin, customer["id"]))["collaboration_open"] is True


async def test_an_ended_collaboration_is_closed(service: Service, bureau: Bureau, admin: Person) -> None:
    customer = await new_customer(admin)
    known = Customer(bureau.id, customer_id=UUID(customer["id"]))
    opened = event_of(CollaborationOpened, known)
    ended = event_of(CollaborationEnded, known, sequence=2)

    await service.deliver(ended, opened)

    assert (await read_customer(admin, customer["id"]))["collaboration_open"] is False
