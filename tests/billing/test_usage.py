import random

import pytest

from services.billing.usage.commands import count_months
from shared.events.billing import UsageCounted
from shared.events.identity import CustomerChanged, CustomerDeactivated, CustomerEvent, CustomerReactivated
from shared.ids import uuid7
from tests.billing.factories import Bureau, customer, swedish


async def quantity(bureau: Bureau, month: str) -> int:
    return int((await bureau.read(f"/v1/usage/{month}"))["quantity"])


async def test_only_active_companies_count(bureau: Bureau) -> None:
    [_, gone] = await bureau.customers(2)
    private = await bureau.customers(1, kind="private_individual", name="Alva Berg")
    await bureau.deactivate(gone, "2021-03-10 08:00", number="1002")
    usage = await bureau.read("/v1/usage/2021-03")
    assert usage["quantity"] == 1
    assert [each["number"] for each in usage["counted"]] == ["1001"]
    reasons = {each["customer_id"]: (each["reason"], each["since"]) for each in usage["not_counted"]}
    assert reasons == {
        str(gone): ("inactive", "2021-03-10"),
        str(private[0]): ("private_individual", None),
    }
    assert usage["forecast"] is False


async def test_the_difference_names_who_came_and_who_went(bureau: Bureau) -> None:
    [_, gone] = await bureau.customers(2)
    await bureau.deactivate(gone, "2021-03-10 08:00", number="1002")
    [came] = await bureau.customers(1, "2021-03-20 08:00", name="Ny AB")
    difference = (await bureau.read("/v1/usage/2021-03"))["difference"]
    assert (difference["previous_month"], difference["quantity"]) == ("2021-02", 0)
    assert [each["customer_id"] for each in difference["added"]] == [str(came)]
    assert [each["customer_id"] for each in difference["removed"]] == [str(gone)]


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

    def told(event: type[CustomerEvent], id: object, at: str, sequence: int) -> CustomerEvent:
        return customer(bureau.id, at, event=event, customer_id=id, sequence=sequence)

    events = [
        told(CustomerChanged, first, "2022-01-10 08:00", 1),
        told(CustomerDeactivated, first, "2022-01-20 08:00", 2),
        told(CustomerReactivated, first, "2022-02-03 08:00", 3),
        told(CustomerChanged, second, "2022-01-31 23:00", 1),
        told(CustomerDeactivated, second, "2022-03-01 00:00", 2),
        # The same states again, as a republishing tells them: later, under new ids.
        told(CustomerReactivated, first, "2022-06-01 08:00", 3),
        told(CustomerChanged, second, "2022-06-01 08:00", 1),
    ]
    random.Random(seed).shuffle(events)  # noqa: S311 - an order, no secret
    for event in events * 2:
        await bureau.tell(event)
    assert [await quantity(bureau, f"2022-0{month}") for month in (1, 2, 3)] == [1, 2, 1]


async def test_inactive_since_the_last_time_it_became_so(bureau: Bureau) -> None:
    [id] = await bureau.customers(1)
    await bureau.deactivate(id, "2022-03-01 08:00", sequence=2)
    await bureau.reactivate(id, "2022-04-01 08:00", sequence=3)
    await bureau.deactivate(id, "2022-04-30 23:30", sequence=4)
    await bureau.deactivate(id, "2022-05-09 08:00", sequence=5, name="Nytt namn AB")
    [inactive] = (await bureau.read("/v1/usage/2022-05"))["not_counted"]
    assert (inactive["since"], inactive["name"]) == ("2022-04-30", "Nytt namn AB")


async def test_ended_months_of_a_subscription_are_counted_once(bureau: Bureau) -> None:
    await bureau.customers(3, "2020-05-20 12:00")
    await bureau.subscribed("2020-05-31", "2020-07-31")
    for at in ("2020-05-31 23:59:59", "2020-06-01 00:00", "2020-07-01 00:00", "2021-01-01 00:00"):
        for _ in range(2):
            async with bureau.database.transaction() as session:
                await count_months(session, at=swedish(at))
    counted = [(event.month, event.quantity) for event in await bureau.published(UsageCounted)]
    assert counted == [("2020-05", 3), ("2020-06", 3), ("2020-07", 3)]
    usage = await bureau.read("/v1/usage")
    assert [(each["month"], each["quantity"]) for each in usage["months"]] == counted[::-1]
    assert usage["forecast"]["quantity"] == 3
    assert usage["forecast"]["monthly_cost"] == {"amount": 3 * 2900, "currency": "SEK"}


async def test_a_month_to_come_is_not_found_and_a_bad_one_refused(bureau: Bureau) -> None:
    assert (await bureau.get("/v1/usage/2099-01")).status_code == 404
    assert (await bureau.get("/v1/usage/2026-13")).status_code == 422


async def test_another_bureaus_customers_are_not_seen(bureau: Bureau, other: Bureau) -> None:
    await bureau.customers(2)
    usage = await other.read("/v1/usage/2021-01")
    assert (usage["quantity"], usage["counted"], usage["not_counted"]) == (0, [], [])
    assert (await other.read("/v1/subscription/quote"))["billable_customers"] == 0
