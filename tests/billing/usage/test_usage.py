from datetime import date
from typing import Any

from services.billing.subscriptions.commands import end_subscriptions
from services.billing.usage.commands import count_months
from shared.clock import month_at, utcnow
from shared.events.billing import UsageCounted
from tests.factories.callers import Caller
from tests.factories.records import Bureau
from tests.factories.service import Service
from tests.factories.subscriptions import (
    add_subscription,
    bill,
    buy,
    deactivate,
    register_customers,
    set_subscription,
    swedish,
)


async def test_only_active_companies_count(service: Service, bureau: Bureau, admin: Caller) -> None:
    [_, gone] = await register_customers(service, bureau, 2)
    private = await register_customers(service, bureau, 1, kind="private_individual", name="Alva Berg")
    await deactivate(service, gone, "2021-03-10 08:00")
    usage = await admin.read("/v1/usage/2021-03")
    assert usage["quantity"] == 1
    assert [each["number"] for each in usage["counted"]] == ["1001"]
    reasons = {each["customer_id"]: (each["reason"], each["since"]) for each in usage["not_counted"]}
    assert reasons == {
        str(gone.customer_id): ("inactive", "2021-03-10"),
        str(private[0].customer_id): ("private_individual", None),
    }
    assert usage["forecast"] is False


async def test_the_difference_names_who_came_and_who_went(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    [_, gone] = await register_customers(service, bureau, 2)
    await deactivate(service, gone, "2021-03-10 08:00")
    [came] = await register_customers(service, bureau, 1, "2021-03-20 08:00", name="Ny AB")
    difference = (await admin.read("/v1/usage/2021-03"))["difference"]
    assert (difference["previous_month"], difference["quantity"]) == ("2021-02", 0)
    assert [each["customer_id"] for each in difference["added"]] == [str(came.customer_id)]
    assert [each["customer_id"] for each in difference["removed"]] == [str(gone.customer_id)]


async def test_ended_months_of_a_subscription_are_counted_once(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    await register_customers(service, bureau, 3, "2020-05-20 12:00")
    await add_subscription(service, bureau, "2020-05-31", "2020-07-31")
    for at in ("2020-05-31 23:59:59", "2020-06-01 00:00", "2020-07-01 00:00", "2021-01-01 00:00"):
        for _ in range(2):
            async with service.database.transaction() as session:
                await count_months(session, at=swedish(at))
    counted = [
        (event.month, event.quantity) for event in await service.published(UsageCounted, bureau_id=bureau.id)
    ]
    assert counted == [("2020-05", 3), ("2020-06", 3), ("2020-07", 3)]
    usage = await admin.read("/v1/usage")
    assert [(each["month"], each["quantity"]) for each in usage["months"]] == counted[::-1]
    assert usage["forecast"] is None


async def test_a_count_stays_and_a_recount_tells_what_is_known_now(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    [first, _] = await register_customers(service, bureau, 2)
    await add_subscription(service, bureau, "2022-07-01", "2022-07-31")
    await bill(service, "2022-07", "2022-08-31 08:00")
    await deactivate(service, first, "2022-07-15 08:00")
    [counted] = (await admin.read("/v1/usage"))["months"]
    assert (counted["quantity"], counted["invoiced"]) == (2, True)
    assert (await admin.read("/v1/usage/2022-07"))["quantity"] == 1


async def test_a_month_to_come_is_not_found_and_a_bad_one_refused(admin: Caller) -> None:
    assert (await admin.get("/v1/usage/2099-01")).status_code == 404
    assert (await admin.get("/v1/usage/2026-13")).status_code == 422


async def test_another_bureaus_customers_are_not_seen(
    service: Service, bureau: Bureau, other_admin: Caller
) -> None:
    await register_customers(service, bureau, 2)
    usage = await other_admin.read("/v1/usage/2021-01")
    assert (usage["quantity"], usage["counted"], usage["not_counted"]) == (0, [], [])
    assert (await other_admin.read("/v1/subscription/quote"))["billable_customers"] == 0


async def test_the_running_month_is_forecast_while_it_will_be_billed(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    await register_customers(service, bureau, 3)
    running = month_at(utcnow())

    async def forecasts() -> tuple[Any, bool]:
        usage = await admin.read("/v1/usage")
        return usage["forecast"], (await admin.read(f"/v1/usage/{running}"))["forecast"]

    assert await forecasts() == (None, False)
    await buy(admin)
    await admin.post("/v1/subscription/cancel")
    forecast, is_forecast = await forecasts()
    assert (forecast["month"], forecast["quantity"], is_forecast) == (running, 3, True)
    assert forecast["monthly_cost"] == {"amount": 3 * 2900, "currency": "SEK"}
    await set_subscription(service, bureau, ends_on=date(2026, 1, 31))
    assert await forecasts() == (None, False)
    async with service.database.transaction() as session:
        await end_subscriptions(session, at=utcnow())
    assert await forecasts() == (None, False)
