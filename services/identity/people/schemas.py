from typing import Annotated, Literal
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, Field, StringConstraints, WithJsonSchema

from shared.addresses import normalised
from shared.http.schemas import Answer, Body, Language, OneLine
from shared.http.validation import wrong

LONGEST_EMAIL = 254


def _address(text: str) -> str:
    """Normalised. The mailed link proves whether mail arrives; `.test` is for trying things out."""
    try:
        valid = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise wrong(
            "invalid_email",
            en="Give an e-mail address, such as anna.ek@byran.example.",
            sv="Ange en e-postadress, till exempel anna.ek@byran.example.",
        ) from error
    return normalised(valid.normalized)


Email = Annotated[
    str,
    Field(max_length=LONGEST_EMAIL),
    AfterValidator(_address),
    WithJsonSchema({"type": "string", "format": "email", "maxLength": LONGEST_EMAIL}),
]
EmailOut = Annotated[str, Field(examples=["anna.ek@byran.example"])]
# Takes what nobody could have as an address too: at log-in a refusal must not tell what was wrong.
TypedEmail = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST_EMAIL),
    AfterValidator(normalised),
    Field(examples=["anna.ek@byran.example"]),
]
# Short enough that a token with the name in it stays within its largest size.
PersonName = Annotated[OneLine, Field(max_length=100, examples=["Anna Ek"])]
PersonNameOut = Annotated[str, Field(examples=["Anna Ek"])]
NewPassword = Annotated[
    str,
    StringConstraints(strip_whitespace=False, min_length=12, max_length=200),
    Field(examples=["korrekt häst batteri"]),
]
TypedPassword = Annotated[
    str,
    StringConstraints(strip_whitespace=False, min_length=1, max_length=1000),
    Field(examples=["korrekt häst batteri"]),
]
LinkToken = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200),
    Field(examples=["AZMvXopMfRCbPk9qLIHX5c8hQm3x1yZ0"]),
]


class UserIn(Body):
    name: PersonName
    """As others are to see it, in one line."""
    email: Email
    """Where the link that verifies the address is sent. It is kept in lower case and is used to log in."""
    password: NewPassword
    """At least 12 characters, hard to guess. It holds until the person verifies the address and chooses one.
    Spaces at its ends belong to it."""
    language: Language = "sv"
    """Of the mails to this person."""


class UserOut(Answer):
    id: UUID
    """Stays the same when the name or the address changes."""
    name: PersonNameOut
    """As others see it."""
    email: EmailOut
    """In lower case."""
    email_verified: bool
    """Whether the person has followed a link that was mailed to the address."""
    language: Language
    """Of the mails to this person."""


class VerificationIn(Body):
    token: LinkToken
    """The last part of the link in the mail."""
    password: NewPassword
    """At least 12 characters, hard to guess: what the person logs in with from now on. It may be the same as
    at sign-up. Spaces at its ends belong to it."""


class PasswordResetIn(Body):
    email: TypedEmail
    """Where the link is sent, if somebody has signed up with this address."""


class PasswordIn(Body):
    password: NewPassword
    """At least 12 characters, hard to guess. Spaces at its ends belong to it."""


class PasswordChange(Body):
    current_password: TypedPassword
    """What the person logs in with now."""
    new_password: NewPassword
    """At least 12 characters, hard to guess. Spaces at its ends belong to it."""


class AcceptedOut(Answer):
    """The same whether there is such a person or not."""

    status: Literal["accepted"] = "accepted"
    """A mail follows if there is anybody to send it to."""
