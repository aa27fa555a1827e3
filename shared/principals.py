"""Who a token says is calling. Apart from the tokens themselves: a worker loads no cryptography."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


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


class Principal(BaseModel):
    """The claims of a verified token."""

    model_config = ConfigDict(frozen=True)

    sub: UUID
    iat: float
    exp: float
    email: str
    email_verified: bool
    name: str
    session_id: UUID
    amr: tuple[str, ...] = ()
    hat: Hat | None = None
