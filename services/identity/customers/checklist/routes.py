from services.identity.customers.checklist import commands, queries
from services.identity.customers.checklist.schemas import Checklist, DutyCode, DutyOut
from shared.clock import utcnow
from shared.http.api import create_router
from shared.http.callers import Employee
from shared.http.session import Session

router = create_router("activation checklist")


@router.get("/v1/activation-checklist")
async def get_checklist(caller: Employee, session: Session) -> Checklist:
    return await queries.checklist(session, caller.bureau_id, at=utcnow())


@router.put("/v1/activation-checklist/duties/{code}")
async def confirm_duty(code: DutyCode, caller: Employee, session: Session) -> DutyOut:
    return await commands.confirm_duty(
        session, code, bureau_id=caller.bureau_id, by=caller.employee_id, at=utcnow()
    )
