from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Identity
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.tables import Row


class Price(Row):
    """What one customer costs for one month, in öre without VAT. Prices are added, never changed."""

    __tablename__ = "prices"

    version: Mapped[int] = mapped_column(Identity(), primary_key=True)
    amount: Mapped[int]
    valid_from: Mapped[date]
    set_at: Mapped[datetime]


def price_on(prices: Sequence[Price], day: date) -> Price:
    """The latest to begin on or before that day; of two that begin together, the one set last."""
    begun = [price for price in prices if price.valid_from <= day]
    return max(begun, key=lambda price: (price.valid_from, price.version))
