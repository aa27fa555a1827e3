from datetime import UTC, date, datetime

import pytest

from shared.clock import first_day, last_day, month_at, next_month, previous_month


@pytest.mark.parametrize(
    ("at", "month"),
    [
        (datetime(2026, 10, 31, 22, 59, 59, tzinfo=UTC), "2026-10"),
        (datetime(2026, 10, 31, 23, 0, tzinfo=UTC), "2026-11"),
        (datetime(2026, 6, 30, 21, 59, 59, tzinfo=UTC), "2026-06"),
        (datetime(2026, 6, 30, 22, 0, tzinfo=UTC), "2026-07"),
    ],
)
def test_a_month_begins_at_swedish_midnight_in_winter_and_summer(at: datetime, month: str) -> None:
    assert month_at(at) == month


@pytest.mark.parametrize(
    ("month", "last"), [("2028-02", 29), ("2027-02", 28), ("2026-03", 31), ("2026-10", 31), ("2026-12", 31)]
)
def test_a_month_has_its_days_also_when_the_clocks_change(month: str, last: int) -> None:
    year, number = map(int, month.split("-"))
    assert (first_day(month), last_day(month)) == (date(year, number, 1), date(year, number, last))


def test_months_follow_each_other_over_a_new_year() -> None:
    assert (next_month("2026-12"), previous_month("2027-01")) == ("2027-01", "2026-12")


def test_what_is_no_month_is_refused() -> None:
    with pytest.raises(ValueError, match="October 2026"):
        first_day("October 2026")
