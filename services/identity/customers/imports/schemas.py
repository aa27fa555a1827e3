"""Answers of imports."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.http.schemas import Answer


class LineNote(Answer):
    """`line` as a text editor counts them, the header being 1."""

    line: int
    code: str
    detail: str


class JobOut(Answer):
    id: UUID
    kind: Literal["customer_import"] = "customer_import"
    status: Literal["queued", "running", "finished", "failed"]
    total: int
    done: int
    created: int
    updated: int
    unchanged: int
    rejected: list[LineNote]
    warnings: list[LineNote]
    created_at: datetime


# code: (English, Swedish)
WORDS: dict[str, tuple[str, str]] = {
    "line_unreadable": (
        "The line can't be read: wrong number of columns, or a quote that is not closed.",
        "Raden kan inte läsas: fel antal kolumner, eller ett citattecken som inte avslutas.",
    ),
    "number_repeated": (
        "An earlier line has the same customer number.",
        "En tidigare rad har samma kundnummer.",
    ),
    "required": ("The number or the name is missing.", "Numret eller namnet saknas."),
    "kind_invalid": (
        "The kind is neither company nor private_individual.",
        "Kundtypen är varken företag eller privatperson.",
    ),
    "organisation_number_invalid": (
        "The organisation number is missing or wrong.",
        "Organisationsnumret saknas eller är fel.",
    ),
    "responsible_unknown": (
        "No employee has the address {value}; the one who imports answers for a new customer.",
        "Ingen medarbetare har adressen {value}; den som läser in ansvarar för en ny kund.",
    ),
    "active_unknown": (
        "Active is neither yes nor no; a new customer is taken as active.",
        "Aktiv är varken ja eller nej; en ny kund räknas som aktiv.",
    ),
    "unknown_column": ("The column {value} is not read.", "Kolumnen {value} läses inte."),
}
