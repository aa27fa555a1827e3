from services.billing.calendar import Month
from services.billing.usage import answers
from services.billing.usage.schemas import UsageListOut, UsageOut
from shared.clock import utcnow
from shared.errors import NotFound
from shared.http.api import create_router
from shared.http.callers import Employee
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("billing")


@router.get("/v1/usage")
async def list_usage(employee: Employee, session: Session) -> UsageListOut:
    return await answers.usage(session, employee.bureau_id, at=utcnow())


@router.get("/v1/usage/{month}", responses=refusals(NotFound))
async def read_usage(month: Month, employee: Employee, session: Session) -> UsageOut:
    return await answers.usage_of_month(session, employee.bureau_id, month=month, at=utcnow())
