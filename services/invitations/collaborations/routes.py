from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.invitations.collaborations import commands, queries
from services.invitations.collaborations.schemas import CollaborationId, CollaborationOut, Status
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
    status: Annotated[Status | None, Query(description="Only those in this state.")] = None,
    customer_id: Annotated[
        UUID | None, Query(description="Only those with one customer, by the bureau's id of it.")
    ] = None,
) -> Page[CollaborationOut]:
    """List one's own side's collaborations

    Employees see those of the bureau. Members see those of their account, with each bureau that has their
    verified address among the customer's contacts. The latest opened first.
    """
    rows = await queries.list_collaborations(
        session, paging, by=caller, status=status, customer_id=customer_id
    )
    return page(rows, paging, out=CollaborationOut.of, key=lambda row: (row.collaboration.id,))


@router.post("/v1/collaborations/{collaboration_id}/end", responses=refusals(NotFound, MissingPermission))
async def end_collaboration(
    collaboration_id: CollaborationId, caller: EmployeeOrMember, session: Session
) -> CollaborationOut:
    """End a collaboration

    For employees who may work with the customer, and for administrators of the customer's account who are
    among the customer's contacts. No case can be opened in it from then on. Ending again changes nothing.
    """
    ended = await commands.end_collaboration(
        session, collaboration_id=collaboration_id, by=caller, at=utcnow()
    )
    return CollaborationOut.of(ended)
