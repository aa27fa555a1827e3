from datetime import date

from pydantic import field_validator

from services.billing.prices.tables import Price
from shared.http.schemas import Answer, Body, Day
from shared.http.validation import wrong
from shared.money import Money

LARGEST_PRICE = 1_000_000


class PriceIn(Body):
    amount: Money
    """Per customer and month, without VAT: 1 to 1,000,000 öre."""
    valid_from: Day
    """The first day of the first month that costs this; that month must not have begun."""

    @field_validator("amount")
    @classmethod
    def refuse_unreasonable(cls, amount: Money) -> Money:
        if not 0 < amount.amount <= LARGEST_PRICE:
            raise wrong(
                "out_of_range",
                en="Give 1 to {largest} öre.",
                sv="Ange 1 till {largest} öre.",
                largest=LARGEST_PRICE,
            )
        return amount


class PriceOut(Answer):
    price_version: int
    """What a quote names it by; of two prices from the same day the higher version holds."""
    amount: Money
    """Per customer and month, without VAT."""
    valid_from: date
    """The first day on which it holds."""

    @classmethod
    def of(cls, price: Price) -> "PriceOut":
        return cls(
            price_version=price.version, amount=Money(amount=price.amount), valid_from=price.valid_from
        )
