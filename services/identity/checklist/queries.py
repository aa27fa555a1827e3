"""The checklist of one bureau, read in a few statements however many customers there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.accounts.tables import Account, Membership
from services.identity.bureaus.tables import Employee
from services.identity.checklist.tables import Duty, DutyCode
from services.identity.copies.tables import Collaboration, RefusedAcceptance
from services.identity.customers.queries import is_ready, is_stale
from services.identity.customers.tables import Contact, Customer
from services.identity.people.tables import User

PointCode = Literal[
    "main_contact_missing",
    "email_missing",
    "email_invalid",
    "address_incomplete",
    "email_belongs_to_employee",
    "main_contact_not_administrator",
    "stale_customer",
]
_NAMED = (Customer.id, Customer.number, Customer.name)


@dataclass(frozen=True)
class Concerned:
    """A customer that a point concerns."""

    id: UUID
    number: str
    name: str
    employee_can_mend: bool | None = None


@dataclass(frozen=True)
class DutyState:
    """`confirmed_by` and `confirmed_at` are None until somebody confirms the duty."""

    code: DutyCode
    confirmed_by: UUID | None
    confirmed_at: datetime | None


@dataclass(frozen=True)
class Checklist:
    billable_customers: int
    ready_customers: int
    points: dict[PointCode, list[Concerned]]
    duties: list[DutyState]


async def get_checklist(session: AsyncSession, bureau_id: UUID, *, at: datetime) -> Checklist:
    billable, ready = await _count(session, bureau_id)
    points: dict[PointCode, list[Concerned]] = {code: [] for code in get_args(PointCode)}
    for customer, failing_points in await _list_failing(session, bureau_id):
        for code in failing_points:
            points[code].append(customer)
    points["main_contact_not_administrator"] = await _list_not_administrators(session, bureau_id)
    points["stale_customer"] = await _list_stale(session, bureau_id, at=at)
    return Checklist(billable, ready, points, await list_duties(session, bureau_id))


async def list_duties(session: AsyncSession, bureau_id: UUID) -> list[DutyState]:
    """All of them, confirmed or not."""
    rows = await session.scalars(select(Duty).where(Duty.bureau_id == bureau_id))
    known = {duty.code: duty for duty in rows}
    return [
        DutyState(code, duty.confirmed_by, duty.confirmed_at)
        if (duty := known.get(code))
        else DutyState(code, None, None)
        for code in get_args(DutyCode)
    ]


async def get_duty(session: AsyncSession, bureau_id: UUID, code: DutyCode) -> DutyState:
    return next(duty for duty in await list_duties(session, bureau_id) if duty.code == code)


async def _count(session: AsyncSession, bureau_id: UUID) -> tuple[int, int]:
    """(billable, ready)"""
    statement = select(
        func.count().filter(Customer.kind == "company"),
        func.count().filter(is_ready()),
    ).where(*_active(bureau_id))
    row = (await session.execute(statement)).one()
    return row[0], row[1]


async def _list_failing(
    session: AsyncSession, bureau_id: UUID
) -> Sequence[tuple[Concerned, list[PointCode]]]:
    statement = select(*_NAMED, Customer.failing_points).where(*_active(bureau_id), ~is_ready())
    rows: Any = await session.execute(statement.order_by(Customer.number))
    return [(Concerned(*named), failing_points) for *named, failing_points in rows]


async def _list_stale(session: AsyncSession, bureau_id: UUID, *, at: datetime) -> list[Concerned]:
    statement = select(*_NAMED).where(*_active(bureau_id), is_stale(at)).order_by(Customer.number)
    return [Concerned(*row) for row in await session.execute(statement)]


async def _list_not_administrators(session: AsyncSession, bureau_id: UUID) -> list[Concerned]:
    """Customers whose organisation has an account for which the main contact can't accept an invitation.

    Only for accounts that the bureau has a tie to: to others it is not told whether a company has one.
    """
    # Not those whom the bureau only says to employ: anybody's address could be added to ask about it.
    colleagues = select(Employee.user_id).where(
        Employee.bureau_id == bureau_id, Employee.active, Employee.joined_at.is_not(None)
    )
    employee_can_mend = _has_administrator(Membership.user_id.in_(colleagues))
    statement = (
        select(*_NAMED, employee_can_mend)
        .join(Account, Account.organisation_number == Customer.organisation_number)
        .join(Contact, Contact.id == Customer.main_contact_id)
        .where(*_active(bureau_id), Customer.kind == "company")
        .where(~_has_administrator(User.email == Contact.normalised_email))
        .where(_tied_to(bureau_id, colleagues))
        .order_by(Customer.number)
    )
    return [Concerned(*row) for row in await session.execute(statement)]


def _has_administrator(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the account has an administrator now who meets the condition."""
    return (
        exists()
        .where(Membership.account_id == Account.id, Membership.removed_at.is_(None))
        .where(Membership.role == "administrator", User.id == Membership.user_id, condition)
        .correlate(Account, Contact, Customer)
    )


def _tied_to(bureau_id: UUID, colleagues: Select[UUID]) -> ColumnElement[bool]:
    """Whether a colleague is a member of the account, a collaboration with it is or was open, or an
    invitation was refused for it."""
    member = exists().where(
        Membership.account_id == Account.id,
        Membership.removed_at.is_(None),
        Membership.user_id.in_(colleagues),
    )
    collaborated = exists().where(
        Collaboration.bureau_id == bureau_id, Collaboration.account_id == Account.id
    )
    refused = exists().where(
        RefusedAcceptance.bureau_id == bureau_id, RefusedAcceptance.account_id == Account.id
    )
    return or_(member, collaborated, refused)


def _active(bureau_id: UUID) -> tuple[Any, ...]:
    return Customer.bureau_id == bureau_id, Customer.active
