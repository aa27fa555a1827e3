"""The register of customers, always within one bureau."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, exists, false, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.copies.tables import Activity, Collaboration
from services.identity.customers.tables import Contact, Customer
from shared.addresses import normalised
from shared.database.keyset import PageRequest, keyset
from shared.errors import NotFound


class CustomerRow(NamedTuple):
    customer: Customer
    main_contact: Contact | None


class ShownCustomer(NamedTuple):
    """A customer, and what identity knows of it from other services."""

    customer: Customer
    main_contact: Contact | None
    collaboration_open: bool
    last_activity_at: datetime


@dataclass(frozen=True)
class Filters:
    """None does not filter. `q` is a part of the name, of the number or of the organisation number."""

    active: bool | None
    kind: Literal["company", "private_individual"] | None
    responsible: UUID | None
    q: str | None
    readiness: Literal["ready", "not_ready"] | None


async def list_customers(
    session: AsyncSession, bureau_id: UUID, filters: Filters, paging: PageRequest
) -> list[ShownCustomer]:
    statement: Any = _shown(bureau_id)
    statement = keyset(_narrowed(statement, filters), paging, Customer.number, Customer.id)
    rows = await session.execute(statement)
    return [ShownCustomer(*row) for row in rows]


async def get_customer(session: AsyncSession, bureau_id: UUID, customer_id: UUID) -> ShownCustomer:
    statement = _shown(bureau_id).where(Customer.id == customer_id)
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise NotFound("customer")
    return ShownCustomer(*row)


async def get_shown_customer(
    session: AsyncSession, customer: Customer, main_contact: Contact | None
) -> ShownCustomer:
    """For a customer that this transaction has read, and perhaps changed."""
    told = select(_collaboration_open(), _last_activity_at()).where(Customer.id == customer.id)
    collaboration_open, last_activity_at = (await session.execute(told)).one()
    return ShownCustomer(customer, main_contact, collaboration_open, last_activity_at)


async def lock_customer(session: AsyncSession, bureau_id: UUID, customer_id: UUID) -> CustomerRow:
    """Other changes of the customer or of its contacts wait until this transaction ends."""
    rows = await _lock(session, bureau_id, Customer.id == customer_id)
    if not rows:
        raise NotFound("customer")
    return rows[0]


async def lock_customers_by_number(
    session: AsyncSession, bureau_id: UUID, numbers: Collection[str]
) -> list[CustomerRow]:
    return await _lock(session, bureau_id, Customer.number.in_(numbers))


async def lock_customers_of_employee(
    session: AsyncSession, bureau_id: UUID, employee_id: UUID
) -> list[CustomerRow]:
    """Those for whom the employee is responsible or takes part, inactive ones too."""
    return await _lock(session, bureau_id, _takes_part(employee_id))


async def lock_customers_of_address(session: AsyncSession, bureau_id: UUID, email: str) -> list[CustomerRow]:
    """Those whose main contact has the address."""
    same = select(Contact.id).where(
        Contact.bureau_id == Customer.bureau_id, Contact.normalised_email == normalised(email)
    )
    return await _lock(session, bureau_id, Customer.main_contact_id.in_(same))


async def list_responsibilities(
    session: AsyncSession, bureau_id: UUID, employee_id: UUID
) -> Sequence[Row[UUID, str, str, bool]]:
    """(id, number, name, active) of every customer for whom the employee is responsible or takes part."""
    statement = (
        select(Customer.id, Customer.number, Customer.name, Customer.active)
        .where(Customer.bureau_id == bureau_id, _takes_part(employee_id))
        .order_by(Customer.number)
    )
    return (await session.execute(statement)).all()


def is_ready() -> ColumnElement[bool]:
    return Customer.active & (func.cardinality(Customer.failing_points) == 0)


def is_stale(at: datetime) -> ColumnElement[bool]:
    """Nothing has happened for twelve months."""
    return _last_activity_at() < at - func.make_interval(0, 12)


async def _lock(session: AsyncSession, bureau_id: UUID, condition: ColumnElement[bool]) -> list[CustomerRow]:
    # Locked in one order, so that two changes of many customers wait for each other instead of deadlocking.
    # Contacts are read afterwards: a statement that waited for a lock shows other tables as they were before.
    locked = select(Customer).where(Customer.bureau_id == bureau_id, condition).order_by(Customer.id)
    customers = (await session.scalars(_fresh(locked.with_for_update()))).all()
    ids = [each.main_contact_id for each in customers if each.main_contact_id]
    main = select(Contact).where(Contact.bureau_id == bureau_id, Contact.id.in_(ids))
    contacts = {each.id: each for each in await session.scalars(_fresh(main))} if ids else {}
    return [CustomerRow(each, contacts.get(each.main_contact_id)) for each in customers]


def _collaboration_open() -> ColumnElement[bool]:
    return (
        exists()
        .where(Collaboration.bureau_id == Customer.bureau_id, Collaboration.customer_id == Customer.id)
        .where(Collaboration.active)
    )


def _last_activity_at() -> ColumnElement[datetime]:
    """The time of registration, where nothing has happened since."""
    told = select(Activity.last_at).where(
        Activity.bureau_id == Customer.bureau_id, Activity.customer_id == Customer.id
    )
    return func.greatest(Customer.created_at, told.scalar_subquery())


def _shown(bureau_id: UUID) -> Select[Customer, Contact, bool, datetime]:
    return (
        select(Customer, Contact, _collaboration_open(), _last_activity_at())
        .outerjoin(Contact, Contact.id == Customer.main_contact_id)
        .where(Customer.bureau_id == bureau_id)
    )


def _takes_part(employee_id: UUID) -> ColumnElement[bool]:
    return or_(Customer.responsible_id == employee_id, Customer.participant_ids.contains([employee_id]))


def _fresh(statement: Select[Any]) -> Select[Any]:
    """Replaces what this transaction has read of these rows before: another one may have changed them."""
    return statement.execution_options(populate_existing=True)


def _narrowed(statement: Select[Any], filters: Filters) -> Select[Any]:
    if filters.active is not None:
        statement = statement.where(Customer.active == filters.active)
    if filters.kind is not None:
        statement = statement.where(Customer.kind == filters.kind)
    if filters.responsible is not None:
        statement = statement.where(Customer.responsible_id == filters.responsible)
    if filters.readiness is not None:
        statement = statement.where(is_ready().is_(true() if filters.readiness == "ready" else false()))
    if filters.q:
        digits = filters.q.replace("-", "")
        statement = statement.where(
            or_(
                Customer.name.icontains(filters.q, autoescape=True),
                Customer.number.icontains(filters.q, autoescape=True),
                Customer.organisation_number.icontains(digits, autoescape=True),
            )
        )
    return statement
