from typing import Annotated, Literal
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from shared.http.schemas import Answer, Body, Language, Line

LONGEST_EMAIL = 254


def _address(text: str) -> str:
    """In lower case. Whether mail arrives is proven by the mailed link; `.test` is for trying things out."""
    try:
        valid = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise PydanticCustomError("invalid_email", "is not an e-mail address") from error
    return valid.normalized.lower()


Email = Annotated[
    str,
    Field(max_length=LONGEST_EMAIL),
    AfterValidator(_address),
    WithJsonSchema({"type": "string", "format": "email", "maxLength": LONGEST_EMAIL}),
]
# Also when nobody could have such an address: what is wrong at log-in is not told.
TypedEmail = Annotated[str, StringConstraints(to_lower=True, min_length=1, max_length=LONGEST_EMAIL)]
# Short enough that a token with the name in it stays within its largest size.
PersonName = Annotated[Line, Field(max_length=100)]
NewPassword = Annotated[str, StringConstraints(strip_whitespace=False, min_length=12, max_length=200)]
TypedPassword = Annotated[str, StringConstraints(strip_whitespace=False, min_length=1, max_length=1000)]
Token = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class NewUser(Body):
    name: PersonName
    email: Email
    password: NewPassword
    language: Language = "sv"


class UserOut(Answer):
    id: UUID
    name: str
    email: str
    email_verified: bool
    language: Language


class LinkFollowed(Body):
    token: Token


class ResetRequest(Body):
    email: TypedEmail


class ChosenPassword(Body):
    password: NewPassword


class Accepted(Answer):
    """The same whether there is such a person or not."""

    status: Literal["accepted"] = "accepted"
