from uuid import UUID

from services.invitations.collaborations import commands, queries
from services.invitations.collaborations.schemas import CollaborationOut, Status
from shared.clock import utcnow
from shared.errors import MissingPermission, NotFound
from shared.http.api import create_router
from shared.http.callers import EmployeeOrMember
from shared.http.pagination import Page, Paging, page
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("collaborations")


@router.get("/v1/collaborations")
async def list_collaborations(
    caller: EmployeeOrMember,
    session: Session,
    paging: Paging,
    status: Status | None = None,
    customer_id: UUID | None = None,
) -> Page[CollaborationOut]:
    rows = await queries.collaborations(session, paging, by=caller, status=status, customer_id=customer_id)
    return page(rows, paging, out=CollaborationOut.of, key=lambda row: (row[0].id,))


@router.post("/v1/collaborations/{collaboration_id}/end", responses=refusals(NotFound, MissingPermission))
async def end_collaboration(
    collaboration_id: UUID, caller: EmployeeOrMember, session: Session
) -> CollaborationOut:
    ended = await commands.end_collaboration(session, collaboration_id, by=caller, at=utcnow())
    return CollaborationOut.of(ended)
