"""The product's clock: aware UTC. Stockholm time where a rule says so.

Demo and tests may move it by a file that holds an offset in seconds; every process that was given
the same file sees the same time. Production settings refuse such a file.
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")


class _Clock:
    file: Path | None = None


def follow(file: Path | None) -> None:
    """Read the offset from `file` from now on; None returns to the machine's own time."""
    _Clock.file = file


def offset() -> timedelta:
    if _Clock.file is None:
        return timedelta()
    try:
        return timedelta(seconds=float(_Clock.file.read_text()))
    except FileNotFoundError:
        return timedelta()


def set_offset(file: Path, by: timedelta) -> None:
    """Write the offset in one step, so that no reader ever sees half a number."""
    fresh = file.with_suffix(".new")
    fresh.write_text(str(by.total_seconds()))
    fresh.replace(file)


def utcnow() -> datetime:
    return datetime.now(UTC) + offset()


def stockholm_date(at: datetime) -> date:
    """The calendar day in Sweden at that moment."""
    return at.astimezone(STOCKHOLM).date()


def month_of(day: date) -> str:
    """The month, `YYYY-MM`, that the day is in."""
    return f"{day:%Y-%m}"


def month_at(at: datetime) -> str:
    """The month that is running in Sweden at that moment."""
    return month_of(stockholm_date(at))


def month_bounds(month: str) -> tuple[datetime, datetime]:
    """First moment of the month and of the next one, Swedish time, as UTC. ValueError on a bad month."""
    start = datetime.strptime(month, "%Y-%m").replace(tzinfo=STOCKHOLM)
    following = (start.replace(day=1) + timedelta(days=32)).replace(day=1)
    return start.astimezone(UTC), following.astimezone(UTC)


def first_day(month: str) -> date:
    return stockholm_date(month_bounds(month)[0])


def last_day(month: str) -> date:
    return stockholm_date(month_bounds(month)[1]) - timedelta(days=1)


def next_month(month: str) -> str:
    return month_of(stockholm_date(month_bounds(month)[1]))


def previous_month(month: str) -> str:
    return month_of(first_day(month) - timedelta(days=1))
