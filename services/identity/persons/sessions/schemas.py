from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from services.identity.persons.schemas import TypedEmail, TypedPassword
from services.identity.persons.sessions.hats import NamedHat
from shared.http.schemas import Answer, Body


class ActAs(Body):
    """One of the three."""

    bureau_id: UUID | None = None
    account_id: UUID | None = None
    operator: Literal[True] | None = None

    @model_validator(mode="after")
    def name_one(self) -> Self:
        if sum(each is not None for each in (self.bureau_id, self.account_id, self.operator)) != 1:
            raise ValueError("name one of bureau_id, account_id and operator")
        return self

    @property
    def kind(self) -> str:
        if self.operator:
            return "operator"
        return "employee" if self.bureau_id else "member"

    @property
    def hat_id(self) -> UUID | None:
        return self.bureau_id or self.account_id


class Credentials(Body):
    email: TypedEmail
    password: TypedPassword
    otp: Annotated[str, Field(max_length=20, description="for persons with a second factor")] | None = None
    act_as: ActAs | None = None


class Refresh(Body):
    refresh_token: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    act_as: ActAs | None = None


class LoggedIn(Answer):
    """`hat` is what the access token acts as; null where none was chosen."""

    session_id: UUID
    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a scheme (RFC 6750), not a secret
    expires_in: int
    refresh_token: str
    hat: NamedHat | None
    hats: list[NamedHat]


class SessionOut(Answer):
    id: UUID
    agent: str | None
    current: bool
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
