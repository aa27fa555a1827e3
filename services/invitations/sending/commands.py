from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.invitations.copies import queries as copies
from services.invitations.copies.tables import Customer
from services.invitations.invitation import commands as invitations
from services.invitations.invitation.errors import InvitedTooSoon
from services.invitations.invitation.queries import list_recently_mailed, lock_invitation
from services.invitations.invitation.tables import MAIL_AGAIN_AFTER, Invitation
from services.invitations.sending import queries
from services.invitations.sending.errors import (
    AlreadyCollaborating,
    AlreadyInvited,
    CustomerNotReady,
    FeatureNotBought,
)
from services.invitations.sending.tables import Batch
from shared.approval import require_approved, require_verified
from shared.callers import CallerEmployee
from shared.errors import MissingPermission, NotFound, ServiceError
from shared.events.invitations import InvitationResent
from shared.ids import uuid7


@dataclass(frozen=True)
class Attempt:
    """What became of inviting one customer: the invitation, or the reason why there is none."""

    customer_id: UUID
    customer: Customer | None
    invitation: Invitation | None = None
    refusal: ServiceError | None = None

    def result(self) -> dict[str, Any]:
        """The entry in the batch's results; it names the open invitation of who is invited already."""
        refusal, customer = self.refusal, self.customer
        invitation_id = self.invitation.id if self.invitation else None
        if isinstance(refusal, AlreadyInvited):
            invitation_id = refusal.facts["invitation_id"]
        return {
            "customer_id": str(self.customer_id),
            "number": customer.number if customer else None,
            "name": customer.name if customer else None,
            "status": "refused" if refusal else "sent",
            "invitation_id": str(invitation_id) if invitation_id else None,
            "code": refusal.code if refusal else None,
            "points": [point.code for point in refusal.errors] if refusal else [],
        }


async def invite_customer(
    session: AsyncSession, *, customer_id: UUID, message: str | None, by: CallerEmployee, at: datetime
) -> Invitation:
    """Raises the reason why it can't be: one of sending/errors.py, NotFound or MissingPermission."""
    (attempt,) = await _invite(session, [customer_id], message=message, by=by, at=at)
    if attempt.invitation is None:
        raise attempt.refusal or NotFound("customer")
    return attempt.invitation


async def invite_customers(
    session: AsyncSession,
    *,
    customer_ids: Sequence[UUID] | Literal["all_ready"],
    message: str | None,
    by: CallerEmployee,
    at: datetime,
) -> Batch:
    """Invites all in one transaction and a handful of statements, so that nothing is ever half done."""
    if customer_ids == "all_ready":
        customer_ids = await queries.list_ready_customers(session, by=by, at=at)
    once = list(dict.fromkeys(customer_ids))
    attempts = await _invite(session, once, message=message, by=by, at=at)
    batch = Batch(
        id=uuid7(),
        bureau_id=by.bureau_id,
        created_by=by.employee_id,
        created_at=at,
        results=[attempt.result() for attempt in attempts],
    )
    session.add(batch)
    return batch


async def resend_invitation(
    session: AsyncSession, *, invitation_id: UUID, by: CallerEmployee, at: datetime
) -> Invitation:
    invitation = await _lock_own(session, invitation_id, by=by)
    await _require_right(session, by, at=at)
    invitation.require_open(at)
    invitation.resend(at=at)
    invitations.publish_mail(session, InvitationResent, [invitation])
    return invitation


async def revoke_invitation(
    session: AsyncSession, *, invitation_id: UUID, by: CallerEmployee, at: datetime
) -> Invitation:
    """Revoking one that is revoked changes nothing."""
    invitation = await _lock_own(session, invitation_id, by=by)
    if invitation.status != "revoked":
        invitation.require_open(at)
        invitations.revoke_invitation(session, invitation=invitation, replaced=False, at=at)
    return invitation


async def _invite(
    session: AsyncSession,
    customer_ids: Sequence[UUID],
    *,
    message: str | None,
    by: CallerEmployee,
    at: datetime,
) -> list[Attempt]:
    await _require_right(session, by, at=at)
    those: dict[str, Any] = {"bureau_id": by.bureau_id, "customer_ids": customer_ids}
    customers = {each.customer_id: each for each in await copies.lock_customers(session, **those)}
    overdue = await queries.lock_overdue(session, **those, at=at)
    invitations.expire_invitations(session, invitations=overdue)
    await session.flush()  # the overdue ones leave the index of open invitations
    # Invitations are read first: one that is accepted between the two statements is then found as an
    # invitation or as a collaboration, never as neither.
    invited = await queries.list_open_invitations(session, **those)
    collaborating = await queries.list_open_collaborations(session, **those)
    mailed = await list_recently_mailed(session, bureau_ids=[by.bureau_id], customer_ids=customer_ids, at=at)
    attempts = []
    for customer_id in customer_ids:
        customer = customers.get(customer_id)
        refusal = _refusal(customer, by, invited.get(customer_id), collaborating.get(customer_id))
        refusal = refusal or _too_soon(customer, mailed, at=at)
        invitation = None
        if customer and not refusal:
            invitation = Invitation.to_main_contact(customer, message=message, sent_by=by.employee_id, at=at)
        attempts.append(Attempt(customer_id, customer, invitation, refusal))
    sent = [attempt.invitation for attempt in attempts if attempt.invitation]
    invitations.send_invitations(session, invitations=sent)
    return attempts


def _refusal(
    customer: Customer | None, by: CallerEmployee, invitation_id: UUID | None, collaboration_id: UUID | None
) -> ServiceError | None:
    if customer is None:
        return NotFound("customer")
    if not customer.is_open_to(by):
        return MissingPermission(required="customers: full")
    if invitation_id is not None:
        return AlreadyInvited(invitation_id=invitation_id)
    if collaboration_id is not None:
        return AlreadyCollaborating(collaboration_id=collaboration_id)
    points = customer.stopping_points()
    return CustomerNotReady(points) if points else None


def _too_soon(
    customer: Customer | None, mailed: Mapping[tuple[UUID, str], datetime], *, at: datetime
) -> ServiceError | None:
    """Inviting and revoking in turns must not send mail after mail to one person."""
    key = customer and customer.contact_email and (customer.customer_id, customer.contact_email)
    last = mailed.get(key) if key else None
    return InvitedTooSoon(wait=last + MAIL_AGAIN_AFTER - max(at, last)) if last else None


async def _require_right(session: AsyncSession, by: CallerEmployee, *, at: datetime) -> None:
    """Raises EmailNotVerified, BureauNotApproved, BureauSuspended and FeatureNotBought."""
    require_verified(by)
    status, bought = await copies.get_standing(session, by.bureau_id, at=at)
    require_approved(status)
    if not bought:
        raise FeatureNotBought


async def _lock_own(session: AsyncSession, invitation_id: UUID, *, by: CallerEmployee) -> Invitation:
    """Raises NotFound, and MissingPermission where the caller may not work with its customer."""
    invitation = await lock_invitation(session, invitation_id, bureau_id=by.bureau_id)
    customer = await copies.get_customer(session, bureau_id=by.bureau_id, customer_id=invitation.customer_id)
    customer.require_open_to(by)
    return invitation
