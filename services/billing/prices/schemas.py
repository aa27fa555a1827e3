from datetime import date

from pydantic import field_validator

from services.billing.prices.tables import Price
from shared.http.schemas import Answer, Body, Money

LARGEST_PRICE = 1_000_000


class PriceIn(Body):
    """Per customer and month, without VAT. A month costs what is valid on its last day."""

    amount: Money
    valid_from: date

    @field_validator("amount")
    @classmethod
    def refuse_unreasonable(cls, amount: Money) -> Money:
        if not 0 < amount.amount <= LARGEST_PRICE:
            raise ValueError(f"must be 1 to {LARGEST_PRICE} öre")
        return amount


class PriceOut(Answer):
    price_version: int
    amount: Money
    valid_from: date

    @classmethod
    def of(cls, price: Price) -> "PriceOut":
        return cls(
            price_version=price.version, amount=Money(amount=price.amount), valid_from=price.valid_from
        )
