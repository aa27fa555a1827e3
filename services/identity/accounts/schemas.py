from datetime import datetime
from typing import Literal
from uuid import UUID

from services.identity.accounts.tables import Membership
from services.identity.persons.schemas import Email, PersonName
from services.identity.persons.tables import User
from shared.http.schemas import Answer, Body, Language

Role = Literal["administrator", "user"]


class AccountOut(Answer):
    id: UUID
    name: str
    organisation_number: str | None
    created_at: datetime


class NewMember(Body):
    """`name` and `language` are for a person who is not known yet."""

    email: Email
    role: Role = "user"
    name: PersonName | None = None
    language: Language = "sv"


class RoleChange(Body):
    role: Role


class MemberOut(Answer):
    user_id: UUID
    name: str
    email: str
    email_verified: bool
    role: Role
    version: int
    added_at: datetime


def member_out(row: tuple[Membership, User]) -> MemberOut:
    member, user = row
    names = {"name": user.name, "email": user.email, "email_verified": user.email_verified}
    return MemberOut.model_validate({**vars(member), **names})
