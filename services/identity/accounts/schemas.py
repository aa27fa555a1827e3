from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field

from services.identity.accounts.queries import Member
from services.identity.people.schemas import Email, EmailOut, PersonName, PersonNameOut
from shared.http.schemas import Answer, Body, Language

Role = Literal["administrator", "user"]


class AccountOut(Answer):
    id: UUID
    """To be sent as `act_as.account_id` at log-in."""
    name: Annotated[str, Field(examples=["Bageriet AB"])]
    """The customer's, as it was when the first invitation was accepted."""
    organisation_number: Annotated[str, Field(examples=["5560360793"])] | None
    """Ten digits without a hyphen; null for a private individual's account."""
    created_at: datetime
    """When the first invitation was accepted."""


class MemberIn(Body):
    email: Email
    """The address that the person logs in with. A new person is mailed a link to it."""
    role: Role = "user"
    """An `administrator` manages the members, and sees all cases that are not private from the bureaus that
    have the person among the customer's contacts."""
    name: PersonName | None = None
    """Shown until the person acts for the account; the part of the address before the `@` where it is left
    out."""
    language: Language = "sv"
    """Of the mails to a new person."""


class MemberChange(Body):
    role: Role
    """An `administrator` manages the members, and sees all cases that are not private from the bureaus that
    have the person among the customer's contacts."""


class MemberOut(Answer):
    user_id: UUID
    """The person who logs in; the same in all accounts and bureaus."""
    name: PersonNameOut
    """As the person writes it, once they have acted for the account; before, as whoever added them wrote
    it."""
    email: EmailOut
    """The address that the person logs in with, in lower case."""
    email_verified: bool
    """Whether the person has come: has followed a link that was mailed to the address, and has acted for the
    account."""
    role: Role
    """An `administrator` manages the members, and sees all cases that are not private from the bureaus that
    have the person among the customer's contacts."""
    version: int
    """Goes up by one with each change; the `ETag` of the member."""
    added_at: datetime
    """When the person became a member, the last time."""

    @classmethod
    def of(cls, member: Member) -> Self:
        membership, user = member
        verified = user.email_verified and membership.joined_at is not None
        person = {"name": member.shown_name, "email": user.email, "email_verified": verified}
        return cls.model_validate({**vars(membership), **person})
