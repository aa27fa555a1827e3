"""Who may change a case, beyond seeing it."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.errors import NotYourCustomer
from services.cases.parties.queries import customer_of, open_collaboration
from services.cases.queries import case_for
from services.cases.tables import Case
from shared.callers import CallerEmployee, CallerMember


async def case_to_change(session: AsyncSession, caller: CallerEmployee | CallerMember, case_id: UUID) -> Case:
    """The case, locked. A limited employee changes those of its customers, or that it holds or follows."""
    case = await case_for(session, caller, case_id, lock=True)
    if isinstance(caller, CallerEmployee) and caller.employee_id not in (
        case.assignee_id,
        *case.follower_ids,
    ):
        await require_customer(session, caller, case.customer_id)
    return case


async def case_to_answer(session: AsyncSession, caller: CallerEmployee | CallerMember, case_id: UUID) -> Case:
    """As `case_to_change`, for the dialogue itself, which takes a collaboration that is still open."""
    case = await case_to_change(session, caller, case_id)
    await open_collaboration(session, case.bureau_id, case.customer_id)
    return case


async def require_customer(session: AsyncSession, caller: CallerEmployee, customer_id: UUID) -> None:
    customer = await customer_of(session, caller.bureau_id, customer_id)
    if not caller.may_work_with(
        responsible_id=customer.responsible_id, participant_ids=customer.participant_ids
    ):
        raise NotYourCustomer
