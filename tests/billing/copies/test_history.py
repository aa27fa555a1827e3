"""A bureau's customers at any moment, from what identity has told of them."""

import random

import pytest

from shared.events.identity import CustomerChanged, CustomerDeactivated, CustomerEvent, CustomerReactivated
from shared.ids import uuid7
from tests.billing.factories import Bureau, customer, quantity


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
    bureau: Bureau, at: str, in_month: bool, month: str
) -> None:
    kept, gone = await bureau.customers(2)
    await bureau.deactivate(gone, at)
    assert await quantity(bureau, month) == (1 if in_month else 2)
    await bureau.deactivate(kept, at)
    await bureau.reactivate(kept, at, sequence=3)
    assert await quantity(bureau, month) == (1 if in_month else 2)


@pytest.mark.parametrize("seed", range(5))
async def test_late_repeated_and_shuffled_events_give_the_same_count(bureau: Bureau, seed: int) -> None:
    first, second = uuid7(), uuid7()

    def told(event: type[CustomerEvent], customer_id: object, at: str, sequence: int) -> CustomerEvent:
        return customer(bureau.id, at, event=event, customer_id=customer_id, sequence=sequence)

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
        await bureau.tell(event)
    assert [await quantity(bureau, f"2022-0{month}") for month in (1, 2, 3)] == [1, 2, 1]


async def test_inactive_since_the_last_time_it_became_so(bureau: Bureau) -> None:
    [customer_id] = await bureau.customers(1)
    await bureau.deactivate(customer_id, "2022-03-01 08:00", sequence=2)
    await bureau.reactivate(customer_id, "2022-04-01 08:00", sequence=3)
    await bureau.deactivate(customer_id, "2022-04-30 23:30", sequence=4)
    await bureau.deactivate(customer_id, "2022-05-09 08:00", sequence=5, name="Nytt namn AB")
    [inactive] = (await bureau.read("/v1/usage/2022-05"))["not_counted"]
    assert (inactive["since"], inactive["name"]) == ("2022-04-30", "Nytt namn AB")
