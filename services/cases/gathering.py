"""What opening a case must know of those whom it concerns, and the case's number: one round trip."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.errors import EmployeeInactive, NotYourCustomer
from services.cases.parties.errors import NoCollaboration
from services.cases.parties.queries import Recipient, recipients_among
from services.cases.tables import CaseNumber
from shared.callers import CallerEmployee
from shared.clock import stockholm_date
from shared.errors import NotFound

# The number's row is held until the commit: no gaps, none twice; a refusal gives it back. Of collaborations,
# the end of an earlier one may still be on its way.
_GATHER = text(
    """
    with numbered as (
        insert into case_numbers as used (bureau_id, year, last) values (:bureau, :year, 1)
        on conflict (bureau_id, year) do update set last = used.last + 1
        returning last
    ), collaboration as (
        select account_id from collaborations
        where bureau_id = :bureau and customer_id = :customer and ended_at is null
        order by id desc limit 1
    ), people as (
        select jsonb_build_object('contact_id', c.id, 'name', c.name, 'email', c.email,
            'user_id', m.user_id, 'member_name', m.name) as person
        from contacts c
        left join members m on m.email = c.email and not m.removed
            and m.account_id = (select account_id from collaboration)
        where c.bureau_id = :bureau and c.customer_id = :customer and c.id = any(:contacts) and not c.removed
    ), colleagues as (
        select jsonb_build_object('employee_id', employee_id, 'name', name, 'active', active) as colleague
        from employees
        where bureau_id = :bureau and employee_id = any(:employees)
    )
    select name, responsible_id, participant_ids,
        (select last from numbered) as number,
        (select account_id from collaboration) as account_id,
        (select coalesce(jsonb_agg(person), '[]') from people) as people,
        (select coalesce(jsonb_agg(colleague), '[]') from colleagues) as colleagues
    from party_customers
    where bureau_id = :bureau and id = :customer
    """
)


@dataclass(frozen=True)
class Gathered:
    customer_name: str
    account_id: UUID
    number: str
    recipients: Sequence[Recipient]
    colleagues: Mapping[UUID, tuple[str, bool]]

    def require_active(self, employee_id: UUID) -> None:
        if employee_id not in self.colleagues:
            raise NotFound("employee")
        name, active = self.colleagues[employee_id]
        if not active:
            raise EmployeeInactive(name=name)


async def gather(
    session: AsyncSession,
    caller: CallerEmployee,
    customer_id: UUID,
    *,
    contact_ids: Sequence[UUID],
    employee_ids: Collection[UUID],
    at: datetime,
) -> Gathered:
    """Raises NotFound, NotYourCustomer, NoCollaboration, CannotReceive. `number` is as `2026-000123`."""
    year = stockholm_date(at).year
    asked = {"bureau": caller.bureau_id, "customer": customer_id, "year": year}
    asked |= {"contacts": list(contact_ids), "employees": list(employee_ids)}
    found: Any = (await session.execute(_GATHER, asked)).one_or_none()
    if found is None:
        raise NotFound("customer")
    if not caller.may_work_with(responsible_id=found.responsible_id, participant_ids=found.participant_ids):
        raise NotYourCustomer
    if found.account_id is None:
        raise NoCollaboration
    return Gathered(
        customer_name=found.name,
        account_id=found.account_id,
        number=CaseNumber.shown(year, found.number),
        recipients=recipients_among(found.people, contact_ids),
        colleagues={UUID(each["employee_id"]): (each["name"], each["active"]) for each in found.colleagues},
    )
