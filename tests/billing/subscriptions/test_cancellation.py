from datetime import date, timedelta

from services.billing.subscriptions.commands import end_subscriptions
from shared.clock import last_day, month_of, stockholm_date, utcnow
from shared.events.billing import CaseManagementActivated, CaseManagementCancelled, CaseManagementEnded
from tests.factories.callers import Caller
from tests.factories.records import Bureau
from tests.factories.service import Service
from tests.factories.subscriptions import buy, quote, set_subscription


async def test_cancelling_takes_effect_at_the_end_of_the_month(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    await buy(admin)
    cancelled = (await admin.post("/v1/subscription/cancel")).json()
    assert cancelled["status"] == "cancelled"
    ends_on = last_day(month_of(stockholm_date(utcnow())))
    assert cancelled["ends_on"] == ends_on.isoformat()
    assert (await admin.post("/v1/subscription/cancel")).json() == cancelled
    [event] = await service.published(CaseManagementCancelled, bureau_id=bureau.id)
    assert (event.ends_on, event.sequence) == (ends_on, 2)


async def test_cancelling_what_was_not_bought_is_not_found(admin: Caller) -> None:
    assert (await admin.post("/v1/subscription/cancel")).status_code == 404


async def test_buying_before_the_end_takes_the_cancellation_back(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    first = await buy(admin)
    await admin.post("/v1/subscription/cancel")
    again = await admin.post("/v1/subscription", await quote(admin))
    assert (again.status_code, again.json()) == (200, first)
    assert [
        event.sequence for event in await service.published(CaseManagementActivated, bureau_id=bureau.id)
    ] == [1, 3]


async def test_a_subscription_ends_after_its_last_day_and_can_be_bought_again(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    first = await buy(admin)
    await admin.post("/v1/subscription/cancel")
    await set_subscription(service, bureau, ends_on=date(2026, 1, 31))
    for at in ("2026-01-31T22:59:59+00:00", "2026-01-31T23:00:00+00:00", "2026-02-01T10:00:00+00:00"):
        async with service.database.transaction() as session:
            await end_subscriptions(session, at=utcnow().fromisoformat(at))
        ended = len(await service.published(CaseManagementEnded, bureau_id=bureau.id))
        assert ended == (0 if "22:59" in at else 1)
    assert (await admin.read("/v1/subscription"))["status"] == "ended"
    again = await buy(admin)
    assert again["id"] != first["id"]
    assert [
        event.sequence for event in await service.published(CaseManagementActivated, bureau_id=bureau.id)
    ] == [1, 4]


async def test_buying_after_the_last_day_ends_the_old_one_first(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    first = await buy(admin)
    await admin.post("/v1/subscription/cancel")
    await set_subscription(service, bureau, ends_on=stockholm_date(utcnow()) - timedelta(days=1))
    again = await buy(admin)
    assert again["id"] != first["id"]
    assert len(await service.published(CaseManagementEnded, bureau_id=bureau.id)) == 1
