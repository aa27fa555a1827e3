"""Dates, amounts and changes in words, as they stand in mails."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from shared.events.credentials import CredentialsChange

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


def change_text(change: CredentialsChange, language: str) -> str:
    swedish, english = _CHANGES[change]
    return swedish if language == "sv" else english


_CHANGES: Final[Mapping[CredentialsChange, tuple[str, str]]] = {
    "totp_added": (
        "En autentiseringsapp har lagts till. Från och med nu behövs en kod från den när du loggar in.",
        "An authenticator app was added. From now on logging in takes a code that it shows.",
    ),
    "totp_removed": (
        "Din autentiseringsapp har tagits bort. Ingen kod från den behövs längre när du loggar in.",
        "Your authenticator app was removed. Logging in no longer takes a code that it shows.",
    ),
    "passkey_added": (
        "En passkey har lagts till. Med den går det att logga in utan lösenord.",
        "A passkey was added. It lets one log in without a password.",
    ),
    "passkey_removed": (
        "En passkey har tagits bort. Den går inte längre att logga in med.",
        "A passkey was removed. Nobody can log in with it any more.",
    ),
    "recovery_codes_renewed": (
        "Nya återställningskoder har skapats. De tidigare gäller inte längre.",
        "New recovery codes were made. Those before are good no more.",
    ),
    "recovery_code_used": (
        "Någon har loggat in med en av dina återställningskoder. Varje kod gäller en gång.",
        "Somebody logged in with one of your recovery codes. Each code is good once.",
    ),
    "second_factors_reset": (
        "Din autentiseringsapp, dina passkeys och dina återställningskoder har tagits bort av en"
        " administratör eller av den som driver Ärende."
        " Nu räcker ditt lösenord tills du lägger till något nytt.",
        "Your authenticator app, passkeys and recovery codes were removed by an administrator or by"
        " whoever runs Ärende. Your password is enough now, until you add something new.",
    ),
}
