from fastapi import Response

from services.cases.approvals import commands
from services.cases.approvals.errors import AlreadyDecided, DocumentsChanged, NotAnApprover
from services.cases.approvals.schemas import DecisionIn
from services.cases.case.errors import CaseNotOpen, WrongCaseType
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
    "/v1/cases/{case_id}/approval",
    responses=refusals(
        NotFound,
        *READ_ONLY,
        NoCollaboration,
        NotAnApprover,
        WrongCaseType,
        AlreadyDecided,
        CaseNotOpen,
        DocumentsChanged,
    ),
)
async def decide_approval(
    case_id: CaseId, decision: DecisionIn, member: Member, session: Session, response: Response
) -> CaseOut:
    """Approve or decline

    For the people who were asked. The decision is final and names the documents by their hashes, as the
    case shows them in `documents`. `documents_changed` says that these are others by now, and which they are.
    Where the case's rule is met the case is resolved; where somebody declines, it waits for the bureau.
    The same decision again changes nothing.
    """
    at = utcnow()
    decided = commands.decide_approval(
        session,
        case_id=case_id,
        state=decision.state,
        comment=decision.comment,
        document_hashes=decision.document_hashes,
        by=member,
        at=at,
    )
    return await shown(session, decided, to=member, at=at, response=response)
