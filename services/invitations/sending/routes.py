from uuid import UUID

from services.invitations.sending import commands, queries
from services.invitations.sending.errors import (
    AlreadyCollaborating,
    AlreadyInvited,
    CustomerNotReady,
    FeatureNotBought,
    InvitationNotOpen,
)
from services.invitations.sending.schemas import BatchIn, BatchOut, InvitationIn, InvitationOut, Status
from shared.clock import utcnow
from shared.errors import MissingPermission, NotFound
from shared.http.api import create_router
from shared.http.callers import Employee
from shared.http.pagination import Page, Paging, page
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("invitations")


@router.post(
    "/v1/invitations",
    status_code=201,
    responses=refusals(
        FeatureNotBought, NotFound, MissingPermission, AlreadyInvited, AlreadyCollaborating, CustomerNotReady
    ),
)
async def invite(body: InvitationIn, employee: Employee, session: Session) -> InvitationOut:
    invitation = await commands.invite(
        session, customer_id=body.customer_id, message=body.message, by=employee, at=utcnow()
    )
    return InvitationOut.of(invitation)


@router.post("/v1/invitations/batch", status_code=202, responses=refusals(FeatureNotBought))
async def invite_many(body: BatchIn, employee: Employee, session: Session) -> BatchOut:
    batch = await commands.invite_many(
        session, customer_ids=body.wanted, message=body.message, by=employee, at=utcnow()
    )
    return BatchOut.of(batch)


@router.get("/v1/invitations/batch/{batch_id}", responses=refusals(NotFound))
async def read_batch(batch_id: UUID, employee: Employee, session: Session) -> BatchOut:
    return BatchOut.of(await queries.batch(session, batch_id, by=employee))


@router.get("/v1/invitations")
async def list_invitations(
    employee: Employee,
    session: Session,
    paging: Paging,
    status: Status | None = None,
    customer_id: UUID | None = None,
) -> Page[InvitationOut]:
    rows = await queries.invitations(session, paging, by=employee, status=status, customer_id=customer_id)
    return page(rows, paging, out=InvitationOut.of, key=lambda row: (row.sent_at.isoformat(), row.id))


@router.get("/v1/invitations/{invitation_id}", responses=refusals(NotFound))
async def read_invitation(invitation_id: UUID, employee: Employee, session: Session) -> InvitationOut:
    return InvitationOut.of(await queries.invitation(session, invitation_id, by=employee))


@router.post(
    "/v1/invitations/{invitation_id}/resend",
    responses=refusals(FeatureNotBought, NotFound, MissingPermission, InvitationNotOpen),
)
async def resend_invitation(invitation_id: UUID, employee: Employee, session: Session) -> InvitationOut:
    return InvitationOut.of(await commands.resend(session, invitation_id, by=employee, at=utcnow()))


@router.post(
    "/v1/invitations/{invitation_id}/revoke",
    responses=refusals(NotFound, MissingPermission, InvitationNotOpen),
)
async def revoke_invitation(invitation_id: UUID, employee: Employee, session: Session) -> InvitationOut:
    return InvitationOut.of(await commands.revoke(session, invitation_id, by=employee, at=utcnow()))
