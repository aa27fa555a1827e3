from uuid import UUID

from shared.bus.consumer import Consumer
from shared.database.engine import Database
from shared.events.cases import MessagePosted
from shared.ids import uuid7
from tests.identity.customers.factories import (
    age,
    new_customer,
    points_of,
    read,
)
from tests.identity.factories import Office


def activity(office: Office, customer_id: str) -> MessagePosted:
    return MessagePosted(
        bureau_id=office.bureau_id,
        case_id=uuid7(),
        customer_id=UUID(customer_id),
        number="2026-000001",
        case_type="question",
        status="sent",
        account_id=uuid7(),
        by="customer",
        message_id=uuid7(),
    )


async def test_activity_makes_a_customer_fresh(
    office: Office, worker_db: Database, consumer: Consumer
) -> None:
    stale, busy, recent = [await new_customer(office.admin, number=number) for number in "123"]
    for customer, days in ((stale, 400), (busy, 400), (recent, 300)):
        await age(worker_db, office, customer["id"], days=days)
    assert [each["number"] for each in (await points_of(office.admin))["stale_customer"]] == ["1", "2"]
    event = activity(office, busy["id"])
    older = event.model_copy(update={"id": uuid7(), "time": event.time.replace(year=2020)})

    await consumer.deliver("identity.note-activity", [event.to_wire(), older.to_wire()])
    await consumer.deliver("identity.note-activity", [event.to_wire(), older.to_wire()])

    assert [each["number"] for each in (await points_of(office.admin))["stale_customer"]] == ["1"]
    now = await read(office.admin, busy["id"])
    assert (now["last_activity_at"][:19], now["version"]) == (event.time.isoformat()[:19], 1)


async def test_activity_stays_within_the_bureau(
    office: Office, other_office: Office, worker_db: Database, consumer: Consumer
) -> None:
    customer = await new_customer(office.admin)
    await age(worker_db, office, customer["id"], days=400)

    await consumer.deliver("identity.note-activity", [activity(other_office, customer["id"]).to_wire()])

    assert len((await points_of(office.admin))["stale_customer"]) == 1
