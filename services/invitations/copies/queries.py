from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, and_, any_, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from services.invitations.copies.tables import Account, Bureau, Contact, Customer, Feature, Member
from shared.callers import CallerEmployee
from shared.clock import stockholm_date
from shared.errors import found
from shared.events.identity import BureauStatus


def among(column: InstrumentedAttribute[UUID], ids: Collection[UUID]) -> ColumnElement[bool]:
    """`column = any(ids)`: one parameter, however many ids, so that the statement is prepared once."""
    return column == any_(literal(list(ids), ARRAY(Uuid())))


def own_customer(employee: CallerEmployee) -> ColumnElement[bool]:
    """The customers that the employee is responsible for or takes part in."""
    return or_(
        Customer.responsible_id == employee.employee_id,
        literal(employee.employee_id) == any_(Customer.participant_ids),
    )


def feature_open(at: datetime) -> ColumnElement[bool]:
    """A cancelled purchase holds until the end of its last day, Swedish time."""
    return and_(Feature.active, or_(Feature.ends_on.is_(None), Feature.ends_on >= stockholm_date(at)))


def has_contact(bureau_id: Any, customer_id: Any) -> ColumnElement[bool]:
    """Whether the person who calls is among the contacts of this customer at this bureau, by the address that
    they have proven to be theirs. The main contact stands in the copy of the customer too, which may be newer
    than the one of the contact."""
    proven = func.nullif(func.current_setting("arende.email", True), "")
    main_contact = select(Customer.customer_id).where(
        Customer.bureau_id == bureau_id,
        Customer.customer_id == customer_id,
        Customer.contact_email == proven,
    )
    contact = select(Contact.contact_id).where(
        Contact.bureau_id == bureau_id,
        Contact.customer_id == customer_id,
        Contact.email == proven,
        Contact.active,
    )
    return or_(main_contact.exists(), contact.exists())


async def get_customer(session: AsyncSession, *, bureau_id: UUID, customer_id: UUID) -> Customer:
    """Raises NotFound."""
    return found(await session.get(Customer, (bureau_id, customer_id)), "customer")


async def get_customer_to_answer(session: AsyncSession, *, bureau_id: UUID, customer_id: UUID) -> Customer:
    """Its state stays as it is until the transaction ends. It is locked before its invitation, as by whatever
    replaces invitations. Raises NotFound."""
    statement = select(Customer).where(Customer.bureau_id == bureau_id, Customer.customer_id == customer_id)
    locked = statement.with_for_update(read=True).execution_options(populate_existing=True)
    return found(await session.scalar(locked), "customer")


async def lock_customers(
    session: AsyncSession, *, bureau_id: UUID, customer_ids: Collection[UUID]
) -> Sequence[Customer]:
    """Whatever opens or replaces an invitation locks its customers first, in the order of their ids: so two
    of them wait for each other instead of deadlocking."""
    statement = (
        select(Customer)
        .where(Customer.bureau_id == bureau_id, among(Customer.customer_id, customer_ids))
        .order_by(Customer.bureau_id, Customer.customer_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(statement)).all()


def may_invite(bureau_id: Any, *, at: datetime) -> ColumnElement[bool]:
    """Whether the bureau is approved and has case management at that moment."""
    known = aliased(Bureau)  # `bureau_id` may be a column of the same table
    approved = select(known.bureau_id).where(known.bureau_id == bureau_id, known.status == "approved")
    bought = select(Feature.bureau_id).where(Feature.bureau_id == bureau_id, feature_open(at))
    return and_(approved.exists(), bought.exists())


async def list_inviting(session: AsyncSession, bureau_ids: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Those of the bureaus that may invite at that moment."""
    statement = select(Bureau.bureau_id).where(
        among(Bureau.bureau_id, bureau_ids), may_invite(Bureau.bureau_id, at=at)
    )
    return set(await session.scalars(statement))


async def get_standing(
    session: AsyncSession, bureau_id: UUID, *, at: datetime
) -> tuple[BureauStatus | None, bool]:
    """The bureau's status, None of one that is not known yet, and whether it has case management."""
    bought = select(Feature.bureau_id).where(Feature.bureau_id == bureau_id, feature_open(at)).exists()
    statement = select(Bureau.status, bought).where(Bureau.bureau_id == bureau_id)
    row = (await session.execute(statement)).one_or_none()
    return (row[0], row[1]) if row else (None, False)


async def find_bureau_name(session: AsyncSession, bureau_id: UUID) -> str | None:
    return await session.scalar(select(Bureau.name).where(Bureau.bureau_id == bureau_id))


async def get_account(session: AsyncSession, **key: Any) -> Account:
    """Takes one of its keys. The account is there, since the caller has just tried to insert it."""
    return (await session.scalars(select(Account).filter_by(**key))).one()


async def find_member(session: AsyncSession, *, account_id: UUID, user_id: UUID) -> Member | None:
    return await session.get(Member, (account_id, user_id))
