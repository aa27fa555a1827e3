"""Customers, employees and members as this service knows them, and who can receive a case."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Uuid,
    and_,
    any_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from services.cases.copies.errors import (
    BureauWithoutFeature,
    CannotReceive,
    CollaborationPaused,
    CustomerInactive,
    EmployeeInactive,
    FeatureNotBought,
    NoCollaboration,
    why_not,
)
from services.cases.copies.tables import Bureau, Collaboration, Contact, Customer, Employee, Feature, Member
from shared.approval import BureauStopped, BureauSuspended
from shared.errors import FieldError, NotFound, found
from shared.events.identity import Language


def json_object(**columns: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """The columns as one JSON object by these names, which are no parameters of the statement."""
    parts: list[Any] = []
    for name, column in columns.items():
        parts += [literal_column(f"'{name}'"), column]
    return func.jsonb_build_object(*parts)


_BUREAU, _CUSTOMER = bindparam("bureau", type_=Uuid()), bindparam("customer", type_=Uuid())
# Of several open collaborations the newest counts: the end of an earlier one may still be on its way.
_ACCOUNT = (
    select(Collaboration.account_id)
    .where(
        Collaboration.bureau_id == _BUREAU,
        Collaboration.customer_id == _CUSTOMER,
        Collaboration.active.is_(True),
    )
    .order_by(Collaboration.collaboration_id.desc())
    .limit(literal_column("1"))
    .scalar_subquery()
)
# Whoever gets a case stays until it is there: removing the person waits, and then takes the case away too.
_CONTACTS = (
    select(Contact)
    .where(
        Contact.bureau_id == _BUREAU,
        Contact.customer_id == _CUSTOMER,
        Contact.contact_id == any_(bindparam("contacts", type_=ARRAY(Uuid))),
        Contact.active.is_(True),
    )
    .order_by(Contact.contact_id)
    .with_for_update(read=True)
    .cte("held_contacts")
)
_MEMBERS = (
    select(Member)
    .where(
        Member.account_id == _ACCOUNT, Member.email.in_(select(_CONTACTS.c.email)), Member.active.is_(True)
    )
    .order_by(Member.user_id)
    .with_for_update(read=True)
    .cte("held_members")
)
_PEOPLE = (
    select(
        func.jsonb_agg(
            json_object(
                contact_id=_CONTACTS.c.contact_id,
                name=_CONTACTS.c.name,
                email=_CONTACTS.c.email,
                language=_CONTACTS.c.language,
                user_id=_MEMBERS.c.user_id,
                member_name=_MEMBERS.c.name,
            )
        )
    )
    .select_from(_CONTACTS)
    .outerjoin(_MEMBERS, _MEMBERS.c.email == _CONTACTS.c.email)
    .scalar_subquery()
)
# A cancelled purchase holds until the end of its last day, Swedish time. Where billing has not told of the
# bureau yet, its collaborations show that it has bought: an invitation takes the feature.
_BOUGHT = func.coalesce(
    select(
        and_(
            Feature.active,
            or_(
                Feature.ends_on.is_(None),
                Feature.ends_on >= literal_column("(now() at time zone 'Europe/Stockholm')::date"),
            ),
        )
    )
    .where(Feature.bureau_id == _BUREAU)
    .scalar_subquery(),
    true(),
)
_SUSPENDED = (
    select(Bureau.bureau_id)
    .where(Bureau.bureau_id == _BUREAU, Bureau.status == literal_column("'suspended'"))
    .exists()
)
_WRITABLE = (Customer.active, _BOUGHT.label("bought"), _SUSPENDED.label("suspended"))
_STANDING = select(*_WRITABLE, _ACCOUNT.label("account_id")).where(
    Customer.bureau_id == _BUREAU, Customer.customer_id == _CUSTOMER
)
# A customer with the account that it collaborates by, and those of the named contacts that it has, locked.
CUSTOMER_WITH_PEOPLE = select(
    Customer.customer_id,
    Customer.name,
    Customer.responsible_id,
    Customer.participant_ids,
    *_WRITABLE,
    _ACCOUNT.label("account_id"),
    _PEOPLE.label("people"),
).where(Customer.bureau_id == _BUREAU, Customer.customer_id == _CUSTOMER)


@dataclass(frozen=True)
class Recipient:
    """A person who can receive a case: a contact of the customer who is a member of its account.

    `name` and `language` are the contact's, `member_name` the one that the person chose. A member who writes
    to the bureau need not be a contact.
    """

    user_id: UUID
    contact_id: UUID | None
    name: str
    email: str
    member_name: str
    language: Language | None = None


def has_contact(bureau_id: Any, customer_id: Any) -> ColumnElement[bool]:
    """Whether the person who calls is among the contacts of this customer at this bureau, by the address that
    they have proven to be theirs. Being a member of the customer's account proves nothing to a bureau:
    whoever came first with the company's organisation number opened it."""
    proven = func.nullif(func.current_setting("arende.email", True), "")
    return (
        select(Contact.contact_id)
        .where(
            Contact.bureau_id == bureau_id,
            Contact.customer_id == customer_id,
            Contact.email == proven,
            Contact.active.is_(True),
        )
        .exists()
    )


async def get_customer(session: AsyncSession, bureau_id: UUID, customer_id: UUID) -> Customer:
    wanted = select(Customer).where(Customer.bureau_id == bureau_id, Customer.customer_id == customer_id)
    return found((await session.scalars(wanted)).one_or_none(), "customer")


async def require_writable(
    session: AsyncSession, bureau_id: UUID, customer_id: UUID, *, by_bureau: bool
) -> None:
    """Cases can be written in while the bureau has the feature and is not suspended, and the customer is
    active. Raises BureauSuspended, FeatureNotBought and CustomerInactive, in words for the caller's side."""
    asked = {"bureau": bureau_id, "customer": customer_id}
    standing: Any = (await session.execute(_STANDING, asked)).one_or_none()
    if standing is None:
        raise NotFound("customer")
    refuse_unwritable(standing, by_bureau=by_bureau)


async def is_writable(session: AsyncSession, bureau_id: UUID, customer_id: UUID) -> bool:
    """As `require_writable`, and whether a collaboration is open."""
    asked = {"bureau": bureau_id, "customer": customer_id}
    standing: Any = (await session.execute(_STANDING, asked)).one_or_none()
    if standing is None or standing.suspended or standing.account_id is None:
        return False
    return bool(standing.bought and standing.active)


def refuse_unwritable(standing: Any, *, by_bureau: bool) -> None:
    """`standing` is a row of one of the statements above."""
    if standing.suspended:
        raise BureauSuspended if by_bureau else BureauStopped
    if not standing.bought:
        raise FeatureNotBought if by_bureau else BureauWithoutFeature
    if not standing.active:
        raise CustomerInactive if by_bureau else CollaborationPaused


async def get_open_collaboration(session: AsyncSession, bureau_id: UUID, customer_id: UUID) -> Collaboration:
    """Raises NoCollaboration, and NotFound for a customer that is not the bureau's."""
    wanted = select(Collaboration).where(
        Collaboration.bureau_id == bureau_id,
        Collaboration.customer_id == customer_id,
        Collaboration.active.is_(True),
    )
    collaboration = (
        await session.scalars(wanted.order_by(Collaboration.collaboration_id.desc()).limit(1))
    ).first()
    if collaboration is None:
        await get_customer(session, bureau_id, customer_id)
        raise NoCollaboration
    return collaboration


async def list_recipients(
    session: AsyncSession,
    bureau_id: UUID,
    customer_id: UUID,
    contact_ids: Sequence[UUID],
    *,
    field: str = "participant_ids",
) -> list[Recipient]:
    """The people behind these contacts, each once, in their order, locked: they can't be removed before the
    transaction ends. Raises NoCollaboration, and CannotReceive, which names their places in `field`."""
    asked = {"bureau": bureau_id, "customer": customer_id, "contacts": list(contact_ids)}
    found: Any = (await session.execute(CUSTOMER_WITH_PEOPLE, asked)).one_or_none()
    if found is None:
        raise NotFound("customer")
    if found.account_id is None:
        raise NoCollaboration
    return recipients_among(found.people or (), contact_ids, field=field)


def recipients_among(
    people: Iterable[Mapping[str, Any]], contact_ids: Sequence[UUID], *, field: str = "participant_ids"
) -> list[Recipient]:
    """The `people` of CUSTOMER_WITH_PEOPLE. Raises CannotReceive, as `list_recipients` does."""
    known = {UUID(each["contact_id"]): each for each in people}
    found: dict[UUID, Recipient] = {}
    errors: list[FieldError] = []
    for place, contact_id in enumerate(contact_ids):
        person = known.get(contact_id)
        if person is None or person["user_id"] is None:
            errors.append(why_not(f"{field}.{place}", person))
            continue
        user_id = UUID(person["user_id"])
        told = (person[name] for name in ("name", "email", "member_name", "language"))
        recipient = Recipient(user_id, contact_id, *told)
        found.setdefault(user_id, recipient)
    if errors:
        raise CannotReceive(errors=errors)
    return list(found.values())


async def get_employee(session: AsyncSession, bureau_id: UUID, employee_id: UUID) -> Employee:
    wanted = select(Employee).where(Employee.bureau_id == bureau_id, Employee.employee_id == employee_id)
    return found((await session.scalars(wanted)).one_or_none(), "employee")


async def get_active_employee(session: AsyncSession, bureau_id: UUID, employee_id: UUID) -> Employee:
    """Raises NotFound, and EmployeeInactive for those who have left."""
    employee = await get_employee(session, bureau_id, employee_id)
    if not employee.active:
        raise EmployeeInactive(name=employee.name)
    return employee


async def list_users_of(session: AsyncSession, bureau_id: UUID, employee_ids: Sequence[UUID]) -> list[UUID]:
    """The users to tell of news, without employees who have left, or who are not known here yet."""
    wanted = select(Employee.user_id).where(
        Employee.bureau_id == bureau_id, Employee.employee_id.in_(employee_ids), Employee.active.is_(True)
    )
    return list(await session.scalars(wanted.order_by(Employee.employee_id)))


async def list_names(
    session: AsyncSession, bureau_id: UUID, account_id: UUID, user_ids: Sequence[UUID]
) -> dict[UUID, str]:
    """The names of employees and members by their user ids, also of those who have left."""
    if not user_ids:
        return {}
    at_account = select(Member.user_id, Member.name).where(
        Member.account_id == account_id, Member.user_id.in_(user_ids)
    )
    at_bureau = select(Employee.user_id, Employee.name).where(
        Employee.bureau_id == bureau_id, Employee.user_id.in_(user_ids)
    )
    rows = await session.execute(union_all(at_account, at_bureau))
    return {row.user_id: row.name for row in rows}
