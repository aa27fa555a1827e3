from services.billing.usage.commands import count_months
from shared.events.billing import UsageCounted
from tests.billing.factories import Bureau, bill, swedish


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


async def test_a_count_stays_and_a_recount_tells_what_is_known_now(bureau: Bureau) -> None:
    [first, _] = await bureau.customers(2)
    await bureau.subscribed("2022-07-01", "2022-07-31")
    await bill(bureau, "2022-07", "2022-08-31 08:00")
    await bureau.deactivate(first, "2022-07-15 08:00")
    [counted] = (await bureau.read("/v1/usage"))["months"]
    assert (counted["quantity"], counted["invoiced"]) == (2, True)
    assert (await bureau.read("/v1/usage/2022-07"))["quantity"] == 1


async def test_a_month_to_come_is_not_found_and_a_bad_one_refused(bureau: Bureau) -> None:
    assert (await bureau.get("/v1/usage/2099-01")).status_code == 404
    assert (await bureau.get("/v1/usage/2026-13")).status_code == 422


async def test_another_bureaus_customers_are_not_seen(bureau: Bureau, other: Bureau) -> None:
    await bureau.customers(2)
    usage = await other.read("/v1/usage/2021-01")
    assert (usage["quantity"], usage["counted"], usage["not_counted"]) == (0, [], [])
    assert (await other.read("/v1/subscription/quote"))["billable_customers"] == 0
