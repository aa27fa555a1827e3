"""Copies on the customer's row of what other services know; across bureaus, newer over older."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.cases import CaseEvent
from shared.events.invitations import CollaborationEvent, CollaborationOpened

# Locked in one order, so that two of these at once wait for each other instead of deadlocking.
_LOCK = text("select id from customers where id = any(:ids) order by id for update")
# A customer's collaborations follow one another by their ids, each with its own sequence.
_COLLABORATIONS = text(
    "update customers c set collaboration_id = n.id, collaboration_sequence = n.sequence,"
    " collaboration_open = n.is_open, account_id = n.account_id"
    " from unnest(cast(:customers as uuid[]), cast(:bureaus as uuid[]), cast(:ids as uuid[]),"
    " cast(:sequences as integer[]), cast(:opens as boolean[]), cast(:accounts as uuid[]))"
    " as n(customer_id, bureau_id, id, sequence, is_open, account_id)"
    " where c.id = n.customer_id and c.bureau_id = n.bureau_id and"
    " (c.collaboration_id is null or (n.id, n.sequence) > (c.collaboration_id, c.collaboration_sequence))"
)
_ACTIVITY = text(
    "update customers c set last_activity_at = n.at"
    " from (select customer_id, bureau_id, max(at) as at from unnest(cast(:customers as uuid[]),"
    " cast(:bureaus as uuid[]), cast(:times as timestamptz[])) as e(customer_id, bureau_id, at)"
    " group by customer_id, bureau_id) n"
    " where c.id = n.customer_id and c.bureau_id = n.bureau_id and c.last_activity_at < n.at"
)


async def keep_collaborations(session: AsyncSession, *, events: Sequence[CollaborationEvent]) -> None:
    ordered = sorted(events, key=lambda each: (each.collaboration_id, each.sequence))
    newest = list({each.customer_id: each for each in ordered}.values())
    customers = [each.customer_id for each in newest]
    await session.execute(_LOCK, {"ids": customers})
    await session.execute(
        _COLLABORATIONS,
        {
            "customers": customers,
            "bureaus": [each.tenant for each in newest],
            "ids": [each.collaboration_id for each in newest],
            "sequences": [each.sequence for each in newest],
            "opens": [isinstance(each, CollaborationOpened) for each in newest],
            "accounts": [each.account_id for each in newest],
        },
    )


async def note_activity(session: AsyncSession, *, events: Sequence[CaseEvent]) -> None:
    customers = [each.customer_id for each in events]
    await session.execute(_LOCK, {"ids": customers})
    bureaus, times = [each.tenant for each in events], [each.time for each in events]
    await session.execute(_ACTIVITY, {"customers": customers, "bureaus": bureaus, "times": times})
