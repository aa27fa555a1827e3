from tests.billing.factories import Bureau, quote


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


async def test_a_changed_quote_is_shown_instead_of_bought(bureau: Bureau) -> None:
    await bureau.customers(1)
    seen = await quote(bureau)
    await bureau.customers(1)
    for wrong in (seen, {**seen, "billable_customers": 2, "price_version": 7}):
        refused = await bureau.post("/v1/subscription", wrong)
        assert (refused.status_code, refused.json()["code"]) == (409, "quote_changed")
        assert refused.json()["quote"] == await bureau.read("/v1/subscription/quote")
    assert (await bureau.get("/v1/subscription")).status_code == 404


async def test_members_and_strangers_have_no_quote(bureau: Bureau) -> None:
    member = await bureau.client.get("/v1/subscription/quote", headers=bureau.tokens.member(bureau.id))
    assert (member.status_code, member.json()["code"]) == (403, "wrong_hat")
    assert (await bureau.client.get("/v1/subscription/quote")).status_code == 401
