"""Keeping the copies: newer is applied, older is ignored. They span bureaus, so only the worker may."""

from collections.abc import Sequence

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.copies.tables import Activity, Case, Collaboration, RefusedAcceptance
from shared.database.copies import keep_newer
from shared.events.cases import CaseEvent
from shared.events.invitations import CollaborationEvent, InvitationAcceptanceRefused


async def keep_collaborations(session: AsyncSession, *, events: Sequence[CollaborationEvent]) -> None:
    rows = (
        {
            "collaboration_id": event.collaboration_id,
            "bureau_id": event.tenant,
            "customer_id": event.customer_id,
            "account_id": event.account_id,
            "active": not event.ends,
            "sequence": event.sequence,
        }
        for event in events
    )
    await keep_newer(session, Collaboration, rows)


async def note_refused_acceptances(
    session: AsyncSession, *, events: Sequence[InvitationAcceptanceRefused]
) -> None:
    known = sorted({(event.tenant, event.account_id) for event in events})
    rows = [{"bureau_id": bureau_id, "account_id": account_id} for bureau_id, account_id in known]
    await session.execute(insert(RefusedAcceptance).on_conflict_do_nothing(), rows)


async def note_activity(session: AsyncSession, *, events: Sequence[CaseEvent]) -> None:
    """The latest time counts, because the events of a customer's different cases share no sequence."""
    newest = {
        (event.tenant, event.customer_id): event.time for event in sorted(events, key=lambda each: each.time)
    }
    statement = insert(Activity)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[Activity.bureau_id, Activity.customer_id],
            set_={"last_at": statement.excluded.last_at},
            where=statement.excluded.last_at > Activity.last_at,
        ),
        # Written in the order of their keys, so that two batches wait for each other instead of deadlocking.
        [
            {"bureau_id": bureau_id, "customer_id": customer_id, "last_at": newest[bureau_id, customer_id]}
            for bureau_id, customer_id in sorted(newest)
        ],
    )


async def keep_cases(session: AsyncSession, *, events: Sequence[CaseEvent]) -> None:
    """Events of 0.1 do not tell who holds the case."""
    rows = (
        {
            "case_id": event.case_id,
            "bureau_id": event.tenant,
            "customer_id": event.customer_id,
            "assignee_id": event.assignee_id,
            "number": event.number,
            "active": event.status not in ("closed", "cancelled"),
            "sequence": event.sequence,
        }
        for event in events
        if event.assignee_id is not None
    )
    await keep_newer(session, Case, rows)
