from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from services.identity.bureaus.schemas import AccountRole, Customers, Maintenance
from services.identity.credentials.schemas import Otp
from services.identity.people.schemas import TypedEmail, TypedPassword
from services.identity.sessions.hats import HatKey
from shared.http.schemas import Answer, Body, Yes
from shared.http.validation import wrong

Role = Literal["administrator", "user"]
RefreshToken = Annotated[str, Field(examples=["Zy3nV9q0cU2xJfPq7m1aB8sKdLw4RtEo5HgYiXvN6Tc"])]


class ActAsIn(Body):
    """One of the three."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"bureau_id": "01932f5e-8a4c-7d10-9b3e-4f6a2c81d7e5"}]}
    )

    bureau_id: UUID | None = None
    """As an employee of this bureau."""
    account_id: UUID | None = None
    """As a member of this account."""
    operator: Yes | None = None
    """As an operator of the installation."""

    @model_validator(mode="after")
    def name_one(self) -> Self:
        if sum(each is not None for each in (self.bureau_id, self.account_id, self.operator)) != 1:
            raise wrong(
                "not_exactly_one",
                en="Name one of bureau_id, account_id and operator.",
                sv="Ange en av bureau_id, account_id och operator.",
            )
        return self

    @property
    def key(self) -> HatKey:
        if self.operator:
            return HatKey("operator", None)
        return HatKey("employee" if self.bureau_id else "member", self.bureau_id or self.account_id)


class SessionIn(Body):
    email: TypedEmail
    """The address that the person signed up with, in any case of letters."""
    password: TypedPassword
    """Spaces at its ends belong to it."""
    otp: Otp | None = None
    """What the authenticator app shows, or a recovery code: for people who have set up a second factor."""
    act_as: ActAsIn | None = None
    """Which hat the access token has. Without it the token serves to see one's hats and to choose one."""


class RefreshIn(Body):
    refresh_token: Annotated[RefreshToken, StringConstraints(min_length=1, max_length=200)]
    """The newest one of the session; each is used once, and may be sent again within 30 seconds."""
    act_as: ActAsIn | None = None
    """Another hat from now on; the one before where it is left out."""


class EmployeeHatOut(Answer):
    kind: Literal["employee"]
    """An employee of a bureau."""
    bureau_id: UUID
    """To be sent as `act_as.bureau_id`."""
    bureau_name: Annotated[str, Field(examples=["Ekonomibyrån AB"])]
    """To show where the person chooses a hat."""
    employee_id: UUID
    """Who the person is at this bureau."""
    account_role: AccountRole
    """An `administrator` with full maintenance manages the bureau's subscription too."""
    maintenance: Maintenance
    """`full`: may change settings, employees and shared templates, and sees all invitations."""
    customers: Customers
    """`limited`: works only with customers for whom the person is responsible or takes part. `full`: all."""


class MemberHatOut(Answer):
    kind: Literal["member"]
    """A member of a customer's account."""
    account_id: UUID
    """To be sent as `act_as.account_id`."""
    account_name: Annotated[str, Field(examples=["Bageriet AB"])]
    """To show where the person chooses a hat."""
    role: Role
    """An `administrator` manages the members and sees all cases of the account that are not private."""


class OperatorHatOut(Answer):
    kind: Literal["operator"]
    """An operator of the installation, who runs billing and sets prices."""


HatOut = Annotated[EmployeeHatOut | MemberHatOut | OperatorHatOut, Field(discriminator="kind")]


class TokensOut(Answer):
    session_id: UUID
    """The log-in, as `DELETE /v1/sessions/{session_id}` takes it."""
    access_token: Annotated[str, Field(examples=["eyJhbGciOiJFZDI1NTE5Iiwia2lkIjoiMjAyNi0xMSJ9.e30.c2ln"])]
    """A JWT, to be sent as `Authorization: Bearer …`."""
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a scheme (RFC 6750), not a secret
    """How the access token is sent (RFC 6750)."""
    expires_in: int
    """Seconds for which the access token is good."""
    refresh_token: RefreshToken
    """For `POST /v1/sessions/refresh`, once. Keep it as secret as a password."""
    hat: HatOut | None
    """What the access token acts as; null where none was chosen."""
    hats: list[HatOut]
    """All that the person may act as."""


class SessionOut(Answer):
    id: UUID
    """As `DELETE /v1/sessions/{session_id}` takes it."""
    agent: Annotated[str, Field(examples=["Mozilla/5.0"])] | None
    """The `User-Agent` of the log-in, at most 200 characters; null where there was none."""
    current: bool
    """Whether it is the one that this request belongs to."""
    created_at: datetime
    """When the person logged in."""
    last_used_at: datetime
    """When its tokens were renewed last."""
    expires_at: datetime
    """When it ends, if its tokens are not renewed before."""
