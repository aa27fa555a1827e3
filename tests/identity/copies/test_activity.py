from uuid import UUID

from shared.events.cases import MessagePosted
from shared.ids import uuid7
from tests.factories.customers import age, new_customer, points_of, read_customer
from tests.factories.events import event_of
from tests.factories.people import Person
from tests.factories.records import Bureau, Case
from tests.factories.service import Service


def case_of(bureau: Bureau, customer_id: str) -> Case:
    return Case(bureau.id, UUID(customer_id), uuid7(), by="customer", recipient_ids=[])


async def test_activity_makes_a_customer_fresh(service: Service, bureau: Bureau, admin: Person) -> None:
    stale, busy, recent = [await new_customer(admin, number=number) for number in "123"]
    for customer, days in ((stale, 400), (busy, 400), (recent, 300)):
        await age(service, bureau, customer["id"], days=days)
    assert [each["number"] for each in (await points_of(admin))["stale_customer"]] == ["1", "2"]
    event = event_of(MessagePosted, case_of(bureau, busy["id"]))
    older = event.model_copy(update={"id": uuid7(), "time": event.time.replace(year=2020)})

    await service.deliver(event, older)
    await service.deliver(event, older)

    assert [each["number"] for each in (await points_of(admin))["stale_customer"]] == ["1"]
    now = await read_customer(admin, busy["id"])
    assert (now["last_activity_at"][:19], now["version"]) == (event.time.isoformat()[:19], 1)


async def test_activity_stays_within_the_bureau(
    service: Service, bureau: Bureau, other_bureau: Bureau, admin: Person
) -> None:
    customer = await new_customer(admin)
    await age(service, bureau, customer["id"], days=400)

    await service.deliver(event_of(MessagePosted, case_of(other_bureau, customer["id"])))

    assert len((await points_of(admin))["stale_customer"]) == 1
