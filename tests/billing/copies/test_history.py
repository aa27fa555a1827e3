"""A bureau's customers at any moment, from what identity has told of them."""

import random

import pytest

from shared.events.identity import CustomerChanged, CustomerDeactivated, CustomerEvent, CustomerReactivated
from tests.factories.callers import Caller
from tests.factories.events import event_of
from tests.factories.records import Bureau, Customer
from tests.factories.service import Service
from tests.factories.subscriptions import deactivate, quantity, reactivate, register_customers, swedish


@pytest.mark.parametrize(
    ("at", "in_month", "month"),
    [
        ("2026-10-31 23:59:59.999", True, "2026-10"),
        ("2026-11-01 00:00:00", False, "2026-10"),
        ("2026-03-31 23:59:59", True, "2026-03"),
        ("2026-04-01 00:00:00", False, "2026-03"),
        ("2024-02-29 23:59:59", True, "2024-02"),
        ("2024-03-01 00:00:00", False, "2024-02"),
        ("2023-02-28 23:59:59", True, "2023-02"),
        ("2025-12-31 23:59:59", True, "2025-12"),
    ],
)
async def test_what_happens_before_swedish_midnight_belongs_to_the_month(
    service: Service, bureau: Bureau, admin: Caller, at: str, in_month: bool, month: str
) -> None:
    kept, gone = await register_customers(service, bureau, 2)
    await deactivate(service, gone, at)
    assert await quantity(admin, month) == (1 if in_month else 2)
    await deactivate(service, kept, at)
    await reactivate(service, kept, at, sequence=3)
    assert await quantity(admin, month) == (1 if in_month else 2)


@pytest.mark.parametrize("seed", range(5))
async def test_late_repeated_and_shuffled_events_give_the_same_count(
    service: Service, bureau: Bureau, admin: Caller, seed: int
) -> None:
    first, second = Customer(bureau.id), Customer(bureau.id)

    def told(event: type[CustomerEvent], customer: Customer, at: str, sequence: int) -> CustomerEvent:
        active = event is not CustomerDeactivated
        return event_of(event, customer, time=swedish(at), sequence=sequence, active=active)

    events = [
        told(CustomerChanged, first, "2022-01-10 08:00", 1),
        told(CustomerDeactivated, first, "2022-01-20 08:00", 2),
        told(CustomerReactivated, first, "2022-02-03 08:00", 3),
        told(CustomerChanged, second, "2022-01-31 23:00", 1),
        told(CustomerDeactivated, second, "2022-03-01 00:00", 2),
        # Republishing sends the same states again, later and under new ids.
        told(CustomerReactivated, first, "2022-06-01 08:00", 3),
        told(CustomerChanged, second, "2022-06-01 08:00", 1),
    ]
    random.Random(seed).shuffle(events)  # noqa: S311 - an order, no secret
    for event in events * 2:
        await service.deliver(event)
    assert [await quantity(admin, f"2022-0{month}") for month in (1, 2, 3)] == [1, 2, 1]


async def test_inactive_since_the_last_time_it_became_so(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    [customer] = await register_customers(service, bureau, 1)
    await deactivate(service, customer, "2022-03-01 08:00", sequence=2)
    await reactivate(service, customer, "2022-04-01 08:00", sequence=3)
    await deactivate(service, customer, "2022-04-30 23:30", sequence=4)
    await deactivate(service, customer, "2022-05-09 08:00", sequence=5, name="Nytt namn AB")
    [inactive] = (await admin.read("/v1/usage/2022-05"))["not_counted"]
    assert (inactive["since"], inactive["name"]) == ("2022-04-30", "Nytt namn AB")
