from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.copies import commands
from shared.bus.handlers import Handlers
from shared.events.cases import (
    ApprovalDecided,
    ApprovalRequested,
    CaseClosed,
    CaseCreated,
    CaseEvent,
    CaseReopened,
    CaseResolved,
    CaseSent,
    CaseStatusChanged,
    FileAdded,
    ItemEvent,
    MessagePosted,
)
from shared.events.invitations import CollaborationEvent, InvitationAcceptanceRefused

handlers = Handlers("identity", retired={"track-collaborations": "track-collaboration"})
# Work that customer and bureau see. Reading, assigning and internal notes do not count as activity.
ACTIVITY = (
    CaseCreated,
    CaseSent,
    CaseStatusChanged,
    CaseResolved,
    CaseClosed,
    CaseReopened,
    MessagePosted,
    ItemEvent,
    ApprovalRequested,
    ApprovalDecided,
    FileAdded,
)


@handlers.on_batch(CollaborationEvent, queue="track-collaboration")
async def track_collaboration(events: Sequence[CollaborationEvent], session: AsyncSession) -> None:
    await commands.keep_collaborations(session, events=events)


@handlers.on_batch(InvitationAcceptanceRefused, queue="note-refused-acceptance")
async def note_refused_acceptance(
    events: Sequence[InvitationAcceptanceRefused], session: AsyncSession
) -> None:
    await commands.note_refused_acceptances(session, events=events)


@handlers.on_batch(*ACTIVITY, queue="note-activity")
async def note_activity(events: Sequence[CaseEvent], session: AsyncSession) -> None:
    await commands.note_activity(session, events=events)


@handlers.on_batch(CaseEvent, queue="track-case")
async def track_case(events: Sequence[CaseEvent], session: AsyncSession) -> None:
    await commands.keep_cases(session, events=events)
