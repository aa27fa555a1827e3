"""The caller's rights as a type in the route's signature."""

from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from shared.db import Session
from shared.errors import MissingPermission, NotLoggedIn, WrongHat
from shared.tokens import EmployeeHat, Hat, MemberHat, OperatorHat, Principal


@dataclass(frozen=True)
class CallerPerson:
    """Anyone who is logged in, whatever hat. `email` is lower case."""

    user_id: UUID
    name: str
    email: str
    email_verified: bool
    session_id: UUID
    hat: Hat | None


@dataclass(frozen=True)
class CallerEmployee:
    """An employee of one bureau; every query and command is scoped to `bureau_id`."""

    bureau_id: UUID
    employee_id: UUID
    user_id: UUID
    account_role: Literal["administrator", "user"]
    maintenance: Literal["none", "full"]
    customers: Literal["limited", "full"]

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


@dataclass(frozen=True)
class CallerOperator:
    user_id: UUID


# Documents the bearer token; it is checked in shared/db.py, where the walls are set by it.
Bearer = Annotated[object, Depends(HTTPBearer(auto_error=False, bearerFormat="JWT"))]


async def person(request: Request, session: Session, _: Bearer) -> CallerPerson:
    principal: Principal | None = request.state.principal
    if principal is None:
        raise NotLoggedIn
    return CallerPerson(
        user_id=principal.sub,
        name=principal.name,
        email=principal.email.lower(),
        email_verified=principal.email_verified,
        session_id=principal.session_id,
        hat=principal.hat,
    )


Person = Annotated[CallerPerson, Depends(person)]


def _employee(hat: EmployeeHat, user_id: UUID) -> CallerEmployee:
    return CallerEmployee(
        bureau_id=hat.bureau_id,
        employee_id=hat.employee_id,
        user_id=user_id,
        account_role=hat.account_role,
        maintenance=hat.maintenance,
        customers=hat.customers,
    )


def _member(hat: MemberHat, caller: CallerPerson) -> CallerMember:
    return CallerMember(
        account_id=hat.account_id,
        user_id=caller.user_id,
        name=caller.name,
        email=caller.email,
        role=hat.role,
    )


async def employee(caller: Person) -> CallerEmployee:
    if not isinstance(caller.hat, EmployeeHat):
        raise WrongHat(required="employee")
    return _employee(caller.hat, caller.user_id)


async def member(caller: Person) -> CallerMember:
    if not isinstance(caller.hat, MemberHat):
        raise WrongHat(required="member")
    return _member(caller.hat, caller)


async def employee_or_member(caller: Person) -> CallerEmployee | CallerMember:
    if isinstance(caller.hat, EmployeeHat):
        return _employee(caller.hat, caller.user_id)
    if isinstance(caller.hat, MemberHat):
        return _member(caller.hat, caller)
    raise WrongHat(required="employee, member")


async def operator(caller: Person) -> CallerOperator:
    if not isinstance(caller.hat, OperatorHat):
        raise WrongHat(required="operator")
    return CallerOperator(user_id=caller.user_id)


Employee = Annotated[CallerEmployee, Depends(employee)]
Member = Annotated[CallerMember, Depends(member)]
EmployeeOrMember = Annotated[CallerEmployee | CallerMember, Depends(employee_or_member)]
Operator = Annotated[CallerOperator, Depends(operator)]
