from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field
from stdnum.exceptions import ValidationError
from stdnum.se import orgnr

from services.identity.bureaus.tables import Bureau, BureauFields
from services.identity.people.schemas import Email, EmailOut, NewPassword, PersonName
from shared.events.identity import BureauStatus
from shared.http.schemas import Answer, Body, Language, Line, OneLine
from shared.http.validation import wrong

AccountRole = Literal["administrator", "user"]
Maintenance = Literal["none", "full"]
Customers = Literal["limited", "full"]
# For what a change leaves out. A default in the API's document would be sent by the clients generated from
# it.
LEFT_OUT: Any = Field(default_factory=lambda: None)


def ten_digits(text: str) -> str:
    """Without a hyphen, checked by Luhn."""
    try:
        return str(orgnr.validate(text))
    except ValidationError as error:
        raise wrong(
            "organisation_number_invalid",
            en="Check the organisation number: ten digits, of which the last is a check digit.",
            sv="Kontrollera organisationsnumret: tio siffror, varav den sista är en kontrollsiffra.",
        ) from error


OrganisationNumber = Annotated[
    str, Field(max_length=20, examples=["556036-0793"]), AfterValidator(ten_digits)
]
OrganisationNumberOut = Annotated[str, Field(examples=["5560360793"])]
BureauName = Annotated[Line, Field(examples=["Ekonomibyrån AB"])]


def country_code(text: str) -> str:
    """In capital letters."""
    if len(text) != 2 or not text.isascii() or not text.isalpha():
        raise wrong(
            "malformed",
            en="Give the two letters of the country, such as SE (ISO 3166-1).",
            sv="Ange landets två bokstäver, till exempel SE (ISO 3166-1).",
        )
    return text.upper()


Country = Annotated[
    str, Field(examples=["SE"], json_schema_extra={"pattern": "^[A-Za-z]{2}$"}), AfterValidator(country_code)
]


class AddressIn(Body):
    street: Annotated[Line, Field(examples=["Storgatan 1"])]
    """Street and number, or a box."""
    postal_code: Annotated[OneLine, Field(max_length=20, examples=["111 22"])]
    """As the post of the country writes it."""
    city: Annotated[OneLine, Field(max_length=100, examples=["Stockholm"])]
    """The postal town."""
    country: Country = "SE"
    """Two letters (ISO 3166-1)."""


class AdminIn(Body):
    """The bureau's first employee, who gets every permission."""

    name: PersonName
    """As colleagues and customers are to see it."""
    email: Email
    """To log in with. Whoever has signed up with it already proves it by the password."""
    password: NewPassword
    """At least 12 characters: a new one, or the person's own."""


class BureauIn(Body):
    name: BureauName
    """As customers and invoices are to show it."""
    organisation_number: OrganisationNumber
    """Ten digits, with or without a hyphen; the last one is a check digit."""
    address: AddressIn
    """Stands on its invoices."""
    email: Email
    """Where mails about its invoices go."""
    admin: AdminIn
    """Who signs up the bureau."""
    language: Language = "sv"
    """Of mails to the bureau and, if new, to the admin."""

    def fields(self) -> BureauFields:
        return {
            "name": self.name,
            "organisation_number": self.organisation_number,
            "street": self.address.street,
            "postal_code": self.address.postal_code,
            "city": self.address.city,
            "country": self.address.country,
            "email": self.email,
            "language": self.language,
        }


class BureauChange(Body):
    """What is left out stays as it is."""

    name: BureauName = LEFT_OUT
    """Customers see it once the operator of the service has approved it."""
    address: AddressIn = LEFT_OUT
    """Stands on its invoices."""
    email: Email = LEFT_OUT
    """Where mails about its invoices go."""
    language: Language = LEFT_OUT
    """Of mails to the bureau."""

    def columns(self) -> dict[str, str]:
        """What was sent, as columns."""
        sent = {name: getattr(self, name) for name in self.model_fields_set - {"address"}}
        return {**sent, **self.address.model_dump()} if "address" in self.model_fields_set else sent


class AddressOut(Answer):
    street: Annotated[str, Field(examples=["Storgatan 1"])]
    """Street and number, or a box; empty where a customer has none."""
    postal_code: Annotated[str, Field(examples=["111 22"])]
    """As it was written; empty where a customer has none."""
    city: Annotated[str, Field(examples=["Stockholm"])]
    """The postal town; empty where a customer has none."""
    country: Annotated[str, Field(examples=["SE"])]
    """Two capital letters (ISO 3166-1)."""


class BureauOut(Answer):
    id: UUID
    """To be sent as `act_as.bureau_id` at log-in."""
    name: Annotated[str, Field(examples=["Ekonomibyrån AB"])]
    """As customers and invoices show it."""
    organisation_number: OrganisationNumberOut
    """Ten digits without a hyphen."""
    address: AddressOut
    """Stands on its invoices."""
    email: EmailOut
    """Where mails about its invoices go."""
    language: Language
    """Of mails to the bureau."""
    created_at: datetime
    """When it signed up."""
    status: BureauStatus
    """`registered` until the operator of the service has approved it: it can prepare everything, but neither
    buy nor send mail to others. `suspended`: it can read and export."""
    approved_name: Annotated[str | None, Field(examples=["Ekonomibyrån AB"])]
    """The name that others see: the one that was approved, until a new one is. Null before that."""
    version: int
    """Counts its changes; stands in `ETag`."""

    @classmethod
    def of(cls, bureau: Bureau) -> Self:
        return cls.model_validate({**vars(bureau), "address": AddressOut.model_validate(bureau)})
