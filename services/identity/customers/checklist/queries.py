"""What the checklist says of one bureau, in a few statements however many customers there are."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, get_args
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.accounts.tables import Account, Membership
from services.identity.bureaus.tables import Employee
from services.identity.customers.checklist.schemas import (
    Checklist,
    ConcernedCustomer,
    DutyCode,
    DutyOut,
    Point,
    PointCode,
)
from services.identity.customers.queries import is_ready, is_stale
from services.identity.customers.tables import Contact, Customer, Duty
from services.identity.persons.tables import User

_NAMED = (Customer.id, Customer.number, Customer.name)


async def checklist(session: AsyncSession, bureau_id: UUID, *, at: datetime) -> Checklist:
    billable, ready = await _counts(session, bureau_id)
    concerned: dict[PointCode, list[ConcernedCustomer]] = {code: [] for code in get_args(PointCode)}
    for customer, failing_points in await _failing(session, bureau_id):
        for code in failing_points:
            concerned[code].append(customer)
    concerned["main_contact_not_administrator"] = await _not_administrators(session, bureau_id)
    concerned["stale_customer"] = await _stale(session, bureau_id, at=at)
    return Checklist(
        billable_customers=billable,
        ready_customers=ready,
        points=[Point(code=code, count=len(them), customers=them) for code, them in concerned.items()],
        duties=await duties(session, bureau_id),
    )


async def duties(session: AsyncSession, bureau_id: UUID) -> list[DutyOut]:
    rows = await session.scalars(select(Duty).where(Duty.bureau_id == bureau_id))
    confirmed = {duty.code: duty for duty in rows}
    return [_duty_out(code, confirmed.get(code)) for code in get_args(DutyCode)]


def _duty_out(code: DutyCode, duty: Duty | None) -> DutyOut:
    return DutyOut(
        code=code,
        confirmed_by=duty.confirmed_by if duty else None,
        confirmed_at=duty.confirmed_at if duty else None,
    )


async def _counts(session: AsyncSession, bureau_id: UUID) -> tuple[int, int]:
    """(billable, ready)"""
    statement = select(
        func.count().filter(Customer.kind == "company"),
        func.count().filter(is_ready()),
    ).where(*_active(bureau_id))
    row = (await session.execute(statement)).one()
    return row[0], row[1]


async def _failing(
    session: AsyncSession, bureau_id: UUID
) -> Iterable[tuple[ConcernedCustomer, list[PointCode]]]:
    statement = select(*_NAMED, Customer.failing_points).where(*_active(bureau_id), ~is_ready())
    rows: Any = await session.execute(statement.order_by(Customer.number))
    return [(ConcernedCustomer(id=row.id, number=row.number, name=row.name), row[3]) for row in rows]


async def _stale(session: AsyncSession, bureau_id: UUID, *, at: datetime) -> list[ConcernedCustomer]:
    statement = select(*_NAMED).where(*_active(bureau_id), is_stale(at)).order_by(Customer.number)
    return [ConcernedCustomer.model_validate(row) for row in await session.execute(statement)]


async def _not_administrators(session: AsyncSession, bureau_id: UUID) -> list[ConcernedCustomer]:
    """Whose organisation has an account that the main contact could not accept an invitation for."""
    colleagues = select(Employee.user_id).where(Employee.bureau_id == bureau_id, Employee.active)
    can_mend = _has_administrator(Membership.user_id.in_(colleagues))
    statement = (
        select(*_NAMED, can_mend.label("employee_can_mend"))
        .join(Account, Account.organisation_number == Customer.organisation_number)
        .join(Contact, Contact.id == Customer.main_contact_id)
        .where(*_active(bureau_id), Customer.kind == "company")
        .where(~_has_administrator(User.email == func.lower(Contact.email)))
        .order_by(Customer.number)
    )
    return [ConcernedCustomer.model_validate(row) for row in await session.execute(statement)]


def _has_administrator(who: ColumnElement[bool]) -> ColumnElement[bool]:
    """The account has a present administrator who is so."""
    return (
        exists()
        .where(Membership.account_id == Account.id, Membership.removed_at.is_(None))
        .where(Membership.role == "administrator", User.id == Membership.user_id, who)
        .correlate(Account, Contact, Customer)
    )


def _active(bureau_id: UUID) -> tuple[Any, ...]:
    return Customer.bureau_id == bureau_id, Customer.active
