"""Answers of imports."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field

from services.identity.imports.queries import JobReport
from shared.http.schemas import Answer


class LineNoteOut(Answer):
    line: int
    """As a text editor counts them; the header is 1."""
    code: Annotated[str, Field(examples=["responsible_unknown"])]
    """What is wrong, for programs."""
    detail: Annotated[str, Field(examples=["The line can't be read: wrong number of columns."])]
    """What is wrong, in the language that `Accept-Language` asks for."""

    @classmethod
    def of(cls, note: dict[str, Any], *, language: str) -> Self:
        words = WORDS[note["code"]][language == "sv"]
        return cls(line=note["line"], code=note["code"], detail=words.format(value=note.get("value", "")))


class JobOut(Answer):
    id: UUID
    """As `GET /v1/jobs/{job_id}` takes it."""
    kind: Literal["customer_import"] = "customer_import"
    """The only kind so far."""
    status: Literal["queued", "running", "finished", "failed"]
    """`failed`: something went wrong here, and the lines after `done` were not imported."""
    total: int
    """Lines in the file, without the header and blank ones."""
    done: int
    """Lines that were looked at so far."""
    created: int
    """Customers that were new."""
    updated: int
    """Customers of which something was changed."""
    unchanged: int
    """Customers that were in the register as the file has them."""
    rejected: list[LineNoteOut]
    """Lines that were not imported."""
    warnings: list[LineNoteOut]
    """Lines that were imported, though something in them was not understood."""
    created_at: datetime
    """When the file was sent."""

    @classmethod
    def of(cls, report: JobReport, *, language: str) -> Self:
        notes = {
            "rejected": [LineNoteOut.of(note, language=language) for note in report.rejected],
            "warnings": [LineNoteOut.of(note, language=language) for note in report.warnings],
        }
        return cls.model_validate({**vars(report.job), "status": report.job.state, **notes})


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
    "has_organisation_number": (
        "A customer with an organisation number is a company and can't be a private individual.",
        "En kund med organisationsnummer är ett företag och kan inte vara privatperson.",
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
