from services.billing.usage import queries
from services.billing.usage.schemas import MonthInPath, UsageOfMonthOut, UsageOut
from shared.clock import utcnow
from shared.errors import NotFound
from shared.http.api import create_router
from shared.http.callers import Employee
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("billing")


@router.get("/v1/usage")
async def get_usage(employee: Employee, session: Session) -> UsageOut:
    """See how many customers each month is billed for

    For employees: the months that have been counted, and a forecast of the one that is running while
    case management is bought.
    """
    return UsageOut.of(await queries.get_usage(session, employee.bureau_id, at=utcnow()))


@router.get("/v1/usage/{month}", responses=refusals(NotFound))
async def get_usage_of_month(month: MonthInPath, employee: Employee, session: Session) -> UsageOfMonthOut:
    """See who is paid for in a month, and who is not

    For employees: each customer that is counted, each that is not with the reason, and the difference from
    the month before. A month to come is not found.
    """
    usage = await queries.get_usage_of_month(session, employee.bureau_id, month=month, at=utcnow())
    return UsageOfMonthOut.of(usage)
