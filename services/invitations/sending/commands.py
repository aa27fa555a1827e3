from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.invitations.copies import queries as copies
from services.invitations.copies.tables import Customer
from services.invitations.sending import queries
from services.invitations.sending.errors import (
    AlreadyCollaborating,
    AlreadyInvited,
    CustomerNotReady,
    FeatureNotBought,
)
from services.invitations.sending.tables import LIFE, Batch, Invitation
from shared.bus import outbox
from shared.callers import CallerEmployee
from shared.errors import MissingPermission, NotFound, ServiceError
from shared.events.invitations import (
    InvitationExpired,
    InvitationMailed,
    InvitationResent,
    InvitationRevoked,
    InvitationSent,
)
from shared.ids import uuid7


@dataclass(frozen=True)
class Outcome:
    """Of inviting one customer: the invitation, or why not."""

    customer_id: UUID
    customer: Customer | None
    invitation: Invitation | None = None
    refusal: ServiceError | None = None

    def result(self) -> dict[str, Any]:
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


async def invite(
    session: AsyncSession, *, customer_id: UUID, message: str | None, by: CallerEmployee, at: datetime
) -> Invitation:
    (outcome,) = await _invite(session, [customer_id], message=message, by=by, at=at)
    if outcome.invitation is None:
        raise outcome.refusal or NotFound("customer")
    return outcome.invitation


async def invite_many(
    session: AsyncSession,
    *,
    customer_ids: Sequence[UUID] | Literal["all_ready"],
    message: str | None,
    by: CallerEmployee,
    at: datetime,
) -> Batch:
    """All in this transaction, in a handful of statements: nothing is ever half done."""
    if customer_ids == "all_ready":
        customer_ids = await queries.ready_customers(session, by=by, at=at)
    once = list(dict.fromkeys(customer_ids))
    outcomes = await _invite(session, once, message=message, by=by, at=at)
    results = [outcome.result() for outcome in outcomes]
    batch = Batch(bureau_id=by.bureau_id, created_by=by.employee_id, created_at=at, results=results)
    session.add(batch)
    await session.flush()  # the answer names its id
    return batch


async def resend(
    session: AsyncSession, invitation_id: UUID, *, by: CallerEmployee, at: datetime
) -> Invitation:
    invitation = await _lock_own(session, invitation_id, by=by)
    await _require_feature(session, by.bureau_id, at=at)
    invitation.require_open(at)
    invitation.resend(at=at)
    outbox.add(session, mailed(InvitationResent, invitation))
    return invitation


async def revoke(
    session: AsyncSession, invitation_id: UUID, *, by: CallerEmployee, at: datetime
) -> Invitation:
    """Revoking twice is the same revocation."""
    invitation = await _lock_own(session, invitation_id, by=by)
    if invitation.status != "revoked":
        invitation.require_open(at)
        withdraw(session, invitation, replaced=False, at=at)
    return invitation


def withdraw(session: AsyncSession, invitation: Invitation, *, replaced: bool, at: datetime) -> None:
    """`replaced`: another one takes its place."""
    invitation.revoke(at=at)
    outbox.add(session, InvitationRevoked(**_facts(invitation), replaced=replaced))


def expire(session: AsyncSession, invitations: Sequence[Invitation]) -> None:
    for invitation in invitations:
        invitation.expire()
        outbox.add(session, InvitationExpired(**_facts(invitation)))


def compose(customer: Customer, *, message: str | None, sent_by: UUID, at: datetime) -> Invitation:
    """An invitation to the customer's main contact; not sent yet."""
    return Invitation(
        id=uuid7(),
        bureau_id=customer.bureau_id,
        customer_id=customer.customer_id,
        customer_number=customer.number,
        customer_name=customer.name,
        contact_id=customer.contact_id,
        contact_name=customer.contact_name,
        email=customer.contact_email,
        language=customer.contact_language,
        message=message,
        status="sent",
        sent_at=at,
        sent_by=sent_by,
        expires_at=at + LIFE,
        last_mailed_at=at,
        reminders=0,
        mail_state="pending",
        version=1,
    )


def send(session: AsyncSession, invitations: Sequence[Invitation]) -> None:
    session.add_all(invitations)
    outbox.add(session, *[mailed(InvitationSent, invitation) for invitation in invitations])


def mailed(kind: type[InvitationMailed], invitation: Invitation) -> InvitationMailed:
    return kind(
        **_facts(invitation),
        customer_name=invitation.customer_name,
        contact_id=invitation.contact_id,
        contact_name=invitation.contact_name,
        email=invitation.email,
        language=invitation.language,
        message=invitation.message,
        expires_at=invitation.expires_at,
    )


async def _invite(
    session: AsyncSession,
    customer_ids: Sequence[UUID],
    *,
    message: str | None,
    by: CallerEmployee,
    at: datetime,
) -> list[Outcome]:
    await _require_feature(session, by.bureau_id, at=at)
    those: dict[str, Any] = {"bureau_id": by.bureau_id, "customer_ids": customer_ids}
    customers = {each.customer_id: each for each in await copies.lock_customers(session, **those)}
    expire(session, await queries.overdue_of_customers(session, **those, at=at))
    await session.flush()  # the overdue ones leave the index of open invitations
    # In this order: an invitation that is accepted meanwhile shows as the one or the other.
    invited = await queries.open_invitations(session, **those)
    collaborating = await queries.open_collaborations(session, **those)
    outcomes = []
    for customer_id in customer_ids:
        customer = customers.get(customer_id)
        refusal = _refusal(customer, by, invited.get(customer_id), collaborating.get(customer_id))
        invitation = None
        if customer and not refusal:
            invitation = compose(customer, message=message, sent_by=by.employee_id, at=at)
        outcomes.append(Outcome(customer_id, customer, invitation, refusal))
    send(session, [outcome.invitation for outcome in outcomes if outcome.invitation])
    return outcomes


def _refusal(
    customer: Customer | None, by: CallerEmployee, invitation_id: UUID | None, collaboration_id: UUID | None
) -> ServiceError | None:
    if customer is None:
        return NotFound("customer")
    if not _may_work_with(by, customer):
        return MissingPermission(required="customers: full")
    if invitation_id is not None:
        return AlreadyInvited(invitation_id=invitation_id)
    if collaboration_id is not None:
        return AlreadyCollaborating(collaboration_id=collaboration_id)
    points = customer.stopping_points()
    return CustomerNotReady(points) if points else None


def _may_work_with(by: CallerEmployee, customer: Customer) -> bool:
    return by.may_work_with(responsible_id=customer.responsible_id, participant_ids=customer.participant_ids)


def _facts(invitation: Invitation) -> dict[str, Any]:
    return {
        "bureau_id": invitation.bureau_id,
        "sequence": invitation.version,
        "invitation_id": invitation.id,
        "customer_id": invitation.customer_id,
    }


async def _require_feature(session: AsyncSession, bureau_id: UUID, *, at: datetime) -> None:
    if not await copies.bureaus_with_feature(session, [bureau_id], at=at):
        raise FeatureNotBought


async def _lock_own(session: AsyncSession, invitation_id: UUID, *, by: CallerEmployee) -> Invitation:
    invitation = await queries.lock_invitation(session, invitation_id, bureau_id=by.bureau_id)
    customer = await copies.customer(session, bureau_id=by.bureau_id, customer_id=invitation.customer_id)
    if not _may_work_with(by, customer):
        raise MissingPermission(required="customers: full")
    return invitation
