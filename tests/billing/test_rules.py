from datetime import date

import pytest

from services.billing.invoices.tables import Charge, charges_of, ocr_reference
from services.billing.prices.tables import Price, price_on, vat_on
from services.billing.runs.tables import invoice_day, newest_month_to_bill
from shared.ids import uuid7
from tests.billing.factories import swedish


@pytest.mark.parametrize(("net", "vat"), [(0, 0), (1, 0), (2, 1), (3, 1), (5, 1), (6, 2), (2900, 725)])
def test_vat_is_rounded_half_up_to_whole_ore(net: int, vat: int) -> None:
    assert vat_on(net) == vat


@pytest.mark.parametrize(
    ("month", "day"),
    [
        ("2026-10", "2026-11-30"),
        ("2026-11", "2026-12-31"),
        ("2026-12", "2027-01-31"),
        ("2028-01", "2028-02-29"),
        ("2027-01", "2027-02-28"),
        ("2026-02", "2026-03-31"),
    ],
)
def test_a_month_is_billed_on_the_last_day_of_the_next(month: str, day: str) -> None:
    assert invoice_day(month) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("at", "month"),
    [
        ("2026-11-29 23:59:59", "2026-09"),
        ("2026-11-30 00:00:00", "2026-10"),
        ("2026-12-30 23:59:59", "2026-10"),
        ("2027-03-31 00:00:00", "2027-02"),
        ("2028-02-28 23:59:59", "2027-12"),
        ("2028-02-29 00:00:00", "2028-01"),
    ],
)
def test_the_newest_month_to_bill_changes_at_swedish_midnight(at: str, month: str) -> None:
    assert newest_month_to_bill(swedish(at)) == month


@pytest.mark.parametrize("number", ["100001", "100002", "123456789"])
def test_an_ocr_reference_ends_with_its_luhn_digit(number: str) -> None:
    digits = [int(digit) for digit in ocr_reference(number)]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    assert (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


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


def test_corrections_that_would_make_an_invoice_negative_wait() -> None:
    def charge(month: str, quantity: int) -> Charge:
        return Charge(uuid7(), month, 2900, quantity)

    usage = charge("2026-10", 2)
    assert len(charges_of(usage, [charge("2026-09", -2)])) == 2
    assert charges_of(usage, [charge("2026-09", -3)]) == [usage]
    assert charges_of(charge("2026-10", 0), [charge("2026-09", -1)]) == []
    assert len(charges_of(charge("2026-10", 0), [charge("2026-09", 1)])) == 1
