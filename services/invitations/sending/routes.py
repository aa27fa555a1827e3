from services.invitations.invitation.errors import InvitationNotOpen, InvitedTooSoon, ResentTooSoon
from services.invitations.invitation.schemas import InvitationId, InvitationOut
from services.invitations.sending import commands, queries
from services.invitations.sending.errors import (
    AlreadyCollaborating,
    AlreadyInvited,
    CustomerNotReady,
    FeatureNotBought,
)
from services.invitations.sending.schemas import (
    BatchId,
    InvitationBatchIn,
    InvitationBatchOut,
    InvitationIn,
)
from shared.approval import UNAPPROVED, EmailNotVerified
from shared.clock import utcnow
from shared.errors import MissingPermission, NotFound
from shared.http.api import create_router
from shared.http.callers import Employee
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("invitations")


@router.post(
    "/v1/invitations",
    status_code=201,
    responses=refusals(
        EmailNotVerified,
        *UNAPPROVED,
        FeatureNotBought,
        NotFound,
        MissingPermission,
        AlreadyInvited,
        AlreadyCollaborating,
        CustomerNotReady,
        InvitedTooSoon,
    ),
)
async def invite_customer(body: InvitationIn, employee: Employee, session: Session) -> InvitationOut:
    """Invite a customer to exchange cases

    For employees: with `customers: full` any customer, otherwise those that the employee is responsible for
    or takes part in. The main contact gets a mail with a link, which can be answered for 30 days; reminders
    follow after 7 and 14. `already_invited` names the open invitation, `customer_not_ready` each failing
    point of the checklist. After an invitation was revoked the same contact can be invited again ten minutes
    after the latest mail.
    """
    invitation = await commands.invite_customer(
        session, customer_id=body.customer_id, message=body.message, by=employee, at=utcnow()
    )
    return InvitationOut.of(invitation)


@router.post(
    "/v1/invitations/batch",
    status_code=202,
    responses=refusals(EmailNotVerified, *UNAPPROVED, FeatureNotBought),
)
async def invite_customers(
    body: InvitationBatchIn, employee: Employee, session: Session
) -> InvitationBatchOut:
    """Invite many customers at once

    For employees. Each customer is invited or refused for itself, as by `POST /v1/invitations`, and the
    answer holds each one's result. All that is sent is sent together.
    """
    batch = await commands.invite_customers(
        session, customer_ids=body.wanted, message=body.message, by=employee, at=utcnow()
    )
    return InvitationBatchOut.of(batch)


@router.get("/v1/invitations/batch/{batch_id}", responses=refusals(NotFound))
async def get_invitation_batch(batch_id: BatchId, employee: Employee, session: Session) -> InvitationBatchOut:
    """Look at the results of a batch

    For employees: with `customers: full` or `maintenance: full` any batch of the bureau, otherwise those that
    the employee sent. The results are those of the moment when it was sent.
    """
    return InvitationBatchOut.of(await queries.get_batch(session, batch_id, by=employee))


@router.post(
    "/v1/invitations/{invitation_id}/resend",
    responses=refusals(
        EmailNotVerified,
        *UNAPPROVED,
        FeatureNotBought,
        NotFound,
        MissingPermission,
        InvitationNotOpen,
        ResentTooSoon,
    ),
)
async def resend_invitation(
    invitation_id: InvitationId, employee: Employee, session: Session
) -> InvitationOut:
    """Mail an open invitation again

    For employees who may invite the customer. It can then be answered for 30 days from now, and reminders
    start over; earlier links go on working. At most once in ten minutes.
    """
    resent = await commands.resend_invitation(session, invitation_id=invitation_id, by=employee, at=utcnow())
    return InvitationOut.of(resent)


@router.post(
    "/v1/invitations/{invitation_id}/revoke",
    responses=refusals(NotFound, MissingPermission, InvitationNotOpen),
)
async def revoke_invitation(
    invitation_id: InvitationId, employee: Employee, session: Session
) -> InvitationOut:
    """Take an open invitation back

    For employees who may invite the customer, who can then be invited again. Revoking one that is revoked
    changes nothing.
    """
    revoked = await commands.revoke_invitation(session, invitation_id=invitation_id, by=employee, at=utcnow())
    return InvitationOut.of(revoked)
