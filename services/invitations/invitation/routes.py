from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.invitations.invitation import queries
from services.invitations.invitation.schemas import InvitationId, InvitationOut, Status
from shared.errors import NotFound
from shared.http.api import create_router
from shared.http.callers import Employee
from shared.http.pagination import Page, Paging, page
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("invitations")


@router.get("/v1/invitations")
async def list_invitations(
    employee: Employee,
    session: Session,
    paging: Paging,
    status: Annotated[Status | None, Query(description="Only those in this state.")] = None,
    customer_id: Annotated[UUID | None, Query(description="Only those to one customer.")] = None,
) -> Page[InvitationOut]:
    """List the bureau's invitations

    For employees, the latest sent first. With neither `customers: full` nor `maintenance: full`, only those
    to customers that the employee is responsible for or takes part in.
    """
    rows = await queries.list_invitations(
        session, paging, by=employee, status=status, customer_id=customer_id
    )
    return page(rows, paging, out=InvitationOut.of, key=lambda row: (row.sent_at.isoformat(), row.id))


@router.get("/v1/invitations/{invitation_id}", responses=refusals(NotFound))
async def get_invitation(invitation_id: InvitationId, employee: Employee, session: Session) -> InvitationOut:
    """Look at one invitation

    For employees. One that the caller's list doesn't show is not found.
    """
    return InvitationOut.of(await queries.get_invitation(session, invitation_id, by=employee))
