from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Path
from pydantic import Field

from services.billing.copies.queries import KnownCustomer
from services.billing.usage.queries import Forecast, Usage, UsageOfMonth
from shared.clock import previous_month, stockholm_date
from shared.http.schemas import Answer
from shared.money import Money

# Not `\d`, which takes the digits of all scripts: one month would have many names.
MONTH = "^20[0-9]{2}-(0[1-9]|1[0-2])$"
# A month from outside, and one that is shown: `YYYY-MM`, Swedish time.
Month = Annotated[str, Field(pattern=MONTH, examples=["2026-10"])]
MonthOut = Annotated[str, Field(examples=["2026-10"])]
MonthInPath = Annotated[
    str, Path(pattern=MONTH, description="`YYYY-MM`, Swedish time.", examples=["2026-10"])
]


class CountedOut(Answer):
    """A customer that is paid for."""

    customer_id: UUID
    """In the bureau's register."""
    number: Annotated[str, Field(examples=["1042"])]
    """In the bureau's own numbering."""
    name: Annotated[str, Field(examples=["Ek & Barr Bygg AB"])]
    """As it was at the month's end."""


class NotCountedOut(CountedOut):
    """A customer that is not paid for."""

    reason: Literal["private_individual", "inactive"]
    """Private individuals are never paid for, others not while they are inactive."""
    since: date | None = None
    """The day, Swedish time, on which it became inactive; null for a private individual."""

    @classmethod
    def of(cls, customer: KnownCustomer) -> "NotCountedOut":
        private = customer.kind == "private_individual"
        return cls(
            customer_id=customer.customer_id,
            number=customer.number,
            name=customer.name,
            reason="private_individual" if private else "inactive",
            since=None if private or customer.since is None else stockholm_date(customer.since),
        )


class DifferenceOut(Answer):
    """How a month differs from the one before it."""

    previous_month: MonthOut
    """What is compared with, as it is known now."""
    quantity: int
    """How many more are paid for; negative where there are fewer."""
    added: list[CountedOut]
    """Paid for in this month, but not in the one before."""
    removed: list[CountedOut]
    """Paid for in the month before, but not in this one."""


class UsageOfMonthOut(Answer):
    """A month's customers by what is known now, which may be more than when the month was counted."""

    month: MonthOut
    """`YYYY-MM`, Swedish time."""
    quantity: int
    """How many customers are paid for."""
    counted: list[CountedOut]
    """Those that are paid for, by customer number."""
    not_counted: list[NotCountedOut]
    """Those that are not, by customer number."""
    difference: DifferenceOut
    """Against the month before."""
    forecast: bool
    """True of the running month where it will be billed: it is shown as it would be if it ended now."""
    invoiced: bool
    """Whether there is an invoice for this month."""

    @classmethod
    def of(cls, usage: UsageOfMonth) -> "UsageOfMonthOut":
        counted, before = _counted(usage.customers), _counted(usage.before)
        had, has = ({each.customer_id for each in customers} for customers in (before, counted))
        return cls(
            month=usage.month,
            quantity=len(counted),
            counted=counted,
            not_counted=[NotCountedOut.of(each) for each in usage.customers if not each.billable],
            difference=DifferenceOut(
                previous_month=previous_month(usage.month),
                quantity=len(counted) - len(before),
                added=[each for each in counted if each.customer_id not in had],
                removed=[each for each in before if each.customer_id not in has],
            ),
            forecast=usage.forecast,
            invoiced=usage.invoiced,
        )


class CountedMonthOut(Answer):
    """A month that has ended, as it was counted then."""

    month: MonthOut
    """`YYYY-MM`, Swedish time."""
    quantity: int
    """How many customers are paid for. What becomes known later is corrected on the next invoice."""
    invoiced: bool
    """Whether there is an invoice for this month; a month without customers needs none."""


class ForecastOut(Answer):
    """The running month, as it would be billed if it ended now."""

    month: MonthOut
    """`YYYY-MM`, Swedish time."""
    quantity: int
    """How many customers would be paid for."""
    monthly_cost: Money
    """Their price, without VAT."""
    vat: Money
    """25 % of the cost, rounded half up to whole öre."""
    monthly_cost_with_vat: Money
    """What the invoice would come to, but for corrections of earlier months."""

    @classmethod
    def of(cls, forecast: Forecast) -> "ForecastOut":
        cost = forecast.cost
        return cls(
            month=forecast.month,
            quantity=forecast.quantity,
            monthly_cost=Money(amount=cost.net),
            vat=Money(amount=cost.vat),
            monthly_cost_with_vat=Money(amount=cost.total),
        )


class UsageOut(Answer):
    months: list[CountedMonthOut]
    """Those that have ended, the latest first; empty before the first."""
    forecast: ForecastOut | None
    """The month that is running; null where case management is not bought, so that it costs nothing."""

    @classmethod
    def of(cls, usage: Usage) -> "UsageOut":
        months = [CountedMonthOut.model_validate(month) for month in usage.months]
        return cls(months=months, forecast=ForecastOut.of(usage.forecast) if usage.forecast else None)


def _counted(customers: Sequence[KnownCustomer]) -> list[CountedOut]:
    return [CountedOut.model_validate(each) for each in customers if each.billable]
