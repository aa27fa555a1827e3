import pytest

from services.billing.invoices.tables import Charge, charges_of, ocr_reference
from shared.ids import uuid7


@pytest.mark.parametrize("number", ["100001", "100002", "123456789"])
def test_an_ocr_reference_ends_with_its_luhn_digit(number: str) -> None:
    digits = [int(digit) for digit in ocr_reference(number)]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    assert (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def test_corrections_that_would_make_an_invoice_negative_wait() -> None:
    def charge(month: str, quantity: int) -> Charge:
        return Charge(uuid7(), month, 2900, quantity)

    usage = charge("2026-10", 2)
    assert len(charges_of(usage, [charge("2026-09", -2)])) == 2
    assert charges_of(usage, [charge("2026-09", -3)]) == [usage]
    assert charges_of(charge("2026-10", 0), [charge("2026-09", -1)]) == []
    assert len(charges_of(charge("2026-10", 0), [charge("2026-09", 1)])) == 1
