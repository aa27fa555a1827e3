import asyncio

import pytest

from shared.clock import stockholm_date, utcnow
from shared.events.billing import CaseManagementActivated
from tests.billing.factories import Bureau, bought, quote


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


async def test_a_subscription_is_the_bureaus_own(bureau: Bureau, other: Bureau) -> None:
    await bought(bureau)
    assert (await other.get("/v1/subscription")).status_code == 404
    assert (await other.post("/v1/subscription/cancel")).status_code == 404
    assert (await bureau.read("/v1/subscription"))["status"] == "active"
