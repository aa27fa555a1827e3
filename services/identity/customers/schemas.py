"""Bodies and answers of the register."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from stdnum.se import orgnr

from services.identity.customers.tables import Contact, Customer
from shared.http.schemas import Answer, Body, Language, Line

Kind = Literal["company", "private_individual"]
# As in the register: may be empty, which the checklist shows.
Cell = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]


def _ten_digits(text: str | None) -> str | None:
    if not text:
        return None
    if not orgnr.is_valid(text):
        raise PydanticCustomError("organisation_number_invalid", "not an organisation number")
    return str(orgnr.compact(text))


def _day_of_year(text: str | None) -> str | None:
    # A leap year, so that the 29th of February is a day.
    if text:
        date.fromisoformat(f"2024-{text}")
    return text


def _each_once(ids: list[UUID]) -> list[UUID]:
    return list(dict.fromkeys(ids))


OrganisationNumber = Annotated[str | None, Field(max_length=20), AfterValidator(_ten_digits)]
Employees = Annotated[list[UUID], Field(max_length=100), AfterValidator(_each_once)]
DayOfYear = Annotated[str | None, Field(pattern=r"^\d{2}-\d{2}$"), AfterValidator(_day_of_year)]


class AddressBody(Body):
    street: Cell | None = None
    postal_code: Cell | None = None
    city: Cell | None = None
    country: Annotated[str | None, Field(pattern=r"^([A-Z]{2})?$")] = None

    def columns(self) -> dict[str, str]:
        """What was sent of it, as columns."""
        sent = {name: getattr(self, name) or "" for name in self.model_fields_set}
        return {**sent, "country": sent["country"] or "SE"} if "country" in sent else sent


class _CustomerFields(Body):
    organisation_number: OrganisationNumber = None
    address: AddressBody = AddressBody()
    financial_year_end: DayOfYear = None
    vat_period: Literal["monthly", "quarterly", "yearly"] | None = None

    def columns(self) -> dict[str, Any]:
        """What was sent, as columns."""
        sent = {name: getattr(self, name) for name in self.model_fields_set - {"address"}}
        return {**sent, **self.address.columns()}


class CustomerNew(_CustomerFields):
    """`responsible_id`: the caller where none is named."""

    number: Annotated[Line, Field(max_length=40)]
    name: Line
    kind: Kind
    responsible_id: UUID | None = None
    participant_ids: Employees = Field(default_factory=list)
    active: bool = True


class CustomerPatch(_CustomerFields):
    number: Annotated[Line, Field(max_length=40)] = ""
    name: Line = ""
    kind: Kind = "company"
    responsible_id: UUID = UUID(int=0)
    participant_ids: Employees = Field(default_factory=list)
    active: bool = True


class AddressOut(Answer):
    street: str
    postal_code: str
    city: str
    country: str


class MainContactOut(Answer):
    id: UUID
    name: str
    email: str | None
    phone: str | None
    language: Language


class CustomerOut(Answer):
    """`failing_points`: the checklist's codes that stop an invitation; `ready` also takes an active one."""

    id: UUID
    number: str
    name: str
    kind: Kind
    organisation_number: str | None
    address: AddressOut
    financial_year_end: str | None
    vat_period: str | None
    responsible_id: UUID
    participant_ids: list[UUID]
    active: bool
    inactive_since: datetime | None
    main_contact: MainContactOut | None
    ready: bool
    failing_points: list[str]
    collaboration_open: bool
    last_activity_at: datetime
    created_at: datetime
    version: int

    @classmethod
    def of(cls, row: tuple[Customer, Contact | None]) -> Self:
        customer, main_contact = row
        plain = set(cls.model_fields) - {"address", "main_contact"}
        return cls(
            address=AddressOut.model_validate(customer),
            main_contact=MainContactOut.model_validate(main_contact) if main_contact else None,
            **{name: getattr(customer, name) for name in plain},
        )
