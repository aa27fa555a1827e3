"""The caller's rights as a type in the route's signature."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from shared.addresses import normalised
from shared.callers import CallerEmployee, CallerMember, CallerOperator, CallerPerson
from shared.errors import NotLoggedIn, WrongHat
from shared.http.route import refuses
from shared.http.session import Session
from shared.principals import EmployeeHat, MemberHat, OperatorHat, Principal

# Documents the bearer token; it is checked in shared/http/session.py, where the walls are set by it.
Bearer = Annotated[
    object,
    Depends(
        HTTPBearer(
            auto_error=False,
            bearerFormat="JWT",
            scheme_name="AccessToken",
            description="The `access_token` of `POST /v1/sessions`, valid for `expires_in` seconds.",
        )
    ),
]


@refuses(NotLoggedIn)
async def person(request: Request, session: Session, _: Bearer) -> CallerPerson:
    principal: Principal | None = request.state.principal
    if principal is None:
        raise NotLoggedIn
    return CallerPerson(
        user_id=principal.sub,
        name=principal.name,
        email=normalised(principal.email),
        email_verified=principal.email_verified,
        session_id=principal.session_id,
        amr=principal.amr,
        hat=principal.hat,
    )


Person = Annotated[CallerPerson, Depends(person)]


def _employee(hat: EmployeeHat, caller: CallerPerson) -> CallerEmployee:
    return CallerEmployee(
        bureau_id=hat.bureau_id,
        employee_id=hat.employee_id,
        user_id=caller.user_id,
        account_role=hat.account_role,
        maintenance=hat.maintenance,
        customers=hat.customers,
        email_verified=caller.email_verified,
    )


def _member(hat: MemberHat, caller: CallerPerson) -> CallerMember:
    return CallerMember(
        account_id=hat.account_id,
        user_id=caller.user_id,
        name=caller.name,
        email=caller.email,
        role=hat.role,
        amr=caller.amr,
    )


@refuses(WrongHat)
async def employee(caller: Person) -> CallerEmployee:
    if not isinstance(caller.hat, EmployeeHat):
        raise WrongHat(required="employee")
    return _employee(caller.hat, caller)


@refuses(WrongHat)
async def member(caller: Person) -> CallerMember:
    if not isinstance(caller.hat, MemberHat):
        raise WrongHat(required="member")
    return _member(caller.hat, caller)


@refuses(WrongHat)
async def employee_or_member(caller: Person) -> CallerEmployee | CallerMember:
    if isinstance(caller.hat, EmployeeHat):
        return _employee(caller.hat, caller)
    if isinstance(caller.hat, MemberHat):
        return _member(caller.hat, caller)
    raise WrongHat(required="employee, member")


@refuses(WrongHat)
async def operator(caller: Person) -> CallerOperator:
    if not isinstance(caller.hat, OperatorHat):
        raise WrongHat(required="operator")
    return CallerOperator(user_id=caller.user_id)


Employee = Annotated[CallerEmployee, Depends(employee)]
Member = Annotated[CallerMember, Depends(member)]
EmployeeOrMember = Annotated[CallerEmployee | CallerMember, Depends(employee_or_member)]
Operator = Annotated[CallerOperator, Depends(operator)]
