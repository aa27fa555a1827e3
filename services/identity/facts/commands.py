"""What identity owns and others keep copies of, as it is now."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.accounts.events import member_event
from services.identity.bureaus.events import STATES, bureau_event, employee_event
from services.identity.bureaus.queries import get_bureau
from services.identity.customers.events import contact_event, customer_event
from services.identity.facts import queries
from services.identity.facts.queries import CustomerRow, EmployeeRow, MemberRow
from shared.bus.republish import FIRST, Facts, Told
from shared.events.identity import (
    AccountCreated,
    ContactChanged,
    ContactRemoved,
    CustomerChanged,
    CustomerDeactivated,
    CustomerEvent,
    EmployeeChanged,
    EmployeeDeactivated,
    EmployeeEvent,
    MemberEvent,
    MemberRemoved,
    MemberRoleChanged,
)


async def tell_bureau(session: AsyncSession, *, bureau_id: UUID, after: UUID | None, limit: int) -> Told:
    bureau = None if after else await get_bureau(session, bureau_id, seen_from=bureau_id)
    return [(bureau.id, bureau_event(STATES[bureau.status], bureau))] if bureau else []


async def tell_employees(session: AsyncSession, *, bureau_id: UUID, after: UUID | None, limit: int) -> Told:
    rows = await queries.list_employees(session, bureau_id=bureau_id, after=after or FIRST, limit=limit)
    return [(row.employee.id, _employee(row)) for row in rows]


async def tell_customers(session: AsyncSession, *, bureau_id: UUID, after: UUID | None, limit: int) -> Told:
    rows = await queries.list_customers(session, bureau_id=bureau_id, after=after or FIRST, limit=limit)
    return [(row.customer.id, _customer(row)) for row in rows]


async def tell_contacts(session: AsyncSession, *, bureau_id: UUID, after: UUID | None, limit: int) -> Told:
    rows = await queries.list_contacts(session, bureau_id=bureau_id, after=after or FIRST, limit=limit)
    return [(row.id, contact_event(ContactChanged, row, at=row.created_at)) for row in rows]


async def tell_removed_contacts(
    session: AsyncSession, *, bureau_id: UUID, after: UUID | None, limit: int
) -> Told:
    rows = await queries.list_removed_contacts(
        session, bureau_id=bureau_id, after=after or FIRST, limit=limit
    )
    return [(row.id, contact_event(ContactRemoved, row, at=row.removed_at)) for row in rows]


async def tell_accounts(
    session: AsyncSession, *, bureau_id: UUID | None, after: UUID | None, limit: int
) -> Told:
    rows = await queries.list_accounts(session, bureau_id=bureau_id, after=after or FIRST, limit=limit)
    told = [
        AccountCreated(
            time=row.created_at, account_id=row.id, name=row.name, organisation_number=row.organisation_number
        )
        for row in rows
    ]
    return [(event.account_id, event) for event in told]


async def tell_members(
    session: AsyncSession, *, bureau_id: UUID | None, after: tuple[UUID, UUID] | None, limit: int
) -> Told:
    rows = await queries.list_members(
        session, bureau_id=bureau_id, after=after or (FIRST, FIRST), limit=limit
    )
    return [((row.membership.account_id, row.user.id), _member(row)) for row in rows]


def _employee(row: EmployeeRow) -> EmployeeEvent:
    employee, user = row.employee, row.user
    time = row.since or employee.created_at
    if employee.active:
        return employee_event(EmployeeChanged, employee, user, time=time)
    return employee_event(EmployeeDeactivated, employee, user, time=time, transfer_to=employee.successor_id)


def _customer(row: CustomerRow) -> CustomerEvent:
    kind = CustomerChanged if row.customer.active else CustomerDeactivated
    return customer_event(kind, row.customer, row.main_contact, at=row.since)


def _member(row: MemberRow) -> MemberEvent:
    kind = MemberRoleChanged if row.membership.removed_at is None else MemberRemoved
    return member_event(kind, row.membership, row.user, time=row.since or row.membership.added_at)


_BUREAUS = queries.list_bureau_ids
FACTS = (
    Facts("bureaus", tuple(STATES.values()), tell_bureau, _BUREAUS),
    Facts("employees", (EmployeeChanged, EmployeeDeactivated), tell_employees, _BUREAUS),
    Facts("customers", (CustomerChanged, CustomerDeactivated), tell_customers, _BUREAUS),
    Facts("contacts", (ContactChanged,), tell_contacts, _BUREAUS),
    Facts("removed contacts", (ContactRemoved,), tell_removed_contacts, _BUREAUS),
    Facts("accounts", (AccountCreated,), tell_accounts),
    Facts("members", (MemberRoleChanged, MemberRemoved), tell_members),
)
