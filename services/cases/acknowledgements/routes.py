from fastapi import Response

from services.cases.acknowledgements import commands
from services.cases.case.errors import CaseNotOpen, NotAParticipant, WrongCaseType
from services.cases.case.schemas import CaseId
from services.cases.copies.errors import READ_ONLY, NoCollaboration
from services.cases.detail.schemas import CaseOut
from services.cases.detail.view import shown
from shared.clock import utcnow
from shared.errors import NotFound
from shared.http.api import create_router
from shared.http.callers import Member
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("answers")


@router.post(
    "/v1/cases/{case_id}/acknowledge",
    responses=refusals(NotFound, *READ_ONLY, NoCollaboration, NotAParticipant, WrongCaseType, CaseNotOpen),
)
async def acknowledge_case(case_id: CaseId, member: Member, session: Session, response: Response) -> CaseOut:
    """Say that one has read an information

    For participants of the case. Saying it again changes nothing. Where the bureau asked for it, the case is
    resolved when all participants have said so.
    """
    at = utcnow()
    acknowledged = commands.acknowledge_case(session, case_id=case_id, by=member, at=at)
    return await shown(session, acknowledged, to=member, at=at, response=response)
