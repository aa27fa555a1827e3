from typing import Annotated

from fastapi import Path

from services.identity.checklist import commands, queries
from services.identity.checklist.schemas import ChecklistOut, DutyOut
from services.identity.checklist.tables import DutyCode
from shared.clock import utcnow
from shared.http.api import create_router
from shared.http.callers import Employee
from shared.http.session import Session

router = create_router("activation checklist")
Duty = Annotated[DutyCode, Path(description="The document that names the service now.")]


@router.get("/v1/activation-checklist")
async def get_checklist(caller: Employee, session: Session) -> ChecklistOut:
    """Look at what is missing before customers can be invited

    For each employee of the bureau.
    """
    return ChecklistOut.of(await queries.get_checklist(session, caller.bureau_id, at=utcnow()))


@router.put("/v1/activation-checklist/duties/{code}")
async def confirm_duty(code: Duty, caller: Employee, session: Session) -> DutyOut:
    """Tick that a document names the service

    For each employee of the bureau. It is ticked once: the first employee remains the one who confirmed it.
    """
    return DutyOut.model_validate(await commands.confirm_duty(session, code=code, by=caller, at=utcnow()))
