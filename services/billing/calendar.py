"""Months and days of billing, all in Swedish time (Europe/Stockholm)."""

from datetime import date, datetime, timedelta
from typing import Annotated

from pydantic import Field

from shared.clock import month_bounds, month_of, stockholm_date

# `YYYY-MM`
Month = Annotated[str, Field(pattern=r"^20\d{2}-(0[1-9]|1[0-2])$", examples=["2026-10"])]


def running_month(at: datetime) -> str:
    return month_of(stockholm_date(at))


def first_day(month: str) -> date:
    return stockholm_date(month_bounds(month)[0])


def last_day(month: str) -> date:
    return stockholm_date(month_bounds(month)[1]) - timedelta(days=1)


def previous_month(month: str) -> str:
    return month_of(first_day(month) - timedelta(days=1))


def invoice_day(month: str) -> date:
    """The day that `month` is billed: the last day of the following month, from its first moment.

    So a bureau that activates in October gets its first invoice on 30 November, for October's count.
    """
    return last_day(month_of(last_day(month) + timedelta(days=1)))


def newest_month_to_bill(at: datetime) -> str:
    """The latest month whose invoice day has begun."""
    return previous_month(previous_month(month_of(stockholm_date(at) + timedelta(days=1))))
