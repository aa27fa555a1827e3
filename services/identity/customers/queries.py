"""Reading the register, always within one bureau."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, Query
from sqlalchemy import Row, Select, false, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.customers.schemas import CustomerOut, Kind
from services.identity.customers.tables import Contact, Customer
from shared.database.keyset import PageRequest, keyset
from shared.errors import NotFound
from shared.http.pagination import Page, page

CustomerRow = tuple[Customer, Contact | None]


@dataclass(frozen=True)
class Filters:
    active: bool | None
    kind: Kind | None
    responsible: UUID | None
    q: str | None
    readiness: Literal["ready", "not_ready"] | None


def filters(
    active: bool | None = None,
    kind: Kind | None = None,
    responsible: UUID | None = None,
    q: Annotated[str | None, Query(max_length=200)] = None,
    readiness: Literal["ready", "not_ready"] | None = None,
) -> Filters:
    return Filters(active=active, kind=kind, responsible=responsible, q=q, readiness=readiness)


Filtering = Annotated[Filters, Depends(filters)]


def customers_of(bureau_id: UUID) -> Select[Customer, Contact]:
    """Each customer beside its main contact."""
    return (
        select(Customer, Contact)
        .outerjoin(Contact, Contact.id == Customer.main_contact_id)
        .where(Customer.bureau_id == bureau_id)
    )


async def list_customers(
    session: AsyncSession, bureau_id: UUID, chosen: Filters, paging: PageRequest
) -> Page[CustomerOut]:
    statement = _narrowed(customers_of(bureau_id), chosen)
    rows = await session.execute(keyset(statement, paging, Customer.number, Customer.id))
    return page(rows.all(), paging, out=CustomerOut.of, key=lambda row: (row[0].number, row[0].id))


async def get_customer(session: AsyncSession, bureau_id: UUID, customer_id: UUID) -> CustomerRow:
    row = (await session.execute(customers_of(bureau_id).where(Customer.id == customer_id))).one_or_none()
    if row is None:
        raise NotFound("customer")
    customer, main_contact = row
    return customer, main_contact


async def lock_customer(session: AsyncSession, bureau_id: UUID, customer_id: UUID) -> CustomerRow:
    """For a change: others who change it, or its contacts, wait until the transaction ends."""
    rows = await lock_customers(session, bureau_id, Customer.id == customer_id)
    if not rows:
        raise NotFound("customer")
    return rows[0]


async def lock_customers(session: AsyncSession, bureau_id: UUID, condition: Any) -> list[CustomerRow]:
    # In one order, so that two changes of many wait for each other instead of deadlocking. The contacts
    # are read after that, since a lock that was waited for shows only its own row as it is now.
    locked = select(Customer).where(Customer.bureau_id == bureau_id, condition).order_by(Customer.id)
    customers = (await session.scalars(_fresh(locked.with_for_update()))).all()
    ids = [each.main_contact_id for each in customers if each.main_contact_id]
    main = select(Contact).where(Contact.bureau_id == bureau_id, Contact.id.in_(ids))
    contacts = {each.id: each for each in await session.scalars(_fresh(main))} if ids else {}
    return [(each, contacts.get(each.main_contact_id)) for each in customers]


async def responsibilities_of(
    session: AsyncSession, bureau_id: UUID, employee_id: UUID
) -> Sequence[Row[UUID, str, str, bool]]:
    """(id, number, name, active) of every customer the employee answers for or takes part in."""
    statement = (
        select(Customer.id, Customer.number, Customer.name, Customer.active)
        .where(Customer.bureau_id == bureau_id, takes_part(employee_id))
        .order_by(Customer.number)
    )
    return (await session.execute(statement)).all()


def takes_part(employee_id: UUID) -> Any:
    return or_(Customer.responsible_id == employee_id, Customer.participant_ids.contains([employee_id]))


def has_address(email: str) -> Any:
    """Its main contact has that address, in any case of letters."""
    same = select(Contact.id).where(
        Contact.bureau_id == Customer.bureau_id, func.lower(Contact.email) == email.lower()
    )
    return Customer.main_contact_id.in_(same)


def is_ready() -> Any:
    return Customer.active & (func.cardinality(Customer.failing_points) == 0)


def is_stale(at: datetime) -> Any:
    """Nothing happened for twelve months."""
    return Customer.last_activity_at < at - func.make_interval(0, 12)


def _fresh(statement: Select[Any]) -> Select[Any]:
    """Rows that this transaction has read before may have been changed since by another one."""
    return statement.execution_options(populate_existing=True)


def _narrowed(statement: Any, chosen: Filters) -> Any:
    if chosen.active is not None:
        statement = statement.where(Customer.active == chosen.active)
    if chosen.kind is not None:
        statement = statement.where(Customer.kind == chosen.kind)
    if chosen.responsible is not None:
        statement = statement.where(Customer.responsible_id == chosen.responsible)
    if chosen.readiness is not None:
        statement = statement.where(is_ready().is_(true() if chosen.readiness == "ready" else false()))
    if chosen.q:
        words = {"autoescape": True}
        statement = statement.where(
            or_(
                Customer.name.icontains(chosen.q, **words),
                Customer.number.icontains(chosen.q, **words),
                Customer.organisation_number.icontains(chosen.q.replace("-", ""), **words),
            )
        )
    return statement
