from tests.factories.callers import Caller
from tests.factories.records import Bureau, Member
from tests.factories.service import Service
from tests.factories.subscriptions import deactivate, quote, register_customers


async def test_the_quote_counts_active_companies(service: Service, bureau: Bureau, admin: Caller) -> None:
    [_, _, gone] = await register_customers(service, bureau, 3)
    await register_customers(service, bureau, 1, kind="private_individual")
    await deactivate(service, gone, "2021-01-01 12:00")
    assert await admin.read("/v1/subscription/quote") == {
        "billable_customers": 2,
        "price_per_customer": {"amount": 2900, "currency": "SEK"},
        "monthly_cost": {"amount": 5800, "currency": "SEK"},
        "vat": {"amount": 1450, "currency": "SEK"},
        "monthly_cost_with_vat": {"amount": 7250, "currency": "SEK"},
        "price_version": 1,
    }


async def test_a_changed_quote_is_shown_instead_of_bought(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    await register_customers(service, bureau, 1)
    seen = await quote(admin)
    await register_customers(service, bureau, 1)
    for wrong in (seen, {**seen, "billable_customers": 2, "price_version": 7}):
        refused = await admin.post("/v1/subscription", wrong)
        assert (refused.status_code, refused.json()["code"]) == (409, "quote_changed")
        assert refused.json()["quote"] == await admin.read("/v1/subscription/quote")
    assert (await admin.get("/v1/subscription")).status_code == 404


async def test_members_and_strangers_have_no_quote(service: Service, bureau: Bureau) -> None:
    member = await service.caller(Member(bureau.id)).get("/v1/subscription/quote")
    assert (member.status_code, member.json()["code"]) == (403, "wrong_hat")
    assert (await service.client.get("/v1/subscription/quote")).status_code == 401
