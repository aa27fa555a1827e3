from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Identity
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.tables import Row

VAT_PERCENT = 25


@dataclass(frozen=True)
class Cost:
    """What something costs, in öre: without VAT, the VAT, and both together."""

    net: int
    vat: int

    @property
    def total(self) -> int:
        return self.net + self.vat


class Price(Row):
    """What one customer costs for one month, in öre without VAT. Prices are added, never changed."""

    __tablename__ = "prices"

    version: Mapped[int] = mapped_column(Identity(), primary_key=True)
    amount: Mapped[int]
    valid_from: Mapped[date]
    set_at: Mapped[datetime]

    def cost_of(self, customers: int) -> Cost:
        """One month's cost of that many customers."""
        net = customers * self.amount
        return Cost(net, vat_on(net))


def price_on(prices: Sequence[Price], day: date) -> Price:
    """The price that holds on that day: the latest to begin on or before it, and of two that begin on the
    same day the one set last. ValueError where none has begun."""
    begun = [price for price in prices if price.valid_from <= day]
    return max(begun, key=lambda price: (price.valid_from, price.version))


def vat_on(net: int) -> int:
    """The VAT, in whole öre, on an amount without VAT in öre (never negative).

    The rate is 25 %: mervärdesskattelagen (2023:200), chapter 9, section 2. VAT is computed once, on the sum
    of an invoice's lines, and rounded to two decimals of a krona, as EN 16931 (rule BR-CO-17) wants it on an
    e-invoice; half an öre is rounded up. So the VAT on 2 öre is 1 öre (from 0.5), on 1 öre 0 (from 0.25).
    Lines are never rounded, since prices are whole öre and quantities whole customers.
    """
    return (net * VAT_PERCENT + 50) // 100
