"""Who calls, and what the caller may do: the types that commands and queries are scoped by."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from shared.errors import MissingPermission
from shared.principals import Hat


@dataclass(frozen=True)
class CallerPerson:
    """Anyone who is logged in, whatever hat. `email` is lower case. `amr` is how the person logged in
    (RFC 8176), empty where the token does not say it."""

    user_id: UUID
    name: str
    email: str
    email_verified: bool
    session_id: UUID
    hat: Hat | None
    amr: tuple[str, ...] = ()


@dataclass(frozen=True)
class CallerEmployee:
    """An employee of one bureau; every query and command is scoped to `bureau_id`."""

    bureau_id: UUID
    employee_id: UUID
    user_id: UUID
    account_role: Literal["administrator", "user"]
    maintenance: Literal["none", "full"]
    customers: Literal["limited", "full"]
    email_verified: bool

    def require_maintenance(self) -> None:
        if self.maintenance != "full":
            raise MissingPermission(required="maintenance: full")

    def may_work_with(self, *, responsible_id: UUID, participant_ids: list[UUID]) -> bool:
        """`limited` employees work with the customers they are responsible for or take part in."""
        return self.customers == "full" or self.employee_id in (responsible_id, *participant_ids)


@dataclass(frozen=True)
class CallerMember:
    """A person at a customer's account."""

    account_id: UUID
    user_id: UUID
    name: str
    email: str
    role: Literal["administrator", "user"]
    amr: tuple[str, ...] = ()


@dataclass(frozen=True)
class CallerOperator:
    user_id: UUID
