"""Who a token says is calling. Apart from the tokens themselves: a worker loads no cryptography."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

# In a token's `amr`: more than one factor was shown (RFC 8176).
MULTI_FACTOR = "mfa"


class _Hat(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EmployeeHat(_Hat):
    kind: Literal["employee"] = "employee"
    bureau_id: UUID
    employee_id: UUID
    account_role: Literal["administrator", "user"]
    maintenance: Literal["none", "full"]
    customers: Literal["limited", "full"]

    @property
    def hat_id(self) -> UUID | None:
        return self.bureau_id


class MemberHat(_Hat):
    kind: Literal["member"] = "member"
    account_id: UUID
    role: Literal["administrator", "user"]

    @property
    def hat_id(self) -> UUID | None:
        return self.account_id


class OperatorHat(_Hat):
    kind: Literal["operator"] = "operator"

    @property
    def hat_id(self) -> UUID | None:
        return None


# What a person acts as.
Hat = Annotated[EmployeeHat | MemberHat | OperatorHat, Field(discriminator="kind")]


# Pydantic would take the text "1" for a number, and for true; JSON can write numbers that are infinite.
_Seconds = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class Principal(BaseModel):
    """The claims of a verified token; times are seconds since 1970."""

    model_config = ConfigDict(frozen=True)

    sub: UUID
    iat: _Seconds
    nbf: _Seconds | None = None
    exp: _Seconds
    email: str
    email_verified: Annotated[bool, Field(strict=True)]
    name: str
    session_id: UUID
    amr: tuple[str, ...] = ()
    hat: Hat | None = None
