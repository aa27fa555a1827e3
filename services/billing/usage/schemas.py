from datetime import date
from typing import Literal
from uuid import UUID

from services.billing.usage.queries import KnownCustomer
from shared.clock import stockholm_date
from shared.http.schemas import Answer, Money


class CountedCustomer(Answer):
    customer_id: UUID
    number: str
    name: str


class UncountedCustomer(CountedCustomer):
    """`since`: the day that the customer became inactive."""

    reason: Literal["private_individual", "inactive"]
    since: date | None = None

    @classmethod
    def of(cls, customer: KnownCustomer) -> "UncountedCustomer":
        private = customer.kind == "private_individual"
        return cls(
            customer_id=customer.customer_id,
            number=customer.number,
            name=customer.name,
            reason="private_individual" if private else "inactive",
            since=None if private or customer.since is None else stockholm_date(customer.since),
        )


class Difference(Answer):
    """`quantity`: how many more than in the month before."""

    previous_month: str
    quantity: int
    added: list[CountedCustomer]
    removed: list[CountedCustomer]


class UsageOut(Answer):
    """`forecast`: the month has not ended, so this is what it would be if it ended now."""

    month: str
    quantity: int
    counted: list[CountedCustomer]
    not_counted: list[UncountedCustomer]
    difference: Difference
    forecast: bool
    invoiced: bool


class MonthOut(Answer):
    """`quantity`: as counted at the month's end."""

    month: str
    quantity: int
    invoiced: bool


class ForecastOut(Answer):
    month: str
    quantity: int
    monthly_cost: Money
    vat: Money
    monthly_cost_with_vat: Money


class UsageListOut(Answer):
    months: list[MonthOut]
    forecast: ForecastOut
