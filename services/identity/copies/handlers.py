"""What identity keeps of other services: each customer's collaboration, and when something happened with
it."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.copies import commands
from shared.bus.handlers import Handlers
from shared.events.cases import (
    ApprovalApproved,
    ApprovalDeclined,
    ApprovalRequested,
    CaseClosed,
    CaseCreated,
    CaseEvent,
    CaseReopened,
    CaseResolved,
    CaseSent,
    CaseStatusChanged,
    FileAdded,
    ItemAccepted,
    ItemAnswered,
    ItemReturned,
    MessagePosted,
)
from shared.events.invitations import CollaborationEnded, CollaborationEvent, CollaborationOpened

handlers = Handlers("identity")
ACTIVITY = (
    CaseCreated,
    CaseSent,
    CaseStatusChanged,
    CaseResolved,
    CaseClosed,
    CaseReopened,
    MessagePosted,
    ItemAnswered,
    ItemAccepted,
    ItemReturned,
    ApprovalRequested,
    ApprovalApproved,
    ApprovalDeclined,
    FileAdded,
)


@handlers.on_batch(CollaborationOpened, CollaborationEnded, queue="track-collaborations")
async def track_collaborations(events: Sequence[CollaborationEvent], session: AsyncSession) -> None:
    await commands.keep_collaborations(session, events=events)


@handlers.on_batch(*ACTIVITY, queue="note-activity")
async def note_activity(events: Sequence[CaseEvent], session: AsyncSession) -> None:
    await commands.note_activity(session, events=events)
