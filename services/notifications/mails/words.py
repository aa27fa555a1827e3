"""Dates and amounts in words, as they stand in mails."""

from datetime import date
from typing import Final

_SWEDISH: Final = "januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december"
_ENGLISH: Final = "January|February|March|April|May|June|July|August|September|October|November|December"


def date_text(day: date, language: str) -> str:
    """`30 april 2026`."""
    months = (_SWEDISH if language == "sv" else _ENGLISH).split("|")
    return f"{day.day} {months[day.month - 1]} {day.year}"


def money_text(amount: int, language: str) -> str:
    """`1 234,50 kr` or `SEK 1,234.50`, with no-break spaces. `amount` is in öre."""
    text = f"{abs(amount) // 100:,}.{abs(amount) % 100:02}"
    sign = "-" if amount < 0 else ""
    if language == "sv":
        return sign + text.replace(",", "\u00a0").replace(".", ",") + "\u00a0kr"
    return f"{sign}SEK\u00a0{text}"
