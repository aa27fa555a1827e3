from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from stdnum.exceptions import ValidationError
from stdnum.se import orgnr

from services.identity.persons.schemas import Email, NewPassword, PersonName
from shared.http.schemas import Answer, Body, Language, Line


def _ten_digits(text: str) -> str:
    try:
        return str(orgnr.validate(text))
    except ValidationError as error:
        raise PydanticCustomError(
            "invalid_organisation_number", "is not an organisation number: ten digits with a check digit"
        ) from error


# Ten digits without hyphen, checked by Luhn.
OrganisationNumber = Annotated[str, Field(max_length=20), AfterValidator(_ten_digits)]
AccountRole = Literal["administrator", "user"]
Maintenance = Literal["none", "full"]
Customers = Literal["limited", "full"]


class Address(Body):
    street: Line
    postal_code: Annotated[Line, Field(max_length=20)]
    city: Annotated[Line, Field(max_length=100)]
    country: Annotated[str, Field(pattern="^[A-Z]{2}$", description="ISO 3166-1")] = "SE"


class FirstEmployee(Body):
    name: PersonName
    email: Email
    password: NewPassword


class NewBureau(Body):
    name: Line
    organisation_number: OrganisationNumber
    address: Address
    email: Email
    admin: FirstEmployee
    language: Language = "sv"


class AddressOut(Answer):
    street: str
    postal_code: str
    city: str
    country: str


class BureauOut(Answer):
    id: UUID
    name: str
    organisation_number: str
    address: AddressOut
    email: str
    language: Language
    created_at: datetime


class NewEmployee(Body):
    name: PersonName
    email: Email
    account_role: AccountRole = "user"
    maintenance: Maintenance = "none"
    customers: Customers = "limited"
    language: Language = "sv"


class EmployeeChange(Body):
    name: PersonName | None = None
    email: Email | None = None
    account_role: AccountRole | None = None
    maintenance: Maintenance | None = None
    customers: Customers | None = None


class Deactivation(Body):
    """`transfer_to`: the employee who takes over everything that the person is responsible for."""

    transfer_to: UUID | None = None


class EmployeeOut(Answer):
    id: UUID
    user_id: UUID
    name: str
    email: str
    account_role: AccountRole
    maintenance: Maintenance
    customers: Customers
    active: bool
    version: int
    created_at: datetime
    deactivated_at: datetime | None
