"""Changes of the register's customers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.accounts.commands import rename_account
from services.identity.bureaus.queries import list_employee_emails, lock_employee
from services.identity.customers import queries
from services.identity.customers.errors import HasOrganisationNumber, NumberTaken, OrganisationNumberMissing
from services.identity.customers.events import Snapshot, publish_change, publish_customer
from services.identity.customers.queries import ShownCustomer
from services.identity.customers.tables import Contact, Customer
from shared.callers import CallerEmployee
from shared.errors import MissingPermission, NotFound, named_in
from shared.events.identity import CustomerRegistered
from shared.ids import uuid7
from shared.versions import SeenVersion


async def register_customer(
    session: AsyncSession, *, by: CallerEmployee, columns: Mapping[str, Any], at: datetime
) -> ShownCustomer:
    """The caller is responsible for it where `columns` name nobody."""
    columns = {**columns, "responsible_id": columns.get("responsible_id") or by.employee_id}
    await _require_colleagues(session, by.bureau_id, columns)
    customer = new_customer(bureau_id=by.bureau_id, at=at, **columns)
    require_work_with(by, customer)
    _require_organisation_number(customer)
    customer.assess(None, employee_emails=())
    session.add(customer)
    await _claim_number(session, customer)
    publish_customer(session, CustomerRegistered, customer, None, at=at)
    return ShownCustomer(customer, None, collaboration_open=False, last_activity_at=at)


def new_customer(*, bureau_id: UUID, at: datetime, active: bool = True, **columns: Any) -> Customer:
    """Sets every column that the rules read, since SQLAlchemy fills in defaults only at the flush."""
    blank = dict.fromkeys(("street", "postal_code", "city"), "")
    return Customer(
        id=uuid7(),
        bureau_id=bureau_id,
        active=active,
        inactive_since=None if active else at,
        failing_points=[],
        created_at=at,
        version=1,
        **{**blank, "country": "SE", "participant_ids": [], **columns},
    )


async def change_customer(
    session: AsyncSession,
    *,
    customer_id: UUID,
    by: CallerEmployee,
    columns: Mapping[str, Any],
    seen: SeenVersion,
    at: datetime,
) -> ShownCustomer:
    """`columns`: those to change, by their names."""
    await _require_colleagues(session, by.bureau_id, columns)
    customer, main_contact = await queries.lock_customer(session, by.bureau_id, customer_id)
    require_work_with(by, customer)
    seen.require(customer.version)
    employees = await list_employee_emails(session, by.bureau_id)
    before = Snapshot.of(customer, main_contact)
    if customer.must_stay_company(columns.get("kind", customer.kind)):
        raise HasOrganisationNumber
    customer.set_active(columns.get("active", customer.active), at=at)
    was = customer.name
    for name, value in columns.items():
        setattr(customer, name, value)
    if {"kind", "organisation_number"} & columns.keys():
        _require_organisation_number(customer)
    customer.assess(main_contact, employee_emails=employees)
    publish_change(session, customer, main_contact, since=before, at=at)
    await _claim_number(session, customer)
    names = {"was": was, "name": customer.name}
    await rename_account(session, bureau_id=by.bureau_id, customer_id=customer.id, **names)
    return await queries.get_shown_customer(session, customer, main_contact)


async def set_active(
    session: AsyncSession, *, customer_id: UUID, by: CallerEmployee, active: bool, at: datetime
) -> ShownCustomer:
    customer, main_contact = await queries.lock_customer(session, by.bureau_id, customer_id)
    require_work_with(by, customer)
    before = Snapshot.of(customer, main_contact)
    customer.set_active(active, at=at)
    publish_change(session, customer, main_contact, since=before, at=at)
    return await queries.get_shown_customer(session, customer, main_contact)


async def change_main_contact(
    session: AsyncSession, *, customer: Customer, was: Contact | None, to: Contact | None, at: datetime
) -> None:
    """The customer must be locked."""
    employees = await list_employee_emails(session, customer.bureau_id)
    before = Snapshot.of(customer, was)
    customer.main_contact_id = to.id if to else None
    customer.assess(to, employee_emails=employees)
    publish_change(session, customer, to, since=before, at=at)


async def transfer_responsibilities(
    session: AsyncSession, *, bureau_id: UUID, from_employee_id: UUID, to_employee_id: UUID, at: datetime
) -> None:
    """Everything that one employee is responsible for or takes part in, of inactive customers too."""
    theirs = await queries.lock_customers_of_employee(session, bureau_id, from_employee_id)
    for customer, main_contact in theirs:
        before = Snapshot.of(customer, main_contact)
        customer.hand_over(from_id=from_employee_id, to_id=to_employee_id)
        publish_change(session, customer, main_contact, since=before, at=at)


async def recheck_address(session: AsyncSession, *, bureau_id: UUID, email: str, at: datetime) -> None:
    """Judges customers with this main contact's address, which has become or is no longer an employee's."""
    employees = await list_employee_emails(session, bureau_id)
    for customer, main_contact in await queries.lock_customers_of_address(session, bureau_id, email):
        before = Snapshot.of(customer, main_contact)
        customer.assess(main_contact, employee_emails=employees)
        publish_change(session, customer, main_contact, since=before, at=at)


def require_work_with(by: CallerEmployee, customer: Customer) -> None:
    responsible_id, participant_ids = customer.responsible_id, customer.participant_ids
    if not by.may_work_with(responsible_id=responsible_id, participant_ids=participant_ids):
        raise MissingPermission(required="customers: full")


async def _require_colleagues(session: AsyncSession, bureau_id: UUID, columns: Mapping[str, Any]) -> None:
    """Whoever is named must work here. Employees are locked before customers, as deactivating one does."""
    participants: list[UUID] = columns.get("participant_ids", [])
    named = {employee_id: f"participant_ids.{place}" for place, employee_id in enumerate(participants)}
    if "responsible_id" in columns:
        named[columns["responsible_id"]] = "responsible_id"
    for employee_id in sorted(named):
        with named_in(named[employee_id]):
            employee = await lock_employee(session, bureau_id, employee_id, share=True)
            if not employee.active:
                raise NotFound("employee")


def _require_organisation_number(customer: Customer) -> None:
    """A company has one and a private individual has none, since only companies are billed for."""
    if customer.kind == "company" and customer.organisation_number is None:
        raise OrganisationNumberMissing
    if customer.kind == "private_individual" and customer.organisation_number is not None:
        raise HasOrganisationNumber


async def _claim_number(session: AsyncSession, customer: Customer) -> None:
    number = customer.number
    try:
        # Now rather than at the commit, so that a number that is taken becomes a refusal.
        await session.flush()
    except IntegrityError as error:
        raise NumberTaken(number=number) from error
