from datetime import date

import httpx
import pytest

from services.billing.prices.tables import Price, price_on, vat_on
from shared.clock import first_day, month_at, utcnow
from tests.factories.callers import Caller, refusal


@pytest.mark.parametrize(("net", "vat"), [(0, 0), (1, 0), (2, 1), (3, 1), (5, 1), (6, 2), (2900, 725)])
def test_vat_is_rounded_half_up_to_whole_ore(net: int, vat: int) -> None:
    assert vat_on(net) == vat


def test_of_prices_that_begin_together_the_last_set_holds() -> None:
    def price(version: int, amount: int, valid_from: str) -> Price:
        return Price(version=version, amount=amount, valid_from=date.fromisoformat(valid_from))

    prices = [
        price(1, 2900, "2020-01-01"),
        price(2, 3100, "2027-01-01"),
        price(3, 3000, "2027-01-01"),
        price(4, 2000, "2019-01-01"),
    ]
    assert price_on(prices, date(2026, 12, 31)).version == 1
    assert price_on(prices, date(2027, 1, 1)).version == 3


async def test_a_month_keeps_the_price_it_was_counted_at(admin: Caller, operator: Caller) -> None:
    async def price(amount: int, valid_from: str, by: Caller) -> httpx.Response:
        body = {"amount": {"amount": amount, "currency": "SEK"}, "valid_from": valid_from}
        return await by.put("/v1/prices", body)

    assert (await price(3100, "2098-01-01", admin)).status_code == 403
    assert (await price(0, "2098-01-01", operator)).status_code == 422
    first = (await price(3100, "2098-01-01", operator)).json()
    assert first["amount"] == {"amount": 3100, "currency": "SEK"}
    assert (await price(3100, "2098-01-01", operator)).json() == first
    second = (await price(3200, "2098-01-01", operator)).json()
    assert second["price_version"] > first["price_version"]
    assert (await admin.read("/v1/subscription/quote"))["price_per_customer"]["amount"] == 2900


async def test_a_price_begins_with_a_month_that_has_not_begun(operator: Caller) -> None:
    for amount in (True, "3100", 3100.0):
        wrong = {"amount": {"amount": amount, "currency": "SEK"}, "valid_from": "2098-01-01"}
        assert (await operator.put("/v1/prices", wrong)).status_code == 422
    running = first_day(month_at(utcnow()))
    for day in (date(2020, 1, 1), running, date(2098, 1, 2)):
        body = {"amount": {"amount": 3100, "currency": "SEK"}, "valid_from": day.isoformat()}
        assert refusal(await operator.put("/v1/prices", body)) == (422, "price_too_early")
