import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from services.billing.subscriptions.commands import end_subscriptions
from shared.clock import last_day, month_of, stockholm_date, utcnow
from shared.events.billing import CaseManagementActivated, CaseManagementCancelled, CaseManagementEnded
from tests.billing.factories import Bureau


async def quote(bureau: Bureau) -> dict[str, Any]:
    shown = await bureau.read("/v1/subscription/quote")
    return {name: shown[name] for name in ("billable_customers", "price_version")}


async def bought(bureau: Bureau) -> dict[str, Any]:
    response = await bureau.post("/v1/subscription", await quote(bureau))
    assert response.status_code == 201, response.text
    return dict(response.json())


async def test_the_quote_counts_active_companies(bureau: Bureau) -> None:
    [_, _, gone] = await bureau.customers(3)
    await bureau.customers(1, kind="private_individual")
    await bureau.deactivate(gone, "2021-01-01 12:00")
    assert await bureau.read("/v1/subscription/quote") == {
        "billable_customers": 2,
        "price_per_customer": {"amount": 2900, "currency": "SEK"},
        "monthly_cost": {"amount": 5800, "currency": "SEK"},
        "vat": {"amount": 1450, "currency": "SEK"},
        "monthly_cost_with_vat": {"amount": 7250, "currency": "SEK"},
        "price_version": 1,
    }


async def test_buying_activates_from_today(bureau: Bureau) -> None:
    await bureau.customers(2)
    assert (await bureau.get("/v1/subscription")).status_code == 404
    subscription = await bought(bureau)
    assert subscription["status"] == "active"
    assert subscription["activated_on"] == stockholm_date(utcnow()).isoformat()
    assert await bureau.read("/v1/subscription", maintenance="none") == subscription
    [activated] = await bureau.published(CaseManagementActivated)
    assert str(activated.subscription_id) == subscription["id"]


async def test_buying_twice_is_the_same_purchase(bureau: Bureau) -> None:
    seen = await quote(bureau)
    first = await bureau.post("/v1/subscription", seen)
    await bureau.customers(1)
    again = await bureau.post("/v1/subscription", seen)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert len(await bureau.published(CaseManagementActivated)) == 1


async def test_buying_at_the_same_time_is_one_purchase(bureau: Bureau) -> None:
    seen = await quote(bureau)
    answers = await asyncio.gather(*(bureau.post("/v1/subscription", seen) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(await bureau.published(CaseManagementActivated)) == 1


@pytest.mark.parametrize(
    ("rights", "missing"),
    [
        ({"account_role": "user"}, ["account_role: administrator"]),
        ({"maintenance": "none"}, ["maintenance: full"]),
        (
            {"account_role": "user", "maintenance": "none"},
            ["account_role: administrator", "maintenance: full"],
        ),
    ],
)
async def test_buying_and_cancelling_take_both_rights(
    bureau: Bureau, rights: dict[str, str], missing: list[str]
) -> None:
    for path, body in (("/v1/subscription", await quote(bureau)), ("/v1/subscription/cancel", None)):
        refused = await bureau.post(path, body, **rights)
        assert refused.status_code == 403
        assert (refused.json()["code"], refused.json()["missing"]) == ("not_allowed_to_buy", missing)
        assert all(each in refused.json()["detail"] for each in missing)
    assert (await bureau.get("/v1/subscription")).status_code == 404


async def test_a_changed_quote_is_shown_instead_of_bought(bureau: Bureau) -> None:
    await bureau.customers(1)
    seen = await quote(bureau)
    await bureau.customers(1)
    for wrong in (seen, {**seen, "billable_customers": 2, "price_version": 7}):
        refused = await bureau.post("/v1/subscription", wrong)
        assert (refused.status_code, refused.json()["code"]) == (409, "quote_changed")
        assert refused.json()["quote"] == await bureau.read("/v1/subscription/quote")
    assert (await bureau.get("/v1/subscription")).status_code == 404


async def test_cancelling_takes_effect_at_the_end_of_the_month(bureau: Bureau) -> None:
    await bought(bureau)
    cancelled = (await bureau.post("/v1/subscription/cancel")).json()
    assert cancelled["status"] == "cancelled"
    ends_on = last_day(month_of(stockholm_date(utcnow())))
    assert cancelled["ends_on"] == ends_on.isoformat()
    assert (await bureau.post("/v1/subscription/cancel")).json() == cancelled
    [event] = await bureau.published(CaseManagementCancelled)
    assert (event.ends_on, event.sequence) == (ends_on, 2)


async def test_cancelling_what_was_not_bought_is_not_found(bureau: Bureau) -> None:
    assert (await bureau.post("/v1/subscription/cancel")).status_code == 404


async def test_buying_before_the_end_takes_the_cancellation_back(bureau: Bureau) -> None:
    first = await bought(bureau)
    await bureau.post("/v1/subscription/cancel")
    again = await bureau.post("/v1/subscription", await quote(bureau))
    assert (again.status_code, again.json()) == (200, first)
    assert [event.sequence for event in await bureau.published(CaseManagementActivated)] == [1, 3]


async def test_a_subscription_ends_after_its_last_day_and_can_be_bought_anew(bureau: Bureau) -> None:
    first = await bought(bureau)
    await bureau.post("/v1/subscription/cancel")
    await bureau.set_subscription(ends_on=date(2026, 1, 31))
    for at in ("2026-01-31T22:59:59+00:00", "2026-01-31T23:00:00+00:00", "2026-02-01T10:00:00+00:00"):
        async with bureau.database.transaction() as session:
            await end_subscriptions(session, at=utcnow().fromisoformat(at))
        ended = len(await bureau.published(CaseManagementEnded))
        assert ended == (0 if "22:59" in at else 1)
    assert (await bureau.read("/v1/subscription"))["status"] == "ended"
    anew = await bought(bureau)
    assert anew["id"] != first["id"]
    assert [event.sequence for event in await bureau.published(CaseManagementActivated)] == [1, 4]


async def test_buying_after_the_last_day_ends_the_old_one_first(bureau: Bureau) -> None:
    first = await bought(bureau)
    await bureau.post("/v1/subscription/cancel")
    await bureau.set_subscription(ends_on=stockholm_date(utcnow()) - timedelta(days=1))
    anew = await bought(bureau)
    assert anew["id"] != first["id"]
    assert len(await bureau.published(CaseManagementEnded)) == 1


async def test_members_and_strangers_have_no_quote(bureau: Bureau) -> None:
    member = await bureau.client.get("/v1/subscription/quote", headers=bureau.tokens.member(bureau.id))
    assert (member.status_code, member.json()["code"]) == (403, "wrong_hat")
    assert (await bureau.client.get("/v1/subscription/quote")).status_code == 401


async def test_a_subscription_is_the_bureaus_own(bureau: Bureau, other: Bureau) -> None:
    await bought(bureau)
    assert (await other.get("/v1/subscription")).status_code == 404
    assert (await other.post("/v1/subscription/cancel")).status_code == 404
    assert (await bureau.read("/v1/subscription"))["status"] == "active"
