"""Whom a new case concerns, and its number, in one round trip."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.case.actors import Caller
from services.cases.case.errors import NotYourCustomer
from services.cases.case.queries import visible
from services.cases.case.tables import Case, CaseNumber
from services.cases.copies.errors import EmployeeInactive, NoCollaboration
from services.cases.copies.queries import (
    CUSTOMER_WITH_PEOPLE,
    Recipient,
    json_object,
    recipients_among,
    refuse_unwritable,
)
from services.cases.copies.tables import Collaboration, Employee
from shared.callers import CallerEmployee, CallerMember
from shared.clock import stockholm_date
from shared.database.prepared import prepared
from shared.errors import NotFound

# The counter's row is locked until the commit: numbers have no gaps, and a refusal gives its number back.
_NUMBERED = (
    insert(CaseNumber)
    .values(bureau_id=bindparam("bureau"), year=bindparam("year"), last=literal_column("1"))
    .on_conflict_do_update(
        index_elements=[CaseNumber.bureau_id, CaseNumber.year],
        set_={"last": CaseNumber.last + literal_column("1")},
    )
    .returning(CaseNumber.last)
    .cte("numbered")
)
# As `lock_colleagues`: whoever gets the case stays until it is there, or has left before.
_HELD = (
    select(Employee)
    .where(
        Employee.bureau_id == bindparam("bureau"),
        Employee.employee_id == any_(bindparam("employees", type_=ARRAY(Uuid))),
    )
    .order_by(Employee.employee_id)
    .with_for_update(read=True)
    .cte("held_colleagues")
)
_COLLEAGUES = select(
    func.jsonb_object_agg(_HELD.c.employee_id, json_object(name=_HELD.c.name, active=_HELD.c.active))
).scalar_subquery()
_PARTIES = prepared(
    CUSTOMER_WITH_PEOPLE.add_columns(
        select(_NUMBERED.c.last).scalar_subquery().label("number"), _COLLEAGUES.label("colleagues")
    )
)


@dataclass(frozen=True)
class Parties:
    """Whom a new case concerns, and its number, as `2026-000123`.

    `colleagues` are `name` and `active` of the bureau's employees who were asked for, by their ids. They are
    locked: deactivating one of them waits for the case, and then moves it too.
    """

    bureau_id: UUID
    customer_id: UUID
    customer_name: str
    responsible_id: UUID
    account_id: UUID
    number: str
    recipients: Sequence[Recipient]
    colleagues: Mapping[str, Mapping[str, Any]]

    @property
    def held(self) -> set[UUID]:
        return {UUID(employee_id) for employee_id in self.colleagues}

    def require_active(self, employee_id: UUID) -> None:
        colleague = self.colleagues.get(str(employee_id))
        if colleague is None:
            raise NotFound("employee")
        if not colleague["active"]:
            raise EmployeeInactive(name=colleague["name"])


async def lock_parties(
    session: AsyncSession,
    caller: Caller,
    bureau_id: UUID,
    customer_id: UUID | None,
    *,
    contact_ids: Sequence[UUID] = (),
    employee_ids: Collection[UUID],
    at: datetime,
) -> Parties:
    """Raises NotFound, NotYourCustomer, NoCollaboration, CannotReceive; BureauSuspended, FeatureNotBought and
    CustomerInactive where the customer's cases can only be read."""
    year = stockholm_date(at).year
    asked = {
        "bureau": bureau_id,
        "customer": customer_id,
        "year": year,
        "contacts": list(contact_ids),
        "employees": list(employee_ids),
    }
    found: Any = (await session.execute(_PARTIES, asked)).one_or_none()
    if found is None:
        raise NotFound("customer")
    _require_dialogue(caller, found)
    return Parties(
        bureau_id=bureau_id,
        customer_id=found.customer_id,
        customer_name=found.name,
        responsible_id=found.responsible_id,
        account_id=found.account_id,
        number=f"{year}-{found.number:06}",
        recipients=recipients_among(found.people or (), contact_ids),
        colleagues=found.colleagues or {},
    )


def _require_dialogue(caller: Caller, customer: Any) -> None:
    by_bureau = isinstance(caller, CallerEmployee)
    if isinstance(caller, CallerEmployee) and not caller.may_work_with(
        responsible_id=customer.responsible_id, participant_ids=customer.participant_ids
    ):
        raise NotYourCustomer
    refuse_unwritable(customer, by_bureau=by_bureau)
    if customer.account_id is None:
        raise NoCollaboration


async def find_case_from(
    session: AsyncSession, caller: CallerMember, bureau_id: UUID, employee_id: UUID
) -> UUID | None:
    """A case that the member sees and that this employee opened or holds."""
    user = select(Employee.user_id).where(
        Employee.bureau_id == bureau_id, Employee.employee_id == employee_id
    )
    wanted = select(Case.id).where(
        Case.bureau_id == bureau_id,
        or_(Case.assignee_id == employee_id, Case.created_by.in_(user)),
        visible(caller),
    )
    return (await session.scalars(wanted.limit(1))).first()


async def list_collaborations(session: AsyncSession, account_id: UUID) -> Sequence[Collaboration]:
    """The open collaborations of an account with all bureaus; for each customer only the newest."""
    wanted = select(Collaboration).where(
        Collaboration.account_id == account_id, Collaboration.active.is_(True)
    )
    newest = {
        (each.bureau_id, each.customer_id): each
        for each in await session.scalars(wanted.order_by(Collaboration.collaboration_id))
    }
    return list(newest.values())
