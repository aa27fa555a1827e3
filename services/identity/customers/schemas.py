"""Bodies and answers of the register."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field

from services.identity.bureaus.schemas import (
    LEFT_OUT,
    AddressOut,
    OrganisationNumberOut,
    country_code,
    ten_digits,
)
from services.identity.customers.queries import ShownCustomer
from services.identity.people.schemas import EmailOut, PersonNameOut
from shared.http.schemas import Answer, Body, Flag, Language, Line, OneLine, one_line
from shared.http.validation import wrong

Kind = Literal["company", "private_individual"]
VatPeriod = Literal["monthly", "quarterly", "yearly"]
# As in the register: may be empty, which the checklist shows.
Cell = Annotated[str, Field(max_length=200), AfterValidator(one_line)]


def _ten_digits_or_none(text: str | None) -> str | None:
    return ten_digits(text) if text else None


def _country_or_empty(text: str | None) -> str | None:
    return country_code(text) if text else text


def _day_of_year(text: str | None) -> str | None:
    # A leap year, so that the 29th of February is a day.
    if text:
        try:
            date.fromisoformat(f"2024-{text}")
        except ValueError as error:
            raise wrong(
                "not_a_date", en="Give a day of the year as MM-DD.", sv="Ange en dag på året som MM-DD."
            ) from error
    return text


def _each_once(ids: list[UUID]) -> list[UUID]:
    return list(dict.fromkeys(ids))


CustomerNumber = Annotated[OneLine, Field(max_length=40, examples=["1001"])]
CustomerName = Annotated[Line, Field(examples=["Bageriet AB"])]
OrganisationNumber = Annotated[
    str | None, Field(max_length=20, examples=["556036-0793"]), AfterValidator(_ten_digits_or_none)
]
Country = Annotated[
    str | None,
    Field(examples=["SE"], json_schema_extra={"pattern": "^([A-Za-z]{2})?$"}),
    AfterValidator(_country_or_empty),
]
Employees = Annotated[list[UUID], Field(max_length=100), AfterValidator(_each_once)]
DayOfYear = Annotated[
    str | None, Field(pattern="^[0-9]{2}-[0-9]{2}$", examples=["12-31"]), AfterValidator(_day_of_year)
]


class CustomerAddressIn(Body):
    """What is left out stays as it is; a new customer has it empty."""

    street: Annotated[Cell | None, Field(examples=["Storgatan 1"])] = None
    """Street and number, or a box. May be empty; the checklist shows that."""
    postal_code: Annotated[Cell | None, Field(examples=["111 22"])] = None
    """As the post of the country writes it. May be empty; the checklist shows that."""
    city: Annotated[Cell | None, Field(examples=["Stockholm"])] = None
    """The postal town. May be empty; the checklist shows that."""
    country: Country = None
    """Two letters (ISO 3166-1); `SE` where it is empty."""

    def columns(self) -> dict[str, str]:
        """What was sent of it, as columns."""
        sent = {name: getattr(self, name) or "" for name in self.model_fields_set}
        return {**sent, "country": sent["country"] or "SE"} if "country" in sent else sent


class _CustomerFields(Body):
    organisation_number: OrganisationNumber = None
    """Ten digits, with or without a hyphen; the last one is a check digit. A company must have one."""
    address: CustomerAddressIn = Field(default_factory=CustomerAddressIn)
    """Invitations need a whole one: street, postal code and city."""
    financial_year_end: DayOfYear = None
    """Month and day, `MM-DD`."""
    vat_period: VatPeriod | None = None
    """How often the customer reports VAT; null where it does not."""

    def columns(self) -> dict[str, Any]:
        """What was sent, as columns."""
        sent = {name: getattr(self, name) for name in self.model_fields_set - {"address"}}
        return {**sent, **self.address.columns()}


class CustomerIn(_CustomerFields):
    number: CustomerNumber
    """The bureau's own; no two of its customers have the same."""
    name: CustomerName
    """As invitations and cases show it."""
    kind: Kind
    """Only companies are billed for."""
    responsible_id: UUID | None = None
    """The active employee who is responsible; the caller where it is left out."""
    participant_ids: Employees = Field(default_factory=list)
    """Active employees who take part too: they may work with the customer even if they are `limited`."""
    active: Flag = True
    """Only active customers are invited and billed for."""


class CustomerChange(_CustomerFields):
    """What is left out stays as it is."""

    number: CustomerNumber = LEFT_OUT
    """The bureau's own; no two of its customers have the same."""
    name: CustomerName = LEFT_OUT
    """As invitations and cases show it."""
    kind: Kind = LEFT_OUT
    """Only companies are billed for."""
    responsible_id: UUID = LEFT_OUT
    """An active employee."""
    participant_ids: Employees = LEFT_OUT
    """All active employees who take part, in place of those before."""
    active: Flag = LEFT_OUT
    """Only active customers are invited and billed for."""


class MainContactOut(Answer):
    id: UUID
    """The contact's, as `GET /v1/contacts/{contact_id}` takes it."""
    name: PersonNameOut
    """Whom invitations greet."""
    email: EmailOut | None
    """Where invitations go, as it stands in the register; null where there is none."""
    phone: Annotated[str, Field(examples=["08-123 45 67"])] | None
    """As it stands in the register; null where there is none."""
    language: Language
    """Of the mails to the contact."""


class CustomerOut(Answer):
    id: UUID
    """Stays the same when the number changes."""
    number: Annotated[str, Field(examples=["1001"])]
    """The bureau's own; no two of its customers have the same."""
    name: Annotated[str, Field(examples=["Bageriet AB"])]
    """As invitations and cases show it."""
    kind: Kind
    """Only companies are billed for."""
    organisation_number: OrganisationNumberOut | None
    """Ten digits without a hyphen; null for a private individual without one."""
    address: AddressOut
    """As it stands in the register, whole or not."""
    financial_year_end: Annotated[str, Field(examples=["12-31"])] | None
    """Month and day, `MM-DD`; null where it is not known."""
    vat_period: Annotated[VatPeriod, Field(examples=["quarterly"])] | None
    """How often the customer reports VAT; null where it does not."""
    responsible_id: UUID
    """The employee who is responsible."""
    participant_ids: list[UUID]
    """Employees who take part too: they may work with the customer even if they are `limited`."""
    active: bool
    """Only active customers are invited and billed for."""
    inactive_since: datetime | None
    """Null while the customer is active."""
    main_contact: MainContactOut | None
    """Who receives invitations; null where nobody is chosen."""
    ready: bool
    """Whether it can be invited: it is active and has no `failing_points`."""
    failing_points: list[Annotated[str, Field(examples=["address_incomplete"])]]
    """Codes of the activation checklist that stop an invitation."""
    collaboration_open: bool
    """Whether cases can be sent to the customer: it has accepted an invitation that still holds."""
    last_activity_at: datetime
    """When something last happened in a case with the customer; when it was registered, if nothing has."""
    created_at: datetime
    """When it was registered here."""
    version: int
    """Goes up by one with each change of the customer or its main contact; the `ETag` of the customer."""

    @classmethod
    def of(cls, shown: ShownCustomer) -> Self:
        beside = {"address", "main_contact", "collaboration_open", "last_activity_at"}
        return cls(
            address=AddressOut.model_validate(shown.customer),
            main_contact=MainContactOut.model_validate(shown.main_contact) if shown.main_contact else None,
            collaboration_open=shown.collaboration_open,
            last_activity_at=shown.last_activity_at,
            **{name: getattr(shown.customer, name) for name in set(cls.model_fields) - beside},
        )
