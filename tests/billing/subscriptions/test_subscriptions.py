import asyncio
from typing import Any

import pytest

from shared.clock import stockholm_date, utcnow
from shared.events.billing import CaseManagementActivated
from tests.factories.callers import Caller, refusal
from tests.factories.records import Bureau, Employee
from tests.factories.service import Service
from tests.factories.subscriptions import buy, quote, register_customers


async def test_buying_activates_from_today(service: Service, bureau: Bureau, admin: Caller) -> None:
    await register_customers(service, bureau, 2)
    assert (await admin.get("/v1/subscription")).status_code == 404
    subscription = await buy(admin)
    assert subscription["status"] == "active"
    assert subscription["activated_on"] == stockholm_date(utcnow()).isoformat()
    colleague = service.caller(Employee(bureau.id, maintenance="none"))
    assert await colleague.read("/v1/subscription") == subscription
    [activated] = await service.published(CaseManagementActivated, bureau_id=bureau.id)
    assert str(activated.subscription_id) == subscription["id"]


async def test_buying_twice_is_the_same_purchase(service: Service, bureau: Bureau, admin: Caller) -> None:
    seen = await quote(admin)
    first = await admin.post("/v1/subscription", seen)
    await register_customers(service, bureau, 1)
    again = await admin.post("/v1/subscription", seen)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert len(await service.published(CaseManagementActivated, bureau_id=bureau.id)) == 1


async def test_buying_at_the_same_time_is_one_purchase(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    seen = await quote(admin)
    answers = await asyncio.gather(*(admin.post("/v1/subscription", seen) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(await service.published(CaseManagementActivated, bureau_id=bureau.id)) == 1


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
    service: Service, bureau: Bureau, admin: Caller, rights: dict[str, Any], missing: list[str]
) -> None:
    limited = service.caller(Employee(bureau.id, **rights))
    for path, body in (("/v1/subscription", await quote(admin)), ("/v1/subscription/cancel", None)):
        refused = await limited.post(path, body)
        assert refused.status_code == 403
        assert (refused.json()["code"], refused.json()["missing"]) == ("not_allowed_to_buy", missing)
        assert all(each in refused.json()["detail"] for each in missing)
    assert (await admin.get("/v1/subscription")).status_code == 404


async def test_a_subscription_is_the_bureaus_own(admin: Caller, other_admin: Caller) -> None:
    await buy(admin)
    assert (await other_admin.get("/v1/subscription")).status_code == 404
    assert (await other_admin.post("/v1/subscription/cancel")).status_code == 404
    assert (await admin.read("/v1/subscription"))["status"] == "active"


async def test_a_purchase_names_numbers(admin: Caller) -> None:
    await buy(admin)
    for wrong in ({"price_version": False}, {"billable_customers": "0"}, {"billable_customers": True}):
        answer = await admin.post("/v1/subscription", {**await quote(admin), **wrong})
        assert refusal(answer) == (422, "invalid_request")
