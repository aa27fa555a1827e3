"""Answers of imports, and the rules of a line: those of the API's own bodies."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, ValidationError

from services.identity.contacts.schemas import Address, ContactName, Phone
from services.identity.customers.errors import HasOrganisationNumber, OrganisationNumberMissing
from services.identity.customers.schemas import (
    Cell,
    Country,
    CustomerName,
    CustomerNumber,
    Kind,
    OrganisationNumber,
)
from services.identity.imports.lines import LineRejected, RegisterLine
from services.identity.imports.queries import JobReport
from services.identity.imports.register_file import COLUMNS
from shared.addresses import normalised
from shared.http.schemas import Answer, Body
from shared.http.validation import field_errors

# What else a cell may say. Other words are judged as they stand.
_KINDS = {"företag": "company", "privatperson": "private_individual"}
_ACTIVE = {
    **dict.fromkeys(("ja", "yes", "true", "1"), True),
    **dict.fromkeys(("nej", "no", "false", "0"), False),
}


class LineIn(Body):
    """The cells of one line that are not empty, by the names of their columns."""

    number: CustomerNumber
    name: CustomerName
    kind: Kind
    organisation_number: OrganisationNumber = None
    street: Cell | None = None
    postal_code: Cell | None = None
    city: Cell | None = None
    country: Country = None
    contact_name: ContactName | None = None
    contact_email: Address = None
    contact_phone: Phone = None


def read_line(cells: Sequence[str]) -> RegisterLine:
    """Raises LineRejected for the first cell, in the order of COLUMNS, that the API would refuse too."""
    values = {name: cell for name, cell in zip(COLUMNS, cells, strict=True) if cell}
    responsible, active = values.pop("responsible_email", None), values.pop("active", "").casefold()
    kind = values.get("kind", "").casefold()
    said = {**values, "kind": _KINDS.get(kind, kind)} if kind else values
    if "contact_email" in said:
        said.setdefault("contact_name", said["contact_email"])
    try:
        line = LineIn.model_validate(said)
    except ValidationError as error:
        faults = field_errors(error.errors(include_url=False))
        raise LineRejected(min(faults, key=lambda fault: COLUMNS.index(fault.field))) from error
    if line.kind == "company" and line.organisation_number is None:
        raise LineRejected(OrganisationNumberMissing.fault)
    if line.kind == "private_individual" and line.organisation_number is not None:
        raise LineRejected(HasOrganisationNumber.of_field("kind"))
    return RegisterLine(
        **vars(line),
        responsible_email=normalised(responsible) if responsible else None,
        active=_ACTIVE.get(active),
        active_unknown=active != "" and active not in _ACTIVE,
    )


class LineNoteOut(Answer):
    line: int
    """As a text editor counts them; the header is 1."""
    field: Annotated[str, Field(examples=["organisation_number"])] | None
    """The column that can't be accepted; null where it is the line as a whole."""
    code: Annotated[str, Field(examples=["responsible_unknown"])]
    """What is wrong, for programs: the code that the API has for the same fault of a body."""
    detail: Annotated[str, Field(examples=["The line can't be read: wrong number of columns."])]
    """What is wrong, in the language that `Accept-Language` asks for."""

    @classmethod
    def of(cls, note: dict[str, Any], *, language: str) -> Self:
        if "en" in note:
            detail = note["sv" if language == "sv" else "en"]
            return cls(line=note["line"], field=note["field"], code=note["code"], detail=detail)
        detail = WORDS[note["code"]][language == "sv"].format(value=note.get("value", ""))
        return cls(line=note["line"], field=None, code=note["code"], detail=detail)


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


# code: (English, Swedish), of faults that no cell has by itself, and of imports by an earlier release.
WORDS: dict[str, tuple[str, str]] = {
    "line_unreadable": (
        "The line can't be read: wrong number of columns, or a quote that is not closed.",
        "Raden kan inte läsas: fel antal kolumner, eller ett citattecken som inte avslutas.",
    ),
    "line_no_text": (
        "The line holds control characters, such as NUL. Remove them.",
        "Raden innehåller styrtecken, till exempel NUL. Ta bort dem.",
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
